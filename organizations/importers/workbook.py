"""Opening a workbook that a stranger may have made: a gate before any parser sees it, then plain rows of text.

The sheet is read as a stream, because a small file can hold a million rows.
"""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True)
class Limits:
    """How much one table may hold; sizes in bytes, `rows` counts every row of the sheet, `cell` characters."""

    file: int = MAX_FILE
    unpacked: int = 100 * 1024 * 1024
    rows: int = MAX_SHEET_ROWS
    # A cell of Excel holds this many characters; in CSV a longer field is an unclosed quotation mark.
    cell: int = 32_767


# What a page takes from anybody who may send a list.
UPLOAD = Limits()

WORKBOOKS = Gate(
    suffix=".xlsx",
    required=frozenset({"[Content_Types].xml", "xl/workbook.xml"}),
    max_entries=2_000,
    max_unpacked=UPLOAD.unpacked,
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


# Row number, the cells as they are stored, and why a cell (its column from 0) has no text.
RawRow = tuple[int, list[str], dict[int, str]]


@dataclass(frozen=True)
class OpenSheet:
    """A sheet that is being read: its name, the sheets passed over, and its rows as a stream, empty ones left out."""

    name: str
    hidden: list[str]
    rows: Iterator[RawRow]


def collect(source: OpenSheet, max_rows: int, what: str, tidy: Callable[[str], str]) -> Sheet:
    """All rows of a sheet; `tidy` puts the blanks of a cell in order. Raises RefusedWorkbook when there are too many.

    `max_rows` counts rows of data, `what` is the word for them.
    """
    sheet = Sheet(source.name, [], hidden=source.hidden)
    for number, raw, faults in source.rows:
        cells = [tidy(cell) for cell in raw]
        if not any(cells):
            continue
        if len(sheet.rows) > max_rows + ROWS_ABOVE:
            raise too_many(what, max_rows)
        sheet.faults.update({(number, column): message for column, message in faults.items()})
        sheet.rows.append((number, cells))
    return sheet


@contextmanager
def open_sheet(file: BinaryIO, *, size: int, preferred: str, limits: Limits = UPLOAD) -> Iterator[OpenSheet]:
    """The sheet called `preferred`, or the first one that is not hidden. Raises RefusedWorkbook, also by its rows."""
    check_archive(file, size, limits)
    file.seek(0)
    with _broken_is_refused():
        # with formulas, because a value that some program computed last year is not what a person sees
        workbook = load_workbook(file, read_only=True, keep_links=False)
    try:
        with _broken_is_refused():
            name, hidden = _choose(workbook, preferred)
            # Some programs write a wrong size of the sheet; openpyxl would silently stop reading there.
            workbook[name].reset_dimensions()
        yield OpenSheet(name, hidden, _rows(workbook, name, limits))
    finally:
        workbook.close()


@contextmanager
def _broken_is_refused() -> Iterator[None]:
    try:
        # openpyxl warns about styles and extensions that do not matter here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except RefusedWorkbook:
        raise
    except BROKEN as fault:
        raise RefusedWorkbook("อ่านไฟล์นี้ไม่ได้ ไฟล์อาจเสียหาย กรุณาเปิดด้วย Excel แล้วบันทึกเป็น .xlsx อีกครั้ง") from fault


def _rows(workbook: Workbook, name: str, limits: Limits) -> Iterator[RawRow]:
    with _broken_is_refused():
        found = enumerate(workbook[name].iter_rows(max_col=MAX_COLUMNS), start=1)
    while True:
        # not around the yield: what goes wrong with whoever takes the rows is no fault of the file
        with _broken_is_refused():
            number, row = next(found, (0, ()))
            if not number:
                return
            if number > limits.rows:
                raise RefusedWorkbook(f"แผ่นงานยาวเกิน {limits.rows:,} แถว กรุณาลบแถวว่างท้ายตารางแล้วส่งอีกครั้ง")
            # Excel writes characters such as a carriage return as _x000D_, which openpyxl leaves as it is
            cells = [_stored(unescape(v) if isinstance(v := cell.value, str) else v) for cell in row]
            faults = dict(_cell_faults(row)) if any(cells) else {}
        if any(cells):
            yield number, cells, faults


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


def _cell_faults(row: Sequence[Any]) -> Iterator[tuple[int, str]]:
    for column, cell in enumerate(row):
        if cell.data_type == "f":
            yield column, "เซลล์นี้เป็นสูตร กรุณาคัดลอกแล้ววางแบบค่า (Paste Values)"
        elif cell.data_type == "e":
            yield column, f"เซลล์นี้มีค่าผิดพลาดของ Excel ({cell.value}) กรุณาพิมพ์ข้อความแทน"


def _stored(value: object) -> str:
    """A value as a person reads it: 3.0 is 3."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return normalise(str(value))


def as_is(value: object) -> str:
    """A value with its blanks and line breaks, as a text is stored; only what is around it goes."""
    return _stored(value).strip()


def as_lines(text: str) -> str:
    """The text of a cell: blanks are single, line breaks stay and blank lines at the ends go."""
    lines = (_BLANKS.sub(" ", line).rstrip() for line in normalise(text).split("\n"))
    return "\n".join(lines).strip("\n ")


def as_text(text: str) -> str:
    """The text of a cell on one line."""
    return one_line(text)


def column_letter(index: int) -> str:
    """A, B, C … for 0, 1, 2 …"""
    return get_column_letter(index + 1)


def check_archive(file: BinaryIO, size: int, limits: Limits = UPLOAD) -> None:
    """Refuse whatever is not a small, plain .xlsx, with the reason. Raises RefusedWorkbook."""
    if size == 0:
        raise RefusedWorkbook("ไฟล์ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง")
    if size > limits.file:
        raise RefusedWorkbook(f"ไฟล์ใหญ่เกิน {limits.file // 1024 // 1024} เมกะไบต์ กรุณาใช้ไฟล์แบบที่มีเฉพาะรายชื่อ")
    file.seek(0)
    if file.read(8).startswith(OLE):
        raise RefusedWorkbook(
            "ไฟล์นี้เป็น Excel รุ่นเก่า (.xls) หรือมีรหัสผ่าน กรุณาเปิดด้วย Excel แล้วบันทึกเป็น .xlsx ที่ไม่มีรหัสผ่าน"
        )
    try:
        replace(WORKBOOKS, max_unpacked=limits.unpacked).check(file)
    except RefusedArchive as refused:
        raise RefusedWorkbook(str(refused)) from refused
