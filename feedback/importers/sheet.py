"""The feedback sheet: read, checked whole against what stands, shown before anything is written.

The natural key of a point is agency, year, step, criterion and text, so the same file twice changes nothing. Marks
and level of a point that stands follow the file where it has any. A point that was withdrawn stays withdrawn.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO

from feedback.forms import LONGEST_TEXT
from feedback.grammar import mark_faults
from feedback.models import FeedbackPoint
from feedback.services import FeedbackLocked, locked_steps
from framework.enums import CategoryKind, LevelCode
from framework.models import Criterion, EditionCriterion
from framework.services import wordings_of_year
from organizations.importers.tables import Change, Columns, Fault, RowState, Table, read_table, year_in_cell
from organizations.models import Agency
from thai.text import normalise, to_arabic_digits

HEADINGS = {
    "year": "ปี (พ.ศ.)",
    "step": "ขั้นตอนที่",
    "criterion": "เกณฑ์",
    "text": "ข้อความของสำนักงาน ก.พ.ร.",
    "strength": "ส่วนที่ดี",
    "gap": "ส่วนที่ยังขาด",
    "level": "ระดับ",
}
MARKS = ("strength", "gap", "level")
COLUMNS = Columns(
    sheet="ข้อเสนอแนะ",
    headings=HEADINGS,
    required=frozenset({"year", "step", "criterion", "text"}),
    marked="text",
    what="ข้อเสนอแนะ",
    max_rows=500,
    lines=frozenset({"text", "strength", "gap"}),
    takes_csv=True,
)
LEVELS = {name.casefold(): code.value for code in LevelCode for name in (code.value, code.label)}

_DATE = re.compile(r"\d{4}-\d\d-\d\d")

Key = tuple[int, int, int, str]


@dataclass(frozen=True)
class PlannedPoint:
    """What one row will do; `point` is what stands already, `changes` says how it differs."""

    number: int
    year: int
    step: int
    wording: EditionCriterion
    text: str
    marks: dict[str, str]
    state: RowState
    point: FeedbackPoint | None = None
    changes: tuple[Change, ...] = ()

    @property
    def criterion(self) -> Criterion:
        """The criterion that the code means in that year."""
        return self.wording.criterion


@dataclass
class Plan:
    """What the whole sheet will do; with a single fault it does nothing."""

    points: list[PlannedPoint] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many rows are in each state, by the state's name."""
        return Counter(point.state.name.lower() for point in self.points)

    @property
    def does_something(self) -> bool:
        """Something would be written."""
        return bool(self.counts["new"] or self.counts["changed"])


def read_feedback(file: BinaryIO, *, size: int) -> Table:
    """Read the file as it is. Raises RefusedWorkbook when it is no feedback sheet at all."""
    return read_table(file, size=size, columns=COLUMNS)


def plan_feedback(table: Table, *, agency: Agency) -> Plan:
    """Check every cell against the edition of its year and the points that stand; nothing is written."""
    return _Planner(table, agency).plan()


# (field, message) of one row, before the place is known
RowFaults = list[tuple[str, str]]


class _Planner:
    """One pass over the rows, with everything that they are checked against read once per year."""

    def __init__(self, table: Table, agency: Agency) -> None:
        self.table, self.agency = table, agency
        self.codes: dict[int, dict[str, EditionCriterion]] = {}
        self.standing: dict[int, dict[Key, FeedbackPoint]] = {}
        self.seen: dict[Key, int] = {}
        self.locked: dict[int, set[int]] = {}

    def plan(self) -> Plan:
        """Go through the rows; every fault of every row is collected."""
        plan = Plan(faults=list(self.table.faults))
        for number, fields in self.table.rows:
            faults: RowFaults = []
            point = self._point(number, fields, faults)
            for name, message in faults:
                plan.faults.append(Fault(self.table.place(number, name, HEADINGS[name]), message))
            if point and not faults:
                plan.points.append(point)
        return plan

    def _point(self, number: int, fields: dict[str, str], faults: RowFaults) -> PlannedPoint | None:
        year, fault = year_in_cell(fields["year"])
        if fault or year is None:
            faults.append(("year", fault or "ยังไม่ได้กรอกปี"))
        step = self._step(fields["step"], faults)
        wording = self._wording(year, fields["criterion"], faults) if year else None
        text = self._text(fields["text"], faults)
        marks = self._marks(fields, text, faults)
        if faults or not (year and step and wording):
            return None
        if step in self._locked(year):
            faults.append(("step", str(FeedbackLocked(year, step))))
            return None
        key = (year, step, wording.criterion_id, text)
        if first := self.seen.get(key):
            faults.append(("text", f"ซ้ำกับแถว {first}"))
            return None
        self.seen[key] = number
        point = self._points(year).get(key)
        state, changes = _compare(point, marks)
        return PlannedPoint(number, year, step, wording, text, marks, state, point, changes)

    @staticmethod
    def _step(typed: str, faults: RowFaults) -> int | None:
        plain = to_arabic_digits(typed).removeprefix("ขั้นตอนที่").strip()
        if plain in ("1", "2", "3"):
            return int(plain)
        faults.append(("step", f"“{typed}” ไม่ใช่ขั้นตอนที่ 1–3" if typed else "ยังไม่ได้กรอกขั้นตอน"))
        return None

    def _wording(self, year: int, typed: str, faults: RowFaults) -> EditionCriterion | None:
        """The criterion of this code in the edition of that year, and only a criterion of processes."""
        code = to_arabic_digits(typed).removeprefix("เกณฑ์").removeprefix("ข้อ").strip()
        codes = self._codes(year)
        wording = codes.get(code)
        if wording and wording.category.kind == CategoryKind.PROCESS:
            return wording
        faults.append(("criterion", self._unknown(code, year, codes) if code else "ยังไม่ได้กรอกรหัสเกณฑ์"))
        return None

    @staticmethod
    def _unknown(code: str, year: int, codes: dict[str, EditionCriterion]) -> str:
        if not codes:
            return "ยังไม่มีเกณฑ์ PMQA ในระบบ กรุณาแจ้งผู้ดูแลระบบให้นำเข้าเกณฑ์ก่อน"
        if _DATE.match(code):
            return "Excel เปลี่ยนรหัสเป็นวันที่ กรุณาจัดรูปแบบเซลล์เป็นข้อความแล้วพิมพ์รหัสใหม่"
        edition = next(iter(codes.values())).edition
        numbers = sorted(
            {w.category.number for w in codes.values() if w.category.kind == CategoryKind.PROCESS}
        )
        number = code.split(".")[0]
        if number not in map(str, numbers):
            allowed = f"ข้อเสนอแนะรับเฉพาะหมวด {numbers[0]}–{numbers[-1]}"
            return f"“{code}” อยู่ในหมวด {number} {allowed}" if code in codes else f"ไม่มีหมวด {number} {allowed}"
        return f"ไม่มีเกณฑ์ {code} ในเกณฑ์ฉบับ {edition.code} ซึ่งใช้กับปี {year}"

    @staticmethod
    def _text(typed: str, faults: RowFaults) -> str:
        text = normalise(typed).strip()
        if not text:
            faults.append(("text", "ยังไม่ได้กรอกข้อความ"))
        elif len(text) > LONGEST_TEXT:
            faults.append(("text", f"ข้อความยาว {len(text):,} อักขระ ต้องไม่เกิน {LONGEST_TEXT:,}"))
        return text

    @staticmethod
    def _marks(fields: dict[str, str], text: str, faults: RowFaults) -> dict[str, str]:
        """The marks that the row has: an empty cell says nothing about them."""
        marks = {name: fields[name] for name in MARKS if fields.get(name)}
        if level := marks.get("level"):
            marks["level"] = LEVELS.get(level.casefold(), "")
            if not marks["level"]:
                names = " · ".join(code.label for code in LevelCode)
                faults.append(("level", f"ไม่รู้จักระดับ “{level}” ระดับที่ใช้ได้คือ {names}"))
        faults += mark_faults(text, marks.get("strength", ""), marks.get("gap", ""))
        return marks

    def _codes(self, year: int) -> dict[str, EditionCriterion]:
        if year not in self.codes:
            wordings = wordings_of_year(year)
            self.codes[year] = {w.code: w for w in wordings if w.edition_id == wordings[0].edition_id}
        return self.codes[year]

    def _locked(self, year: int) -> set[int]:
        if year not in self.locked:
            self.locked[year] = locked_steps(self.agency, year)
        return self.locked[year]

    def _points(self, year: int) -> dict[Key, FeedbackPoint]:
        """The points of the year by their natural key; one that stands goes before one that was withdrawn."""
        if year not in self.standing:
            points = FeedbackPoint.objects.of_year(self.agency, year)
            ordered = sorted(points, key=lambda point: point.withdrawn_at is None)
            self.standing[year] = {(p.year, p.step, p.criterion_id, p.text): p for p in ordered}
        return self.standing[year]


def _compare(point: FeedbackPoint | None, marks: dict[str, str]) -> tuple[RowState, tuple[Change, ...]]:
    if point is None:
        return RowState.NEW, ()
    if point.withdrawn_at:
        return RowState.WITHDRAWN, ()
    changes = tuple(_changes(point, marks))
    return (RowState.CHANGED if changes else RowState.SAME), changes


def _changes(point: FeedbackPoint, marks: dict[str, str]) -> Iterator[Change]:
    for name, value in marks.items():
        old = getattr(point, name)
        if old != value:
            shown = [dict(LevelCode.choices).get(v, v) if name == "level" else v for v in (old, value)]
            yield Change(HEADINGS[name], shown[0] or "(ว่าง)", shown[1])
