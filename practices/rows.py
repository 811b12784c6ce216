"""One case as any file gives it: what the readers of files hand to loading, whatever the format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from framework.files import Fault

from .pictures import TextOfFile


@dataclass(frozen=True)
class Place:
    """Where a row stands; `row` counts from 1 (of a text file: the line), `columns` name each field for a person.

    Fields are called as in `CaseRow`; those of its agency are "agency" (the body as a whole), "code", "short_name"
    and "kind". A text file has a `path` such as practices[17] instead of a sheet, and knows the line of each field.
    """

    file: str
    row: int
    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    def fault(self, name: str, message: str) -> Fault:
        """A fault of the field called `name`, or of the whole row when it is empty."""
        if self.path:
            named = self.columns.get(name, f"{self.path}.{name}" if name else self.path)
            return Fault(self.file, self.lines.get(name, self.row), named, message)
        return PlacedFault(self.file, self.row, self.columns.get(name, name), message, self.sheet)

    def __str__(self) -> str:
        """Where the row is, for the person."""
        return self.fault("", "").place


@dataclass(frozen=True)
class PlacedFault(Fault):
    """A fault in a table; `field` names the column with its heading: B (หน่วยงาน)."""

    sheet: str = ""

    @property
    def place(self) -> str:
        """Where it is, for the person: cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 3 คอลัมน์ B (หน่วยงาน)."""
        sheet = f" แผ่นงาน “{self.sheet}”" if self.sheet else ""
        row = f" แถว {self.line}" if self.line else ""
        column = f" คอลัมน์ {self.field}" if self.field else ""
        return f"{self.file}{sheet}{row}{column}"


@dataclass(frozen=True)
class AgencyValues:
    """The body whose case it is; a table that has no code knows it by its name or its short name."""

    code: str
    name: str
    short_name: str
    kind: str


@dataclass(frozen=True)
class CaseRow:
    """One case; `award_year` is a Buddhist-era year, `criteria` are primary keys in the order of the edition.

    A row without a `key` is known by agency and title. `given` names the fields that the file has: one that it
    does not have says nothing about a case that stands, and neither does an empty text of a table. What it says of
    the agency is named "code", "short_name" and "kind". `position` is the place among the cases of the same first
    criterion in the file, 0 where the format keeps no order.
    """

    place: Place
    key: str
    agency: AgencyValues
    title: str
    award: str
    award_year: int | None
    summary: str
    source: str
    criteria: tuple[int, ...]
    tags: tuple[str, ...]
    text: TextOfFile
    position: int
    given: frozenset[str]
