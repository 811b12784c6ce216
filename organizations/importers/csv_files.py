"""Reading CSV as offices save it: UTF-8 with or without a byte order mark, UTF-16, or the old Thai code page 874."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from typing import BinaryIO

from .workbook import (
    MAX_COLUMNS,
    MAX_FILE,
    MAX_SHEET_ROWS,
    ROWS_ABOVE,
    RefusedWorkbook,
    Sheet,
    as_lines,
    too_many,
)

DELIMITERS = ",;\t"
# A cell of Excel holds this many characters; a longer field is an unclosed quotation mark.
MAX_FIELD = 32_767
NOT_CSV = "ไฟล์นี้ไม่ใช่ Excel (.xlsx) หรือ CSV กรุณาใช้ไฟล์แบบที่ดาวน์โหลดจากหน้านี้"


def read_csv(
    file: BinaryIO, *, size: int, max_rows: int, what: str, tidy: Callable[[object], str] = as_lines
) -> Sheet:
    """Return the rows of a CSV file; row numbers are those that Excel shows. Raises RefusedWorkbook."""
    if size == 0:
        raise RefusedWorkbook("ไฟล์ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง")
    if size > MAX_FILE:
        raise RefusedWorkbook("ไฟล์ใหญ่เกิน 5 เมกะไบต์ กรุณาแบ่งเป็นหลายไฟล์")
    file.seek(0)
    text = decode(file.read(MAX_FILE + 1))
    sheet = Sheet("", [])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for number, row in enumerate(reader, start=1):
            if number > MAX_SHEET_ROWS:
                raise RefusedWorkbook(f"ไฟล์ยาวเกิน {MAX_SHEET_ROWS:,} แถว กรุณาแบ่งเป็นหลายไฟล์")
            _add(sheet, number, [tidy(cell) for cell in row[:MAX_COLUMNS]], max_rows, what)
    except csv.Error as fault:
        raise RefusedWorkbook(
            f'อ่านไฟล์ CSV ไม่ได้ที่บรรทัด {reader.line_num} ข้อความยาวผิดปกติ หรือมีเครื่องหมาย " ที่เปิดแล้วไม่ปิด '
            "กรุณาตรวจ หรือบันทึกเป็น .xlsx"
        ) from fault
    return sheet


def _add(sheet: Sheet, number: int, cells: list[str], max_rows: int, what: str) -> None:
    if not any(cells):
        return
    if any(len(cell) > MAX_FIELD for cell in cells):
        raise csv.Error("field too long")
    if len(sheet.rows) > max_rows + ROWS_ABOVE:
        raise too_many(what, max_rows)
    sheet.rows.append((number, cells))


def decode(content: bytes) -> str:
    """The text of a file whose encoding nobody wrote down. Raises RefusedWorkbook for what is no text.

    A byte order mark decides. Without one Thai in UTF-8 is told by its bytes, which hardly ever occur in
    another encoding, and UTF-16 by its zero bytes; what is left is the code page of Thai Windows.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(content, "utf-16")
    if b"\0" in content:
        even, odd = content[0::2].count(0), content[1::2].count(0)
        return _decoded(content, "utf-16-be" if even > odd else "utf-16-le")
    try:
        return _plain(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return _decoded(content, "cp874")


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return _plain(content.decode(encoding))
    except UnicodeDecodeError as fault:
        raise RefusedWorkbook(NOT_CSV) from fault


def _plain(text: str) -> str:
    """The text, unless it holds control characters, as pictures and programs do."""
    if any(character < " " and character not in "\t\n\r\x0b\x0c" for character in text):
        raise RefusedWorkbook(NOT_CSV)
    return text


def _delimiter(text: str) -> str:
    """What separates the headings: the comma, or the semicolon or tab of other settings of Windows."""
    first = next((line for line in text.splitlines() if line.strip(DELIMITERS + ' "')), "")
    return max(DELIMITERS, key=first.count)
