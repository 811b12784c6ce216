"""Reading CSV as offices save it: UTF-8 with or without a byte order mark, UTF-16, or the old Thai code page 874."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

from thai.text import normalise

from .workbook import MAX_COLUMNS, UPLOAD, Limits, OpenSheet, RawRow, RefusedWorkbook

DELIMITERS = ",;\t"
CHUNK = 1024 * 1024
NOT_CSV = "ไฟล์นี้ไม่ใช่ Excel (.xlsx) หรือ CSV กรุณาใช้ไฟล์แบบที่ดาวน์โหลดจากหน้านี้"
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f]")


@contextmanager
def open_csv(file: BinaryIO, *, size: int, limits: Limits = UPLOAD) -> Iterator[OpenSheet]:
    """The rows of a CSV file as a stream; `file` stays open. Raises RefusedWorkbook, also by its rows."""
    if size == 0:
        raise RefusedWorkbook("ไฟล์ว่างเปล่า (0 ไบต์) กรุณาเลือกไฟล์อีกครั้ง")
    if size > limits.file:
        raise RefusedWorkbook(f"ไฟล์ใหญ่เกิน {limits.file // 1024 // 1024} เมกะไบต์ กรุณาแบ่งเป็นหลายไฟล์")
    encoding = encoding_of(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        delimiter = _delimiter(text.read(CHUNK))
        text.seek(0)
        yield OpenSheet("", [], _rows(text, delimiter, limits))
    finally:
        # the file belongs to whoever opened it
        text.detach()


def _rows(text: io.TextIOWrapper, delimiter: str, limits: Limits) -> Iterator[RawRow]:
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    number = 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error as fault:
            raise _unclosed(reader.line_num) from fault
        if row is None:
            return
        number += 1
        if number > limits.rows:
            raise RefusedWorkbook(f"ไฟล์ยาวเกิน {limits.rows:,} แถว กรุณาแบ่งเป็นหลายไฟล์")
        cells = [normalise(cell) for cell in row[:MAX_COLUMNS]]
        if any(len(cell) > limits.cell for cell in cells):
            raise _unclosed(reader.line_num)
        if any(cells):
            yield number, cells, {}


def _unclosed(line: int) -> RefusedWorkbook:
    return RefusedWorkbook(
        f'อ่านไฟล์ CSV ไม่ได้ที่บรรทัด {line} ข้อความยาวผิดปกติ หรือมีเครื่องหมาย " ที่เปิดแล้วไม่ปิด กรุณาตรวจ หรือบันทึกเป็น .xlsx'
    )


def encoding_of(file: BinaryIO) -> str:
    """In which encoding a file is that nobody wrote down. Raises RefusedWorkbook for what is no text.

    A byte order mark decides. Without one Thai in UTF-8 is told by its bytes, which hardly ever occur in
    another encoding, and UTF-16 by its zero bytes; what is left is the code page of Thai Windows.
    """
    file.seek(0)
    start = file.read(CHUNK)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        likely = ["utf-16"]
    elif b"\0" in start:
        even, odd = start[0::2].count(0), start[1::2].count(0)
        likely = ["utf-16-be" if even > odd else "utf-16-le"]
    else:
        likely = ["utf-8-sig", "cp874"]
    for encoding in likely:
        if _is_text(file, encoding):
            return encoding
    raise RefusedWorkbook(NOT_CSV)


def decode(content: bytes) -> str:
    """The text of a whole file. Raises RefusedWorkbook for what is no text."""
    return content.decode(encoding_of(io.BytesIO(content)))


def _is_text(file: BinaryIO, encoding: str) -> bool:
    """The whole file can be read so, and holds no control characters, as pictures and programs do."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in iter(partial(file.read, CHUNK), b""):
            if _NO_TEXT.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(text: str) -> str:
    """What separates the headings: the comma, or the semicolon or tab of other settings of Windows."""
    first = next((line for line in text.splitlines() if line.strip(DELIMITERS + ' "')), "")
    return max(DELIMITERS, key=first.count)
