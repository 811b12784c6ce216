"""Development gaps as pages and files read them: what can be chosen, who has written, the text to copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from feedback.enums import RelationKind
from feedback.models import FeedbackPoint
from framework.models import EditionCriterion
from organizations.models import User
from organizations.permissions import units_in
from texts.blocks import escape
from texts.cleaning import plain_text
from texts.lines import lined_text
from thai.text import count_characters

from .coverage import answering_activities, point_state
from .enums import PointState, Quarter
from .models import DevelopmentGap, GapReport, GapSummary, GapUnit, Round
from .models.gap import GapQuerySet
from .permissions import runs_round


def candidate_points(round: Round) -> QuerySet[FeedbackPoint]:
    """The points of the round's feedback that a gap can rest on: neither declined nor confirmed by OPDC."""
    points = FeedbackPoint.objects.current().of_year(round.agency, round.feedback_year)
    confirmed = points.filter(later_relations__kind=RelationKind.CONFIRMS).values("pk")
    return points.filter(step=round.feedback_step, declined_at=None).exclude(pk__in=confirmed)


# --- how many -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GapCount:
    """«เลือก 4 จาก 13 ประเด็น»: the current gaps, and everything that could be one.

    A gap without a point (a level that is not reached) is one of those that could be chosen.
    """

    chosen: int
    possible: int


def count_gaps(round: Round) -> GapCount:
    """Count them in two queries."""
    rows = DevelopmentGap.objects.current().filter(round=round).values_list("pk", "points")
    points: dict[int, set[int]] = defaultdict(set)
    for pk, point in rows:
        points[pk] |= {point} - {None}
    without_point = sum(1 for held in points.values() if not held)
    open_points = set(candidate_points(round).values_list("pk", flat=True)).union(*points.values())
    return GapCount(len(points), len(open_points) + without_point)


@dataclass(frozen=True)
class GapOverview:
    """One line for the pages that look over the year; `waiting` counts what the person's own unit has to write."""

    count: GapCount
    units: int
    units_done: int
    waiting: int


def gap_overview(round: Round, user: User) -> GapOverview | None:
    """The line for this person; None for an agency that does not use gaps, unless the person could choose some."""
    rows = GapSummary.objects.filter(
        quarter=Quarter.FOURTH,
        gap_unit__withdrawn_at=None,
        gap_unit__gap__withdrawn_at=None,
        gap_unit__gap__round=round,
    )
    missing: dict[int, int] = defaultdict(int)
    for unit, plain in rows.values_list("gap_unit__unit", "text__plain"):
        missing[unit] += not plain.strip()
    if not missing and not runs_round(user, round):
        return None
    done = sum(1 for count in missing.values() if not count)
    own = sum(missing[unit] for unit in units_in(user, round.agency) if unit in missing)
    return GapOverview(count_gaps(round), len(missing), done, own if round.is_open else 0)


# --- what can be chosen ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """A point that a gap can rest on; `gap` is the one that does already."""

    point: FeedbackPoint
    state: PointState
    gap: DevelopmentGap | None


@dataclass(frozen=True)
class CriterionCandidates:
    """A criterion with its open points, and the gaps that were chosen for it."""

    wording: EditionCriterion
    candidates: tuple[Candidate, ...]
    gaps: tuple[DevelopmentGap, ...]


def candidates_of(round: Round) -> list[CriterionCandidates]:
    """Every criterion of the edition with what could be chosen there, in a fixed number of queries."""
    activities = answering_activities(round)
    gaps: dict[int, list[DevelopmentGap]] = defaultdict(list)
    for gap in DevelopmentGap.objects.current().filter(round=round).in_order():
        gaps[gap.wording_id].append(gap)
    holders = gaps_by_point(round)
    found: dict[int, list[Candidate]] = defaultdict(list)
    for point in candidate_points(round).order_by("position", "pk"):
        state = point_state(point, activities.get(point.pk, ()), confirmed=False)
        found[point.criterion_id].append(Candidate(point, state, holders.get(point.pk)))
    wordings = EditionCriterion.objects.filter(edition=round.edition).select_related("category")
    return [
        CriterionCandidates(wording, tuple(found[wording.criterion_id]), tuple(gaps[wording.pk]))
        for wording in wordings.order_by("position")
    ]


def gaps_by_point(round: Round) -> dict[int, DevelopmentGap]:
    """The current gap that rests on each point, by the point's primary key."""
    gaps = DevelopmentGap.objects.current().filter(round=round).prefetch_related("points")
    return {point.pk: gap for gap in gaps for point in gap.points.all()}


# --- what units have written ----------------------------------------------------------------------


@dataclass(frozen=True)
class UnitSummary:
    """What one unit has written for the quarter; `late` after the summaries were last joined."""

    gap_unit: GapUnit
    summary: GapSummary
    late: bool

    @property
    def written(self) -> bool:
        """There is something to join."""
        return not self.summary.text.is_blank


@dataclass(frozen=True)
class GapSheet:
    """One gap for one quarter: its units with their summaries (the leading one first), and the joined text.

    `before` and `after` are its neighbours in the list that was read.
    """

    gap: DevelopmentGap
    report: GapReport
    units: tuple[UnitSummary, ...]
    before: DevelopmentGap | None
    after: DevelopmentGap | None

    @property
    def lead(self) -> GapUnit:
        """The leading unit; there always is one."""
        return self.units[0].gap_unit

    @property
    def others(self) -> list[GapUnit]:
        """The units beside it."""
        return [row.gap_unit for row in self.units[1:]]

    @property
    def written(self) -> list[UnitSummary]:
        """The units that have written."""
        return [row for row in self.units if row.written]

    @property
    def missing(self) -> list[UnitSummary]:
        """The units that are awaited."""
        return [row for row in self.units if not row.written]

    @property
    def late(self) -> list[UnitSummary]:
        """The units whose words changed after the summaries were last joined."""
        return [row for row in self.units if row.late]

    @property
    def copy(self) -> CopyText:
        """The joined text as eMENSCR takes it."""
        return copy_text(self.report.text.html, self.gap.round.gap_limit)


def gap_sheets(round: Round, quarter: int, gaps: GapQuerySet | None = None) -> list[GapSheet]:
    """The current gaps of the round (or these) for one quarter, in order; in a fixed number of queries."""
    found = DevelopmentGap.objects.current().filter(round=round) if gaps is None else gaps
    summaries = GapSummary.objects.filter(quarter=quarter).select_related("text__updated_by")
    units = GapUnit.objects.filter(withdrawn_at=None).select_related("unit")
    reports = GapReport.objects.filter(quarter=quarter)
    read = found.in_order().prefetch_related(
        Prefetch("gap_units", units.prefetch_related(Prefetch("summaries", summaries))),
        Prefetch("reports", reports.select_related("text", "merged_by", "finalised_by")),
    )
    rows = list(read.select_related("round__agency", "wording", "chosen_by", "withdrawn_by"))
    around = [None, *rows, None]
    return [_sheet(gap, around[place], around[place + 2]) for place, gap in enumerate(rows)]


def _sheet(gap: DevelopmentGap, before: DevelopmentGap | None, after: DevelopmentGap | None) -> GapSheet:
    report = gap.reports.all()[0]
    units = sorted(gap.gap_units.all(), key=lambda row: (not row.leads, row.position))
    return GapSheet(gap, report, tuple(_unit_summary(unit, report) for unit in units), before, after)


def _unit_summary(gap_unit: GapUnit, report: GapReport) -> UnitSummary:
    summary = gap_unit.summaries.all()[0]
    saved = summary.text.updated_at
    return UnitSummary(gap_unit, summary, bool(report.merged_at and saved and saved > report.merged_at))


# --- the text to copy -----------------------------------------------------------------------------


@dataclass(frozen=True)
class CopyText:
    """A text without markup, how long it is, and how long it may be where somebody has said that."""

    text: str
    length: int
    limit: int | None

    @property
    def over(self) -> int:
        """How many code points it is too long; 0 when it fits or nobody knows."""
        return max(0, self.length - self.limit) if self.limit is not None else 0

    @property
    def left(self) -> int:
        """How many code points are left below the limit."""
        return max(0, self.limit - self.length) if self.limit is not None else 0


def copy_text(html: str, limit: int | None) -> CopyText:
    """The plain lines of a text; list markers stand as a person would type them."""
    text = lined_text(html) if plain_text(html).strip() else ""
    return CopyText(text, count_characters(text), limit)


def joined_html(summaries: Iterable[UnitSummary]) -> str:
    """The summaries under one another, each below the name of its unit."""
    return "".join(
        f"{_heading(row.gap_unit.unit.name)}{row.summary.text.html}" for row in summaries if row.written
    )


def _heading(name: str) -> str:
    return f"<p><strong>{escape(name)}</strong></p>"


def first_words(point: FeedbackPoint, longest: int) -> str:
    """What a gap about this point could be called: the passage that says what lacks, otherwise the whole point."""
    words = " ".join((point.gap or point.text).split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"
