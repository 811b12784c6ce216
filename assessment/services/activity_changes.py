"""Keeping what stood around an activity's text, at every change of it."""

from __future__ import annotations

from django.utils import timezone

from assessment.enums import ActivityStep
from assessment.models import Activity, ActivityChange, ActivityOwner, ActivityPlace
from assessment.owner_line import owner_line_text
from organizations.models import User


def record_change(*, activity: Activity, step: ActivityStep, by: User | None) -> ActivityChange:
    """Keep owners, dates and criteria as they stand now; called inside the transaction of the change itself."""
    fresh = Activity.objects.only("starts_on", "ends_on", "withdrawn_at").get(pk=activity.pk)
    lines = list(ActivityOwner.objects.filter(activity=fresh).select_related("owner"))
    places = _places(fresh)
    return ActivityChange.objects.create(
        activity=activity,
        step=step,
        owner_line=owner_line_text(lines),
        starts_on=fresh.starts_on,
        ends_on=fresh.ends_on,
        criteria_line=", ".join(place.analysis.wording.code for place in places),
        facts={
            "owners": [(line.owner_id, line.joiner, line.note) for line in lines],
            "criteria": [place.analysis_id for place in places],
        },
        at=timezone.now(),
        author=by,
    )


def _places(activity: Activity) -> list[ActivityPlace]:
    """Where it stands: nowhere once it was withdrawn, though it keeps its last place for its return."""
    if activity.withdrawn_at:
        return []
    places = ActivityPlace.objects.filter(activity=activity).select_related("analysis__wording")
    return list(places.order_by("analysis__wording__position"))
