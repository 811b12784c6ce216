"""The one read model of the form: page, PDF and every later format render these frozen values.

`read_form` is the only reader. A print reads inside `one_moment`, so that a render of minutes holds no lock and
sees no half-made change; a page reads as it goes, because a transaction on SQLite would take the write lock.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Prefetch

from assessment.enums import SheetLayout
from assessment.models import (
    Activity,
    ActivityOwner,
    ActivityPlace,
    CategorySheet,
    ChosenPractice,
    CriterionAnalysis,
    Round,
    SheetFigure,
)
from assessment.owner_line import owner_line_text
from feedback.models import FeedbackPoint
from texts.models import Text


@dataclass(frozen=True)
class PracticeBlock:
    """One case: the agency's name is printed underlined, then its award, then the text."""

    agency_name: str
    award_line: str
    html: str


@dataclass(frozen=True)
class CriterionBlock:
    """The first two columns of one criterion."""

    code: str
    name: str
    feedback: tuple[str, ...]
    practices: tuple[PracticeBlock, ...]


@dataclass(frozen=True)
class ActivityBlock:
    """One activity; `owner_line` is empty where the next activity prints the same line."""

    html: str
    owner_line: str
    missing_owner: bool


@dataclass(frozen=True)
class Row:
    """One table row: a criterion, or adjacent criteria that share their activities."""

    criteria: tuple[CriterionBlock, ...]
    analysis: str
    activities: tuple[ActivityBlock, ...]
    obstacles: str
    remedies: str
    # codes of the criteria where activities of this one are printed already
    see: tuple[str, ...]

    @property
    def owner_lines(self) -> tuple[str, ...]:
        """The lines of the fourth column, each once."""
        return tuple(dict.fromkeys(block.owner_line for block in self.activities if block.owner_line))


@dataclass(frozen=True)
class FigureBlock:
    """A full-width figure."""

    uid: str
    caption: str
    alternative: str


@dataclass(frozen=True)
class CategoryBlock:
    """One category: the table and what stands after it."""

    number: int
    name: str
    print_title: bool
    headings: tuple[str, ...]
    criterion_label: str
    feedback_label: str
    rows: tuple[Row, ...]
    obstacles: str
    remedies: str
    figures: tuple[FigureBlock, ...]

    @property
    def has_owner_column(self) -> bool:
        """Owners stand apart in a fourth column."""
        return len(self.headings) == 4

    @property
    def band(self) -> str:
        """The first heading row."""
        return f"หมวด {self.number} {self.name}"


@dataclass(frozen=True)
class Form:
    """The whole form of a round, or some of its categories. Years are Buddhist-era."""

    title: str
    agency_code: str
    agency_name: str
    year: int
    font_points: int
    binding_margin_mm: int
    thai_digits: bool
    is_issued: bool
    read_at: datetime.datetime
    categories: tuple[CategoryBlock, ...]


@contextmanager
def one_moment() -> Iterator[None]:
    """Everything read inside is the data of one moment, on both databases.

    PostgreSQL's default would let each query see a newer state. Inside a transaction that has begun already
    (tests) that one decides.
    """
    begins = not connection.in_atomic_block
    with transaction.atomic():
        if begins and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def read_form(round: Round, numbers: set[int] | None = None, *, at: datetime.datetime) -> Form:
    """Read the form of a round; `numbers` limits it to some categories, `at` is the time it will bear."""
    sheets = _sheets(round, numbers)
    feedback = _feedback(round)
    return Form(
        title=round.title,
        agency_code=round.agency.code,
        agency_name=round.agency.name,
        year=round.year,
        font_points=round.font_points,
        binding_margin_mm=round.binding_margin_mm,
        thai_digits=round.thai_digits,
        is_issued=False,
        read_at=at,
        categories=tuple(_category(sheet, feedback) for sheet in sheets),
    )


def _sheets(round: Round, numbers: set[int] | None) -> Iterable[CategorySheet]:
    places = ActivityPlace.objects.filter(activity__withdrawn_at=None).select_related("activity__text")
    owners = ActivityOwner.objects.select_related("owner")
    analyses = CriterionAnalysis.objects.select_related("wording", "analysis", "obstacles", "remedies")
    sheets = CategorySheet.objects.filter(round=round).select_related("category", "obstacles", "remedies")
    if numbers is not None:
        sheets = sheets.filter(category__number__in=numbers)
    return sheets.order_by("category__number").prefetch_related(
        Prefetch("analyses", analyses.order_by("wording__position")),
        Prefetch("analyses__activity_places", places),
        Prefetch("analyses__activity_places__activity__owner_lines", owners),
        Prefetch("analyses__chosen_practices", ChosenPractice.objects.select_related("text")),
        Prefetch("figures", SheetFigure.objects.select_related("figure")),
    )


def _feedback(round: Round) -> dict[int, tuple[str, ...]]:
    """The verbatim points by criterion."""
    points = FeedbackPoint.objects.current().of_year(round.agency, round.feedback_year)
    found: dict[int, tuple[str, ...]] = {}
    for point in points.filter(step=round.feedback_step).order_by("position", "pk"):
        found[point.criterion_id] = (*found.get(point.criterion_id, ()), point.text)
    return found


def _category(sheet: CategorySheet, feedback: dict[int, tuple[str, ...]]) -> CategoryBlock:
    headings = [sheet.heading_feedback, sheet.heading_practice, sheet.heading_activity]
    if sheet.layout == SheetLayout.FOUR_COLUMNS:
        headings.append(sheet.heading_owner)
    return CategoryBlock(
        number=sheet.category.number,
        name=sheet.category.name,
        print_title=sheet.print_title,
        headings=tuple(headings),
        criterion_label=sheet.criterion_label,
        feedback_label=sheet.feedback_label,
        rows=tuple(_rows(list(sheet.analyses.all()), feedback)),
        obstacles=_html(sheet.obstacles),
        remedies=_html(sheet.remedies),
        figures=tuple(FigureBlock(str(f.figure.uid), f.caption, f.alternative) for f in sheet.figures.all()),
    )


def _html(text: Text) -> str:
    return "" if text.is_blank else text.html


def _written(analysis: CriterionAnalysis) -> list[Activity]:
    places = sorted(analysis.activity_places.all(), key=lambda place: (place.position, place.pk))
    return [place.activity for place in places if not place.activity.text.is_blank]


def _rows(analyses: list[CriterionAnalysis], feedback: dict[int, tuple[str, ...]]) -> Iterable[Row]:
    """Adjacent criteria with the same activities become one row; later ones refer back with «ดูข้อ …»."""
    printed_at: dict[int, str] = {}
    index = 0
    while index < len(analyses):
        group = _group(analyses, index)
        first = group[0]
        activities = _written(first)
        fresh = [activity for activity in activities if activity.pk not in printed_at]
        see = tuple(dict.fromkeys(printed_at[a.pk] for a in activities if a.pk in printed_at))
        for activity in fresh:
            printed_at[activity.pk] = first.wording.code
        yield Row(
            criteria=tuple(_criterion(analysis, feedback) for analysis in group),
            analysis=_html(first.analysis),
            activities=_activity_blocks(fresh),
            obstacles=_html(first.obstacles),
            remedies=_html(first.remedies),
            see=see,
        )
        index += len(group)


def _group(analyses: list[CriterionAnalysis], index: int) -> list[CriterionAnalysis]:
    """The criteria from `index` on that share their activities and add no text of their own."""
    first = analyses[index]
    shared = [activity.pk for activity in _written(first)]
    group = [first]
    for other in analyses[index + 1 :]:
        own_texts = (other.analysis, other.obstacles, other.remedies)
        same = shared and [activity.pk for activity in _written(other)] == shared
        if not same or not all(text.is_blank for text in own_texts):
            break
        group.append(other)
    return group


def _criterion(analysis: CriterionAnalysis, feedback: dict[int, tuple[str, ...]]) -> CriterionBlock:
    return CriterionBlock(
        code=analysis.wording.code,
        name=analysis.wording.full_name,
        feedback=feedback.get(analysis.wording.criterion_id, ()),
        practices=tuple(
            PracticeBlock(chosen.agency_name, chosen.award_line, chosen.text.html)
            for chosen in analysis.chosen_practices.all()
        ),
    )


def _activity_blocks(activities: list[Activity]) -> tuple[ActivityBlock, ...]:
    """Equal consecutive owner lines print once, after the last of them."""
    lines = [owner_line_text(activity.owner_lines.all()) for activity in activities]
    following = [*lines[1:], None][: len(lines)]
    return tuple(
        ActivityBlock(activity.text.html, "" if line == next_line else line, not line)
        for activity, line, next_line in zip(activities, lines, following, strict=True)
    )
