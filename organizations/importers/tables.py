"""A table that somebody filled in: found by its headings wherever they stand, read whole, faults with their place.

Importers describe what they want with `Columns`, get a `Table` of plain text, and turn its rows into what they write.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain, islice
from typing import Any, BinaryIO, Final, Self

from django.core.exceptions import ValidationError

from thai.dates import BE_OFFSET, FIRST_BE_YEAR, LAST_BE_YEAR
from thai.forms import YearField

from .archive import OLE, ZIP
from .csv_files import open_csv
from .workbook import (
    ROWS_ABOVE,
    UPLOAD,
    Limits,
    OpenSheet,
    RawRow,
    RefusedWorkbook,
    Sheet,
    as_is,
    as_lines,
    as_text,
    collect,
    column_letter,
    open_sheet,
    too_many,
)

EXAMPLE_MARK: Final = "(ตัวอย่าง)"
# The hidden sheet of our own templates that holds the choices.
CHOICES: Final = "รายการเลือก"
# A star or a note in brackets behind a heading is how offices mark what must be filled in.
_NOTE: Final = re.compile(r"\s*(\*|\([^()]*\))\s*$")


@dataclass(frozen=True)
class Columns:
    """What a sheet must look like.

    `headings` maps a field to its heading, `required` are the fields whose column must be there, `lines`
    those whose line breaks are kept, with `exact` their blanks too. A row whose field `marked` begins with
    EXAMPLE_MARK is passed over. `what` is the word for the rows, `most_characters` what all of them may hold together.
    """

    sheet: str
    headings: Mapping[str, str]
    required: frozenset[str]
    marked: str
    what: str
    max_rows: int
    lines: frozenset[str] = frozenset()
    exact: bool = False
    takes_csv: bool = False
    most_characters: int = 1_000_000


class RowState(Enum):
    """What a row does to what stands; the value is the word on the page."""

    NEW = "ใหม่"
    CHANGED = "เปลี่ยน"
    SAME = "คงเดิม"
    WITHDRAWN = "ถอนแล้ว ข้ามไป"


@dataclass(frozen=True)
class Change:
    """One field that a row changes, with the words before and after."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Fault:
    """One thing to mend in the file, and where."""

    place: str
    message: str


@dataclass(frozen=True)
class Table:
    """Rows as they were typed: row number and fields; `columns` maps a field to its column letter.

    `faults` are cells that have no text; their rows are not among `rows`. `hidden` are sheets passed over.
    """

    name: str
    columns: dict[str, str]
    rows: list[tuple[int, dict[str, str]]]
    faults: list[Fault] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)

    def place(self, number: int, name: str, heading: str) -> str:
        """Where a cell stands, for the person: แผ่นงาน “สมาชิก” แถว 3 คอลัมน์ B (บทบาท)."""
        column = f"คอลัมน์ {self.columns[name]} ({heading})" if name in self.columns else f"คอลัมน์ “{heading}”"
        return f"{_sheet_place(self.name)}แถว {number} {column}"

    def as_json(self) -> dict[str, Any]:
        """What waits between the dry run and the confirmation; a table with faults never does."""
        return {"name": self.name, "columns": self.columns, "rows": self.rows, "hidden": self.hidden}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """Read back what `as_json` gave."""
        rows = [(number, fields) for number, fields in kept["rows"]]
        return cls(kept["name"], kept["columns"], rows, hidden=kept["hidden"])


def _sheet_place(name: str) -> str:
    return f"แผ่นงาน “{name}” " if name else ""


def read_table(file: BinaryIO, *, size: int, columns: Columns) -> Table:
    """Read an .xlsx, or a CSV where the columns take one. Raises RefusedWorkbook when it is no such table."""
    sheet = _read_any(file, size, columns)
    top, places = _head(sheet.name, sheet.rows[:ROWS_ABOVE], columns)
    letters = {name: column_letter(index) for name, index in places.items()}
    table = Table(sheet.name, letters, [], hidden=_worth_a_word(sheet.hidden))
    for number, cells in sheet.rows[top:]:
        _take(table, number, _fields(cells, places, columns), _faults_of(sheet, number, places), columns)
    return _checked(table, columns)


@dataclass(frozen=True)
class TableRow:
    """A row as it was typed: its fields, and (field, sentence) of the cells that have no text."""

    number: int
    fields: dict[str, str]
    faults: list[tuple[str, str]]


@dataclass(frozen=True)
class OpenTable:
    """A table that is being read: like `Table`, with its rows as a stream; example rows are passed over."""

    name: str
    columns: dict[str, str]
    hidden: list[str]
    rows: Iterator[TableRow]


@contextmanager
def open_table(
    file: BinaryIO, *, size: int, columns: Columns, limits: Limits = UPLOAD
) -> Iterator[OpenTable]:
    """A table of any length, read row by row with its cells as they are stored, blanks and all.

    Raises RefusedWorkbook when it is no such table, also by its rows.
    """
    with _open_any(file, size, columns, limits) as source:
        above = list(islice(source.rows, ROWS_ABOVE))
        top, places = _head(
            source.name, [(n, [as_lines(c) for c in cells]) for n, cells, _ in above], columns
        )
        letters = {name: column_letter(index) for name, index in places.items()}
        rows = _table_rows(chain(above[top:], source.rows), places, columns)
        yield OpenTable(source.name, letters, _worth_a_word(source.hidden), rows)


def _table_rows(rows: Iterable[RawRow], places: dict[str, int], columns: Columns) -> Iterator[TableRow]:
    for number, cells, faults in rows:
        fields = {name: cells[index] if index < len(cells) else "" for name, index in places.items()}
        if any(text.strip() for text in fields.values()) and not is_example(fields[columns.marked]):
            found = [(name, faults[index]) for name, index in places.items() if index in faults]
            yield TableRow(number, fields, found)


def is_example(marked: str) -> bool:
    """The row only shows how to fill in the others."""
    return marked.lstrip().startswith(EXAMPLE_MARK)


def _worth_a_word(hidden: list[str]) -> list[str]:
    return [name for name in hidden if name != CHOICES]


def _open_any(
    file: BinaryIO, size: int, columns: Columns, limits: Limits
) -> AbstractContextManager[OpenSheet]:
    if _is_csv(file, size, columns):
        return open_csv(file, size=size, limits=limits)
    return open_sheet(file, size=size, preferred=columns.sheet, limits=limits)


def _read_any(file: BinaryIO, size: int, columns: Columns) -> Sheet:
    with _open_any(file, size, columns, UPLOAD) as source:
        tidy = as_is if columns.exact else as_lines
        return collect(source, columns.max_rows, columns.what, tidy)


def _is_csv(file: BinaryIO, size: int, columns: Columns) -> bool:
    file.seek(0)
    start = file.read(4)
    return columns.takes_csv and bool(size) and not start.startswith((ZIP, OLE))


def _head(name: str, rows: list[tuple[int, list[str]]], columns: Columns) -> tuple[int, dict[str, int]]:
    """How many of the first rows are title and headings, and the column of each field. Raises RefusedWorkbook."""
    if not rows:
        raise RefusedWorkbook(f"{_sheet_place(name)}ไม่มีข้อมูล")
    top, places = _find_headings(rows, columns)
    missing = [
        heading for name, heading in columns.headings.items() if name in columns.required - set(places)
    ]
    if missing:
        number = rows[0][0] if not places else rows[top - 1][0]
        raise RefusedWorkbook(f"{_sheet_place(name)}แถว {number} ไม่มีหัวคอลัมน์ {' '.join(missing)} กรุณาใช้ไฟล์แบบ")
    return top, places


def _find_headings(rows: list[tuple[int, list[str]]], columns: Columns) -> tuple[int, dict[str, int]]:
    """How many rows are title and headings, and the column of each field.

    A title may stand above the headings, and a heading merged over several columns may have its own headings
    in the row below.
    """
    found = [_headings_in(cells, columns) for _, cells in rows]
    best = max(range(len(found)), key=lambda index: (len(found[index]), -index))
    top, places = best + 1, found[best]
    below = found[top] if top < len(found) else {}
    filled = [cell for cell in rows[top][1] if cell] if below else []
    if below and len(below) == len(filled):
        # the lower heading is the narrower one
        places = {name: index for name, index in places.items() if index not in below.values()} | below
        top += 1
    return top, places


def _headings_in(cells: list[str], columns: Columns) -> dict[str, int]:
    exact = {_plain(heading): name for name, heading in columns.headings.items()}
    # a heading that is another one with a note, as «เนื้อหา (HTML)», is only itself
    bare = {_bare(heading): name for name, heading in columns.headings.items()} | exact
    found: dict[str, int] = {}
    for index, cell in enumerate(cells):
        if name := next((bare[form] for form in _forms(cell) if form in bare), None):
            found.setdefault(name, index)
    return found


def _forms(heading: str) -> Iterator[str]:
    """A heading, and what is left of it as one note after another is taken away, which people and programs add."""
    yield _plain(heading)
    while (shorter := _NOTE.sub("", heading)) != heading:
        heading = shorter
        yield _plain(heading)


def _bare(heading: str) -> str:
    """A heading without notes and blanks."""
    return list(_forms(heading))[-1]


def _plain(heading: str) -> str:
    return "".join(heading.split()).casefold()


def _fields(cells: list[str], places: dict[str, int], columns: Columns) -> dict[str, str]:
    fields = {name: cells[index] if index < len(cells) else "" for name, index in places.items()}
    return {name: text if name in columns.lines else as_text(text) for name, text in fields.items()}


def _faults_of(sheet: Sheet, number: int, places: dict[str, int]) -> list[tuple[str, str]]:
    """The cells of a row without text that a field would be read from."""
    known = ((name, sheet.faults.get((number, index))) for name, index in places.items())
    return [(name, message) for name, message in known if message]


def _take(
    table: Table, number: int, fields: dict[str, str], faults: list[tuple[str, str]], columns: Columns
) -> None:
    if not any(fields.values()) or is_example(fields[columns.marked]):
        return
    for name, message in faults:
        table.faults.append(Fault(table.place(number, name, columns.headings[name]), message))
    if not faults:
        table.rows.append((number, fields))


def _checked(table: Table, columns: Columns) -> Table:
    if not table.rows and not table.faults:
        raise RefusedWorkbook(f"{_sheet_place(table.name)}ยังไม่มี{columns.what}ใต้หัวคอลัมน์")
    if len(table.rows) > columns.max_rows:
        raise too_many(columns.what, columns.max_rows)
    if sum(len(text) for _, fields in table.rows for text in fields.values()) > columns.most_characters:
        raise RefusedWorkbook(f"ข้อความรวมเกิน {columns.most_characters:,} อักขระ กรุณาแบ่งเป็นหลายไฟล์")
    return table


def year_in_cell(typed: str) -> tuple[int | None, str]:
    """The Buddhist-era year of a cell and why it is none: (2567, "") or (None, a Thai sentence)."""
    try:
        year: int | None = YearField(required=False).clean(typed)
    except ValidationError as fault:
        return None, _christian_era(typed) or fault.messages[0]
    return year, ""


def _christian_era(typed: str) -> str:
    """The question for a year such as 2024; "" for anything else."""
    plain = YearField().to_plain_number(typed)
    year = int(plain) if plain.isdecimal() and len(plain) == 4 else 0
    if not FIRST_BE_YEAR <= year + BE_OFFSET <= LAST_BE_YEAR or year >= FIRST_BE_YEAR:
        return ""
    return f"ปี {year} เป็นคริสต์ศักราช หมายถึง {year + BE_OFFSET} หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช"
