"""Reading the form of a round from the database into the frozen values of `documents.form`.

`read_form` is the only reader. A print reads inside `one_moment`, so that a render of minutes holds no lock and
sees no half-made change; a page reads as it goes, because a transaction on SQLite would take the write lock.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

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

from .form import (
    ActivityBlock,
    CategoryBlock,
    CriterionBlock,
    FigureBlock,
    Form,
    OwnerBlock,
    PointBlock,
    PracticeBlock,
    Row,
    TextVersions,
)

Feedback = dict[int, tuple[PointBlock, ...]]


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
    serves = _serves(round)
    return Form(
        title=round.title,
        agency_code=round.agency.code,
        agency_name=round.agency.name,
        year=round.year,
        font_points=round.font_points,
        binding_margin_mm=round.binding_margin_mm,
        thai_digits=round.thai_digits,
        duplex=round.duplex,
        read_at=at,
        categories=tuple(_category(sheet, feedback, serves) for sheet in sheets),
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
        Prefetch(
            "analyses__chosen_practices",
            ChosenPractice.objects.current().select_related("text", "practice"),
        ),
        Prefetch("figures", SheetFigure.objects.select_related("figure")),
    )


def _feedback(round: Round) -> Feedback:
    """The points that this form answers, by criterion."""
    points = FeedbackPoint.objects.current().of_year(round.agency, round.feedback_year)
    found: Feedback = {}
    for point in points.filter(step=round.feedback_step).order_by("position", "pk"):
        block = PointBlock(
            uid=str(point.uid),
            year=point.year,
            step=point.step,
            text=point.text,
            strength=point.strength,
            gap=point.gap,
            level=point.level,
        )
        found[point.criterion_id] = (*found.get(point.criterion_id, ()), block)
    return found


def _serves(round: Round) -> dict[int, tuple[str, ...]]:
    """The codes that each activity serves, in the order of the form, whatever part of it is read."""
    places = ActivityPlace.objects.filter(activity__round=round, activity__withdrawn_at=None)
    ordered = places.order_by("analysis__wording__position").values_list(
        "activity_id", "analysis__wording__code"
    )
    found: dict[int, tuple[str, ...]] = {}
    for activity, code in ordered:
        found[activity] = (*found.get(activity, ()), code)
    return found


def _category(sheet: CategorySheet, feedback: Feedback, serves: dict[int, tuple[str, ...]]) -> CategoryBlock:
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
        rows=tuple(_rows(list(sheet.analyses.all()), feedback, serves)),
        obstacles=_html(sheet.obstacles),
        remedies=_html(sheet.remedies),
        figures=tuple(FigureBlock(str(f.figure.uid), f.caption, f.alternative) for f in sheet.figures.all()),
        versions=TextVersions(obstacles=sheet.obstacles.version, remedies=sheet.remedies.version),
    )


def _html(text: Text) -> str:
    return "" if text.is_blank else text.html


def _written(analysis: CriterionAnalysis) -> list[Activity]:
    places = sorted(analysis.activity_places.all(), key=lambda place: (place.position, place.pk))
    return [place.activity for place in places if not place.activity.text.is_blank]


def _rows(
    analyses: list[CriterionAnalysis], feedback: Feedback, serves: dict[int, tuple[str, ...]]
) -> Iterable[Row]:
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
            activities=_activity_blocks(fresh, serves),
            obstacles=_html(first.obstacles),
            remedies=_html(first.remedies),
            see=see,
            versions=TextVersions(first.analysis.version, first.obstacles.version, first.remedies.version),
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


def _criterion(analysis: CriterionAnalysis, feedback: Feedback) -> CriterionBlock:
    return CriterionBlock(
        code=analysis.wording.code,
        name=analysis.wording.full_name,
        points=feedback.get(analysis.wording.criterion_id, ()),
        practices=tuple(
            PracticeBlock(
                agency_name=chosen.agency_name,
                award_line=chosen.award_line,
                html=chosen.text.html,
                uid=str(chosen.uid),
                version=chosen.text.version,
                key=chosen.practice.key,
            )
            for chosen in analysis.chosen_practices.all()
        ),
        uid=str(analysis.uid),
    )


def _activity_blocks(
    activities: list[Activity], serves: dict[int, tuple[str, ...]]
) -> tuple[ActivityBlock, ...]:
    """Equal consecutive owner lines print once, after the last of them."""
    lines = [owner_line_text(activity.owner_lines.all()) for activity in activities]
    following = [*lines[1:], None][: len(lines)]
    return tuple(
        ActivityBlock(
            html=activity.text.html,
            owner_line="" if line == next_line else line,
            missing_owner=not line,
            uid=str(activity.uid),
            version=activity.text.version,
            owners=tuple(OwnerBlock(o.owner.name, o.joiner, o.note) for o in activity.owner_lines.all()),
            starts_on=activity.starts_on,
            ends_on=activity.ends_on,
            serves=serves.get(activity.pk, ()),
        )
        for activity, line, next_line in zip(activities, lines, following, strict=True)
    )
