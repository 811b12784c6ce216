"""Changing feedback points: added, corrected, withdrawn, put in order; each with its AuditEvent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import NotRequired, TypedDict, Unpack

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from feedback.models import FeedbackPoint, FeedbackQuerySet
from framework.models import Criterion
from organizations.models import Agency, AuditEvent, User
from texts.models import StaleVersion
from thai.text import normalise

from .locks import FeedbackLocked, Locks, hold, hold_unlocked, locks_of


class OrderChanged(Exception):
    """The points that were to be put in order are not the points that stand there now."""


class PointFields(TypedDict):
    """What a person may correct about a point; a sub-item that is not named stays as long as the criterion does."""

    year: int
    step: int
    criterion: Criterion
    text: str
    strength: str
    gap: str
    level: str
    sub_item: NotRequired[str]


@transaction.atomic
def add_point(
    *,
    agency: Agency,
    year: int,
    step: int,
    criterion: Criterion,
    text: str,
    strength: str = "",
    gap: str = "",
    level: str = "",
    sub_item: str = "",
    position: int | None = None,
    uid: uuid.UUID | None = None,
    by: User | None,
) -> FeedbackPoint:
    """Enter a point that OPDC made about a criterion in a Buddhist-era year and step (1–3).

    Without `position` it goes behind the points that are there; `uid` is the one that a file knows it by.
    Raises ValidationError when the year is outside 2400–2700 or the text is empty; the marks are
    checked by the form or the importer. Raises FeedbackLocked.
    """
    hold_unlocked(agency, (year, step, criterion.pk))
    siblings = FeedbackPoint.objects.of_year(agency, year).filter(criterion=criterion).current()
    point = FeedbackPoint(
        uid=uid or uuid.uuid4(),
        agency=agency,
        year=year,
        step=step,
        criterion=criterion,
        text=_stored(text),
        strength=_stored(strength),
        gap=_stored(gap),
        level=level,
        sub_item=sub_item,
        position=position or _next_position(siblings),
    )
    point.full_clean()
    point.save()
    AuditEvent.record("feedback.added", point, by=by, agency=agency, year=year, criterion=criterion.identity)
    return point


@transaction.atomic
def change_point(
    *, point: FeedbackPoint, base_version: int, by: User | None, **fields: Unpack[PointFields]
) -> FeedbackPoint:
    """Correct a point on top of `base_version`; one that moves to another criterion or year goes last there.

    Raises StaleVersion when somebody was faster or has withdrawn it, ValidationError for values that cannot be,
    FeedbackLocked when something settled prints the point, or would print it afterwards.
    """
    if point.withdrawn_at is not None:
        raise StaleVersion(point)
    hold_unlocked(
        point.agency,
        (point.year, point.step, point.criterion_id),
        (fields["year"], fields["step"], fields["criterion"].pk),
    )
    point.claim_version(base_version)
    moved = (point.year, point.criterion_id) != (fields["year"], fields["criterion"].pk)
    point.year, point.step, point.criterion = fields["year"], fields["step"], fields["criterion"]
    point.text, point.strength, point.gap = map(_stored, (fields["text"], fields["strength"], fields["gap"]))
    point.level, point.sub_item = fields["level"], fields.get("sub_item", "" if moved else point.sub_item)
    if moved:
        others = (
            FeedbackPoint.objects.of_year(point.agency, point.year)
            .filter(criterion=point.criterion)
            .current()
        )
        point.position = _next_position(others)
    point.full_clean()
    # the position only when it moved: a colleague may have put the list in another order meanwhile
    point.save(update_fields=[*{*fields, "sub_item"}, *(["position"] if moved else [])])
    AuditEvent.record("feedback.changed", point, by=by, agency=point.agency, version=point.version)
    return point


@transaction.atomic
def withdraw_point(*, point: FeedbackPoint, base_version: int, by: User) -> None:
    """Take a point out of lists and forms; the row stays.

    Raises StaleVersion when somebody changed it, FeedbackLocked.
    """
    hold_unlocked(point.agency, (point.year, point.step, point.criterion_id))
    point.claim_version(base_version)
    point.withdrawn_at, point.withdrawn_by = timezone.now(), by
    point.save(update_fields=["withdrawn_at", "withdrawn_by"])
    AuditEvent.record("feedback.withdrawn", point, by=by, agency=point.agency)


@transaction.atomic
def reorder(*, agency: Agency, year: int, criterion: Criterion, order: Sequence[int], by: User) -> None:
    """Put the points of one criterion and year into the order of these primary keys.

    Raises OrderChanged when a point was added or withdrawn since the page was read, FeedbackLocked when points that
    something settled prints would change places.
    """
    hold(agency)
    locks = locks_of(agency, year)
    rows = (
        FeedbackPoint.objects.of_year(agency, year).filter(criterion=criterion).current().select_for_update()
    )
    points = {point.pk: point for point in rows}
    if sorted(points) != sorted(order):
        raise OrderChanged
    _hold_order(points, order, locks)
    for position, pk in enumerate(order, start=1):
        # not a save of the row: its text has not changed, and somebody may be correcting it
        FeedbackPoint.objects.filter(pk=pk).exclude(position=position).update(position=position)
    AuditEvent.record("feedback.reordered", by=by, agency=agency, year=year, criterion=criterion.identity)


def _hold_order(points: dict[int, FeedbackPoint], order: Sequence[int], locks: Locks) -> None:
    """The list has points of all steps; those of a locked step keep their order among themselves."""
    stored = sorted(points, key=lambda pk: (points[pk].position, pk))
    held = {point.step: refusal for point in points.values() if (refusal := _refusal(locks, point))}
    for step in sorted(held):
        before, after = ([pk for pk in pks if points[pk].step == step] for pks in (stored, order))
        if before != after:
            raise held[step]


def _refusal(locks: Locks, point: FeedbackPoint) -> FeedbackLocked | None:
    return locks.refusal(point.step, point.criterion_id)


def _next_position(points: FeedbackQuerySet) -> int:
    highest: int | None = points.aggregate(highest=Max("position"))["highest"]
    return (highest or 0) + 1


def _stored(text: str) -> str:
    return normalise(text).strip()
