"""What an approved category prints of OPDC's feedback stays as it is, as that of a closed form does."""

from __future__ import annotations

from django.db.models import QuerySet

from assessment.enums import ReviewState
from assessment.models import CategorySheet, CriterionAnalysis
from feedback.services import lock_feedback, unlock_feedback
from framework.models import Criterion
from organizations.models import User


def lock_answered(sheet: CategorySheet, *, by: User) -> None:
    """The category was approved: the feedback about its criteria does not change any more."""
    round = sheet.round
    criteria = list(_criteria(CategorySheet.objects.filter(pk=sheet.pk)))
    if criteria:
        lock_feedback(
            agency=round.agency,
            year=round.feedback_year,
            step=round.feedback_step,
            criteria=criteria,
            by=by,
        )


def release_answered(sheet: CategorySheet, *, by: User) -> None:
    """The category is corrected again, and so may be its feedback, unless another approved category answers it."""
    round = sheet.round
    others = CategorySheet.objects.filter(
        round__agency=round.agency,
        round__feedback_year=round.feedback_year,
        round__feedback_step=round.feedback_step,
        review_state=ReviewState.APPROVED,
    ).exclude(pk=sheet.pk)
    criteria = list(_criteria(CategorySheet.objects.filter(pk=sheet.pk)).exclude(pk__in=_criteria(others)))
    if criteria:
        unlock_feedback(
            agency=round.agency,
            year=round.feedback_year,
            step=round.feedback_step,
            criteria=criteria,
            by=by,
        )


def _criteria(sheets: QuerySet[CategorySheet]) -> QuerySet[Criterion]:
    analyses = CriterionAnalysis.objects.filter(sheet__in=sheets)
    return Criterion.objects.filter(pk__in=analyses.values("wording__criterion"))
