"""Writing what a Word form of last year said: feedback, cases, activities with owners, passages, notes.

Everything has a natural key, so that the same file twice changes nothing: a point by criterion, year and text; a
case by its agency and text; an activity by its criterion and text; a passage by standing in the text already.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction

from assessment.models import Activity, CategorySheet, ChosenPractice, CriterionAnalysis, Round
from assessment.services.activities import ActivityData, ActivityElsewhere, OwnerLine, save_activity
from assessment.services.locks import hold_open
from assessment.services.practices import choose_practice
from assessment.services.texts import RoundTexts
from documents.enums import IncomingState
from documents.models import Incoming
from documents.word_form.patterns import squash
from feedback.models import FeedbackPoint
from feedback.services import add_point
from organizations.enums import AgencyKind
from organizations.models import Agency, Owner, User
from organizations.services.owners import create_owner
from practices.agencies import agency_alike, agency_called, new_agency
from practices.models import Practice, PracticeStatus
from practices.services import Facts, create_practice
from texts.cleaning import UncleanText, clean_html, plain_text
from texts.models import Text
from texts.services import TextConflict

from .incoming import decide

NAMESPACE = uuid.UUID("6d0c9a53-4c3b-5d6e-9f0e-2f6a54a7b1c0")
NOTES_HEADING = "ข้อความจากไฟล์ที่นำเข้า"
LONGEST_TITLE = 100
_KINDS = (
    ("จังหวัด", AgencyKind.PROVINCE),
    ("สำนักงานปลัดกระทรวง", AgencyKind.PERMANENT_SECRETARY),
    ("สป.", AgencyKind.PERMANENT_SECRETARY),
    ("กองทัพ", AgencyKind.ARMED_FORCES),
    ("กองบัญชาการ", AgencyKind.ARMED_FORCES),
    ("สำนักงาน", AgencyKind.OFFICE),
    ("กรม", AgencyKind.DEPARTMENT),
)


class Refused(Exception):
    """Something cannot be written; nothing is. The message is for the person and names the place."""


@dataclass(frozen=True)
class PlannedPoint:
    """A point of feedback about the criterion with this code."""

    code: str
    text: str
    place: str


@dataclass(frozen=True)
class PlannedCase:
    """A best practice chosen for these criteria; `award_year` is Buddhist-era."""

    codes: tuple[str, ...]
    agency: str
    award: str
    award_year: int | None
    html: str
    place: str


@dataclass(frozen=True)
class PlannedOwner:
    """One name of an owner line; without `owner` it is made new under `name`."""

    owner: Owner | None
    name: str
    joiner: str
    note: str


@dataclass
class PlannedActivity:
    """An activity of the first of these criteria that serves the others too."""

    codes: tuple[str, ...]
    html: str
    place: str
    owners: list[PlannedOwner] = field(default_factory=list)


@dataclass(frozen=True)
class PlannedPassage:
    """A passage that goes behind a text: `target` is analysis, obstacles, remedies or note.

    `code` is a criterion's, or for obstacles and remedies a category's number.
    """

    code: str
    target: str
    html: str
    place: str


@dataclass
class Plan:
    """Everything that the person agreed to. `feedback_year` is Buddhist-era, `step` 1–3."""

    feedback_year: int
    step: int
    points: list[PlannedPoint] = field(default_factory=list)
    cases: list[PlannedCase] = field(default_factory=list)
    activities: list[PlannedActivity] = field(default_factory=list)
    passages: list[PlannedPassage] = field(default_factory=list)


@dataclass
class WrittenForm:
    """How many of each were written, and how many stood there already."""

    points: int = 0
    cases: int = 0
    activities: int = 0
    owners: int = 0
    passages: int = 0
    notes: int = 0
    unchanged: int = 0

    def counts(self) -> list[tuple[str, int]]:
        """The counts with their Thai words."""
        return [
            ("ข้อเสนอแนะ", self.points),
            ("ตัวอย่างที่เป็นเลิศ", self.cases),
            ("กิจกรรม", self.activities),
            ("ผู้รับผิดชอบใหม่", self.owners),
            ("บทวิเคราะห์ ปัญหา และแนวทางแก้ไข", self.passages),
            ("ข้อความอื่น", self.notes),
        ]


@transaction.atomic
def write_last_year(*, incoming: Incoming, plan: Plan, by: User) -> WrittenForm:
    """Write the plan into the round of the file, all or nothing.

    Raises Refused, AlreadyDecided (services.incoming) and TextLocked (texts.services).
    """
    decide(incoming=incoming, state=IncomingState.APPLIED, by=by)
    Incoming.objects.filter(pk=incoming.pk).update(understood=incoming.understood)
    hold_open(incoming.round)
    writer = _Writer(incoming.round, by)
    writer.points(plan)
    for case in plan.cases:
        writer.case(case)
    for activity in plan.activities:
        writer.activity(activity)
    writer.passages(plan.passages)
    return writer.written


class _Writer:
    """Writes one plan; knows the criteria of the round and what stands in it."""

    def __init__(self, round: Round, by: User) -> None:
        self.round = round
        self.by = by
        self.written = WrittenForm()
        rows = CriterionAnalysis.objects.with_names().filter(sheet__round=round)
        self.analyses = {row.wording.code: row for row in rows}
        sheets = CategorySheet.objects.filter(round=round)
        self.sheets = {
            str(sheet.number): sheet for sheet in sheets.select_related("category", "obstacles", "remedies")
        }
        self.agencies = list(Agency.objects.all())
        self.made: dict[str, Owner] = {}
        self.present = self._present_activities()
        self.texts = RoundTexts(round, by)

    # --- feedback ---

    def points(self, plan: Plan) -> None:
        present: dict[int, set[str]] = defaultdict(set)
        stored = FeedbackPoint.objects.of_year(self.round.agency, plan.feedback_year)
        for criterion, text in stored.values_list("criterion_id", "text"):
            present[criterion].add(squash(text))
        for point in plan.points:
            criterion = self.analyses[point.code].wording.criterion_id
            if squash(point.text) in present[criterion]:
                self.written.unchanged += 1
                continue
            present[criterion].add(squash(point.text))
            self._add_point(plan, point)

    def _add_point(self, plan: Plan, point: PlannedPoint) -> None:
        try:
            add_point(
                agency=self.round.agency,
                year=plan.feedback_year,
                step=plan.step,
                criterion=self.analyses[point.code].wording.criterion,
                text=point.text,
                by=self.by,
            )
        except ValidationError as fault:
            raise Refused(f"ข้อ {point.code} ({point.place}): {' '.join(fault.messages)}") from fault
        self.written.points += 1

    # --- best practices ---

    def case(self, case: PlannedCase) -> None:
        practice = self._practice(case)
        new = 0
        for code in case.codes:
            analysis = self.analyses[code]
            if not ChosenPractice.objects.current().filter(analysis=analysis, practice=practice).exists():
                choose_practice(analysis=analysis, practice=practice, by=self.by)
                new += 1
        self.written.cases += bool(new)
        self.written.unchanged += not new

    def _practice(self, case: PlannedCase) -> Practice:
        """The case of this agency with this text: one that the library has, or a new draft kept to the tenant."""
        agency = self._agency(case.agency)
        html = _cleaned(case.html, case.place)
        plain = squash(plain_text(html))
        key = f"{self.round.agency_id}/{agency.pk}/{plain or case.codes[0]}"
        uid = uuid.uuid5(NAMESPACE, key)
        alike = (
            Practice.objects.filter(agency=agency)
            .exclude(text__plain="")
            .select_related("agency", "text", "kept_to")
        )
        for practice in alike.current().filter(kept_to__in=[self.round.agency_id]) | alike.published().filter(
            kept_to=None
        ):
            if plain and squash(practice.text.plain) == plain:
                return practice
        facts = Facts(
            agency=agency,
            title=_title(plain_text(html), self.round.year, case.codes[0]),
            award=case.award,
            award_year=case.award_year,
            summary="",
            source=f"แบบฟอร์มของ{self.round.agency.name} ปี {self.round.year}"[:300],
            criteria=frozenset(self.analyses[code].wording.criterion_id for code in case.codes),
        )
        status = PracticeStatus.DRAFT
        slug = f"word-{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        return create_practice(
            uid=uid, key=slug, facts=facts, html=html, kept_to=self.round.agency, status=status, by=self.by
        )

    def _agency(self, name: str) -> Agency:
        if found := agency_called(name, self.agencies) or agency_alike(name, self.agencies):
            return found
        kind = next((kind for start, kind in _KINDS if name.startswith(start)), AgencyKind.OTHER)
        agency = new_agency(name=name, kind=kind, by=self.by)
        self.agencies.append(agency)
        return agency

    # --- activities ---

    def _present_activities(self) -> set[tuple[str, str]]:
        """(code, text) of every activity of the round, also of those that were taken out."""
        rows = Activity.objects.filter(round=self.round).values_list(
            "places__analysis__wording__code", "text__plain"
        )
        return {(code, squash(plain)) for code, plain in rows}

    def activity(self, activity: PlannedActivity) -> None:
        html = _cleaned(activity.html, activity.place)
        text, home = squash(plain_text(html)), activity.codes[0]
        uid = uuid.uuid5(NAMESPACE, f"{self.round.uid}/{home}/{text}")
        if (home, text) in self.present or Activity.objects.filter(uid=uid).exists():
            self.written.unchanged += 1
            return
        self.present.add((home, text))
        data = ActivityData(
            uid=uid,
            key=uuid.uuid4(),
            html=html,
            owners=[OwnerLine(self._owner(each), each.joiner, each.note) for each in activity.owners],
            serves=[self.analyses[code] for code in activity.codes[1:]],
        )
        try:
            save_activity(analysis=self.analyses[home], data=data, by=self.by)
        except (ActivityElsewhere, TextConflict) as fault:
            raise Refused(f"ข้อ {home} ({activity.place}): มีผู้แก้ไขกิจกรรมนี้พร้อมกัน กรุณายืนยันอีกครั้ง") from fault
        self.written.activities += 1

    def _owner(self, planned: PlannedOwner) -> Owner:
        if planned.owner:
            return planned.owner
        if planned.name not in self.made:
            found = Owner.objects.filter(agency=self.round.agency, name=planned.name).first()
            self.made[planned.name] = found or self._new_owner(planned.name)
        return self.made[planned.name]

    def _new_owner(self, name: str) -> Owner:
        try:
            owner = create_owner(owner=Owner(name=name), agency=self.round.agency, by=self.by)
        except ValidationError as fault:
            raise Refused(f"ผู้รับผิดชอบ “{name}”: {' '.join(fault.messages)}") from fault
        self.written.owners += 1
        return owner

    # --- passages and notes ---

    def passages(self, passages: Iterable[PlannedPassage]) -> None:
        """Append what does not stand in its text yet; each text is saved once."""
        grouped: dict[tuple[str, str], list[PlannedPassage]] = defaultdict(list)
        # notes stand last, below their heading
        for passage in sorted(passages, key=lambda each: each.target == "note"):
            grouped[passage.code, passage.target].append(passage)
        for (code, target), group in grouped.items():
            self._append(code, target, group)

    def _append(self, code: str, target: str, group: list[PlannedPassage]) -> None:
        row = self.sheets[code] if code in self.sheets else self.analyses[code]
        text: Text = getattr(row, "analysis" if target == "note" else target)
        present, added = squash(text.plain), ""
        for passage in group:
            html = _cleaned(passage.html, passage.place)
            plain = squash(plain_text(html))
            if (plain or html) in (present if plain else text.html):
                self.written.unchanged += 1
                continue
            added, present = added + html, present + plain
            self.written.notes += target == "note"
            self.written.passages += target != "note"
        if added:
            self._save(text, added, code, is_note=target == "note")

    def _save(self, text: Text, added: str, code: str, *, is_note: bool) -> None:
        if is_note and NOTES_HEADING not in text.plain:
            added = f"<p><strong>{NOTES_HEADING}</strong></p>{added}"
        html = _cleaned(text.html + added, f"ข้อ {code}" if "." in code else f"หมวด {code}")
        try:
            self.texts.save(text=text, base_version=text.version, html=html, key=uuid.uuid4())
        except TextConflict as fault:
            raise Refused(f"ข้อ {code}: มีผู้แก้ไขข้อความพร้อมกัน กรุณายืนยันอีกครั้ง") from fault
        # a note may follow on the same text
        text.refresh_from_db()


def _cleaned(html: str, place: str) -> str:
    try:
        return clean_html(html)
    except UncleanText as fault:
        raise Refused(f"{place}: {fault}") from fault


def _title(plain: str, year: int, code: str) -> str:
    """The first line of the text, shortened at a blank; without text, where the case comes from."""
    first = plain.split("\n")[0].strip()
    if not first:
        return f"ตัวอย่างจากแบบฟอร์มปี {year} ข้อ {code}"
    if len(first) <= LONGEST_TITLE:
        return first
    return first[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"
