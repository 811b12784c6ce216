"""Keeping what stood around an activity's text, at every change of it."""

from __future__ import annotations

from django.utils import timezone

from assessment.enums import ActivityStep
from assessment.models import Activity, ActivityChange, ActivityOwner, ActivityPlace
from assessment.owner_line import owner_line_text
from organizations.models import User


def record_change(*, activity: Activity, step: ActivityStep, by: User | None) -> ActivityChange:
    """Keep owners, dates and criteria as they stand now; called inside the transaction of the change itself.

    The dates are those of `activity`; its lines and places are read again, because services change them by query.
    """
    lines = list(ActivityOwner.objects.filter(activity=activity).select_related("owner"))
    # it keeps its last place for its return
    is_out = step == ActivityStep.WITHDRAWN or (activity.withdrawn_at and step != ActivityStep.RESTORED)
    places = [] if is_out else _places(activity)
    return ActivityChange.objects.create(
        activity=activity,
        step=step,
        owner_line=owner_line_text(lines),
        starts_on=activity.starts_on,
        ends_on=activity.ends_on,
        criteria_line=", ".join(place.analysis.wording.code for place in places),
        facts={
            "owners": [(line.owner_id, line.joiner, line.note) for line in lines],
            "criteria": [place.analysis_id for place in places],
        },
        at=timezone.now(),
        author=by,
    )


def _places(activity: Activity) -> list[ActivityPlace]:
    places = ActivityPlace.objects.filter(activity=activity).select_related("analysis__wording")
    return list(places.order_by("analysis__wording__position"))
