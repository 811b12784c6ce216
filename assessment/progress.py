"""What is missing, in words: one list of reasons for pages, gates and the secretariat's overview."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

from .enums import Progress
from .models import ActivityPlace, CategorySheet, ChosenPractice, CriterionAnalysis, Round


@dataclass(frozen=True)
class CriterionProgress:
    """How far one criterion is; `missing` are sentences, empty when it is done.

    `last_saved` is of its texts in the form, `last_changed` of everything that belongs to it.
    """

    analysis: CriterionAnalysis
    state: Progress
    missing: tuple[str, ...]
    last_saved: datetime.datetime | None
    last_changed: datetime.datetime | None = None

    @property
    def code(self) -> str:
        """The code of the criterion."""
        return self.analysis.wording.code

    def changed_since(self, moment: datetime.datetime | None) -> bool:
        """Whether anything of it was written or rearranged after that moment."""
        return bool(moment and self.last_changed and self.last_changed > moment)


@dataclass(frozen=True)
class Gap:
    """One thing that is missing, and the criterion where it is written."""

    code: str
    reason: str

    def __str__(self) -> str:
        return f"ข้อ {self.code} {self.reason}"


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
        return [str(gap) for gap in self.gaps]

    @property
    def gaps(self) -> list[Gap]:
        """The same with the criterion apart, for links. Nothing else keeps a category from being submitted."""
        return [Gap(c.code, reason) for c in self.criteria for reason in c.missing]

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


# Who took the steps of the review that pages name.
PEOPLE = ("submitted_by", "review_started_by", "returned_by", "approved_by")


def round_progress(round: Round, numbers: set[int] | None = None) -> RoundProgress:
    """Read the progress of a round (or of some of its categories) in a fixed number of queries."""
    sheets = round.sheets.select_related("category", "round__agency", *PEOPLE).order_by("category__number")
    if numbers is not None:
        sheets = sheets.filter(category__number__in=numbers)
    read = list(sheets)
    _read_parts(read)
    return RoundProgress(round, tuple(_sheet_progress(sheet) for sheet in read))


def sheet_progress(sheet: CategorySheet) -> SheetProgress:
    """Read the progress of one category whose row, with its category, agency and people, was read a moment ago."""
    _read_parts([sheet])
    return _sheet_progress(sheet)


def _read_parts(sheets: list[CategorySheet]) -> None:
    places = ActivityPlace.objects.filter(activity__withdrawn_at=None).select_related("activity__text")
    analyses = CriterionAnalysis.objects.select_related("wording", "analysis", "obstacles", "remedies")
    parts: list[Prefetch | str] = [
        Prefetch("analyses", analyses.order_by("wording__position")),
        Prefetch("analyses__activity_places", places),
        "analyses__activity_places__activity__owner_lines",
    ]
    # what changed is asked of returned categories only
    if any(sheet.returned_at for sheet in sheets):
        cases = ChosenPractice.objects.select_related("text")
        parts.append(Prefetch("analyses__chosen_practices", cases))
    prefetch_related_objects(sheets, *parts)


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
    return CriterionProgress(
        analysis, state, missing, max(saved, default=None), _last_changed(analysis, saved)
    )


def _last_changed(analysis: CriterionAnalysis, saved: list[datetime.datetime]) -> datetime.datetime | None:
    """The last change of any of its texts, or of what stands around them; None where nothing was returned."""
    if analysis.sheet.returned_at is None:
        return None
    texts = [analysis.obstacles, analysis.remedies]
    texts += [chosen.text for chosen in analysis.chosen_practices.all()]
    moments = [*saved, analysis.changed_at, *(text.updated_at for text in texts)]
    return max((moment for moment in moments if moment), default=None)


def _missing(written: int, without_owner: int) -> tuple[str, ...]:
    if not written:
        return ("ยังไม่มีกิจกรรม",)
    if not without_owner:
        return ()
    if written == 1:
        return ("ยังไม่มีผู้รับผิดชอบ",)
    return (f"มี {without_owner} กิจกรรมที่ยังไม่มีผู้รับผิดชอบ",)
