"""Feedback that does not change: closed forms and approved categories print it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from feedback.models import FeedbackLock, FeedbackPoint
from framework.models import Criterion
from organizations.models import Agency, AuditEvent, User


class FeedbackLocked(Exception):
    """Something settled prints this feedback, which therefore stays as it is.

    That is a closed form, or with `approved` an approved category.
    """

    def __init__(self, year: int, step: int, *, approved: bool = False) -> None:
        about = f"ข้อเสนอแนะปี {year} ขั้นตอนที่ {step}"
        super().__init__(
            f"หมวดที่ตอบ{about} เรื่องนี้ได้รับความเห็นชอบแล้ว จึงแก้ข้อเสนอแนะนี้ไม่ได้ "
            "หากจำเป็นต้องแก้ กรุณาเปิดหมวดนั้นให้แก้อีกครั้งก่อน"
            if approved
            else f"แบบฟอร์มที่ตอบ{about} ปิดแล้ว จึงแก้ข้อเสนอแนะนี้ไม่ได้ หากจำเป็นต้องแก้ กรุณาเปิดแบบฟอร์มนั้นอีกครั้งก่อน"
        )


@dataclass(frozen=True)
class Locks:
    """What of one Buddhist-era year is locked: whole steps (1–3), and (step, primary key) of criteria."""

    year: int
    whole_steps: frozenset[int]
    criteria: frozenset[tuple[int, int]]

    def refusal(self, step: int, criterion: int) -> FeedbackLocked | None:
        """Why the feedback about the criterion (primary key) stays as it is; None where it may change."""
        if step in self.whole_steps:
            return FeedbackLocked(self.year, step)
        if (step, criterion) in self.criteria:
            return FeedbackLocked(self.year, step, approved=True)
        return None

    def holds(self, point: FeedbackPoint) -> bool:
        """Whether a point of this year stays as it is."""
        return self.refusal(point.step, point.criterion_id) is not None


def locks_of(agency: Agency, year: int) -> Locks:
    """What is locked of the feedback of this Buddhist-era year."""
    rows = set(FeedbackLock.objects.filter(agency=agency, year=year).values_list("step", "criterion"))
    return Locks(
        year,
        frozenset(step for step, criterion in rows if criterion is None),
        frozenset((step, criterion) for step, criterion in rows if criterion is not None),
    )


@transaction.atomic
def lock_feedback(
    *, agency: Agency, year: int, step: int, criteria: Collection[Criterion] = (), by: User | None
) -> None:
    """A form that answers the feedback of this year and step was closed, or its part about `criteria` approved.

    Twice is as once.
    """
    hold(agency)
    wanted: list[Criterion | None] = [*criteria] or [None]
    rows = FeedbackLock.objects
    made = [
        rows.get_or_create(agency=agency, year=year, step=step, criterion=criterion)[1]
        for criterion in wanted
    ]
    if any(made):
        _record("feedback.locked", agency, year, step, criteria, by)


@transaction.atomic
def unlock_feedback(
    *, agency: Agency, year: int, step: int, criteria: Collection[Criterion] = (), by: User | None
) -> None:
    """Nothing settled prints the feedback of this year and step, or its part about `criteria`, any more.

    Twice is as once.
    """
    hold(agency)
    rows = FeedbackLock.objects.filter(agency=agency, year=year, step=step)
    removed, _ = (rows.filter(criterion__in=criteria) if criteria else rows.filter(criterion=None)).delete()
    if removed:
        _record("feedback.unlocked", agency, year, step, criteria, by)


def _record(
    verb: str, agency: Agency, year: int, step: int, criteria: Collection[Criterion], by: User | None
) -> None:
    about: dict[str, Any] = (
        {"criteria": sorted(criterion.identity for criterion in criteria)} if criteria else {}
    )
    AuditEvent.record(verb, by=by, agency=agency, year=year, step=step, **about)


def hold_unlocked(agency: Agency, *places: tuple[int, int, int]) -> None:
    """None of these (year, step, primary key of the criterion) is locked until the end of this transaction.

    Raises FeedbackLocked.
    """
    hold(agency)
    for year, step, criterion in places:
        if refusal := locks_of(agency, year).refusal(step, criterion):
            raise refusal


def hold(agency: Agency) -> None:
    """Changes of feedback and what settles it go one behind the other; rows may still name the agency."""
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
