"""What a few rows would do: compared with the library as it stands, all of them with three or four queries."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q

from framework.models import EditionCriterion
from practices.enums import StagedState
from practices.formats import CaseReading
from practices.models import Load, Practice, PracticeStatus, StagedAgency, StagedCase
from practices.pictures import PictureFile
from practices.rows import CaseRow
from practices.services import NO_TEXT_LEFT
from practices.tags import in_order, same_tags
from texts.cleaning import clean_html, plain_text
from texts.lines import lined_text, lines_to_html
from texts.models import Figure

from .agencies import AgencyBook

PLAIN: Final = ("title", "award", "award_year", "summary", "source")
_NOT_IN_LINES: Final = ("<figure", "<table")
WOULD_LOSE: Final = (
    "เนื้อหาเดิมมีภาพหรือตาราง ซึ่งช่องนี้เก็บไม่ได้ กรุณาเว้นช่องนี้ว่าง แล้วแก้เนื้อหาในหน้าเว็บ หรือใช้คอลัมน์ “เนื้อหา (HTML)”"
)
# (row, its body)
Known = tuple[CaseRow, StagedAgency]


class Planner:
    """Turns rows into staged cases, batch by batch; faults go to the reading with their places."""

    def __init__(self, load: Load, reading: CaseReading) -> None:
        self.load = load
        self.reading = reading
        self.book = AgencyBook(load)
        self.sequence = 0
        self._codes: dict[int, str] = {}
        self._blanks_inside = self._titles_with_blanks()

    def plan(self, rows: Iterable[CaseRow]) -> list[StagedCase]:
        """What these rows do; a row with a fault is not among them."""
        known = [(row, agency) for row in rows if (agency := self._agency(row))]
        by_key, by_title = self._standing(known)
        figures = self._stored_figures(known)
        cases = []
        for row, agency in known:
            practice = self._practice(row, agency, by_key, by_title)
            if practice is not False:
                case = self._case(row, agency, practice, figures)
                case.twin = self._twin(row, agency, practice, by_title)
                cases.append((row, case))
        return self._each_once(cases)

    def _agency(self, row: CaseRow) -> StagedAgency | None:
        found = self.book.find(row)
        if isinstance(found, StagedAgency):
            return found
        self._fault(row, *found)
        return None

    def _fault(self, row: CaseRow, name: str, message: str) -> None:
        self.reading.faults.put([row.place.fault(name, message)])

    # --- what stands ------------------------------------------------------------------------------

    def _titles_with_blanks(self) -> dict[tuple[int, str], int]:
        """Titles that no table can give as they stand: people left two blanks in them."""
        rows = Practice.objects.filter(kept_to=self.load.kept_to, title__contains="  ")
        return {
            (agency, " ".join(title.split())): pk
            for pk, agency, title in rows.values_list("pk", "agency_id", "title")
        }

    def _standing(self, known: list[Known]) -> tuple[dict[str, Practice], dict[tuple[int, str], Practice]]:
        """The cases that the rows may mean: by key whoever keeps them, by agency and title among the same readers."""
        keys = {row.key for row, _ in known if row.key}
        agencies = {agency.agency_id for _, agency in known if agency.agency_id}
        titles = {row.title for row, _ in known}
        spaced = {self._blanks_inside.get((agency.agency_id or 0, row.title)) for row, agency in known}
        alike = Q(agency__in=agencies, title__in=titles) | Q(pk__in=spaced - {None})
        cases = Practice.objects.filter(Q(key__in=keys) | Q(alike, kept_to=self.load.kept_to))
        rows = list(cases.select_related("text", "kept_to", "agency").prefetch_related("criteria", "tags"))
        # one that stands goes before one that was withdrawn
        rows.sort(key=lambda practice: (practice.withdrawn_at is None, -practice.pk))
        same = [practice for practice in rows if practice.kept_to_id == self.load.kept_to_id]
        by_title = {(practice.agency_id, " ".join(practice.title.split())): practice for practice in same}
        return {practice.key: practice for practice in rows}, by_title

    def _practice(
        self,
        row: CaseRow,
        agency: StagedAgency,
        by_key: dict[str, Practice],
        by_title: dict[tuple[int, str], Practice],
    ) -> Practice | bool | None:
        """The case that the row means, None for a new one, False when it may mean none."""
        if not row.key:
            return by_title.get((agency.agency_id or 0, " ".join(row.title.split())))
        practice = by_key.get(row.key)
        if practice and practice.kept_to_id != self.load.kept_to_id:
            self._fault(row, "key", self._taken(practice))
            return False
        return practice

    def _taken(self, practice: Practice) -> str:
        """Only who curates what everybody shares is told which agency it is."""
        if practice.kept_to and self.load.kept_to is None:
            owner = f"ของตัวอย่างที่ {practice.kept_to} เก็บไว้ใช้เอง"
            return f"รหัส “{practice.key}” เป็น{owner} กรุณาใช้รหัสอื่น"
        return f"รหัส “{practice.key}” ใช้กับตัวอย่างอื่นแล้ว กรุณาใช้รหัสอื่น"

    @staticmethod
    def _twin(
        row: CaseRow,
        agency: StagedAgency,
        practice: Practice | bool | None,
        by_title: dict[tuple[int, str], Practice],
    ) -> Practice | None:
        """The case of the same agency and title that a row with a new key stands beside."""
        if practice is not None or not row.key:
            return None
        twin = by_title.get((agency.agency_id or 0, " ".join(row.title.split())))
        return twin if twin and twin.withdrawn_at is None else None

    def _stored_figures(self, known: list[Known]) -> dict[PictureFile, uuid.UUID]:
        wanted = {picture for row, _ in known for picture in row.text.pictures}
        if not wanted:
            return {}
        rows = Figure.objects.filter(
            agency=self.load.kept_to, sha256__in={picture.sha256 for picture in wanted}
        )
        uids = {(figure.name, figure.sha256): figure.uid for figure in rows}
        # a picture from the editor has no name of its own; an export called it after its case
        found = {p: uids.get((p.name, p.sha256)) or uids.get(("", p.sha256)) for p in wanted}
        return {picture: uid for picture, uid in found.items() if uid}

    # --- what the row does ------------------------------------------------------------------------

    def _case(
        self,
        row: CaseRow,
        agency: StagedAgency,
        practice: Any,
        figures: dict[PictureFile, uuid.UUID],
    ) -> StagedCase:
        self.sequence += 1
        case = StagedCase(
            load=self.load,
            sequence=self.sequence,
            place=str(row.place)[:500],
            state=StagedState.NEW,
            is_keyless=practice is None and not row.key,
            practice=practice,
            key=practice.key if practice else row.key or f"case-{uuid.uuid4().hex[:16]}",
            agency=agency,
            criteria=sorted(self._criteria(row, practice)),
            tags=in_order(row.tags) if practice is None or "tags" in row.given else practice.tag_names,
            position=row.position or (practice.position if practice else 0),
            **self._values(row, practice),
        )
        if practice is None:
            case.html, case.plain = row.text.html, plain_text(row.text.html)
            return case
        if practice.withdrawn_at:
            case.state = StagedState.WITHDRAWN
            self.reading.noted.put([row.place.fault("", f"ตัวอย่าง “{practice.key}” ถูกถอนแล้ว จึงข้ามไป")])
            return case
        self._compare(row, case, practice, row.text.with_uids(figures))
        return case

    @staticmethod
    def _values(row: CaseRow, practice: Practice | None) -> dict[str, Any]:
        """The plain fields: of the row, or as they stand where the file does not have them."""
        return {
            name: getattr(practice, name) if practice and name not in row.given else getattr(row, name)
            for name in PLAIN
        }

    def _criteria(self, row: CaseRow, practice: Practice | None) -> set[int]:
        """The criteria of the row, and those that no edition of the files names: nobody could type them."""
        linked = {criterion.pk for criterion in practice.criteria.all()} if practice else set()
        if practice and "criteria" not in row.given:
            return linked
        return {*row.criteria} | (linked - self.reading.nameable)

    def _compare(self, row: CaseRow, case: StagedCase, practice: Practice, html: str) -> None:
        """Note what differs from the case that stands."""
        case.base_version = practice.version
        pairs = [(name, getattr(practice, name), getattr(case, name)) for name in (*PLAIN, "position")]
        linked = sorted(criterion.pk for criterion in practice.criteria.all())
        pairs.append(("criteria", linked, case.criteria))
        if not same_tags(practice.tag_names, case.tags):
            pairs.append(("tags", practice.tag_names, case.tags))
        if case.agency.is_new or case.agency.agency_id != practice.agency_id:
            pairs.insert(0, ("agency", practice.agency.name, case.agency.name))
        differing = [(name, old, new) for name, old, new in pairs if old != new]
        case.differences = [
            [name, self._words(name, old), self._words(name, new)] for name, old, new in differing
        ]
        case.changed = [name for name, _, _ in differing]
        if "text" in row.given and not _says_the_same(row, html, practice.text.html):
            if not html and practice.status == PracticeStatus.PUBLISHED:
                self._fault(row, "text", NO_TEXT_LEFT)
            elif row.text.is_lines and any(tag in practice.text.html for tag in _NOT_IN_LINES):
                self._fault(row, "text", WOULD_LOSE)
            case.changed.append("text")
            case.base_text = practice.text.version
            case.html, case.plain = row.text.html, plain_text(row.text.html)
        case.state = StagedState.CHANGED if case.changed else StagedState.SAME

    def _words(self, name: str, value: Any) -> str:
        if name == "criteria":
            return ", ".join(self._code(pk) for pk in value) or "(ว่าง)"
        if name == "tags":
            return ", ".join(value) or "(ว่าง)"
        return str(value) if value not in ("", None) else "(ว่าง)"

    def _code(self, criterion: int) -> str:
        if not self._codes:
            # the newest edition last, so that its codes are the ones that are shown
            rows = EditionCriterion.objects.order_by("edition__year", "edition_id")
            self._codes = dict(rows.values_list("criterion_id", "code"))
        return self._codes.get(criterion, str(criterion))

    def _each_once(self, cases: list[tuple[CaseRow, StagedCase]]) -> list[StagedCase]:
        """Those whose case no earlier row means; of two rows the later one has the fault."""
        earlier = _Earlier(self.load, [case for _, case in cases])
        once = []
        for row, case in cases:
            if first := earlier.place_of(case):
                self._fault(row, "key" if row.key else "title", f"เรื่องนี้ซ้ำกับ {first}")
            else:
                earlier.add(case)
                once.append(case)
        return once


def _says_the_same(row: CaseRow, html: str, stands: str) -> bool:
    """Plain lines are no change while the words are the same: formatting that was made online stays."""
    return html == stands or (row.text.is_lines and html == clean_html(lines_to_html(lined_text(stands))))


class _Earlier:
    """Where the rows so far stand which mean the same cases as these, or could."""

    def __init__(self, load: Load, cases: list[StagedCase]) -> None:
        self.by_key: dict[str, str] = {}
        self.by_title: dict[tuple[str, str], str] = {}
        self.keyless: dict[tuple[str, str], str] = {}
        same = Q(key__in=[case.key for case in cases]) | Q(title__in=[case.title for case in cases])
        fields = ("key", "title", "place", "is_keyless", "agency__code", "load_id")
        for case in StagedCase.objects.filter(same, load=load).select_related("agency").only(*fields):
            self.add(case)

    def place_of(self, case: StagedCase) -> str:
        """The place of the earlier row, or nothing."""
        named = (case.agency.code, case.title)
        others = self.by_title if case.is_keyless else self.keyless
        return self.by_key.get(case.key) or others.get(named) or ""

    def add(self, case: StagedCase) -> None:
        """Note what this row means."""
        named = (case.agency.code, case.title)
        self.by_key[case.key] = case.place
        self.by_title.setdefault(named, case.place)
        if case.is_keyless:
            self.keyless.setdefault(named, case.place)
