"""The workbook for feedback: the codes to choose from are those of one year."""

from __future__ import annotations

from framework.enums import CategoryKind, LevelCode
from framework.services import wordings_of_year
from organizations.importers.tables import EXAMPLE_MARK
from organizations.importers.templates import template

from .columns import COLUMNS, HEADINGS, TEMPLATE


def feedback_template(year: int) -> bytes:
    """Headings, one example row and explanations; criterion codes as in that Buddhist-era year."""
    wordings = [w for w in wordings_of_year(year) if w.category.kind == CategoryKind.PROCESS]
    codes = [w.code for w in wordings if w.edition_id == wordings[0].edition_id]
    text = f"{EXAMPLE_MARK} มีการสื่อสารวิสัยทัศน์แก่บุคลากร แต่ยังขาดการติดตามผลอย่างเป็นระบบ"
    code = codes[0] if codes else "1.1"
    example = (year, 2, code, text, "", "การติดตามผลอย่างเป็นระบบ", "Advance", f"{code}.1")
    return template(
        TEMPLATE,
        example=example,
        widths=(12, 12, 10, 80, 40, 40, 16, 12),
        choices={
            "step": ["1", "2", "3"],
            **({"criterion": codes} if codes else {}),
            "level": [code.label for code in LevelCode],
        },
        explanations=_explanations(),
    )


def _explanations() -> list[tuple[str, str]]:
    return [
        ("แถวตัวอย่าง", f"แถวที่ข้อความขึ้นต้นด้วย {EXAMPLE_MARK} ระบบข้ามให้ ลบทิ้งก็ได้"),
        (HEADINGS["year"], "ต้องกรอก ปีที่ได้รับการประเมิน เป็นพุทธศักราชสี่หลัก เลขไทยหรือเลขอารบิกก็ได้"),
        (HEADINGS["step"], "ต้องกรอก 1 2 หรือ 3"),
        (
            HEADINGS["criterion"],
            "ต้องกรอก รหัสเกณฑ์ตามฉบับของปีนั้น เช่น 1.1 เฉพาะหมวด 1–6 หากเซลล์เป็นตัวเลข ให้จัดรูปแบบเซลล์เป็นข้อความ",
        ),
        (HEADINGS["text"], "ต้องกรอก ข้อความตามหนังสือทุกตัวอักษร หนึ่งแถวต่อหนึ่งข้อเสนอแนะ ขึ้นบรรทัดใหม่ด้วย Alt+Enter"),
        (HEADINGS["strength"], "ไม่บังคับ คัดจากข้อความให้ตรงทุกตัวอักษร"),
        (HEADINGS["gap"], "ไม่บังคับ คัดจากข้อความให้ตรงทุกตัวอักษร"),
        (HEADINGS["level"], "ไม่บังคับ อย่างใดอย่างหนึ่ง: " + " · ".join(code.label for code in LevelCode)),
        (HEADINGS["sub_item"], "ไม่บังคับ ข้อย่อยของเกณฑ์ในฉบับของปีนั้น เช่น 3.1.1"),
        ("นำเข้าซ้ำ", "ข้อเสนอแนะที่ปี ขั้นตอน เกณฑ์ และข้อความตรงกับที่มีอยู่ ระบบไม่เพิ่มซ้ำ"),
        ("สูตร", "เซลล์ที่เป็นสูตรไม่รับ กรุณาวางแบบค่า"),
        ("จำนวน", f"ไม่เกิน {COLUMNS.max_rows:,} แถวต่อไฟล์"),
    ]
