"""Cells of a workbook: texts that stay texts, nothing cut, heights that fit, the same bytes for the same data."""

from __future__ import annotations

import datetime
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from io import BytesIO
from math import ceil
from typing import Final

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from thai.words import unbreakable_parts

FONT_NAME: Final = "TH Sarabun New"
POINTS: Final = 14
# Height of a line of TH Sarabun New, and the room above and below the first and last one.
LINE_POINTS: Final = 19.2
_PADDING: Final = 4.0
# Excel draws no row higher than 409 points.
MOST_LINES: Final = 19
# Excel counts UTF-16 units and takes 32,767; room is left for the note.
LONGEST_CELL: Final = 32_767
_ROOM: Final = LONGEST_CELL - 100
GOES_ON: Final = "\n(มีต่อในช่องถัดไป)"
WENT_BEFORE: Final = "(ต่อจากช่องก่อนหน้า)\n"
# What Excel, LibreOffice and those who read CSV take for the beginning of a formula.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
# Excel reads _x0041_ inside a text as the character with this number.
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# An unpaired half of a character, and two that XML does not know.
_NOT_XML: Final = re.compile("[\ud800-\udfff\ufffe\uffff]")
# A letter of Thai text is this wide on average, measured in digits of the same font as columns are.
_LETTER_WIDTH: Final = 0.965
# Thai lines end at a word, this many letters before the edge on average.
_UNUSED: Final = 3
_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
# Shown in the Buddhist era by Excel and LibreOffice, sorted as the date that it is.
BE_DATE: Final = "[$-107041E]d mmm yyyy"
ZIP_EPOCH: Final = (1980, 1, 1, 0, 0, 0)

_LINE = Side(style="thin", color="808080")
BORDER: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
SIDES: Final = {
    (top, bottom): Border(
        left=_LINE, right=_LINE, top=_LINE if top else None, bottom=_LINE if bottom else None
    )
    for top in (False, True)
    for bottom in (False, True)
}
PLAIN: Final = Font(name=FONT_NAME, size=POINTS)
BOLD: Final = Font(name=FONT_NAME, size=POINTS, bold=True)
SHADED: Final = PatternFill("solid", fgColor="E7EEF5")
WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
CENTRED: Final = Alignment(wrap_text=True, vertical="center", horizontal="center")


def new_workbook(title: str) -> Workbook:
    """A workbook without sheets whose columns are measured in our font, so that text and columns fit anywhere."""
    workbook = Workbook()
    # openpyxl has no public way to the style that every workbook has
    workbook._named_styles["Normal"].font = PLAIN  # type: ignore[attr-defined]
    workbook.properties.title = title
    if workbook.active is not None:
        workbook.remove(workbook.active)
    return workbook


def clean(text: str) -> str:
    """The text without characters that no workbook can hold, and safe against Excel's own escapes."""
    return _ESCAPE.sub("_x005F_", _NOT_XML.sub("", ILLEGAL_CHARACTERS_RE.sub("", text)))


def pieces(text: str) -> list[str]:
    """The text in parts that fit into cells; without the notes between them the parts are the text.

    A part ends at a line end or a blank where one is near.
    """
    text = clean(text)
    parts = []
    while _units(text) > LONGEST_CELL:
        end = _fitting(text)
        for mark in ("\n", " "):
            if (found := text.rfind(mark, end - 2_000, end)) > 0:
                end = found + 1
                break
        parts.append(text[:end])
        text = text[end:]
    parts.append(text)
    last = len(parts) - 1
    return [
        f"{WENT_BEFORE if index else ''}{part}{GOES_ON if index < last else ''}"
        for index, part in enumerate(parts)
    ]


def _units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _fitting(text: str) -> int:
    """How many characters fit, never the first half of an escape."""
    end = _ROOM
    while _units(text[:end]) > _ROOM:
        # every character counts two units at most
        end -= (_units(text[:end]) - _ROOM + 1) // 2
    escape = text.rfind("_x005F_", end - 6, end + 6)
    return escape if 0 <= escape < end < escape + 7 else end


def put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: str | int | datetime.date | None,
    *,
    head: bool = False,
    border: Border = BORDER,
) -> None:
    """Write a value in our font, wrapped; a text is a text whatever it begins with. It must fit, see `pieces`."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # cells are merged after they are written
    cell.value = value
    cell.font, cell.border = BOLD if head else PLAIN, border
    cell.alignment = CENTRED if head else WRAPPED
    if head:
        cell.fill = SHADED
    if isinstance(value, str):
        # openpyxl takes "=…" for a formula and "#N/A" for an error
        cell.data_type = "s"
        if value.startswith(FORMULA_STARTS):
            cell.quotePrefix = True
    elif isinstance(value, datetime.date):
        cell.number_format = BE_DATE


def lines_in(text: str, width: float) -> int:
    """How many lines a text takes in a column of this width (in Excel's characters), rather one too many."""
    return sum(max(1, ceil(_letters(line) / _room(width))) for line in text.split("\n"))


def _room(width: float) -> float:
    """How many letters a line of the column holds."""
    return max((width - 1) / _LETTER_WIDTH - _UNUSED, 4)


def _letters(text: str) -> int:
    """The width of a text in letters: what stands above or below another takes no room."""
    return sum(unicodedata.category(character) != "Mn" for character in text)


def blocks_of_lines(text: str, width: float, most: int) -> list[str]:
    """The text in parts of about `most` lines of the column, so that a row holds each of them whole.

    Parts end between paragraphs; only one that is higher than any row is parted between its words. Put together
    the parts are the text without some line ends.
    """
    blocks: list[str] = []
    lines = 0
    for paragraph in _parted(clean(text), width):
        needed = lines_in(paragraph, width)
        if blocks and lines + needed <= most:
            blocks[-1] += f"\n{paragraph}"
            lines += needed
        elif paragraph or not blocks:
            blocks.append(paragraph)
            lines = needed
    return [block.rstrip("\n") for block in blocks]


def _parted(text: str, width: float) -> Iterator[str]:
    """The paragraphs, in parts that are no higher than a row may be."""
    room = int(_room(width)) * (MOST_LINES - 1)
    for paragraph in text.split("\n"):
        if _letters(paragraph) <= room:
            yield paragraph
            continue
        part = ""
        for word in _words(paragraph, room):
            if part and _letters(part) + _letters(word) > room:
                yield part
                part = ""
            part += word
        yield part


def _words(paragraph: str, longest: int) -> Iterator[str]:
    for word in unbreakable_parts(paragraph):
        yield from (word[start : start + longest] for start in range(0, len(word), longest))


def set_height(sheet: Worksheet, row: int, lines: int) -> None:
    """Make the row as high as these lines."""
    sheet.row_dimensions[row].height = min(lines, MOST_LINES) * LINE_POINTS + _PADDING


def to_bytes(workbook: Workbook, moment: datetime.datetime) -> bytes:
    """The file; equal workbooks give equal bytes, with `moment` as the time that it bears."""
    at = moment.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)
    workbook.properties.creator = workbook.properties.lastModifiedBy = "PMQA 4.0"
    workbook.properties.created = at
    written = BytesIO()
    workbook.save(written)
    target = BytesIO()
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                # openpyxl puts the time of writing here
                content = _MODIFIED.sub(rb"\g<1>" + f"{at.isoformat()}Z".encode(), content)
            entry = zipfile.ZipInfo(name, ZIP_EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, content)
    return target.getvalue()
