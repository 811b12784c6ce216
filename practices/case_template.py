"""The workbook for cases."""

from __future__ import annotations

from dataclasses import replace

from framework.models import Edition
from organizations.enums import AgencyKind
from organizations.importers.tables import EXAMPLE_MARK
from organizations.importers.templates import template

from .formats.columns import COLUMNS as ALL_COLUMNS
from .formats.columns import HEADINGS as ALL_HEADINGS
from .formats.columns import MORE
from .tags import PROPOSED

# Columns for the rest of a long text stand in exports; nobody fills them in by hand.
HEADINGS = {name: heading for name, heading in ALL_HEADINGS.items() if name not in MORE}
# The choices are offered for so many rows.
COLUMNS = replace(ALL_COLUMNS, headings=HEADINGS, max_rows=1_000)
EXAMPLE = {
    "key": "",
    "agency": "กรมที่ดิน",
    "code": "",
    "short_name": "",
    "kind": AgencyKind.DEPARTMENT.label,
    "title": f"{EXAMPLE_MARK} ปลูกฝังวัฒนธรรมดิจิทัลในองค์การ",
    "criteria": "1.2, 4.3",
    "edition": "",
    "award": "รางวัล PMQA หมวด 1",
    "award_year": "2564",
    "tags": "Innovation, ลดขั้นตอน",
    "summary": "หนึ่งหรือสองประโยค แสดงในรายการ",
    "source": "เอกสารที่นำเรื่องมา",
    "text": "ย่อหน้าแรก\n1. ขั้นตอนแรก\n2. ขั้นตอนที่สอง\n- รายการย่อย",
    "html": "",
}
WIDTHS = {"key": 22, "agency": 34, "kind": 20, "title": 44, "criteria": 18, "award": 26, "award_year": 14}
WIDTHS |= {"code": 18, "short_name": 12, "edition": 14, "tags": 26, "html": 40}
WIDTHS |= {"summary": 50, "source": 34, "text": 90}


def case_template() -> bytes:
    """Headings, one example row and explanations."""
    edition = Edition.objects.newest_first().first()
    return template(
        COLUMNS,
        example=[EXAMPLE[name] for name in HEADINGS],
        widths=[WIDTHS[name] for name in HEADINGS],
        choices={"kind": [kind.label for kind in AgencyKind]},
        explanations=_explanations(edition),
    )


def _explanations(edition: Edition | None) -> list[tuple[str, str]]:
    of_edition = f"ตามเกณฑ์ฉบับ {edition.code}" if edition else ""
    return [
        ("แถวตัวอย่าง", f"แถวที่ชื่อเรื่องขึ้นต้นด้วย {EXAMPLE_MARK} ระบบข้ามให้ ลบทิ้งก็ได้"),
        (HEADINGS["key"], "ไม่บังคับ อักษร a–z ตัวเลข และขีด หากเว้นว่าง ระบบจำเรื่องจากหน่วยงานและชื่อเรื่อง"),
        (HEADINGS["agency"], "ต้องกรอก ชื่อเต็มหรือชื่อย่อตามที่มีในระบบ"),
        (HEADINGS["code"], "ไม่บังคับ ใช้เมื่อทราบรหัสของหน่วยงานในระบบ ไฟล์ที่ดาวน์โหลดจากคลังมีให้แล้ว"),
        (HEADINGS["short_name"], "ไม่บังคับ เช่น สผ. เขียนในวงเล็บหลังชื่อหน่วยงานก็ได้"),
        (HEADINGS["kind"], "เฉพาะหน่วยงานที่ยังไม่มีในระบบ: " + " · ".join(kind.label for kind in AgencyKind)),
        (HEADINGS["title"], "ต้องกรอก ไม่เกิน 300 อักขระ"),
        (HEADINGS["criteria"], f"ต้องกรอก รหัสเกณฑ์{of_edition} หลายข้อคั่นด้วยจุลภาค เช่น 1.2, 4.3"),
        (HEADINGS["edition"], "ไม่บังคับ หากเว้นว่าง ใช้เกณฑ์ฉบับล่าสุดในระบบ"),
        (HEADINGS["award"], "ไม่บังคับ เช่น รางวัล PMQA หมวด 1 หรือพร้อมปี เช่น รางวัล PMQA หมวด 1 ปี 2564"),
        (HEADINGS["award_year"], "ไม่บังคับ พุทธศักราชสี่หลัก"),
        (HEADINGS["tags"], "ไม่บังคับ คั่นด้วยจุลภาค ที่แนะนำคือ " + " · ".join(PROPOSED)),
        (HEADINGS["summary"], "ไม่บังคับ ไม่เกิน 2,000 อักขระ"),
        (HEADINGS["source"], "ไม่บังคับ เอกสารหรือเว็บไซต์ที่นำเรื่องมา"),
        (HEADINGS["text"], "ขึ้นย่อหน้าใหม่ด้วย Alt+Enter รายการขึ้นต้นด้วย “- ” หรือ “1. ” รายการย่อยเยื้องสามเคาะ"),
        (HEADINGS["html"], "ไม่บังคับ ใช้แทนช่องเนื้อหาเมื่อมีภาพหรือตาราง เช่น <p>ข้อความ</p>"),
        (
            "ภาพ",
            'วางภาพในโฟลเดอร์ figures ข้างไฟล์นี้ แล้วอ้างในช่อง HTML: <figure><img src="figures/map.png" alt="แผนที่"></figure>',
        ),
        ("นำเข้าซ้ำ", "ไฟล์เดิมนำเข้าซ้ำได้ ไม่มีสิ่งใดเปลี่ยน ไฟล์ที่แก้ไขแล้วจะแก้เรื่องเดิม ช่องเนื้อหาที่ว่างไม่ลบเนื้อหาเดิม"),
        ("จำนวน", f"ไม่เกิน {ALL_COLUMNS.max_rows:,} แถวต่อไฟล์"),
    ]
