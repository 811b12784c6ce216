"""Which categories take changes, and from whom; the locks of their texts follow from it.

Every service that changes a form calls `hold_sheets` first. It waits for the row of the round, as every step of the
review does, so that a change is either in before a submission or refused after it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from assessment.enums import LOCKED_STATES
from assessment.models import Activity, ActivityPlace, CategorySheet, ChosenPractice, CriterionAnalysis, Round
from assessment.permissions import runs_round, sheet_takes_changes
from organizations.models import User
from texts.models import Text
from texts.services import TextLocked


class SheetLocked(TextLocked):
    """A category is submitted (for the committee) or approved (for everybody); `sheet` is the first of them."""

    def __init__(self, sheet: CategorySheet) -> None:
        super().__init__("sheet locked")
        self.sheet = sheet


def hold_open(round: Round) -> None:
    """The round is not closed between the look of the page and the end of this transaction. Raises TextLocked.

    It also puts two first saves of one activity behind each other, so that the second one finds the first.
    """
    if Round.objects.select_for_update().get(pk=round.pk).is_closed:
        raise TextLocked


def hold_sheets(round: Round, sheets: Iterable[int | CategorySheet], *, by: User | None) -> None:
    """`hold_open`, and these categories (rows or primary keys) take changes from this person until the end.

    Without a person (command line) it is as for the secretariat. Raises TextLocked, SheetLocked.
    """
    hold_open(round)
    refuse_locked(sheets, by=by)


def refuse_locked(sheets: Iterable[int | CategorySheet], *, by: User | None) -> None:
    """The second half of `hold_sheets`, for categories that become known later. Raises SheetLocked."""
    keys = {sheet if isinstance(sheet, int) else sheet.pk for sheet in sheets}
    _refuse(CategorySheet.objects.filter(pk__in=keys), by)


def refuse_locked_activity(activity: Activity, *, by: User | None) -> bool:
    """`refuse_locked` for every category in which the activity stands: it is shut with any of them.

    Gives whether one of them is submitted, which this person then may correct.
    """
    places = ActivityPlace.objects.filter(activity=activity)
    return _refuse(CategorySheet.objects.filter(pk__in=places.values("analysis__sheet")), by)


def _refuse(sheets: QuerySet[CategorySheet], by: User | None) -> bool:
    found = sheets.filter(review_state__in=LOCKED_STATES).select_related("category", "round__agency")
    for sheet in found:
        if not sheet_takes_changes(sheet, runs=by is None or runs_round(by, sheet.round)):
            raise SheetLocked(sheet)
    return bool(found)


def sheets_of(activity: Activity) -> set[int]:
    """Primary keys of the categories in which the activity stands: it is locked with any of them."""
    places = ActivityPlace.objects.filter(activity=activity)
    return set(places.values_list("analysis__sheet_id", flat=True))


def text_ids(sheets: QuerySet[CategorySheet]) -> set[int]:
    """Primary keys of every text of these categories: their own, those of criteria, chosen cases and activities."""
    ids: set[int] = set()
    for pair in sheets.values_list("obstacles_id", "remedies_id"):
        ids.update(pair)
    analyses = CriterionAnalysis.objects.filter(sheet__in=sheets)
    for triple in analyses.values_list("analysis_id", "obstacles_id", "remedies_id"):
        ids.update(triple)
    ids.update(ChosenPractice.objects.filter(analysis__in=analyses).values_list("text_id", flat=True))
    ids.update(Activity.objects.filter(places__analysis__in=analyses).values_list("text_id", flat=True))
    return ids


def settle_locks(round: Round) -> None:
    """Lock the texts of submitted and approved categories, unlock all others of an open round.

    A text that several categories share is locked as long as any of them is. Called after every step of the review
    and after every change of what stands where; the caller holds the round.
    """
    sheets = CategorySheet.objects.filter(round=round)
    locked = text_ids(sheets.filter(review_state__in=LOCKED_STATES))
    Text.objects.filter(pk__in=locked, locked_at=None).update(locked_at=timezone.now())
    Text.objects.filter(pk__in=text_ids(sheets) - locked, locked_at__isnull=False).update(locked_at=None)


def settle_new_places(round: Round) -> None:
    """`settle_locks`, where there is anything to lock: most of the year nothing is submitted."""
    if CategorySheet.objects.filter(round=round, review_state__in=LOCKED_STATES).exists():
        settle_locks(round)


def mark_activity_changed(activity: Activity) -> None:
    """`mark_changed` for every criterion in which the activity stands."""
    places = ActivityPlace.objects.filter(activity=activity).values("analysis")
    CriterionAnalysis.objects.filter(pk__in=places).update(changed_at=timezone.now())


def mark_changed(analyses: Iterable[int | CriterionAnalysis]) -> None:
    """Something around the texts of these criteria (rows or primary keys) was changed now."""
    keys = {analysis if isinstance(analysis, int) else analysis.pk for analysis in analyses}
    CriterionAnalysis.objects.filter(pk__in=keys).update(changed_at=timezone.now())
