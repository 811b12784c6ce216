"""Ways to ask the search in tests."""

from __future__ import annotations

from assessment.models import SearchEntry
from assessment.search.finding import Found, Wanted, find
from feedback.models import FeedbackPoint
from framework.models import EditionCriterion
from organizations.models import Agency, User
from tests.world import World


def found(user: User, typed: str, **wanted: object) -> Found:
    """What the person finds."""
    user.__dict__.pop("current_memberships", None)
    return find(user=user, typed=typed, wanted=Wanted(**wanted))


def hits(user: User, typed: str, **wanted: object) -> list[tuple[str, int]]:
    """Kind and primary key of what the person finds, in order."""
    return [(hit.kind, hit.object_id) for hit in found(user, typed, **wanted).hits]


def make_point(world: World, agency: Agency, code: str, text: str, year: int = 2564) -> FeedbackPoint:
    """A point about a criterion."""
    wording = EditionCriterion.objects.get(edition=world.edition, code=code)
    return FeedbackPoint.objects.create(agency=agency, year=year, criterion=wording.criterion, text=text)


def make_entry(world: World, point: FeedbackPoint) -> SearchEntry:
    """The entry of the point."""
    return SearchEntry.objects.get(kind="feedback", object_id=point.pk)
