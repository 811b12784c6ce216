"""Making, opening and closing a round."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from assessment.enums import ROUND_TRANSITIONS, RoundState
from assessment.headings import default_headings, default_title
from assessment.models import (
    Activity,
    CategorySheet,
    CriterionAnalysis,
    GapReport,
    GapSummary,
    Round,
)
from feedback.services import lock_feedback, unlock_feedback
from framework.enums import CategoryKind
from framework.models import Category, Edition, EditionCriterion
from organizations.models import Agency, AuditEvent, User
from texts.models import Text

from .locks import settle_locks, text_ids


class RoundExists(Exception):
    """The agency has a form of this year; perhaps somebody made it a moment ago."""


class TransitionRefused(Exception):
    """The round's state does not allow this change; the message is for the person."""


@transaction.atomic
def create_round(
    *,
    agency: Agency,
    year: int,
    edition: Edition,
    by: User | None,
    feedback_year: int | None = None,
    step: int = 2,
) -> Round:
    """Make a round with its six sheets and their criteria, ready for the secretariat to set up.

    `year` is a Buddhist-era year; the feedback answered is that of the year before unless told otherwise.
    Raises RoundExists.
    """
    round = Round(
        agency=agency,
        year=year,
        edition=edition,
        title=default_title(agency.name, year),
        feedback_year=feedback_year or year - 1,
        feedback_step=step,
    )
    try:
        with transaction.atomic():
            round.save()
    except IntegrityError as error:
        if Round.objects.filter(agency=agency, year=year).exists():
            raise RoundExists from error
        raise
    _complete(round)
    AuditEvent.record("round.created", round, by=by, agency=agency, year=year, edition=edition.code)
    return round


def _complete(round: Round) -> None:
    """Give the round every sheet and criterion of its edition that it has not yet."""
    categories = round.edition.categories.filter(kind=CategoryKind.PROCESS).prefetch_related("criteria")
    sheets = {sheet.category_id: sheet for sheet in round.sheets.all()}
    missing = [category for category in categories if category.pk not in sheets]
    sheets |= {sheet.category_id: sheet for sheet in _create_sheets(round, missing)}
    present = set(CriterionAnalysis.objects.filter(sheet__round=round).values_list("wording_id", flat=True))
    rows = [(sheets[category.pk], row) for category in categories for row in category.criteria.all()]
    _create_analyses(round, [(sheet, wording) for sheet, wording in rows if wording.pk not in present])


def _create_sheets(round: Round, categories: Sequence[Category]) -> list[CategorySheet]:
    texts = iter(_empty_texts(round, 2 * len(categories)))
    return CategorySheet.objects.bulk_create(
        CategorySheet(
            round=round,
            category=category,
            obstacles=next(texts),
            remedies=next(texts),
            **_headings(round, category),
        )
        for category in categories
    )


def _headings(round: Round, category: Category) -> dict[str, str]:
    headings = default_headings(
        category.number, year=round.year, feedback_year=round.feedback_year, step=round.feedback_step
    )
    return {
        "layout": headings.layout,
        "heading_feedback": headings.feedback,
        "heading_practice": headings.practice,
        "heading_activity": headings.activity,
        "heading_owner": headings.owner,
        "criterion_label": headings.criterion_label,
        "feedback_label": headings.feedback_label,
    }


def _create_analyses(round: Round, rows: Sequence[tuple[CategorySheet, EditionCriterion]]) -> None:
    texts = iter(_empty_texts(round, 3 * len(rows)))
    CriterionAnalysis.objects.bulk_create(
        CriterionAnalysis(
            sheet=sheet, wording=wording, analysis=next(texts), obstacles=next(texts), remedies=next(texts)
        )
        for sheet, wording in rows
    )


def _empty_texts(round: Round, count: int) -> list[Text]:
    """Made at once: a round has more than a hundred of them."""
    return Text.objects.bulk_create(Text(agency=round.agency) for _ in range(count))


@transaction.atomic
def open_round(*, round: Round, by: User, reason: str = "") -> None:
    """Let the committees write; from now on the edition's wording does not change any more.

    Criteria that the edition got while the round was being prepared are added first.
    Opening a closed round again needs a reason, which goes to the audit trail. Raises TransitionRefused.
    """
    again = round.state == RoundState.CLOSED
    if again and not reason.strip():
        raise TransitionRefused("กรุณาระบุเหตุผลที่เปิดแบบฟอร์มอีกครั้ง")
    now = timezone.now()
    _move(round, RoundState.OPEN, opened_at=now, opened_by=by, closed_at=None, closed_by=None)
    Edition.objects.filter(pk=round.edition_id, locked_at=None).update(locked_at=now)
    _complete(round)
    if again:
        texts_of(round).update(locked_at=None)
        settle_locks(round)
        _release_feedback(round, by)
    AuditEvent.record(
        "round.reopened" if again else "round.opened", round, by=by, agency=round.agency, reason=reason
    )


@transaction.atomic
def close_round(*, round: Round, by: User) -> None:
    """End the year: its texts and the feedback that it answers are locked, so that the form stays as it is.

    A save under way is refused. Raises TransitionRefused.
    """
    now = timezone.now()
    _move(round, RoundState.CLOSED, closed_at=now, closed_by=by)
    texts_of(round).update(locked_at=now)
    lock_feedback(agency=round.agency, year=round.feedback_year, step=round.feedback_step, by=by)
    AuditEvent.record("round.closed", round, by=by, agency=round.agency)


def _release_feedback(round: Round, by: User) -> None:
    """Unlock the feedback that the round answers, unless another closed form answers the same."""
    year, step = round.feedback_year, round.feedback_step
    same = Round.objects.filter(agency=round.agency, feedback_year=year, feedback_step=step)
    if not same.filter(state=RoundState.CLOSED).exists():
        unlock_feedback(agency=round.agency, year=year, step=step, by=by)


def _move(round: Round, target: RoundState, **fields: object) -> None:
    """Compare-and-set of the state, so that two people pressing at once do not both succeed.

    The version goes up, so that settings read before this change are not saved over it.
    """
    if target not in ROUND_TRANSITIONS[RoundState(round.state)]:
        raise TransitionRefused(f"แบบฟอร์มอยู่ในสถานะ “{round.get_state_display()}” จึงทำรายการนี้ไม่ได้")
    rows = Round.objects.filter(pk=round.pk, state=round.state).update(
        state=target, version=F("version") + 1, **fields
    )
    if not rows:
        raise TransitionRefused("มีผู้เปลี่ยนสถานะของแบบฟอร์มนี้ก่อนท่าน กรุณาเปิดหน้านี้ใหม่")
    round.refresh_from_db()


def texts_of(round: Round) -> QuerySet[Text]:
    """Every text of the round, also of activities that stand nowhere any more, and those of development gaps."""
    ids = text_ids(CategorySheet.objects.filter(round=round))
    ids.update(Activity.objects.filter(round=round).values_list("text_id", flat=True))
    ids.update(GapReport.objects.filter(gap__round=round).values_list("text_id", flat=True))
    ids.update(GapSummary.objects.filter(gap_unit__gap__round=round).values_list("text_id", flat=True))
    return Text.objects.filter(pk__in=ids)
