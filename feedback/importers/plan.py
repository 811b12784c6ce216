"""What a file of feedback would do: checked whole against what stands, shown before anything is written.

A point is known by its uid where the file has one, else by agency, year, step, criterion and text, else by agency,
year, step, criterion and position. So the same file twice changes nothing, and a corrected one updates. A point that
was withdrawn stays withdrawn; the place of one that stands does not follow the file.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from feedback.models import FeedbackPoint
from feedback.services import FeedbackLocked, Locks, locks_of
from feedback.sub_items import Known, known_sub_items, stored_sub_item, sub_item_fault
from framework.enums import LevelCode
from framework.models import Criterion, EditionCriterion
from framework.services import wordings_of_year
from organizations.importers.tables import Change, Fault, RowState, Table
from organizations.models import Agency

from .cells import Cells
from .columns import HEADINGS

Place = tuple[int, int]
Key = tuple[int, int, int, str]
EMPTY = "(ว่าง)"


@dataclass(frozen=True)
class PlannedPoint:
    """What one row will do; `point` is what stands already, `changes` says how it differs.

    `marks` and `declined` hold what the row states; a mark that it does not name stays what it was.
    """

    number: int
    year: int
    step: int
    wording: EditionCriterion
    text: str
    marks: dict[str, str]
    declined: str | None = None
    position: int | None = None
    uid: uuid.UUID | None = None
    state: RowState = RowState.NEW
    point: FeedbackPoint | None = None
    changes: tuple[Change, ...] = ()

    @property
    def criterion(self) -> Criterion:
        """The criterion that the code means in that year."""
        return self.wording.criterion

    @property
    def stated(self) -> list[tuple[str, str]]:
        """What a new point brings besides its text, as (heading, words)."""
        fields = {**self.marks, "declined": self.declined or ""}
        return [(HEADINGS[name], _shown(name, value)) for name, value in fields.items() if value]

    @property
    def changes_point(self) -> bool:
        """Something of the point itself changes, not only whether it is declined."""
        return any(change.label != HEADINGS["declined"] for change in self.changes)

    @property
    def changes_declined(self) -> bool:
        """The row says otherwise than what stands about doing nothing."""
        return self.declined is not None and self.declined != (
            self.point.declined_reason if self.point else ""
        )

    @property
    def key(self) -> Key:
        """What the point is known by without a uid."""
        return _key(self.year, self.step, self.wording.criterion_id, self.text)


@dataclass
class Plan:
    """What the whole file will do; with a single fault it does nothing. `notes` tell what was read otherwise."""

    points: list[PlannedPoint] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many rows are in each state, by the state's name."""
        return Counter(point.state.name.lower() for point in self.points)

    @property
    def does_something(self) -> bool:
        """Something would be written."""
        return bool(self.counts["new"] or self.counts["changed"])

    @property
    def declines(self) -> bool:
        """It says of points that nothing will be done, which needs a person."""
        return any(p.changes_declined and p.declined and p.state != RowState.WITHDRAWN for p in self.points)


def plan_feedback(table: Table, *, agency: Agency) -> Plan:
    """Check every cell against the edition of its year and the points that stand; nothing is written."""
    return _Planner(table, agency).plan()


class _Planner:
    """Two passes over the rows, with everything that they are checked against read once per year."""

    def __init__(self, table: Table, agency: Agency) -> None:
        self.table, self.agency = table, agency
        self.found = Plan(faults=list(table.faults))
        self.years: dict[int, _Year] = {}
        self.seen: dict[Key | uuid.UUID, int] = {}
        self.by_uid: dict[uuid.UUID, FeedbackPoint] = {}

    def plan(self) -> Plan:
        """Read the rows, find what each of them means, compare; every fault of every row is collected."""
        if (wrong := self._wrong_agency()) is not None:
            return Plan(faults=[wrong])
        read = [point for number, fields in self.table.rows if (point := self._read(number, fields))]
        uids = [point.uid for point in read if point.uid]
        stored = FeedbackPoint.objects.filter(uid__in=uids).select_related("criterion")
        self.by_uid = {point.uid: point for point in stored}
        for point in self._matched(read):
            self._take(point)
        self.found.points.sort(key=lambda point: point.number)
        return self.found

    def _wrong_agency(self) -> Fault | None:
        """A file of another agency is wrong as a whole, so that one fault says it all."""
        names = {"", *map(_bare, (self.agency.code, self.agency.name, self.agency.short_name))}
        for number, fields in self.table.rows:
            if _bare(named := fields.get("agency", "")) not in names:
                message = f"ไฟล์นี้เป็นของหน่วยงาน “{named[:80]}” ไม่ใช่ของ{self.agency.name} ({self.agency.code})"
                return self._fault(number, "agency", message)
        return None

    # --- what a row says ---

    def _read(self, number: int, fields: dict[str, str]) -> PlannedPoint | None:
        cells = Cells(fields)
        year, step, position, uid = cells.year(), cells.step(), cells.position(), cells.uid()
        looked_at = year or cells.meant_year()
        wording = cells.wording(looked_at, self._year(looked_at).codes) if looked_at else None
        text = cells.text()
        marks, declined = cells.marks(text), cells.declined()
        if year and wording and "sub_item" in marks:
            marks["sub_item"] = stored_sub_item(marks["sub_item"])
            if fault := sub_item_fault(marks["sub_item"], wording, self._year(year).sub_items):
                cells.faults.append(("sub_item", fault))
        self.found.faults += [self._fault(number, *fault) for fault in cells.faults]
        self.found.notes += [self._fault(number, *note) for note in cells.notes]
        if cells.faults or not (year and step and wording):
            return None
        return PlannedPoint(number, year, step, wording, text, marks, declined, position, uid)

    # --- what it means ---

    def _matched(self, rows: list[PlannedPoint]) -> Iterator[PlannedPoint]:
        """The rows with the points that they are about: by uid first, then by text, then by position.

        Each time only what no other row has claimed.
        """
        rows = [row for row in rows if not self._refuse_twice(row) and not self._refuse_foreign(row)]
        found: dict[int, FeedbackPoint] = {}
        claimed: set[int] = set()
        for look in (self._by_uid, self._by_text, self._by_position):
            for row in rows:
                point = None if row.number in found else look(row)
                if point is not None and point.pk not in claimed:
                    found[row.number] = point
                    claimed.add(point.pk)
        yield from (replace(row, point=found.get(row.number)) for row in rows)

    def _by_uid(self, row: PlannedPoint) -> FeedbackPoint | None:
        return self.by_uid.get(row.uid) if row.uid else None

    def _by_text(self, row: PlannedPoint) -> FeedbackPoint | None:
        return self._year(row.year).by_key.get(row.key)

    def _by_position(self, row: PlannedPoint) -> FeedbackPoint | None:
        return None if row.uid else self._year(row.year).at(row)

    def _refuse_twice(self, row: PlannedPoint) -> bool:
        for key, name in ((row.uid, "uid"), (row.key, "text")):
            if key and (first := self.seen.get(key)):
                self.found.faults.append(self._fault(row.number, name, f"ซ้ำกับ{self._row_word} {first}"))
                return True
        self.seen |= {key: row.number for key in (row.uid, row.key) if key}
        return False

    @property
    def _row_word(self) -> str:
        return "แถว" if self.table.columns else "ข้อเสนอแนะที่"

    def _refuse_foreign(self, row: PlannedPoint) -> bool:
        point = self.by_uid.get(row.uid) if row.uid else None
        if point is None or point.agency_id == self.agency.pk:
            return False
        message = "รหัสอ้างอิงนี้เป็นของข้อเสนอแนะในหน่วยงานอื่น กรุณาลบรหัสออกหากเป็นข้อใหม่"
        self.found.faults.append(self._fault(row.number, "uid", message))
        return True

    # --- what it does ---

    def _take(self, row: PlannedPoint) -> None:
        row = self._compared(row)
        refused = self._refusal(row)
        if refused is None:
            self.found.points.append(row)
        else:
            self.found.faults.append(self._fault(row.number, "step", str(refused)))

    def _compared(self, row: PlannedPoint) -> PlannedPoint:
        point = row.point
        if point is None:
            place = row.position if self._year(row.year).takes(row) else None
            return replace(row, state=RowState.NEW, position=place)
        if point.withdrawn_at:
            return replace(row, state=RowState.WITHDRAWN)
        if point.uid != row.uid and row.key == self._key_of(point):
            # only blanks differ, which cells lose: the words that stand are the record
            row = replace(row, text=point.text)
        changes = tuple(self._changes(row, point))
        return replace(row, state=RowState.CHANGED if changes else RowState.SAME, changes=changes)

    def _key_of(self, point: FeedbackPoint) -> Key:
        return _key(point.year, point.step, point.criterion_id, point.text)

    def _changes(self, row: PlannedPoint, point: FeedbackPoint) -> Iterator[Change]:
        code = self._year(point.year).code_of(point.criterion)
        pairs = [
            ("year", str(point.year), str(row.year)),
            ("step", str(point.step), str(row.step)),
            ("criterion", code, self._year(row.year).code_of(row.criterion)),
            ("text", point.text, row.text),
            *(
                (name, _shown(name, getattr(point, name)), _shown(name, row.marks[name]))
                for name in row.marks
            ),
        ]
        if row.changes_declined:
            pairs.append(("declined", point.declined_reason, row.declined or ""))
        yield from (
            Change(HEADINGS[name], old or EMPTY, new or EMPTY) for name, old, new in pairs if old != new
        )

    def _refusal(self, row: PlannedPoint) -> FeedbackLocked | None:
        """Why the row cannot be written: it would change what something settled prints."""
        if row.state != RowState.NEW and not row.changes_point:
            return None
        places = [(row.year, row.step, row.criterion.pk)]
        if row.point:
            places.append((row.point.year, row.point.step, row.point.criterion_id))
        refused = (self._year(year).locks.refusal(step, criterion) for year, step, criterion in places)
        return next((each for each in refused if each), None)

    def _year(self, year: int) -> _Year:
        if year not in self.years:
            self.years[year] = _Year(self.agency, year)
        return self.years[year]

    def _fault(self, number: int, name: str, message: str) -> Fault:
        return Fault(self.table.place(number, name, HEADINGS[name]), message)


class _Year:
    """One Buddhist-era year: its criteria, the points that the agency has, what of it is locked."""

    def __init__(self, agency: Agency, year: int) -> None:
        wordings = wordings_of_year(year)
        self.codes: dict[str, EditionCriterion] = {
            wording.code
            if wording.edition_id == wordings[0].edition_id
            else wording.criterion.identity: wording
            for wording in wordings
        }
        self._codes = {wording.criterion_id: code for code, wording in self.codes.items()}
        self.sub_items: Known = known_sub_items(wordings)
        self.locks: Locks = locks_of(agency, year)
        points = list(FeedbackPoint.objects.of_year(agency, year).select_related("criterion"))
        standing = [point for point in points if point.withdrawn_at is None]
        # a point that stands goes before one that was withdrawn, and of those that differ in blanks only the first
        self.by_key: dict[Key, FeedbackPoint] = {}
        for point in [*sorted(standing, key=lambda each: (each.position, each.pk)), *points]:
            self.by_key.setdefault(_key(year, point.step, point.criterion_id, point.text), point)
        self._at: dict[tuple[int, int, int], list[FeedbackPoint]] = {}
        for point in standing:
            self._at.setdefault((point.step, point.criterion_id, point.position), []).append(point)
        self._places: set[Place] = {(point.criterion_id, point.position) for point in standing}

    def code_of(self, criterion: Criterion) -> str:
        """The code as a file has it."""
        return self._codes.get(criterion.pk, criterion.identity)

    def at(self, row: PlannedPoint) -> FeedbackPoint | None:
        """The one point that stands at the row's position."""
        found = self._at.get((row.step, row.criterion.pk, row.position or 0), [])
        return found[0] if len(found) == 1 else None

    def takes(self, row: PlannedPoint) -> bool:
        """Whether the row's position is free for a new point; from now on it is not."""
        place = (row.criterion.pk, row.position or 0)
        if not row.position or place in self._places:
            return False
        self._places.add(place)
        return True


def _key(year: int, step: int, criterion: int, text: str) -> Key:
    """Blanks tell nothing: cells and copies lose and double them."""
    return (year, step, criterion, " ".join(text.split()))


def _bare(name: str) -> str:
    return "".join(name.split()).casefold()


def _shown(name: str, value: str) -> str:
    return dict(LevelCode.choices).get(value, value) if name == "level" else value
