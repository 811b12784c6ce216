"""The review of a category: submit, pull back, start, return, approve, open again, give more time.

Every step claims the `review_version` that the person saw, so that of two people who press at once the second is
told, and nobody approves what was pulled back and sent again meanwhile. All raise StaleVersion for that, and
TransitionRefused with a message for the person; nothing is changed then.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from assessment.enums import REVIEW_TRANSITIONS, ReviewState, StepKind
from assessment.models import CategorySheet, CriterionAnalysis, Round, SheetStep
from assessment.permissions import writes_on_behalf
from assessment.progress import round_progress
from organizations.models import AuditEvent, User
from texts.scans import Scan
from texts.services import TextLocked

from .comments import send_drafts
from .feedback_locks import lock_answered, release_answered
from .locks import hold_open, settle_locks
from .notices import sheet_approved, sheet_extended, sheet_returned, sheet_submitted
from .rounds import TransitionRefused

CLOSED = "แบบฟอร์มปีนี้ปิดแล้ว จึงทำรายการนี้ไม่ได้"
NOT_OPEN = "แบบฟอร์มปีนี้ยังไม่เปิดให้เขียน จึงทำรายการนี้ไม่ได้"
ELSEWHERE = "หมวด {number} อยู่ในสถานะ “{state}” จึงทำรายการนี้ไม่ได้"
REVIEW_BEGUN = "ฝ่ายเลขานุการเริ่มตรวจแล้ว จึงดึงกลับไม่ได้ กรุณาแจ้งฝ่ายเลขานุการให้ส่งกลับ"
FOUR_EYES = "หน่วยงานนี้กำหนดให้ผู้เห็นชอบไม่ใช่ผู้ส่ง ท่านเป็นผู้ส่งหมวดนี้ กรุณาให้ผู้อื่นในฝ่ายเลขานุการเป็นผู้เห็นชอบ"
NO_RETURN_REASON = "กรุณาระบุเหตุผลที่ส่งกลับ"
NO_REOPEN_REASON = "กรุณาระบุเหตุผลที่เปิดให้แก้อีกครั้ง"
NO_EXTENSION_REASON = "กรุณาระบุเหตุผลที่ขยายเวลา"
TOO_EARLY = "วันที่ขยายถึงต้องอยู่หลังกำหนดส่งเดิม"


class NotComplete(TransitionRefused):
    """Something is missing; `missing` are the sentences that pages show too."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__("ยังส่งไม่ได้ เพราะยังขาด: " + " · ".join(missing))
        self.missing = missing


@transaction.atomic
def submit_sheet(*, sheet: CategorySheet, base_version: int, by: User) -> None:
    """Hand the category to the secretariat; its texts are locked. Raises NotComplete as well."""
    _claim(sheet, base_version)
    if missing := round_progress(sheet.round, {sheet.number}).sheets[0].missing:
        raise NotComplete(missing)
    now = timezone.now()
    _move(sheet, ReviewState.SUBMITTED, submitted_at=now, submitted_by=by)
    settle_locks(sheet.round)
    _log(sheet, StepKind.SUBMITTED, now, by, on_behalf=writes_on_behalf(by, sheet))


@transaction.atomic
def pull_back(*, sheet: CategorySheet, base_version: int, by: User) -> None:
    """Take a submission back while nobody has begun to read it; a returned category is to be corrected again."""
    _claim(sheet, base_version)
    if sheet.is_submitted and not sheet.can_be_pulled_back:
        raise TransitionRefused(REVIEW_BEGUN)
    if sheet.returned_at:
        _move(sheet, ReviewState.RETURNED, **_submission_before(sheet))
    else:
        _move(sheet, ReviewState.WRITING, submitted_at=None, submitted_by=None)
    settle_locks(sheet.round)
    _log(sheet, StepKind.PULLED_BACK, timezone.now(), by)


def _submission_before(sheet: CategorySheet) -> dict[str, Any]:
    """The submission that was returned is the last one again."""
    steps = SheetStep.objects.filter(sheet=sheet, kind=StepKind.SUBMITTED, at__lte=sheet.returned_at)
    last = steps.select_related("by").order_by("-pk").first()
    assert last is not None
    return {"submitted_at": last.at, "submitted_by": last.by}


@transaction.atomic
def start_review(*, sheet: CategorySheet, base_version: int, by: User) -> None:
    """From now on the committee cannot pull the category back."""
    _claim(sheet, base_version)
    if not sheet.can_be_pulled_back:
        raise _elsewhere(sheet)
    now = timezone.now()
    _set(sheet, review_started_at=now, review_started_by=by)
    _log(sheet, StepKind.REVIEW_STARTED, now, by)


@transaction.atomic
def return_sheet(
    *, sheet: CategorySheet, base_version: int, reason: str, criteria: Collection[CriterionAnalysis], by: User
) -> None:
    """Give the category back with a reason and the criteria that need work (none: the category as a whole).

    Remarks on it that this reviewer has drafted are sent with it.
    """
    if not reason.strip():
        raise TransitionRefused(NO_RETURN_REASON)
    _claim(sheet, base_version)
    if not sheet.is_submitted:
        raise _elsewhere(sheet)
    now = timezone.now()
    _back_to_committee(sheet, now, reason, by)
    flagged = _flag(sheet, {analysis.pk for analysis in criteria})
    send_drafts(sheet=sheet, by=by)
    _log(sheet, StepKind.RETURNED, now, by, reason=reason, criteria=flagged)


@transaction.atomic
def approve_sheet(
    *, sheet: CategorySheet, base_version: int, reference: str = "", scan: Scan | None = None, by: User
) -> None:
    """Approve the category, which nobody changes any more, nor the feedback that it answers.

    `reference` and `scan` name the decision behind it.
    Whoever submitted may approve too unless the agency wants four eyes; the log and the trail say so.
    """
    _claim(sheet, base_version)
    itself = sheet.submitted_by_id == by.pk
    if sheet.is_submitted and itself and sheet.round.agency.four_eyes:
        raise TransitionRefused(FOUR_EYES)
    now = timezone.now()
    _move(sheet, ReviewState.APPROVED, approved_at=now, approved_by=by, approval_reference=reference)
    _flag(sheet, set())
    settle_locks(sheet.round)
    lock_answered(sheet, by=by)
    _log(sheet, StepKind.APPROVED, now, by, reference=reference, scan=scan, self_approved=itself)


@transaction.atomic
def reopen_sheet(*, sheet: CategorySheet, base_version: int, reason: str, by: User) -> None:
    """Let an approved category be corrected, with a reason that the committee reads."""
    if not reason.strip():
        raise TransitionRefused(NO_REOPEN_REASON)
    _claim(sheet, base_version)
    if not sheet.is_approved:
        raise _elsewhere(sheet)
    now = timezone.now()
    _back_to_committee(sheet, now, reason, by)
    release_answered(sheet, by=by)
    _log(sheet, StepKind.REOPENED, now, by, reason=reason)


@transaction.atomic
def extend_deadline(
    *, sheet: CategorySheet, base_version: int, until: datetime.date, reason: str, by: User
) -> None:
    """Give the category more time; late is what comes after that day. Locks and unlocks nothing."""
    if not reason.strip():
        raise TransitionRefused(NO_EXTENSION_REASON)
    _claim(sheet, base_version, opened=False)
    deadline = sheet.round.deadline
    if deadline and until <= deadline:
        raise TransitionRefused(TOO_EARLY)
    now = timezone.now()
    _set(sheet, extension_until=until, extension_reason=reason, extension_at=now, extension_by=by)
    _log(sheet, StepKind.EXTENDED, now, by, reason=reason, until=until)


def _claim(sheet: CategorySheet, base_version: int, *, opened: bool = True) -> None:
    """Hold the round, take the right to the next step, and read the category as it stands."""
    try:
        hold_open(sheet.round)
    except TextLocked as closed:
        raise TransitionRefused(CLOSED) from closed
    sheet.claim_version(base_version, "review_version")
    sheet.refresh_from_db(fields=REVIEW_FIELDS)
    sheet.round = Round.objects.select_related("agency", "edition").get(pk=sheet.round_id)
    if opened and not sheet.round.is_open:
        raise TransitionRefused(NOT_OPEN)


REVIEW_FIELDS = [
    "review_state",
    "submitted_at",
    "submitted_by",
    "review_started_at",
    "review_started_by",
    "returned_at",
    "returned_by",
    "return_reason",
    "approved_at",
    "approved_by",
    "approval_reference",
    "extension_until",
    "extension_reason",
    "extension_at",
    "extension_by",
]


def _move(sheet: CategorySheet, target: ReviewState, **fields: Any) -> None:
    if target not in REVIEW_TRANSITIONS[sheet.review]:
        raise _elsewhere(sheet)
    if target not in (ReviewState.SUBMITTED, ReviewState.APPROVED):
        fields |= {"review_started_at": None, "review_started_by": None}
    _set(sheet, review_state=target, **fields)


def _back_to_committee(sheet: CategorySheet, now: datetime.datetime, reason: str, by: User) -> None:
    _move(
        sheet,
        ReviewState.RETURNED,
        returned_at=now,
        returned_by=by,
        return_reason=reason,
        approved_at=None,
        approved_by=None,
        approval_reference="",
    )
    settle_locks(sheet.round)


def _set(sheet: CategorySheet, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(sheet, name, value)
    sheet.save(update_fields=list(fields))


def _flag(sheet: CategorySheet, wanted: Collection[int]) -> list[str]:
    """Mark the criteria that need work, and no other; gives their codes in the order of the form."""
    analyses = CriterionAnalysis.objects.filter(sheet=sheet)
    analyses.update(needs_work=False)
    flagged = analyses.filter(pk__in=wanted)
    flagged.update(needs_work=True)
    return list(flagged.order_by("wording__position").values_list("wording__code", flat=True))


def _elsewhere(sheet: CategorySheet) -> TransitionRefused:
    return TransitionRefused(ELSEWHERE.format(number=sheet.number, state=sheet.review.label))


def _log(
    sheet: CategorySheet,
    kind: StepKind,
    at: datetime.datetime,
    by: User,
    *,
    scan: Scan | None = None,
    **about: Any,
) -> None:
    """The step in the log of the category, who hears of it, and its event in the audit trail."""
    step = SheetStep(sheet=sheet, kind=kind, at=at, by=by, **about)
    if scan:
        step.scan_name = scan.name
        step.scan.save(f"scan.{scan.suffix}", ContentFile(scan.content), save=False)
    step.save()
    _tell(sheet, step, by)
    facts = {"category": sheet.number, "step": step.pk}
    if step.self_approved:
        facts["self_approval"] = True
    AuditEvent.record(f"sheet.{kind.value}", sheet, by=by, agency=sheet.round.agency, **facts)


def _tell(sheet: CategorySheet, step: SheetStep, by: User) -> None:
    """Committee or secretariat hear of it; pulling back and beginning to read are no news."""
    about: dict[str, Any] = {"sheet": sheet, "by": by, "event": f"step-{step.pk}"}
    if step.kind == StepKind.SUBMITTED:
        sheet_submitted(**about)
    elif step.kind in (StepKind.RETURNED, StepKind.REOPENED):
        sheet_returned(**about, codes=step.criteria)
    elif step.kind == StepKind.APPROVED:
        sheet_approved(**about)
    elif step.kind == StepKind.EXTENDED and step.until:
        sheet_extended(**about, until=step.until)
