"""Taking activities out of a criterion and bringing them back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from assessment.enums import ActivityStep
from assessment.models import Activity, ActivityPlace, CriterionAnalysis, FormerPlace
from organizations.models import AuditEvent, User

from .activity_changes import record_change
from .locks import hold_sheets, mark_changed, settle_new_places


@transaction.atomic
def withdraw_activity(*, activity: Activity, analysis: CriterionAnalysis, by: User) -> None:
    """Take an activity out of this criterion; out of the form when no other criterion is served. Twice is as once.

    Text and history stay in the database. Another criterion may belong to another committee, whose form must not
    lose the activity by this. Raises TextLocked when the round was closed or the category submitted meanwhile.
    """
    hold_sheets(activity.round, [analysis.sheet_id], by=by)
    present = Activity.objects.current().filter(pk=activity.pk)
    place = activity.places.filter(analysis=analysis).first()
    if place is None or not present.exists():
        return
    if activity.places.exclude(pk=place.pk).exists():
        _leave(place, by)
        record_change(activity=activity, step=ActivityStep.LEFT, by=by)
    else:
        present.update(withdrawn_at=timezone.now(), withdrawn_by=by)
        record_change(activity=activity, step=ActivityStep.WITHDRAWN, by=by)
        AuditEvent.record("activity.withdrawn", activity, by=by, agency=activity.round.agency)
    mark_changed([analysis])
    settle_new_places(activity.round)


def _leave(place: ActivityPlace, by: User) -> None:
    """The place is remembered with its position."""
    FormerPlace.objects.create(
        activity=place.activity, analysis=place.analysis, position=place.position, withdrawn_by=by
    )
    code = place.analysis.wording.code
    AuditEvent.record(
        "activity.left", place.activity, by=by, agency=place.activity.round.agency, criterion=code
    )
    place.delete()


@transaction.atomic
def restore_activity(*, activity: Activity, analysis: CriterionAnalysis, by: User) -> None:
    """Put an activity back where it was in this criterion. Twice is as once. Raises TextLocked as above."""
    hold_sheets(activity.round, [analysis.sheet_id], by=by)
    former = activity.former_places.filter(analysis=analysis).first()
    withdrawn = Activity.objects.filter(pk=activity.pk).exclude(withdrawn_at=None)
    if former:
        if withdrawn.exists():
            # the last other criterion has taken it out for itself, and there it stays out
            for place in activity.places.select_related("analysis__wording"):
                _leave(place, by)
        ActivityPlace.objects.create(activity=activity, analysis=analysis, position=former.position)
        former.delete()
    if withdrawn.update(withdrawn_at=None, withdrawn_by=None) or former:
        record_change(activity=activity, step=ActivityStep.RESTORED, by=by)
        agency, code = activity.round.agency, analysis.wording.code
        AuditEvent.record("activity.restored", activity, by=by, agency=agency, criterion=code)
        mark_changed([analysis])
        settle_new_places(activity.round)
