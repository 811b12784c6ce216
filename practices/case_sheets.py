"""The sheet of cases: read, checked whole against the library, shown before anything is written.

A case is known by its key or, in a row without one, by agency and title, among the cases for the same readers:
shared ones, or those kept to one agency. A column that the file does not have says nothing, and neither does an
empty text. A case that was withdrawn stays withdrawn.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import BinaryIO, Final

from framework.models import Edition
from organizations.enums import AgencyKind
from organizations.importers.tables import Change, Columns, Fault, RowState, Table, read_table, year_in_cell
from organizations.models import Agency
from texts.cleaning import UncleanText, clean_html
from texts.lines import lined_text, lines_to_html
from thai.text import to_arabic_digits

from .agencies import agency_called, new_agency_fault
from .formats.values import KEY, unknown_code
from .labels import LABELS
from .models import Practice
from .services import Facts, changes

HEADINGS: Final = {
    "key": "รหัส",
    "agency": LABELS["agency"],
    "kind": "ประเภทของหน่วยงาน",
    **{
        name: LABELS[name]
        for name in ("title", "criteria", "award", "award_year", "summary", "source", "text")
    },
}
COLUMNS: Final = Columns(
    sheet="ตัวอย่าง",
    headings=HEADINGS,
    required=frozenset({"agency", "title", "criteria", "text"}),
    marked="title",
    what="ตัวอย่าง",
    max_rows=1_000,
    lines=frozenset({"summary", "text"}),
)
LONGEST: Final = {"key": 80, "agency": 200, "title": 300, "award": 200, "summary": 2_000, "source": 300}
PLAIN: Final = ("award", "summary", "source")
KINDS: Final = {name.casefold(): kind.value for kind in AgencyKind for name in (kind.value, kind.label)}
_BETWEEN_CODES: Final = re.compile(r"[,;/\s]+|และ|ข้อ|เกณฑ์")
_HELD_ONLY_ONLINE: Final = ("<figure", "<table")


@dataclass(frozen=True)
class PlannedCase:
    """What one row will do; `facts.agency` is not saved yet where the row brings a new one.

    `changed` are the names of the fields that differ, `changes` what the page says about them.
    """

    number: int
    key: str
    facts: Facts
    html: str
    state: RowState
    practice: Practice | None = None
    changes: tuple[Change, ...] = ()
    changed: tuple[str, ...] = ()


@dataclass
class CasePlan:
    """What all rows will do; with a single fault they do nothing."""

    cases: list[PlannedCase] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @cached_property
    def counts(self) -> Counter[str]:
        """How many rows are in each state, by the state's name."""
        return Counter(case.state.name.lower() for case in self.cases)

    @property
    def does_something(self) -> bool:
        """Something would be written."""
        return bool(self.counts["new"] or self.counts["changed"])

    @property
    def has_drafts(self) -> bool:
        """A new case without text, which can only be a draft."""
        return any(case.state == RowState.NEW and not case.html for case in self.cases)


def read_cases(file: BinaryIO, *, size: int) -> Table:
    """Read the file as it is. Raises RefusedWorkbook when it is no sheet of cases at all."""
    return read_table(file, size=size, columns=COLUMNS)


def plan_cases(table: Table, *, kept_to: Agency | None, taken: Iterable[str] = ()) -> CasePlan:
    """Check every cell against the newest edition and the cases for the same readers; nothing is written.

    `taken` are keys that other files of the same load bring.
    """
    return _Planner(table, kept_to, taken).plan()


# (field, message) of one row, before the place is known
RowFaults = list[tuple[str, str]]


class _Planner:
    """One pass over the rows, with everything that they are checked against read once."""

    def __init__(self, table: Table, kept_to: Agency | None, taken: Iterable[str]) -> None:
        self.table = table
        edition = Edition.objects.newest_first().first()
        rows = edition.criteria.values_list("code", "criterion_id") if edition else ()
        self.codes: dict[str, int] = dict(rows)
        self.code_of = {criterion: code for code, criterion in self.codes.items()}
        self.agencies = list(Agency.objects.all())
        stored = Practice.objects.filter(kept_to=kept_to).select_related("agency", "text")
        cases = list(stored.prefetch_related("criteria", "tags"))
        self.by_key = {practice.key: practice for practice in cases}
        # one that stands goes before one that was withdrawn
        ordered = sorted(cases, key=lambda practice: practice.withdrawn_at is None)
        self.by_title = {(p.agency_id, " ".join(p.title.split())): p for p in ordered}
        keys = {fields.get("key", "") for _, fields in table.rows}
        others = Practice.objects.filter(key__in=keys).exclude(pk__in=[p.pk for p in cases])
        self.taken = {*others.values_list("key", flat=True), *taken}
        self.seen: dict[tuple[str, str], int] = {}

    def plan(self) -> CasePlan:
        """Go through the rows; every fault of every row is collected."""
        plan = CasePlan(faults=list(self.table.faults))
        for number, fields in self.table.rows:
            faults: RowFaults = []
            case = self._case(number, fields, faults)
            for name, message in faults:
                plan.faults.append(Fault(self.table.place(number, name, HEADINGS[name]), message))
            if case and not faults:
                plan.cases.append(case)
        return plan

    def _case(self, number: int, fields: dict[str, str], faults: RowFaults) -> PlannedCase | None:
        _check_lengths(fields, faults)
        agency = self._agency(fields["agency"], fields.get("kind", ""), faults)
        practice = self._practice(number, agency, fields, faults) if agency and fields["title"] else None
        facts = self._facts(agency or Agency(), fields, practice, faults)
        html = _html(fields["text"], practice, faults)
        if faults:
            return None
        key = practice.key if practice else fields.get("key", "")
        if practice is None:
            return PlannedCase(number, key, facts, html, RowState.NEW)
        if practice.withdrawn_at:
            return PlannedCase(number, key, facts, html, RowState.WITHDRAWN, practice)
        changed = tuple(changes(practice, facts, html))
        shown = tuple(self._change(name, practice, facts, html) for name in changed)
        state = RowState.CHANGED if changed else RowState.SAME
        return PlannedCase(number, key, facts, html, state, practice, shown, changed)

    def _agency(self, name: str, kind: str, faults: RowFaults) -> Agency | None:
        if not name:
            faults.append(("agency", "ยังไม่ได้กรอกหน่วยงาน"))
            return None
        if found := agency_called(name, self.agencies):
            return found
        chosen = KINDS.get(kind.casefold(), "")
        if kind and not chosen:
            names = " · ".join(kind.label for kind in AgencyKind)
            faults.append(("kind", f"ไม่รู้จักประเภท “{kind}” ประเภทที่ใช้ได้คือ {names}"))
        elif fault := new_agency_fault(name, chosen, self.agencies):
            faults.append(("agency" if fault[0] == "name" else "kind", fault[1]))
        else:
            # the rows below mean the same new agency, and one spelt almost like it is pointed out there
            self.agencies.append(Agency(name=name, kind=chosen))
            return self.agencies[-1]
        return None

    def _practice(
        self, number: int, agency: Agency, fields: dict[str, str], faults: RowFaults
    ) -> Practice | None:
        """The case that the row means; None for a new one."""
        key, title = fields.get("key", ""), fields["title"]
        if key and not KEY.fullmatch(key):
            faults.append(("key", f"รหัส “{key}” ต้องเป็นอักษร a–z ตัวเลข 0–9 และขีด (-) เท่านั้น"))
        elif key in self.taken:
            faults.append(("key", f"รหัส “{key}” ใช้กับตัวอย่างอื่นแล้ว กรุณาใช้รหัสอื่น"))
        same_title = self.by_title.get((agency.pk, title)) if agency.pk else None
        practice = self.by_key.get(key) if key else same_title
        if key and practice is None and same_title and not same_title.withdrawn_at:
            faults.append(("key", f"มีเรื่องนี้ของหน่วยงานนี้แล้ว รหัส “{same_title.key}” กรุณาใช้รหัสนั้นหรือเว้นว่าง"))
        own = practice.key if practice else key
        for name, mark in (("key", own), ("title", f"{agency.name}\n{title}")):
            if mark and (first := self.seen.setdefault((name, mark), number)) != number:
                faults.append((name, f"เรื่องนี้ซ้ำกับแถว {first}"))
                break
        return practice

    def _facts(
        self, agency: Agency, fields: dict[str, str], practice: Practice | None, faults: RowFaults
    ) -> Facts:
        if not fields["title"]:
            faults.append(("title", "ยังไม่ได้กรอกชื่อเรื่อง"))
        year = practice.award_year if practice else None
        if "award_year" in fields:
            year, fault = year_in_cell(fields["award_year"])
            faults += [("award_year", fault)] if fault else []
        plain = {name: fields.get(name, getattr(practice, name, "")) for name in PLAIN}
        criteria = frozenset(self._criteria(fields["criteria"], practice, faults))
        tags = frozenset(practice.tag_names if practice else ())
        return Facts(
            agency=agency, title=fields["title"], award_year=year, criteria=criteria, tags=tags, **plain
        )

    def _criteria(self, typed: str, practice: Practice | None, faults: RowFaults) -> set[int]:
        """The criteria of the codes, and those that the newest edition no longer names: nobody could type them."""
        codes = [code for code in _BETWEEN_CODES.split(to_arabic_digits(typed)) if code]
        if not self.codes:
            faults.append(("criteria", "ยังไม่มีเกณฑ์ PMQA ในระบบ กรุณาแจ้งผู้ดูแลระบบให้นำเข้าเกณฑ์ก่อน"))
            return set()
        if not codes:
            faults.append(("criteria", "ต้องมีเกณฑ์อย่างน้อยหนึ่งข้อ"))
        unknown = [code for code in codes if code not in self.codes]
        faults += [("criteria", unknown_code(code, self.codes)) for code in unknown]
        linked = {criterion.pk for criterion in practice.criteria.all()} if practice else set()
        return {self.codes[code] for code in codes if code in self.codes} | (linked - set(self.code_of))

    def _change(self, name: str, practice: Practice, facts: Facts, html: str) -> Change:
        before = Facts.of(practice)
        if name == "text":
            old, new = lined_text(practice.text.html), lined_text(html)
        elif name == "criteria":
            old, new = (self._codes_of(each.criteria) for each in (before, facts))
        elif name == "agency":
            old, new = before.agency.name, facts.agency.name
        else:
            old, new = (str(getattr(each, name) or "") for each in (before, facts))
        return Change(LABELS[name], old or "(ว่าง)", new or "(ว่าง)")

    def _codes_of(self, criteria: frozenset[int]) -> str:
        return ", ".join(code for code, criterion in self.codes.items() if criterion in criteria)


def _check_lengths(fields: dict[str, str], faults: RowFaults) -> None:
    for name, longest in LONGEST.items():
        if (length := len(fields.get(name, ""))) > longest:
            faults.append((name, f"ยาว {length:,} อักขระ ต้องไม่เกิน {longest:,}"))


def _html(typed: str, practice: Practice | None, faults: RowFaults) -> str:
    """The rich text of the cell; the one that stands where the cell is empty or says the same words."""
    stands = practice.text.html if practice else ""
    try:
        html = clean_html(lines_to_html(typed))
        if not html or html == clean_html(lines_to_html(lined_text(stands))):
            return stands
    except UncleanText as fault:
        faults.append(("text", str(fault)))
        return stands
    if any(tag in stands for tag in _HELD_ONLY_ONLINE):
        message = "เนื้อหาเดิมมีภาพหรือตาราง ซึ่งไฟล์ Excel เก็บไม่ได้ กรุณาเว้นช่องนี้ว่าง แล้วแก้เนื้อหาในหน้าเว็บ"
        faults.append(("text", message))
    return html
