"""One category as a sheet that looks like the form: band, headings, one framed row per criterion.

Excel draws no row higher than 409 points and prints merged cells with lines cut in half where a page ends. A tall
criterion therefore goes on in further rows inside the same frame; its whole texts stand in the flat tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from documents.form import CategoryBlock, CriterionBlock, Form, Row
from texts.lines import lined_text
from thai.text import to_thai_digits

from .cells import FONT_NAME, SIDES, blocks_of_lines, lines_in, pieces, put, set_height

# In Excel's characters; together they fill the width of A4 on its side.
THREE_COLUMNS = (40, 60, 50)
FOUR_COLUMNS = (34, 55, 40, 21)
NARROW_MARGIN, FOOT_MARGIN = 0.4, 0.55  # inches, as Excel has them
# A tall criterion goes on in further rows of about so many lines: a page ends between rows, never inside a line.
LINES_PER_ROW = 10

Digits = Callable[[str], str]


def write_category(sheet: Worksheet, category: CategoryBlock, form: Form) -> None:
    """Fill the sheet."""
    digits = to_thai_digits if form.thai_digits else str
    widths = FOUR_COLUMNS if category.has_owner_column else THREE_COLUMNS
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    row = _write_head(sheet, category, form, widths, digits)
    for block in category.rows:
        row = _write_row(sheet, row, block, category, widths, digits)
    for title, text in _after(category):
        row = _write_below(sheet, row, f"{title}\n{digits(text)}", widths)
    _set_up_page(sheet, form, digits)


def _write_head(
    sheet: Worksheet, category: CategoryBlock, form: Form, widths: Sequence[float], digits: Digits
) -> int:
    """Title, band and headings; gives the first row below. Band and headings stand on every printed page."""
    row = 1
    if category.print_title:
        _merged_line(sheet, row, digits(form.title), widths)
        row += 1
    first = row
    _merged_line(sheet, row, digits(category.band), widths)
    row += 1
    lines = 1
    for index, heading in enumerate(category.headings, start=1):
        put(sheet, row, index, pieces(digits(heading))[0], head=True)
        lines = max(lines, lines_in(heading, widths[index - 1]))
    set_height(sheet, row, lines)
    sheet.print_title_rows = f"{first}:{row}"
    sheet.freeze_panes = f"A{row + 1}"
    return row + 1


def _merged_line(sheet: Worksheet, row: int, text: str, widths: Sequence[float]) -> None:
    columns, width = len(widths), sum(widths)
    put(sheet, row, 1, text, head=True)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=columns)
    set_height(sheet, row, lines_in(text, width))


def _write_row(
    sheet: Worksheet,
    row: int,
    block: Row,
    category: CategoryBlock,
    widths: Sequence[float],
    digits: Digits,
) -> int:
    """One criterion, or adjacent ones beside the activities that they share; gives the first row below."""
    shared = [(3, digits(_activities(block, category)))]
    if category.has_owner_column:
        shared.append((4, digits("\n".join(block.owner_lines))))
    own = [
        [(1, digits(_criterion(criterion, category))), (2, digits(_practices(criterion)))]
        for criterion in block.criteria
    ]
    beside = _parts(shared, widths)
    parts = [_parts(texts, widths) for texts in own]
    rows = [max(map(len, part.values())) for part in parts]
    # what all share may need more rows than they have: the last criterion gets them
    rows[-1] += max(0, max(map(len, beside.values())) - sum(rows))
    heights: dict[int, int] = {}
    start = row
    for part, count in zip(parts, rows, strict=True):
        _fill(sheet, start, count, part, widths, heights)
        start += count
    _fill(sheet, row, start - row, beside, widths, heights)
    for number, lines in heights.items():
        set_height(sheet, number, lines)
    return start


# The text of a column in the parts that stand one below the other.
Parts = dict[int, list[str]]


def _parts(texts: list[tuple[int, str]], widths: Sequence[float]) -> Parts:
    return {column: blocks_of_lines(text, widths[column - 1], LINES_PER_ROW) for column, text in texts}


def _fill(
    sheet: Worksheet, first: int, rows: int, parts: Parts, widths: Sequence[float], heights: dict[int, int]
) -> None:
    """Write the parts of each column, framed together; a text of one part is one merged cell over all rows.

    No cell is merged around a text that needs more than its first row: a page may end between any two rows.
    """
    for column, texts in parts.items():
        for index in range(rows):
            row = first + index
            text = texts[index] if index < len(texts) else None
            put(sheet, row, column, text, border=SIDES[index == 0, index == rows - 1])
            heights[row] = max(heights.get(row, 1), lines_in(text, widths[column - 1]) if text else 1)
        if len(texts) == 1 and rows > 1:
            sheet.merge_cells(
                start_row=first, end_row=first + rows - 1, start_column=column, end_column=column
            )


def _write_below(sheet: Worksheet, row: int, text: str, widths: Sequence[float]) -> int:
    """A text over the whole width; gives the first row below."""
    for part in blocks_of_lines(text, sum(widths), LINES_PER_ROW):
        put(sheet, row, 1, part)
        sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(widths))
        set_height(sheet, row, lines_in(part, sum(widths)))
        row += 1
    return row


def _criterion(criterion: CriterionBlock, category: CategoryBlock) -> str:
    """The first column as the print has it."""
    label = f"{category.criterion_label} " if category.criterion_label else ""
    lines = [f"{label}{criterion.code} {criterion.name}"]
    texts = criterion.feedback
    if len(texts) == 1 and not category.has_owner_column:
        lines.append(f"{category.feedback_label} {texts[0]}")
    elif texts:
        lines += [category.feedback_label, *(f"- {text}" for text in texts)]
    return "\n".join(lines)


def _practices(criterion: CriterionBlock) -> str:
    blocks = []
    for practice in criterion.practices:
        head = f"{practice.agency_name} {practice.award_line}".strip()
        blocks.append(f"{head}\n{lined_text(practice.html)}".strip())
    return "\n\n".join(blocks)


def _activities(row: Row, category: CategoryBlock) -> str:
    """The third column as the print has it; owners stand under their activities where they have no column."""
    blocks = [f"บทวิเคราะห์\n{lined_text(row.analysis)}"] if row.analysis else []
    for activity in row.activities:
        text = lined_text(activity.html)
        if activity.owner_line and not category.has_owner_column:
            text += f"\nผู้รับผิดชอบ {activity.owner_line}"
        blocks.append(text)
    if row.see:
        blocks.append(f"ดูข้อ {', '.join(row.see)}")
    if row.obstacles:
        blocks.append(f"ปัญหาและอุปสรรค\n{lined_text(row.obstacles)}")
    if row.remedies:
        blocks.append(f"แนวทางแก้ไข\n{lined_text(row.remedies)}")
    return "\n\n".join(blocks)


def _after(category: CategoryBlock) -> Iterator[tuple[str, str]]:
    """What stands below the table."""
    if category.obstacles:
        yield "ปัญหาและอุปสรรค :", lined_text(category.obstacles)
    if category.remedies:
        yield "แนวทางแก้ไข :", lined_text(category.remedies)
    for figure in category.figures:
        alternative = f"\n[คำอธิบายภาพ: {figure.alternative}]" if figure.alternative else ""
        yield "ภาพ", f"{figure.caption}{alternative}"


def _set_up_page(sheet: Worksheet, form: Form, digits: Digits) -> None:
    """A4 on its side, as wide as the paper, with the footer of the PDF."""
    set_up_page(sheet)
    margin = NARROW_MARGIN + form.binding_margin_mm / 25.4
    sheet.page_margins.left = margin
    footer = sheet.oddFooter
    if footer is not None and form.foot:
        footer.left.text = digits(form.foot)


def set_up_page(sheet: Worksheet) -> None:
    """A4 on its side, as many pages as it takes, each as wide as the paper, with its number."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = NARROW_MARGIN
    margins.bottom, margins.header, margins.footer = FOOT_MARGIN, 0.2, 0.2
    footer = sheet.oddFooter
    assert footer is not None  # every sheet has one
    footer.right.text = "หน้า &P จาก &N"
    for part in (footer.left, footer.right):
        part.font, part.size = f"{FONT_NAME},Regular", 11
