"""The form as flat tables, one row per thing, to sort and to filter; `uid` knows the rows again."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from documents.form import ActivityBlock, CriterionBlock, Form
from framework.enums import LevelCode
from texts.lines import lined_text
from thai.collation import sort_key
from thai.dates import format_date

from .category_sheet import set_up_page
from .cells import lines_in, pieces, put, set_height

Value = str | int | datetime.date | None


@dataclass(frozen=True)
class Flat:
    """One table: name of the sheet, headings, widths in Excel's characters, rows."""

    name: str
    headings: Sequence[str]
    widths: Sequence[float]
    rows: list[list[Value]]


def flat_tables(form: Form) -> list[Flat]:
    """All flat tables of a form."""
    return [_activities(form), _owners(form), _feedback(form), _practices(form)]


def write_table(sheet: Worksheet, table: Flat) -> None:
    """Fill the sheet: headings that stay, a filter, one row per thing; a text too long for a cell goes on below."""
    for index, (heading, width) in enumerate(zip(table.headings, table.widths, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
        put(sheet, 1, index, heading, head=True)
    set_height(sheet, 1, max(map(lines_in, table.headings, table.widths)))
    number = 2
    for values in table.rows:
        for row in _cell_rows(values):
            _write(sheet, number, row, table.widths)
            number += 1
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.headings))}{number - 1}"
    sheet.print_title_rows = "1:1"
    set_up_page(sheet)


def _cell_rows(values: list[Value]) -> Iterator[list[Value]]:
    """The rows of one thing: more than one only for a text too long for a cell; the first column stands in each."""
    cells = [pieces(value) if isinstance(value, str) else [value] for value in values]
    for index in range(max(map(len, cells))):
        yield [
            cell[index] if index < len(cell) else cell[0] if column == 0 else None
            for column, cell in enumerate(cells)
        ]


def _write(sheet: Worksheet, number: int, row: list[Value], widths: Sequence[float]) -> None:
    lines = 1
    for index, value in enumerate(row, start=1):
        put(sheet, number, index, value)
        if isinstance(value, str):
            lines = max(lines, lines_in(value, widths[index - 1]))
    set_height(sheet, number, lines)


def _each_criterion(form: Form) -> Iterator[CriterionBlock]:
    for category in form.categories:
        for row in category.rows:
            yield from row.criteria


def _each_activity(form: Form) -> list[ActivityBlock]:
    """Every activity once, also one that serves criteria of several categories."""
    blocks = (block for category in form.categories for row in category.rows for block in row.activities)
    return list({block.uid: block for block in blocks}.values())


def _activities(form: Form) -> Flat:
    rows: list[list[Value]] = []
    for block in _each_activity(form):
        dates = (block.starts_on, block.ends_on)
        texts = [format_date(day) if day else "" for day in dates]
        owners = "\n".join(_owner(owner.joiner, owner.name, owner.note) for owner in block.owners)
        rows.append([block.uid, ", ".join(block.serves), lined_text(block.html), owners, *texts, *dates])
    headings = (
        "uid",
        "ตอบข้อ",
        "กิจกรรม",
        "ผู้รับผิดชอบ",
        "เริ่ม",
        "สิ้นสุด",
        "วันเริ่ม (เรียงลำดับได้)",
        "วันสิ้นสุด (เรียงลำดับได้)",
    )
    return Flat("กิจกรรม", headings, (38, 14, 80, 34, 20, 20, 16, 16), rows)


def _owner(joiner: str, name: str, note: str) -> str:
    """One owner as the line of the form begins it: และสำนักนโยบายและแผน (ประสานงาน)."""
    return f"{joiner}{name} ({note})" if note else f"{joiner}{name}"


def _owners(form: Form) -> Flat:
    """Every owner with the number of activities and the criteria that these serve, in Thai order."""
    found: dict[str, list[ActivityBlock]] = {}
    for block in _each_activity(form):
        for name in dict.fromkeys(owner.name for owner in block.owners):
            found.setdefault(name, []).append(block)
    order = {criterion.code: place for place, criterion in enumerate(_each_criterion(form))}
    rows: list[list[Value]] = []
    for name, blocks in sorted(found.items(), key=lambda item: sort_key(item[0])):
        codes = {code for block in blocks for code in block.serves}
        ordered = sorted(codes, key=lambda code: (order.get(code, len(order)), code))
        rows.append([name, len(blocks), ", ".join(ordered)])
    return Flat("ผู้รับผิดชอบ", ("ผู้รับผิดชอบ", "จำนวนกิจกรรม", "ตอบข้อ"), (60, 14, 70), rows)


def _feedback(form: Form) -> Flat:
    levels = dict(LevelCode.choices)
    rows: list[list[Value]] = []
    for criterion in _each_criterion(form):
        for point in criterion.points:
            level = levels.get(point.level, point.level)
            place: list[Value] = [point.uid, point.year, point.step, criterion.code]
            rows.append([*place, point.text, point.strength, point.gap, level])
    headings = ("uid", "ปี (พ.ศ.)", "ขั้นตอนที่", "เกณฑ์", "ข้อความของสำนักงาน ก.พ.ร.", "ส่วนที่ดี", "ส่วนที่ยังขาด", "ระดับ")
    return Flat("ข้อเสนอแนะ", headings, (38, 10, 10, 10, 70, 36, 36, 14), rows)


def _practices(form: Form) -> Flat:
    rows: list[list[Value]] = []
    for criterion in _each_criterion(form):
        for block in criterion.practices:
            text = lined_text(block.html)
            rows.append([block.uid, criterion.code, block.agency_name, block.award_line, text, block.key])
    headings = ("uid", "เกณฑ์", "หน่วยงาน", "รางวัล", "เนื้อหา", "รหัสในคลัง")
    return Flat("ตัวอย่าง", headings, (38, 10, 36, 28, 90, 26), rows)
