"""What people decide about points: that nothing will be done, and what a later point says about an earlier one."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from feedback.enums import RelationKind
from feedback.models import FeedbackPoint, PointRelation
from organizations.models import AuditEvent, User
from thai.text import normalise

MAX_REASON = 1_000


@transaction.atomic
def decline_point(*, point: FeedbackPoint, reason: str, by: User) -> None:
    """Say that nothing will be done about a point, and why. Raises ValidationError without a reason."""
    stored = normalise(reason).strip()
    if not stored:
        raise ValidationError("กรุณาระบุเหตุผลที่ไม่ดำเนินการ")
    if len(stored) > MAX_REASON:
        raise ValidationError(f"เหตุผลยาว {len(stored):,} อักขระ กรุณาเขียนไม่เกิน {MAX_REASON:,} อักขระ")
    _set_declined(point, reason=stored, at=timezone.now(), by=by)
    AuditEvent.record("feedback.declined", point, by=by, agency=point.agency, year=point.year)


@transaction.atomic
def take_up_point(*, point: FeedbackPoint, by: User) -> None:
    """Something will be done after all."""
    _set_declined(point, reason="", at=None, by=None)
    AuditEvent.record("feedback.taken_up", point, by=by, agency=point.agency, year=point.year)


def _set_declined(point: FeedbackPoint, *, reason: str, at: object, by: User | None) -> None:
    """Not a save of the row: its words do not change, and somebody may be correcting them."""
    FeedbackPoint.objects.filter(pk=point.pk).update(declined_reason=reason, declined_at=at, declined_by=by)


@transaction.atomic
def relate_points(*, earlier: FeedbackPoint, later: FeedbackPoint, kind: RelationKind, by: User) -> None:
    """Say what `later` says about `earlier`; a second decision takes the place of the first.

    Raises ValidationError for points of different agencies or in the wrong order of years.
    """
    if earlier.agency_id != later.agency_id or earlier.year >= later.year:
        raise ValidationError("ข้อเสนอแนะทั้งสองต้องเป็นของหน่วยงานเดียวกัน และเรียงจากปีก่อนไปปีหลัง")
    PointRelation.objects.update_or_create(
        earlier=earlier,
        later=later,
        defaults={"kind": kind, "decided_at": timezone.now(), "decided_by": by},
    )
    AuditEvent.record(
        "feedback.related", later, by=by, agency=later.agency, earlier=earlier.pk, kind=kind.value
    )
