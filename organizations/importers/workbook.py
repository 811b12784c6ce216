"""Opening a workbook that a stranger may have made: a gate before any parser sees it, then plain rows of text.

The sheet is read as a stream, because a small file can hold a million rows.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape
from openpyxl.utils.exceptions import InvalidFileException

from thai.text import normalise, one_line

from .archive import OLE, Gate, RefusedArchive

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_FILE = 5 * 1024 * 1024
MAX_COLUMNS = 40
MAX_SHEET_ROWS = 5_000
# A title, notes and headings stand above the data, and an example row among them.
ROWS_ABOVE = 20
# Blanks inside a line; at its beginning they are an indent that means something in a list.
_BLANKS = re.compile(r"(?<=\S)[ \t\xa0]+")

WORKBOOKS = Gate(
    suffix=".xlsx",
    required=frozenset({"[Content_Types].xml", "xl/workbook.xml"}),
    max_entries=2_000,
    max_unpacked=100 * 1024 * 1024,
    other="ไฟล์นี้ไม่ใช่ Excel แบบ .xlsx กรุณาใช้ไฟล์แบบที่ดาวน์โหลดจากหน้านี้",
)
# What openpyxl and its XML parsers raise on parts that lie about themselves.
BROKEN = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,  # what lxml and the standard library call XML that is none
    ValueError,  # also defusedxml's refusals of entities
    LookupError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
    OSError,
    RecursionError,
)


class RefusedWorkbook(ValueError):
    """A file that is not read; the message is for the person who sent it."""


@dataclass(frozen=True)
class Sheet:
    """The name of a sheet and its rows as (row number, cells), empty rows left out.

    `faults` maps (row number, column from 0) to why the cell has no text; `hidden` are sheets passed over.
    """

    name: str
    rows: list[tuple[int, list[str]]]
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)


def read_sheet(
    file: BinaryIO,
    *,
    size: int,
    preferred: str,
    max_rows: int,
    what: str = "รายชื่อ",
    tidy: Callable[[object], str] | None = None,
) -> Sheet:
    """Return the sheet called `preferred`, or the first one that is not hidden.

    `max_rows` counts rows of data, `what` is the word for them; `tidy` makes the text of a cell (as_lines).
    Raises RefusedWorkbook.
    """
    check_archive(file, size)
    file.seek(0)
    try:
        # openpyxl warns about styles and extensions that do not matter here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # with formulas, because a value that some program computed last year is not what a person sees
            workbook = load_workbook(file, read_only=True, keep_links=False)
            try:
                return _read(workbook, preferred, max_rows, what, tidy or as_lines)
            finally:
                workbook.close()
    except RefusedWorkbook:
        raise
    except BROKEN as fault:
        raise RefusedWorkbook("อ่านไฟล์นี้ไม่ได้ ไฟล์อาจเสียหาย กรุณาเปิดด้วย Excel แล้วบันทึกเป็น .xlsx อีกครั้ง") from fault


def _read(
    workbook: Workbook, preferred: str, max_rows: int, what: str, tidy: Callable[[object], str]
) -> Sheet:
    name, hidden = _choose(workbook, preferred)
    # Some programs write a wrong size of the sheet; openpyxl would silently stop reading there.
    workbook[name].reset_dimensions()
    sheet = Sheet(name, [], hidden=hidden)
    for number, row in enumerate(workbook[name].iter_rows(max_col=MAX_COLUMNS), start=1):
        if number > MAX_SHEET_ROWS:
            raise RefusedWorkbook(f"แผ่นงานยาวเกิน {MAX_SHEET_ROWS:,} แถว กรุณาลบแถวว่างท้ายตารางแล้วส่งอีกครั้ง")
        # Excel writes characters such as a carriage return as _x000D_, which openpyxl leaves as it is
        cells = [tidy(unescape(v) if isinstance(v := cell.value, str) else v) for cell in row]
        if not any(cells):
            continue
        if len(sheet.rows) > max_rows + ROWS_ABOVE:
            raise too_many(what, max_rows)
        sheet.faults.update(_cell_faults(number, row))
        sheet.rows.append((number, cells))
    return sheet


def too_many(what: str, max_rows: int) -> RefusedWorkbook:
    """The refusal of a sheet with more rows than one import takes."""
    return RefusedWorkbook(f"มี{what}เกิน {max_rows:,} แถว กรุณาแบ่งเป็นหลายไฟล์")


def _choose(workbook: Workbook, preferred: str) -> tuple[str, list[str]]:
    """The sheet to read, and the hidden ones: nobody would see in Excel what came from those."""
    sheets = [workbook[name] for name in workbook.sheetnames]
    visible = [sheet.title for sheet in sheets if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]
    if preferred in hidden or not visible:
        name = preferred if preferred in hidden else hidden[0]
        raise RefusedWorkbook(f"แผ่นงาน “{name}” ถูกซ่อนไว้ กรุณาเลิกซ่อนแผ่นงานใน Excel แล้วส่งอีกครั้ง")
    return preferred if preferred in visible else visible[0], hidden


def _cell_faults(number: int, row: Sequence[Any]) -> Iterator[tuple[tuple[int, int], str]]:
    for column, cell in enumerate(row):
        if cell.data_type == "f":
            yield (number, column), "เซลล์นี้เป็นสูตร กรุณาคัดลอกแล้ววางแบบค่า (Paste Values)"
        elif cell.data_type == "e":
            yield (number, column), f"เซลล์นี้มีค่าผิดพลาดของ Excel ({cell.value}) กรุณาพิมพ์ข้อความแทน"


def as_is(value: object) -> str:
    """A cell with its blanks and line breaks, as a text is stored: 3.0 is 3, only what is around it goes."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return normalise(str(value)).strip()


def as_lines(value: object) -> str:
    """A cell as a person reads it: 3.0 is 3, blanks are single, line breaks stay and blank lines at the ends go."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    lines = (_BLANKS.sub(" ", line).rstrip() for line in normalise(str(value)).split("\n"))
    return "\n".join(lines).strip("\n ")


def as_text(text: str) -> str:
    """The text of a cell on one line."""
    return one_line(text)


def column_letter(index: int) -> str:
    """A, B, C … for 0, 1, 2 …"""
    return get_column_letter(index + 1)


def check_archive(file: BinaryIO, size: int) -> None:
    """Refuse whatever is not a small, plain .xlsx, with the reason. Raises RefusedWorkbook."""
    if size == 0:
        raise RefusedWorkbook("ไฟล์ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง")
    if size > MAX_FILE:
        raise RefusedWorkbook("ไฟล์ใหญ่เกิน 5 เมกะไบต์ กรุณาใช้ไฟล์แบบที่มีเฉพาะรายชื่อ")
    file.seek(0)
    if file.read(8).startswith(OLE):
        raise RefusedWorkbook(
            "ไฟล์นี้เป็น Excel รุ่นเก่า (.xls) หรือมีรหัสผ่าน กรุณาเปิดด้วย Excel แล้วบันทึกเป็น .xlsx ที่ไม่มีรหัสผ่าน"
        )
    try:
        WORKBOOKS.check(file)
    except RefusedArchive as refused:
        raise RefusedWorkbook(str(refused)) from refused
