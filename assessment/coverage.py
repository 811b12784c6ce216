"""Which points of OPDC's feedback the round answers, and with what: read in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from feedback.enums import RelationKind
from feedback.models import FeedbackPoint, PointRelation
from feedback.similarity import alike
from framework.models import EditionCriterion

from .enums import PointState
from .models import Activity, PointLink, Round


@dataclass(frozen=True)
class Suggestion:
    """Two points of different years that are worded alike and about which nobody has decided yet."""

    earlier: FeedbackPoint
    later: FeedbackPoint
    percent: int


@dataclass(frozen=True)
class PointCoverage:
    """One point, what answers it, and the Buddhist-era years in which it was received."""

    point: FeedbackPoint
    state: PointState
    activities: tuple[Activity, ...]
    years: tuple[int, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True)
class CriterionCoverage:
    """The points about one criterion."""

    wording: EditionCriterion
    points: tuple[PointCoverage, ...]


@dataclass(frozen=True)
class Coverage:
    """The whole round; `idle` are activities that answer no point, with the code of their first criterion."""

    criteria: tuple[CriterionCoverage, ...]
    idle: tuple[tuple[str, Activity], ...]

    @property
    def points(self) -> list[PointCoverage]:
        """Every point, in the order of the form."""
        return [point for criterion in self.criteria for point in criterion.points]

    @property
    def open(self) -> list[PointCoverage]:
        """The points that nothing answers yet."""
        return [point for point in self.points if point.state == PointState.OPEN]

    @property
    def repeated(self) -> list[PointCoverage]:
        """The points that were received in earlier years too, the most often first."""
        return sorted((p for p in self.points if len(p.years) > 1), key=lambda p: -len(p.years))

    @property
    def suggestions(self) -> list[Suggestion]:
        """What a person has yet to decide about."""
        return [suggestion for point in self.points for suggestion in point.suggestions]


def point_state(point: FeedbackPoint, activities: Sequence[Activity], *, confirmed: bool) -> PointState:
    """The state of a point. A declined one stays declined; OPDC's word counts more than our own activities."""
    if point.declined_at:
        return PointState.DECLINED
    if confirmed:
        return PointState.CONFIRMED
    if not activities:
        return PointState.OPEN
    return PointState.FINISHED if all(a.finished_at for a in activities) else PointState.PLANNED


def coverage_of(round: Round) -> Coverage:
    """Read the coverage of the round's feedback."""
    everything = FeedbackPoint.objects.current().filter(agency=round.agency)
    points = list(everything.order_by("criterion_id", "year", "step", "position", "pk"))
    answered = [p for p in points if (p.year, p.step) == (round.feedback_year, round.feedback_step)]
    relations = list(PointRelation.objects.filter(later__agency=round.agency))
    activities = answering_activities(round)
    others = defaultdict(list)
    for point in points:
        others[point.criterion_id].append(point)
    covered: dict[int, list[PointCoverage]] = defaultdict(list)
    years = _Years(points, relations)
    for point in answered:
        confirmed = any(r.earlier_id == point.pk and r.kind == RelationKind.CONFIRMS for r in relations)
        found = tuple(activities.get(point.pk, ()))
        covered[point.criterion_id].append(
            PointCoverage(
                point,
                point_state(point, found, confirmed=confirmed),
                found,
                years.of(point),
                tuple(_suggestions(point, others[point.criterion_id], relations)),
            )
        )
    return Coverage(tuple(_by_criterion(round, covered)), tuple(_idle(round)))


def _by_criterion(round: Round, covered: dict[int, list[PointCoverage]]) -> Iterable[CriterionCoverage]:
    wordings = EditionCriterion.objects.filter(category__edition=round.edition).select_related("category")
    for wording in wordings.order_by("position"):
        if points := covered.get(wording.criterion_id):
            yield CriterionCoverage(wording, tuple(points))


def answering_activities(round: Round) -> dict[int, list[Activity]]:
    """The current activities that answer each point, by the point's primary key."""
    links = PointLink.objects.filter(activity__round=round, activity__withdrawn_at=None)
    found: dict[int, list[Activity]] = defaultdict(list)
    for link in links.select_related("activity__text").order_by("activity_id"):
        found[link.point_id].append(link.activity)
    return found


def _idle(round: Round) -> Iterable[tuple[str, Activity]]:
    """Activities with text that answer no point of the feedback."""
    rows = Activity.objects.current().filter(round=round, point_links=None).exclude(text__plain="")
    rows = rows.select_related("text").prefetch_related("places__analysis__wording")
    for activity in rows.order_by("pk"):
        wordings = sorted((p.analysis.wording for p in activity.places.all()), key=lambda w: w.position)
        if wordings:
            yield wordings[0].code, activity


class _Years:
    """In which years a point was received: those of the earlier points that people have found in it."""

    def __init__(self, points: Sequence[FeedbackPoint], relations: Sequence[PointRelation]) -> None:
        self.year = {point.pk: point.year for point in points}
        self.before: dict[int, list[int]] = defaultdict(list)
        for relation in relations:
            if relation.kind == RelationKind.REPEATS and relation.earlier_id in self.year:
                self.before[relation.later_id].append(relation.earlier_id)

    def of(self, point: FeedbackPoint) -> tuple[int, ...]:
        """The years, also over several steps; years only fall on the way back, so it ends."""
        years, left = {point.year}, [point.pk]
        while left:
            for earlier in self.before[left.pop()]:
                years.add(self.year[earlier])
                left.append(earlier)
        return tuple(sorted(years))


def _suggestions(
    point: FeedbackPoint, others: Sequence[FeedbackPoint], relations: Sequence[PointRelation]
) -> Iterable[Suggestion]:
    """Points of other years about the same criterion that are worded alike and not decided about."""
    decided = {(relation.earlier_id, relation.later_id) for relation in relations}
    candidates = [other for other in others if other.year != point.year]
    for index, likeness in alike(point.text, [other.text for other in candidates]) if candidates else ():
        earlier, later = sorted((point, candidates[index]), key=lambda p: p.year)
        if (earlier.pk, later.pk) not in decided:
            yield Suggestion(earlier, later, round_percent(likeness))


def round_percent(share: float) -> int:
    """A share as whole percent."""
    return int(share * 100 + 0.5)
