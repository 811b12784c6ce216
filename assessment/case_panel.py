"""The cases on offer beside the text of a criterion: which ones, in which order, and the gap that each one fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from feedback.enums import RelationKind
from feedback.models import FeedbackPoint, PointRelation
from organizations.models import User
from practices.models import Practice, PracticeQuerySet

from .case_matching import CaseWords, Gap, Match, best_match, gap_of, ranked
from .coverage import point_state
from .enums import PointState, SearchKind
from .models import Activity, CriterionAnalysis, PointLink
from .search.finding import Wanted, find

PER_PAGE: Final = 10


@dataclass(frozen=True)
class Offer:
    """One case with the gap that it fits, if any, and whether the form has it already."""

    practice: Practice
    match: Match | None
    taken: bool


@dataclass(frozen=True)
class Offers:
    """One page of cases; `gaps` are those by which they were put in order."""

    page: Page[int]
    offers: tuple[Offer, ...]
    gaps: tuple[Gap, ...]


def open_gaps(analysis: CriterionAnalysis) -> tuple[Gap, ...]:
    """What the criterion's feedback finds lacking and no activity answers; where all is answered, what is planned."""
    round = analysis.sheet.round
    points = list(
        FeedbackPoint.objects.current()
        .of_year(round.agency, round.feedback_year)
        .filter(step=round.feedback_step, criterion=analysis.wording.criterion_id)
        .order_by("position", "pk")
    )
    states = _states(points, analysis)
    for wanted in (PointState.OPEN, PointState.PLANNED):
        if found := [point for point in points if states[point.pk] == wanted]:
            return tuple(map(gap_of, found))
    return ()


def _states(points: Sequence[FeedbackPoint], analysis: CriterionAnalysis) -> dict[int, PointState]:
    links = PointLink.objects.filter(point__in=points, activity__withdrawn_at=None)
    answering: dict[int, list[Activity]] = defaultdict(list)
    for link in links.filter(activity__round=analysis.sheet.round).select_related("activity"):
        answering[link.point_id].append(link.activity)
    confirming = PointRelation.objects.filter(earlier__in=points, kind=RelationKind.CONFIRMS)
    confirmed = set(confirming.values_list("earlier_id", flat=True))
    return {
        point.pk: point_state(point, answering[point.pk], confirmed=point.pk in confirmed) for point in points
    }


def offers_of(
    *,
    analysis: CriterionAnalysis,
    cases: PracticeQuerySet,
    user: User,
    typed: str,
    everything: bool,
    page: str,
) -> Offers:
    """One page of `cases`: what was searched for, or everything, or those of this criterion by the gaps they fit."""
    gaps = open_gaps(analysis)
    keys: Sequence[int] | QuerySet[Practice, int]
    if typed:
        keys = _found(cases, user, typed)
    elif gaps and not everything:
        keys = ranked(_words(_own(cases, analysis)), gaps)
    else:
        # the database sorts ten of ten thousand faster than it sorts all of them
        shown_cases = cases if everything else _own(cases, analysis)
        keys = shown_cases.in_thai_order().values_list("pk", flat=True)
    paginator: Paginator[int] = Paginator(keys, PER_PAGE)
    shown = paginator.get_page(page)
    return Offers(shown, tuple(_offers(analysis, cases, list(shown), gaps)), gaps)


def _own(cases: PracticeQuerySet, analysis: CriterionAnalysis) -> PracticeQuerySet:
    return cases.filter(criteria=analysis.wording.criterion_id)


def _found(cases: PracticeQuerySet, user: User, typed: str) -> list[int]:
    """What the search finds among them, in its order."""
    found = find(user=user, typed=typed, wanted=Wanted(kind=SearchKind.CASE))
    hits = [hit.object_id for hit in found.hits]
    shown = set(cases.filter(pk__in=hits).order_by().values_list("pk", flat=True))
    return [pk for pk in hits if pk in shown]


def _words(cases: PracticeQuerySet) -> list[CaseWords]:
    columns = ("pk", "title", "summary", "text__plain")
    return list(map(CaseWords._make, cases.in_thai_order().values_list(*columns)))


def _offers(
    analysis: CriterionAnalysis, cases: PracticeQuerySet, keys: list[int], gaps: Iterable[Gap]
) -> Iterable[Offer]:
    taken = set(analysis.chosen_practices.current().values_list("practice_id", flat=True))
    rows = {case.pk: case for case in cases.filter(pk__in=keys).select_related("agency", "text").order_by()}
    for case in (rows[pk] for pk in keys if pk in rows):
        words = CaseWords(case.pk, case.title, case.summary, case.text.plain)
        yield Offer(case, best_match(words, gaps), case.pk in taken)
