"""Opening a workbook that a stranger may have made: a gate before any parser sees it, then plain rows of text.

The sheet is read as a stream, because a small file can hold a million rows.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from thai.text import normalise

from .archive import OLE, Gate, RefusedArchive

MAX_FILE = 5 * 1024 * 1024
MAX_COLUMNS = 40
MAX_SHEET_ROWS = 5_000

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
    """The name of a sheet and its rows as (row number, cells), empty rows left out."""

    name: str
    rows: list[tuple[int, list[str]]]


def read_sheet(file: BinaryIO, *, size: int, preferred: str, max_rows: int) -> Sheet:
    """Return the sheet called `preferred`, or the first one, of `max_rows` beside headings and an example.

    Raises RefusedWorkbook.
    """
    check_archive(file, size)
    file.seek(0)
    try:
        # openpyxl warns about styles and extensions that do not matter here.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            workbook = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            try:
                name = preferred if preferred in workbook.sheetnames else workbook.sheetnames[0]
                # Some programs write a wrong size of the sheet; openpyxl would silently stop reading there.
                workbook[name].reset_dimensions()
                rows = list(_filled_rows(workbook[name].iter_rows(values_only=True), max_rows))
            finally:
                workbook.close()
    except RefusedWorkbook:
        raise
    except BROKEN as fault:
        raise RefusedWorkbook("อ่านไฟล์นี้ไม่ได้ ไฟล์อาจเสียหาย กรุณาเปิดด้วย Excel แล้วบันทึกเป็น .xlsx อีกครั้ง") from fault
    return Sheet(name, rows)


def _filled_rows(rows: Iterator[tuple[object, ...]], max_rows: int) -> Iterator[tuple[int, list[str]]]:
    filled = 0
    for number, row in enumerate(rows, start=1):
        if number > MAX_SHEET_ROWS:
            raise RefusedWorkbook(f"แผ่นงานยาวเกิน {MAX_SHEET_ROWS:,} แถว กรุณาลบแถวว่างท้ายตารางแล้วส่งอีกครั้ง")
        cells = [as_text(cell) for cell in row[:MAX_COLUMNS]]
        if any(cells):
            filled += 1
            if filled > max_rows + 2:
                raise RefusedWorkbook(f"มีรายชื่อเกิน {max_rows:,} แถว กรุณาแบ่งเป็นหลายไฟล์")
            yield number, cells


def as_text(value: object) -> str:
    """A cell as a person reads it: 3.0 is 3, line ends and double spaces are one space."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(normalise(str(value)).split())


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
