"""What is missing, in words: one list of reasons for pages, gates and the secretariat's overview."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Prefetch

from .enums import Progress
from .models import ActivityPlace, CategorySheet, CriterionAnalysis, Round


@dataclass(frozen=True)
class CriterionProgress:
    """How far one criterion is; `missing` are sentences, empty when it is done."""

    analysis: CriterionAnalysis
    state: Progress
    missing: tuple[str, ...]
    last_saved: datetime.datetime | None

    @property
    def code(self) -> str:
        """The code of the criterion."""
        return self.analysis.wording.code


@dataclass(frozen=True)
class SheetProgress:
    """How far one category is."""

    sheet: CategorySheet
    criteria: tuple[CriterionProgress, ...]

    @property
    def done(self) -> int:
        """How many criteria are complete."""
        return sum(1 for criterion in self.criteria if criterion.state == Progress.DONE)

    @property
    def state(self) -> Progress:
        """The category as a whole."""
        states = {criterion.state for criterion in self.criteria}
        if states == {Progress.DONE}:
            return Progress.DONE
        return Progress.TODO if states == {Progress.TODO} else Progress.DOING

    @property
    def missing(self) -> list[str]:
        """Everything that is missing in the category: «ข้อ 3.3 ยังไม่มีผู้รับผิดชอบ»."""
        return [f"ข้อ {c.code} {reason}" for c in self.criteria for reason in c.missing]

    @property
    def last_saved(self) -> datetime.datetime | None:
        """When anything in the category was last saved."""
        return max((c.last_saved for c in self.criteria if c.last_saved), default=None)


@dataclass(frozen=True)
class RoundProgress:
    """How far the whole form is."""

    round: Round
    sheets: tuple[SheetProgress, ...]

    @property
    def done(self) -> int:
        """How many criteria are complete."""
        return sum(sheet.done for sheet in self.sheets)

    @property
    def total(self) -> int:
        """How many criteria there are."""
        return sum(len(sheet.criteria) for sheet in self.sheets)

    @property
    def sheets_done(self) -> int:
        """How many categories are complete."""
        return sum(1 for sheet in self.sheets if sheet.state == Progress.DONE)


def round_progress(round: Round, numbers: set[int] | None = None) -> RoundProgress:
    """Read the progress of a round (or of some of its categories) in a fixed number of queries."""
    sheets = round.sheets.select_related("category", "round__agency").order_by("category__number")
    if numbers is not None:
        sheets = sheets.filter(category__number__in=numbers)
    places = ActivityPlace.objects.filter(activity__withdrawn_at=None).select_related("activity__text")
    analyses = CriterionAnalysis.objects.select_related("wording", "analysis").order_by("wording__position")
    sheets = sheets.prefetch_related(
        Prefetch("analyses", analyses),
        Prefetch("analyses__activity_places", places),
        "analyses__activity_places__activity__owner_lines",
    )
    return RoundProgress(round, tuple(_sheet_progress(sheet) for sheet in sheets))


def progress_of(analysis: CriterionAnalysis) -> CriterionProgress:
    """Read the progress of one criterion as it stands now."""
    sheet = round_progress(analysis.sheet.round, {analysis.sheet.number}).sheets[0]
    return next(criterion for criterion in sheet.criteria if criterion.analysis.pk == analysis.pk)


def _sheet_progress(sheet: CategorySheet) -> SheetProgress:
    return SheetProgress(sheet, tuple(criterion_progress(analysis) for analysis in sheet.analyses.all()))


def criterion_progress(analysis: CriterionAnalysis) -> CriterionProgress:
    """One criterion is done when it has an activity with text and every such activity has an owner.

    An activity that serves several criteria completes each of them. Nothing else is ever demanded.
    The places of `analysis` must be read as `round_progress` reads them, without withdrawn activities.
    """
    activities = [place.activity for place in analysis.activity_places.all()]
    written = [activity for activity in activities if not activity.text.is_blank]
    saved = [a.text.updated_at for a in activities if a.text.updated_at]
    if analysis.analysis.updated_at:
        saved.append(analysis.analysis.updated_at)
    missing = _missing(len(written), sum(1 for activity in written if not activity.owner_lines.all()))
    started = Progress.DOING if saved or activities else Progress.TODO
    state = started if missing else Progress.DONE
    return CriterionProgress(analysis, state, missing, max(saved, default=None))


def _missing(written: int, without_owner: int) -> tuple[str, ...]:
    if not written:
        return ("ยังไม่มีกิจกรรม",)
    if not without_owner:
        return ()
    if written == 1:
        return ("ยังไม่มีผู้รับผิดชอบ",)
    return (f"มี {without_owner} กิจกรรมที่ยังไม่มีผู้รับผิดชอบ",)
