"""The library as a table, of Excel or CSV: one row per case, in the columns that the reader of tables knows."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from organizations.enums import AgencyKind
from organizations.importers.workbook import as_lines
from practices.awards import Award, read_award
from practices.formats.columns import HEADINGS, HTML, NO_YEAR, SHEET, guarded
from texts.lines import lined_text, lines_to_html

from .library import FIGURES, ExportedCase, Library

MAX_CELL: Final = 32_767
# Where a long text is cut: a little below what a cell holds, so that a line end is found before.
CUT: Final = 30_000
WIDTHS: Final = {
    "key": 22, "agency": 34, "code": 18, "short_name": 12, "kind": 20, "title": 44, "criteria": 18, "edition": 12,
    "award": 26, "award_year": 14, "tags": 26, "summary": 50, "source": 34, "text": 90, "html": 60,
}  # fmt: skip
# Excel reads _x0041_ in a cell as A.
_LOOKS_ESCAPED: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA: Final = ("=", "+", "-", "@")

Row = dict[str, str | int]


def xlsx_file(library: Library, target: BinaryIO) -> None:
    """Write the workbook, row by row."""
    columns = _columns(library)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.freeze_panes = "A2"
    for index, name in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = WIDTHS.get(name, WIDTHS["html"])
    bold = Font(bold=True)
    sheet.append([_cell(sheet, HEADINGS[name], bold) for name in columns])
    for row in (row_of(case, library.edition.code) for case in library.cases()):
        sheet.append([_cell(sheet, row.get(name, "")) for name in columns])
    book.save(target)


def _cell(sheet: Any, value: str | int, font: Font | None = None) -> Any:
    """A text as text, whatever it begins with."""
    if isinstance(value, int) or not value:
        return value or None
    cell = WriteOnlyCell(sheet, value=escaped(value))
    cell.data_type = "s"
    if value.startswith(_FORMULA):
        cell.quotePrefix = True
    cell.alignment = _wrapped()
    if font:
        cell.font = font
    return cell


@cache
def _wrapped() -> Alignment:
    return Alignment(wrap_text=True, vertical="top")


def csv_file(library: Library) -> Iterator[bytes]:
    """The rows as Excel writes CSV in UTF-8; no cell can become a formula."""
    columns = _columns(library)
    yield b"\xef\xbb\xbf" + _line([HEADINGS[name] for name in columns])
    for row in (row_of(case, library.edition.code) for case in library.cases()):
        yield _line([guarded(str(row.get(name, ""))) for name in columns])


def _line(cells: list[str]) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target).writerow(cells)
    return target.getvalue().encode()


def _columns(library: Library) -> list[str]:
    """All columns, of those for the rest of a long text only as many as the longest needs."""
    # the address of a picture in a file is at most twice as long as the one that is stored
    most = max((len(pieces(case.text(FIGURES))) for case in library.cases(longer_than=CUT // 3)), default=1)
    return [name for name in HEADINGS if name not in HTML[most:]]


def row_of(case: ExportedCase, edition: str) -> Row:
    """One case by the fields of the columns."""
    practice, agency = case.practice, case.practice.agency
    row: Row = {
        "key": practice.key,
        "agency": agency.name,
        "code": agency.code,
        "short_name": agency.short_name,
        "kind": AgencyKind(agency.kind).label if agency.kind else "",
        "title": practice.title,
        "criteria": ", ".join(case.codes),
        "edition": edition,
        "award": practice.award,
        "award_year": practice.award_year or _no_year(practice.award),
        "tags": ", ".join(case.tags),
        "summary": practice.summary,
        "source": practice.source,
    }
    return row | _text(case)


def _no_year(award: str) -> str:
    """Says that there is no year, where the award would be read as naming one."""
    return "" if read_award(award) == Award(award) else NO_YEAR


def _text(case: ExportedCase) -> Row:
    """The text as lines, which a person can go on writing, where they say all of it; otherwise as HTML."""
    html = case.practice.text.html
    lines = lined_text(html)
    if html and fits(lines) and "<figure" not in html and lines_to_html(as_lines(lines)) == html:
        return {"text": lines}
    return dict(zip(HTML, pieces(case.text(FIGURES)), strict=False))


def pieces(text: str) -> list[str]:
    """A long text for cells beside each other, cut at line ends where there are any."""
    found = []
    while not fits(text):
        cut = min(len(text), CUT)
        while not fits(text[:cut]):
            cut //= 2
        cut = text.rfind("\n", 0, cut) + 1 or cut
        found.append(text[:cut])
        text = text[cut:]
    return [*found, text]


def fits(text: str) -> bool:
    """One cell holds it: Excel counts in UTF-16."""
    return len(escaped(text).encode("utf-16-le")) <= 2 * MAX_CELL


def escaped(text: str) -> str:
    """What Excel takes as the text itself."""
    return _LOOKS_ESCAPED.sub("_x005F_", text)
