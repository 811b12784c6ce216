"""Word forms in the styles of different offices, made by program from one content.

Every style writes the same criteria, points, cases, activities and owners in its own way and notes the headings and
labels that it adds, so that a test can ask for each piece and for every single character.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from docx import Document
from docx.document import Document as Doc
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from PIL import Image

from thai.text import to_thai_digits

TITLE = "แบบฟอร์มการวิเคราะห์แนวทางการดำเนินงาน PMQA 4.0 ของสำนักงานเลขาธิการวุฒิสภา ประจำปี พ.ศ. 2565"
CATEGORIES = {
    1: "การนำองค์การ",
    2: "การวางแผนเชิงยุทธศาสตร์",
    3: "การให้ความสำคัญกับผู้รับบริการและผู้มีส่วนได้ส่วนเสีย",
    4: "การวัด การวิเคราะห์ และการจัดการความรู้",
    5: "การมุ่งเน้นบุคลากร",
    6: "การมุ่งเน้นระบบปฏิบัติการ",
}
THREE = (
    "เกณฑ์ PMQA / Feedback ก.พ.ร. ปี 2564",
    "ตัวอย่างหน่วยงานที่เป็นเลิศ (Best Practice)",
    "กิจกรรมการดำเนินงาน ปี 2565 / ผู้รับผิดชอบ",
)
SCANNED = ("Feedback ก.พ.ร. ชั้นตอนที่ 2 ปี 2564", "ตัวอย่างหน่วยงานที่เป็นเลิศ", "กิจกรรม/การดำเนินงาน ปี 2565")
FOUR = ("เกณฑ์ PMQA 4.0", "ตัวอย่างหน่วยงานที่เป็นเลิศ", "กิจกรรม/การดำเนินงาน ปี 2565", "ผู้รับผิดชอบ")
FIVE = ("เกณฑ์", "ข้อเสนอแนะ ก.พ.ร. ขั้นตอนที่ 2 ปี 2564", "Best Practice", "กิจกรรม ปี 2565", "หน่วยงานที่รับผิดชอบ")

SENTENCES = (
    "มีการวางระบบติดตามผลที่เชื่อมโยงกับแผนปฏิบัติราชการของหน่วยงาน",
    "นำข้อมูลจากผู้รับบริการมาใช้ปรับปรุงขั้นตอนการทำงานอย่างต่อเนื่อง",
    "ทบทวนตัวชี้วัดทุกไตรมาสและรายงานต่อผู้บริหาร",
    "จัดทำคู่มือและอบรมผู้ปฏิบัติงานให้ใช้เทคโนโลยีดิจิทัล (e-Service 2.0)",
    "ร่วมมือกับเครือข่ายภายนอกเพื่อแก้ปัญหาที่ซับซ้อนในพื้นที่",
    "ลดระยะเวลาและค่าใช้จ่ายได้ร้อยละ 35.5 เมื่อเทียบกับปีก่อน",
)


@dataclass(frozen=True)
class Case:
    """A best practice; `typed` is its award as this office writes it."""

    agency: str
    typed: str
    award: str
    year: int | None
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """Everything about one criterion; `activities` are the lines of each, `owners` the line as typed."""

    code: str
    name: str
    points: tuple[str, ...]
    cases: tuple[Case, ...]
    activities: tuple[tuple[str, ...], ...]
    owners: str
    analysis: str = ""


@dataclass
class Form:
    """A written document, its entries, the headings and labels in it, and passages of whole categories."""

    style: str
    entries: list[Entry]
    headings: list[str] = field(default_factory=list)
    passages: dict[tuple[str, str], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    shared: dict[str, str] = field(default_factory=dict)
    content: bytes = b""


NOTATIONS = (
    ("(รางวัล PMQA หมวด {n} ปี 2564)", "รางวัล PMQA หมวด {n}", 2564),
    ("(รางวัลเลิศรัฐสาขาคุณภาพการบริหารจัดการ พ.ศ.2563)", "รางวัลเลิศรัฐสาขาคุณภาพการบริหารจัดการ", 2563),
    ("ปี 62", "", 2562),
    ("(64)", "", 2564),
    ("", "", None),
)
AGENCIES = (
    "กรมการปกครอง", "กรมที่ดิน", "สำนักงานนโยบายและแผนทรัพยากรธรรมชาติและสิ่งแวดล้อม (สผ.)", "จังหวัดชัยนาท",
    "กองบัญชาการกองทัพไทย", "สป.สธ.", "กรมการแพทย์แผนไทยและการแพทย์ทางเลือก", "สำนักงานประกันสังคม",
)  # fmt: skip
OWNERS = (
    "สำนักนโยบายและแผน และทุกสำนัก",
    "ฝ่ายเลขานุการ/คณะอนุกรรมการฯ หมวด 6 /สำนักผู้รับผิดชอบกระบวนการ",
    "สำนักนโยบายและแผน หรือ คณะกรรมการที่เกี่ยวข้อง",
    "สำนักการคลังและงบประมาณ สำนักเทคโนโลยีสารสนเทศและการสื่อสาร",
)


def entries(names: dict[str, str], *, lines: int = 2) -> list[Entry]:
    """The content of a form: different for every criterion, the same at every call; `lines` per case."""
    made = []
    for index, (code, name) in enumerate(sorted(names.items())):
        points = tuple(
            f"ข้อสังเกตที่ {code} ลำดับ {n}: {SENTENCES[(index + n) % 6]}" for n in range(1 + index % 3)
        )
        activities = tuple(
            (
                f"กิจกรรมของข้อ {code} ชุดที่ {n + 1} {SENTENCES[(index + n + 2) % 6]}",
                f"รายละเอียด {SENTENCES[(index + n + 3) % 6]}",
            )
            for n in range(1 + index % 2)
        )
        cases = tuple(_case(code, index, n, lines) for n in range((index + 1) % 4))
        made.append(
            Entry(
                code,
                name,
                points,
                cases,
                activities,
                OWNERS[index % 4],
                _analysis(code) if index % 5 == 0 else "",
            )
        )
    return made


def _case(code: str, index: int, number: int, lines: int) -> Case:
    typed, award, year = NOTATIONS[(index + number) % 5]
    category = code[0]
    texts = tuple(f"แนวทางที่ {code} {number}.{line} {SENTENCES[(index + line) % 6]}" for line in range(lines))
    agency = AGENCIES[(index + number) % 8]
    return Case(agency, typed.format(n=category), award.format(n=category), year, texts)


def _analysis(code: str) -> str:
    return f"เหตุที่ข้อ {code} ยังไม่บรรลุคือขาดข้อมูลที่เชื่อมโยงกัน"


# --- writing --------------------------------------------------------------------------------------------------


class Writer:
    """A document that notes the headings and labels put into it."""

    def __init__(self, style: str, entries: list[Entry]) -> None:
        self.doc: Doc = Document()
        self.form = Form(style, entries)

    def done(self) -> Form:
        target = io.BytesIO()
        self.doc.save(target)
        self.form.content = target.getvalue()
        return self.form

    def heading(self, text: str) -> str:
        self.form.headings.append(text)
        return text

    def paragraph(self, text: str, style: str | None = None) -> Paragraph:
        return self.doc.add_paragraph(text, style)

    def table(self, columns: int) -> Table:
        return self.doc.add_table(rows=0, cols=columns)

    def head(self, table: Table, headings: Sequence[str]) -> None:
        for cell, text in zip(table.add_row().cells, headings, strict=True):
            cell.text = self.heading(text)

    def band(self, table: Table, number: int, *, merged: bool = False) -> None:
        row = table.add_row()
        row.cells[0].text = self.heading(f"หมวด {number} {CATEGORIES[number]}")
        if merged:
            row.cells[0].merge(row.cells[-1])

    def line(self, cell: _Cell, *parts: str | tuple[str, str], style: str | None = None) -> Paragraph:
        """A paragraph in a cell; a part with a mark (u, b, i) is emphasised. An empty first paragraph is used."""
        first = cell.paragraphs[0]
        unused = len(cell.paragraphs) == 1 and not first.text and not first._p.findall(qn("w:r"))
        paragraph = first if unused else cell.add_paragraph()
        if style:
            paragraph.style = style
        for part in parts:
            text, mark = (part, "") if isinstance(part, str) else part
            run = paragraph.add_run(text)
            run.underline, run.bold, run.italic = (
                mark == "u" or None,
                mark == "b" or None,
                mark == "i" or None,
            )
        return paragraph


def by_category(entries: Iterable[Entry]) -> dict[int, list[Entry]]:
    grouped: dict[int, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(int(entry.code[0]), []).append(entry)
    return grouped


def senate(content: list[Entry]) -> Form:
    """Three columns; bands and headings copied on every page; a row cut in the middle of a case; owners underlined."""
    w = Writer("senate", content)
    w.paragraph(w.heading(TITLE))
    for number, rows in by_category(content).items():
        table = w.table(3)
        headings = THREE if number == 1 else SCANNED
        w.band(table, number)
        w.head(table, headings)
        for entry in rows:
            left, middle, right = table.add_row().cells
            w.line(left, w.heading(f"เกณฑ์ {entry.code} "), w.heading(entry.name))
            for point in entry.points:
                w.line(left, (w.heading("Feedback"), "i"), w.heading(" : "), point)
            for case in entry.cases:
                w.line(middle, (f"{case.agency} {case.typed}".strip(), "u"))
                for line in case.lines if case != entry.cases[-1] else case.lines[:1]:
                    w.line(middle, line)
            _activity_cell(w, right, entry)
            if len(entry.cases) > 1:
                # the page ends here: headings copied, the last case goes on
                w.band(table, number)
                w.head(table, headings)
            more = table.add_row().cells
            for line in entry.cases[-1].lines[1:] if entry.cases else ():
                w.line(more[1], line)
        if number == 3:
            for label, kind in (("ปัญหาและอุปสรรค", "obstacles"), ("แนวทางแก้ไข", "remedies")):
                text = f"ข้อความเต็มแถวเรื่อง{label}ของหมวดนี้"
                paragraph = w.paragraph("")
                paragraph.add_run(w.heading(f"{label} : ")).underline = True
                paragraph.add_run(text)
                w.form.passages[str(number), kind] = text
    return w.done()


def _activity_cell(w: Writer, cell: _Cell, entry: Entry) -> None:
    if entry.analysis:
        w.line(cell, w.heading("บทวิเคราะห์"))
        w.line(cell, entry.analysis)
        w.line(cell, w.heading("กิจกรรม"))
    for number, activity in enumerate(entry.activities, start=1):
        several = len(entry.activities) > 1
        w.line(cell, f"{number}. {activity[0]}" if several else activity[0])
        for line in activity[1:]:
            w.line(cell, f"- {line}" if several else line)
    w.line(cell, (w.heading("ผู้รับผิดชอบ"), "u"), f" {entry.owners}")


def four_columns(content: list[Entry]) -> Form:
    """Four columns, codes without «เกณฑ์», the label in the cell, feedback as dashes, owners apart, rows going on."""
    w = Writer("four columns", content)
    w.paragraph(w.heading(TITLE))
    for number, rows in by_category(content).items():
        table = w.table(4)
        w.band(table, number, merged=True)
        w.head(table, FOUR)
        for entry in rows:
            left, middle, right, owner = table.add_row().cells
            w.line(left, w.heading(f"{entry.code} "), w.heading(entry.name))
            w.line(left, w.heading("Feedback ก.พ.ร. ขั้นตอนที่ 2 ปี 2564"))
            for point in entry.points:
                w.line(left, f"- {point}")
            for case in entry.cases:
                w.line(middle, (f"{case.agency} {case.typed}".strip(), "u"))
                for line in case.lines if case != entry.cases[-1] else ():
                    w.line(middle, line)
            first_lines = [activity[0] for activity in entry.activities]
            numbered = len(first_lines) > 1
            for index, text in enumerate(first_lines, start=1):
                w.line(right, f"({index}) {text}" if numbered else text)
            w.line(owner, entry.owners)
            w.head(table, FOUR)
            more = table.add_row().cells
            for case in entry.cases[-1:]:
                for line in case.lines:
                    w.line(more[1], line)
            w.line(more[2], entry.activities[-1][1])
    return w.done()


def split_tables(content: list[Entry]) -> Form:
    """A table per page without headings on later ones, one paragraph with line breaks, bullets before agencies."""
    w = Writer("split tables", content)
    w.paragraph(w.heading(TITLE))
    for number, rows in by_category(content).items():
        w.paragraph(w.heading(f"หมวด {number} {CATEGORIES[number]}"))
        table = w.table(3)
        w.head(table, SCANNED)
        row = table.rows[0]._tr.get_or_add_trPr()
        row.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
        for entry in rows:
            left, middle, right = table.add_row().cells
            first = w.line(left, w.heading(f"เกณฑ์ {entry.code} "), w.heading(entry.name))
            for point in entry.points:
                first.add_run().add_break()
                first.add_run(w.heading("Feedback: "))
                first.add_run(point)
            for case in entry.cases:
                w.line(middle, f"● {case.agency} {case.typed}".strip() if case.typed else f"● {case.agency}")
                for line in case.lines if case != entry.cases[-1] else case.lines[:1]:
                    w.line(middle, f"- {line}")
            _activity_cell(w, right, entry)
            w.paragraph("")
            table = w.table(3)
            more = table.add_row().cells
            for case in entry.cases[-1:]:
                for line in case.lines[1:]:
                    w.line(more[1], f"- {line}")
    return w.done()


def outside(content: list[Entry]) -> Form:
    """No table at all: labels as paragraphs, lists by Word's own numbering."""
    w = Writer("outside tables", content)
    w.paragraph(w.heading(TITLE), "Title")
    for number, rows in by_category(content).items():
        w.paragraph(w.heading(f"หมวด {number} {CATEGORIES[number]}"), "Heading 1")
        for entry in rows:
            w.paragraph(w.heading(f"เกณฑ์ที่ {entry.code} ") + w.heading(entry.name), "Heading 2")
            w.paragraph(w.heading("Feedback ก.พ.ร. ขั้นตอนที่ 2 ปี 2564 :"))
            for point in entry.points:
                w.paragraph(point, "List Bullet")
            w.paragraph(w.heading("ตัวอย่างหน่วยงานที่เป็นเลิศ (Best Practice)"))
            for case in entry.cases:
                paragraph = w.paragraph("")
                paragraph.add_run(case.agency).bold = True
                paragraph.add_run(f" {case.typed}")
                for line in case.lines:
                    w.paragraph(line, "List Bullet 2")
            w.paragraph(w.heading("กิจกรรมการดำเนินงาน ปี 2565"))
            numbered = len(entry.activities) > 1
            for activity in entry.activities:
                w.paragraph(activity[0], "List Number" if numbered else None)
                for line in activity[1:]:
                    w.paragraph(line, "List Bullet 3" if numbered else None)
            w.paragraph(w.heading("ผู้รับผิดชอบ : ") + entry.owners)
            if entry.analysis:
                w.paragraph(w.heading("บทวิเคราะห์"))
                w.paragraph(entry.analysis)
    return w.done()


def thai_digits(content: list[Entry]) -> Form:
    """Thai digits everywhere, bold agencies with a colon, activities merged over two criteria, full-width obstacles."""
    content = [_in_thai(entry) for entry in content]
    w = Writer("Thai digits", content)
    w.paragraph(w.heading(to_thai_digits(TITLE)))
    for number, rows in by_category(content).items():
        table = w.table(3)
        row = table.add_row()
        row.cells[0].text = w.heading(to_thai_digits(f"หมวด {number} {CATEGORIES[number]}"))
        row.cells[0].merge(row.cells[-1])
        w.head(table, [to_thai_digits(heading) for heading in SCANNED])
        written = []
        for entry in rows:
            cells = table.add_row().cells
            w.line(cells[0], (w.heading(f"เกณฑ์ {to_thai_digits(entry.code)} "), "b"), w.heading(entry.name))
            for point in entry.points:
                w.line(cells[0], (w.heading("Feedback"), "u"), w.heading(" : "), point)
            for index, case in enumerate(entry.cases, start=1):
                named = f"{case.agency} {case.typed}".strip()
                w.line(cells[1], f"{to_thai_digits(str(index))}. ", (named, "b"), " : ", case.lines[0])
                for line in case.lines[1:]:
                    w.line(cells[1], line)
            written.append(cells[2])
        for entry, cell in zip(rows[:2], written[:2], strict=True):
            _thai_activities(w, cell, entry)
        # the third and fourth criterion share one cell
        for entry in rows[2:4]:
            _thai_activities(w, written[2], entry)
            w.form.shared[entry.code] = rows[2].code
        if len(written) == 4:
            written[2].merge(written[3])
        if number == 2:
            for label, kind in (("ปัญหาและอุปสรรค", "obstacles"), ("แนวทางแก้ไข", "remedies")):
                last = table.add_row().cells
                text = f"ข้อความเต็มแถวเรื่อง{label}"
                last[0].merge(last[-1])
                w.line(last[0], (w.heading(label), "b"), w.heading(" : "), text)
                w.form.passages[str(number), kind] = text
    return w.done()


def _thai_activities(w: Writer, cell: _Cell, entry: Entry) -> None:
    for activity in entry.activities:
        for line in activity:
            w.line(cell, line)
        w.line(cell, w.heading("ผู้รับผิดชอบ"))
        w.line(cell, entry.owners)


def _in_thai(entry: Entry) -> Entry:
    cases = tuple(
        Case(
            case.agency,
            to_thai_digits(case.typed),
            to_thai_digits(case.award),
            case.year,
            tuple(map(to_thai_digits, case.lines)),
        )
        for case in entry.cases
    )
    return Entry(
        entry.code,
        to_thai_digits(entry.name),
        tuple(map(to_thai_digits, entry.points)),
        cases,
        tuple(tuple(map(to_thai_digits, lines)) for lines in entry.activities),
        to_thai_digits(entry.owners),
    )


def five_columns(content: list[Entry]) -> Form:
    """Feedback in a column of its own, the award below the text, a picture, a table in a cell, a text box."""
    w = Writer("five columns", content)
    w.paragraph(w.heading(TITLE))
    for number, rows in by_category(content).items():
        table = w.table(5)
        w.head(table, FIVE)
        w.band(table, number, merged=True)
        for entry in rows:
            cells = table.add_row().cells
            w.line(cells[0], w.heading(f"เกณฑ์ข้อ {entry.code} "))
            w.line(cells[0], w.heading(entry.name))
            for point in entry.points:
                w.line(cells[1], point, style="List Number")
            for case in entry.cases:
                w.line(cells[2], (case.agency, "u"))
                for line in case.lines:
                    w.line(cells[2], line)
                if case.typed.startswith("("):
                    w.line(cells[2], case.typed)
                elif case.typed:
                    cells[2].paragraphs[-1 - len(case.lines)].add_run(f" {case.typed}").underline = True
            for activity in entry.activities:
                w.line(cells[3], f"• {activity[0]}")
                w.line(cells[3], activity[1])
            w.line(cells[4], entry.owners)
        if number == 1:
            _extras(w, table)
    return w.done()


def _extras(w: Writer, table: Table) -> None:
    """A picture, a small table and a text box in the last row; all of them go on with the activity."""
    cell = table.rows[-1].cells[3]
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), (10, 120, 90)).save(picture, "PNG")
    cell.add_paragraph().add_run().add_picture(picture)
    inner = cell.add_table(rows=1, cols=2)
    inner.rows[0].cells[0].text, inner.rows[0].cells[1].text = "ไตรมาสแรก", "ครบถ้วน"
    box = (
        f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing>'
        "<w:txbxContent><w:p><w:r><w:t>คำในกล่องข้อความ</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>คำในกล่องข้อความ</w:t></w:r></w:p>"
        "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    cell.add_paragraph()._p.append(parse_xml(box))


STYLES: dict[str, Callable[[list[Entry]], Form]] = {
    "senate": senate,
    "four columns": four_columns,
    "split tables": split_tables,
    "outside tables": outside,
    "Thai digits": thai_digits,
    "five columns": five_columns,
}
