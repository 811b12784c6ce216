"""Writing activities: text, owner line, dates and the criteria served, saved together."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from assessment.enums import ActivityStep
from assessment.models import Activity, ActivityOwner, ActivityPlace, CriterionAnalysis
from organizations.models import AuditEvent, Owner, User
from texts.cleaning import clean_html
from texts.models import Revision, Text
from texts.services import SavedText, save_text

from .activity_changes import record_change
from .details import Details, stored_details
from .locks import (
    hold_open,
    hold_sheets,
    mark_activity_changed,
    mark_changed,
    refuse_locked,
    refuse_locked_activity,
    settle_locks,
    settle_new_places,
)
from .texts import save_or_set_aside, saving_as


@dataclass(frozen=True)
class OwnerLine:
    """One name of an owner line as it was typed."""

    owner: Owner
    joiner: str = ""
    note: str = ""


@dataclass(frozen=True)
class ActivityData:
    """Everything that one press of «บันทึก» carries.

    `base_version` and `owners_version` are the versions that the person saw; 0 and 1 for a new activity.
    `serves` are the other criteria that the activity completes, None to leave them as they are; `offered` are
    those that the person could choose from (None: all of the round), the others stay as they are. `shown` is the
    mark of the owners, dates and criteria that the page showed (services.details).
    """

    uid: uuid.UUID
    key: uuid.UUID
    html: str
    base_version: int = 0
    owners_version: int = 1
    owners: Sequence[OwnerLine] = ()
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    serves: Iterable[CriterionAnalysis] | None = None
    offered: Iterable[CriterionAnalysis] | None = None
    shown: str = ""

    @property
    def owner_rows(self) -> tuple[tuple[int, str, str], ...]:
        """(owner, joiner, note) of every name; nothing stands before the first one."""
        lines = enumerate(self.owners)
        return tuple((line.owner.pk, line.joiner if index else "", line.note) for index, line in lines)

    def details(self, home: CriterionAnalysis, stored: Details) -> Details:
        """Owners, dates and criteria served as they came."""
        served = stored.serves if self.serves is None else {analysis.pk for analysis in self.serves}
        return Details(
            owners=self.owner_rows,
            dates=(self.starts_on, self.ends_on),
            serves=frozenset(served) - {home.pk},
        )


class ActivityElsewhere(Exception):
    """The uid belongs to an activity of another round, or to one that was taken out."""


@transaction.atomic
def save_activity(*, analysis: CriterionAnalysis, data: ActivityData, by: User | None) -> Activity:
    """Save a new or existing activity of the criterion; what came back as it was shown is left alone.

    Raises TextConflict, TextLocked, KeyReused, UncleanText (texts.services), StaleVersion for owners, dates and
    criteria served, ActivityElsewhere; nothing is written then.
    """
    hold_open(analysis.sheet.round)
    activity, is_new = _find_or_create(analysis, data.uid)
    _refuse_or_lock(activity, by)
    if not _text_untouched(activity.text, data):
        sent: dict[str, Any] = {"base_version": data.base_version, "html": data.html, "key": data.key}
        save_text(text=activity.text, **sent, by=by, merging=True, **saving_as(analysis.sheet, by))
    if _save_details(activity, analysis, data, by) or is_new:
        step = ActivityStep.ADDED if is_new else ActivityStep.DETAILS
        record_change(activity=activity, step=step, by=by)
    return Activity.objects.select_related("text").get(pk=activity.pk)


@transaction.atomic
def save_activity_text(
    *,
    analysis: CriterionAnalysis,
    uid: uuid.UUID,
    base_version: int,
    html: str,
    key: uuid.UUID,
    by: User,
    theirs: bool = False,
) -> SavedText | None:
    """Save only the text, as autosave does; the first save makes the activity, an empty one does not.

    Changes of different paragraphs are merged; with `theirs` what was sent goes to the history and what stands stays.
    Raises TextConflict, TextLocked, KeyReused, UncleanText (texts.services) and ActivityElsewhere; nothing is
    written then.
    """
    hold_open(analysis.sheet.round)
    if not html and not Activity.objects.filter(uid=uid).exists():
        return None
    activity, is_new = _find_or_create(analysis, uid)
    _refuse_or_lock(activity, by)
    if is_new:
        record_change(activity=activity, step=ActivityStep.ADDED, by=by)
    sent: dict[str, Any] = {"text": activity.text, "base_version": base_version, "html": html, "key": key}
    return save_or_set_aside(analysis.sheet, by=by, theirs=theirs, **sent)


def _find_or_create(analysis: CriterionAnalysis, uid: uuid.UUID) -> tuple[Activity, bool]:
    """The activity and whether it is new.

    The uid is made with the blank form, so that a repeated request finds the activity of the first one.
    """
    round = analysis.sheet.round
    here = ActivityPlace.objects.filter(activity=OuterRef("pk"), analysis=analysis)
    known = Activity.objects.select_related("text").annotate(stands_here=Exists(here))
    if found := known.filter(uid=uid).first():
        if found.round_id != round.pk or found.withdrawn_at or not found.stands_here:
            raise ActivityElsewhere
        return found, False
    activity = Activity.objects.create(uid=uid, round=round, text=Text.objects.create(agency=round.agency))
    _place(activity, analysis)
    return activity, True


def _refuse_or_lock(activity: Activity, by: User | None) -> None:
    """A new activity in a submitted category, which the secretariat may add, is locked like the others there."""
    if refuse_locked_activity(activity, by=by) and activity.text.locked_at is None:
        settle_locks(activity.round)


def _place(activity: Activity, analysis: CriterionAnalysis) -> None:
    last = analysis.activity_places.aggregate(last=Max("position"))["last"] or 0
    ActivityPlace.objects.create(activity=activity, analysis=analysis, position=last + 1)
    activity.former_places.filter(analysis=analysis).delete()


def _text_untouched(text: Text, data: ActivityData) -> bool:
    """The text came back as the page showed it, though somebody may have written another one meanwhile."""
    html = clean_html(data.html)
    if html == text.html:
        return True
    return Revision.objects.filter(text=text, version=data.base_version, html=html).exists()


def _save_details(activity: Activity, home: CriterionAnalysis, data: ActivityData, by: User | None) -> bool:
    """Save owners, dates and criteria served, which have one version of their own; gives whether any changed.

    It is claimed only when the person changed one of them, so that two people can save text and owners side by side.
    """
    stored = stored_details(activity, home, data.offered)
    wanted = data.details(home, stored).on_top_of(stored, data.shown)
    if wanted == stored:
        return False
    activity.claim_version(data.owners_version, "owners_version")
    if wanted.owners != stored.owners:
        _save_owners(activity, wanted.owners, by)
    if wanted.dates != stored.dates:
        _save_dates(activity, wanted.dates, by)
    if wanted.serves != stored.serves:
        _save_places(activity, stored.serves, wanted.serves, by)
    mark_activity_changed(activity)
    return True


@transaction.atomic
def save_owners_and_dates(*, activity: Activity, data: ActivityData, by: User | None) -> None:
    """Save the owner line and the dates of `data` on top of its `owners_version`; text and places stay.

    Raises StaleVersion, and TextLocked when the round was closed meanwhile.
    """
    hold_open(activity.round)
    refuse_locked_activity(activity, by=by)
    activity.claim_version(data.owners_version, "owners_version")
    _save_owners(activity, data.owner_rows, by)
    _save_dates(activity, (data.starts_on, data.ends_on), by)
    mark_activity_changed(activity)
    record_change(activity=activity, step=ActivityStep.DETAILS, by=by)


def _save_dates(
    activity: Activity, dates: tuple[datetime.date | None, datetime.date | None], by: User | None
) -> None:
    activity.starts_on, activity.ends_on = dates
    activity.save(update_fields=["starts_on", "ends_on"])
    facts = dict(zip(("starts_on", "ends_on"), dates, strict=True))
    AuditEvent.record("activity.dates", activity, by=by, agency=activity.round.agency, **facts)


def _save_owners(activity: Activity, lines: tuple[tuple[int, str, str], ...], by: User | None) -> None:
    activity.owner_lines.all().delete()
    ActivityOwner.objects.bulk_create(
        ActivityOwner(activity=activity, owner_id=owner, joiner=joiner, note=note, position=position)
        for position, (owner, joiner, note) in enumerate(lines, start=1)
    )
    owners = [owner for owner, _, _ in lines]
    AuditEvent.record("activity.owners", activity, by=by, agency=activity.round.agency, owners=owners)


def _save_places(
    activity: Activity, present: frozenset[int], wanted: frozenset[int], by: User | None
) -> None:
    """Where the activity was written it stays; a criterion that the person could not choose is in neither set."""
    analyses = CriterionAnalysis.objects.filter(pk__in=wanted - present, sheet__round=activity.round_id)
    refuse_locked({analysis.sheet_id for analysis in analyses}, by=by)
    mark_changed(present - wanted)
    activity.places.filter(analysis__in=present - wanted).delete()
    for analysis in analyses:
        _place(activity, analysis)
    settle_new_places(activity.round)
    AuditEvent.record(
        "activity.serves", activity, by=by, agency=activity.round.agency, criteria=sorted(wanted)
    )


@transaction.atomic
def move_activity(
    *, analysis: CriterionAnalysis, activity: Activity, up: bool, base_version: int, by: User
) -> None:
    """Swap the activity with its neighbour in the criterion's list.

    Raises StaleVersion, TextLocked, and ActivityElsewhere for an activity that was taken out.
    """
    hold_sheets(analysis.sheet.round, [analysis.sheet_id], by=by)
    analysis.claim_version(base_version, "activities_version")
    places = list(analysis.activity_places.filter(activity__withdrawn_at=None))
    index = next((i for i, place in enumerate(places) if place.activity_id == activity.pk), None)
    if index is None:
        raise ActivityElsewhere
    move_one(places, index, up=up)
    ActivityPlace.objects.bulk_update(places, ["position"])
    mark_changed([analysis])
    AuditEvent.record("activity.moved", activity, by=by, agency=analysis.sheet.round.agency, up=up)


def move_one(rows: list[Any], index: int, *, up: bool) -> None:
    """Swap row `index` with the one before or after and number all positions anew."""
    other = index - 1 if up else index + 1
    if 0 <= other < len(rows):
        rows[index], rows[other] = rows[other], rows[index]
    for position, row in enumerate(rows, start=1):
        row.position = position
