"""Who is in a criterion now, and which of its texts others have saved: asked for every few seconds by open pages."""

from __future__ import annotations

from django.core.cache import cache
from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from assessment.access import for_criterion
from assessment.models import Activity, CriterionAnalysis
from organizations.access import SignedInRequest
from organizations.models import Membership, User
from texts.models import Text

# An open page asks every twenty seconds; whoever has not asked twice is gone.
STAYS_SECONDS = 50


@require_safe
@for_criterion(writing=True)
def presence(request: SignedInRequest, analysis: CriterionAnalysis) -> JsonResponse:
    """The others in this criterion, and the version, author and time of its activities' texts."""
    cache.set(_seat(analysis, request.user.pk), True, STAYS_SECONDS)
    return JsonResponse({"people": _others(analysis, request.user), "texts": _versions(analysis)})


def _seat(analysis: CriterionAnalysis, user_pk: int) -> str:
    """One cache entry per person, so that two who come at once do not take each other's place."""
    return f"presence:{analysis.pk}:{user_pk}"


def _others(analysis: CriterionAnalysis, user: User) -> list[str]:
    """The names of the other people of the agency who have this criterion open."""
    memberships = Membership.objects.current().filter(agency=analysis.sheet.round.agency)
    people = {m.user_id: m.user for m in memberships.exclude(user=user).select_related("user")}
    seats = {_seat(analysis, pk): pk for pk in people}
    return sorted(str(people[seats[seat]]) for seat in cache.get_many(seats))


def _versions(analysis: CriterionAnalysis) -> dict[str, dict[str, object]]:
    """By the address that autosave sends to."""
    round = analysis.sheet.round
    address = (round.agency.code, round.year, analysis.wording.code)
    activities = (
        Activity.objects.current().filter(places__analysis=analysis).select_related("text__updated_by")
    )
    return {
        reverse("activity_text_save", args=[*address, activity.uid]): _version(activity.text)
        for activity in activities
    }


def _version(text: Text) -> dict[str, object]:
    saved = text.updated_at and timezone.localtime(text.updated_at)
    return {
        "version": text.version,
        "by": str(text.updated_by or ""),
        "clock": f"{saved:%H:%M}" if saved else "",
    }
