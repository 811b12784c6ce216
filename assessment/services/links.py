"""What activities answer, and that they are done."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from assessment.models import Activity, PointLink
from feedback.models import FeedbackPoint
from organizations.models import AuditEvent, User

from .locks import hold_open, refuse_locked_activity


class PointElsewhere(Exception):
    """The point is not one of the feedback that this round answers."""


@transaction.atomic
def link_point(*, activity: Activity, point: FeedbackPoint, by: User | None) -> None:
    """Say that the activity answers the point; twice is as once. Raises TextLocked, SheetLocked, PointElsewhere."""
    hold_open(activity.round)
    refuse_locked_activity(activity, by=by)
    round = activity.round
    if point.withdrawn_at or (point.agency_id, point.year) != (round.agency_id, round.feedback_year):
        raise PointElsewhere
    _, made = PointLink.objects.get_or_create(activity=activity, point=point, defaults={"linked_by": by})
    if made:
        AuditEvent.record("activity.answers", activity, by=by, agency=round.agency, point=point.pk)


@transaction.atomic
def unlink_point(*, activity: Activity, point: FeedbackPoint, by: User) -> None:
    """The activity does not answer the point after all; twice is as once. Raises TextLocked, SheetLocked."""
    hold_open(activity.round)
    refuse_locked_activity(activity, by=by)
    removed, _ = PointLink.objects.filter(activity=activity, point=point).delete()
    if removed:
        AuditEvent.record(
            "activity.answers_no_more", activity, by=by, agency=activity.round.agency, point=point.pk
        )


@transaction.atomic
def finish_activity(*, activity: Activity, finished: bool, by: User) -> None:
    """Mark the activity as done, or as not done after all; the form itself does not change by it."""
    at = timezone.now() if finished else None
    rows = Activity.objects.current().filter(pk=activity.pk, finished_at__isnull=finished)
    if rows.update(finished_at=at, finished_by=by if finished else None):
        AuditEvent.record(
            "activity.finished" if finished else "activity.unfinished",
            activity,
            by=by,
            agency=activity.round.agency,
        )
