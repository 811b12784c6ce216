"""Writing a planned feedback sheet: all of it or nothing."""

from __future__ import annotations

from django.db import transaction

from feedback.services import PointFields, add_point, change_point
from organizations.importers.tables import RowState
from organizations.models import Agency, AuditEvent, User

from .sheet import MARKS, Plan, PlannedPoint


@transaction.atomic
def write_feedback(*, plan: Plan, agency: Agency, by: User) -> None:
    """Write the new points and the changed marks of a plan without faults.

    Raises StaleVersion when somebody corrected one of the points meanwhile, FeedbackLocked when a form that prints
    them was closed meanwhile; nothing is written then.
    """
    for row in plan.points:
        if row.state == RowState.NEW:
            add_point(agency=agency, by=by, **_fields(row))
        elif row.state == RowState.CHANGED and row.point:
            change_point(point=row.point, base_version=row.point.version, by=by, **_fields(row))
    AuditEvent.record(
        "feedback.imported", by=by, agency=agency, new=plan.counts["new"], changed=plan.counts["changed"]
    )


def _fields(row: PlannedPoint) -> PointFields:
    """The point as it will stand: a mark that the row does not have stays what it was."""
    marks = {name: row.marks.get(name, getattr(row.point, name, "")) for name in MARKS}
    return PointFields(
        year=row.year,
        step=row.step,
        criterion=row.criterion,
        text=row.text,
        strength=marks["strength"],
        gap=marks["gap"],
        level=marks["level"],
    )
