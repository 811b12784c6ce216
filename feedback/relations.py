"""A point beside those of other years about the same criterion, with what people decided about each pair."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from feedback.models import FeedbackPoint, PointRelation
from feedback.similarity import likeness, words_of


@dataclass(frozen=True)
class Pair:
    """Two points of different years; `percent` is how alike they are worded, `relation` what was decided."""

    other: FeedbackPoint
    earlier: FeedbackPoint
    later: FeedbackPoint
    percent: int
    relation: PointRelation | None


def pairs_of(point: FeedbackPoint) -> list[Pair]:
    """Every point of another year about the criterion: decided ones first, then those worded most alike."""
    points = FeedbackPoint.objects.current().filter(agency=point.agency_id, criterion=point.criterion_id)
    others = list(points.exclude(year=point.year).order_by("-year", "step", "position", "pk"))
    relations = PointRelation.objects.filter(Q(earlier=point) | Q(later=point)).select_related("decided_by")
    decided = {frozenset((relation.earlier_id, relation.later_id)): relation for relation in relations}
    words = words_of(point.text)
    pairs = []
    for other in others:
        earlier, later = (point, other) if point.year < other.year else (other, point)
        percent = int(likeness(words, words_of(other.text)) * 100 + 0.5)
        relation = decided.get(frozenset((point.pk, other.pk)))
        pairs.append(Pair(other, earlier, later, percent, relation))
    return sorted(pairs, key=lambda pair: (pair.relation is None, -pair.percent))
