"""What an agency received for one year, put together for reading: by category and criterion."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from framework.enums import CategoryKind
from framework.models import Category, EditionCriterion
from framework.services import wordings_of_year
from organizations.models import Agency

from .models import FeedbackPoint


@dataclass(frozen=True)
class CriterionFeedback:
    """The points about one criterion, in their order."""

    wording: EditionCriterion
    points: list[FeedbackPoint]


@dataclass
class CategoryFeedback:
    """One category: the criteria with points, and those about which nothing was said."""

    category: Category
    criteria: list[CriterionFeedback] = field(default_factory=list)
    silent: list[EditionCriterion] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many points."""
        return sum(len(criterion.points) for criterion in self.criteria)


@dataclass(frozen=True)
class Overview:
    """A year of feedback; `rest` are points about criteria that no edition names any more."""

    categories: list[CategoryFeedback]
    rest: list[FeedbackPoint]

    @property
    def silent(self) -> list[CategoryFeedback]:
        """The categories of processes about which nothing was said."""
        return [category for category in self.categories if category.silent and not category.count]

    @property
    def points(self) -> list[FeedbackPoint]:
        """Every point."""
        criteria = [criterion for category in self.categories for criterion in category.criteria]
        return [point for criterion in criteria for point in criterion.points] + self.rest

    @property
    def count(self) -> int:
        """How many points in all."""
        return sum(category.count for category in self.categories) + len(self.rest)


def overview(agency: Agency, year: int) -> Overview:
    """The feedback of one Buddhist-era year in the words of that year, in a constant number of queries."""
    points: dict[int, list[FeedbackPoint]] = defaultdict(list)
    for point in FeedbackPoint.objects.of_year(agency, year).current().order_by("position", "pk"):
        points[point.criterion_id].append(point)
    categories: dict[int, CategoryFeedback] = {}
    # criteria that only another edition names stand in the category of the same number
    for wording in wordings_of_year(year):
        group = categories.setdefault(wording.category.number, CategoryFeedback(wording.category))
        if found := points.pop(wording.criterion_id, None):
            group.criteria.append(CriterionFeedback(wording, found))
        elif wording.category.kind == CategoryKind.PROCESS:
            group.silent.append(wording)
    rest = [point for left in points.values() for point in left]
    return Overview([categories[number] for number in sorted(categories)], rest)
