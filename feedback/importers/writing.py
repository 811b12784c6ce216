"""Writing a planned file of feedback: all of it or nothing."""

from __future__ import annotations

from django.db import transaction

from feedback.models import FeedbackPoint
from feedback.services import PointFields, add_point, change_point, decline_point, take_up_point
from feedback.services.locks import hold
from organizations.importers.tables import RowState
from organizations.models import Agency, AuditEvent, User
from texts.models import StaleVersion

from .columns import MARKS
from .plan import Plan, PlannedPoint


@transaction.atomic
def write_feedback(*, plan: Plan, agency: Agency, by: User | None) -> None:
    """Write the new points and the changes of a plan without faults; one that declines points needs a person.

    Raises StaleVersion when somebody corrected or entered one of the points meanwhile, FeedbackLocked when what prints
    them was settled meanwhile; nothing is written then.
    """
    hold(agency)
    _refuse_entered(plan, agency)
    for row in plan.points:
        if row.state in (RowState.NEW, RowState.CHANGED):
            _write(row, agency, by)
    AuditEvent.record(
        "feedback.imported", by=by, agency=agency, new=plan.counts["new"], changed=plan.counts["changed"]
    )


def _refuse_entered(plan: Plan, agency: Agency) -> None:
    """The same file confirmed twice at once enters nothing twice. Raises StaleVersion."""
    new = {(row.year, row.step, row.criterion.pk, row.text) for row in plan.points if row.point is None}
    known = {row.point.pk for row in plan.points if row.point}
    points = FeedbackPoint.objects.filter(agency=agency, year__in={key[0] for key in new}).current()
    for point in points.exclude(pk__in=known).order_by("pk"):
        if (point.year, point.step, point.criterion_id, point.text) in new:
            raise StaleVersion(point)


def _write(row: PlannedPoint, agency: Agency, by: User | None) -> None:
    point = row.point
    if point is None:
        point = add_point(agency=agency, by=by, position=row.position, uid=row.uid, **_fields(row))
    elif row.changes_point:
        change_point(point=point, base_version=point.version, by=by, **_fields(row))
    if row.changes_declined:
        _decide(point, row.declined or "", by)


def _decide(point: FeedbackPoint, reason: str, by: User | None) -> None:
    if by is None:
        raise ValueError("a decision about a point needs a person")
    if reason:
        decline_point(point=point, reason=reason, by=by)
    else:
        take_up_point(point=point, by=by)


def _fields(row: PlannedPoint) -> PointFields:
    """The point as it will stand: a mark that the row does not state stays what it was."""
    marks = {name: row.marks.get(name, getattr(row.point, name, "")) for name in MARKS}
    return PointFields(
        year=row.year,
        step=row.step,
        criterion=row.criterion,
        text=row.text,
        strength=marks["strength"],
        gap=marks["gap"],
        level=marks["level"],
        sub_item=marks["sub_item"],
    )
