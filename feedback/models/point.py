"""OPDC's feedback: the verbatim text is the record and is what prints; everything else is a mark on it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from framework.enums import LevelCode
from framework.models import Criterion
from organizations.constraints import both_or_neither
from organizations.models import Agency, User
from organizations.permissions import RUNNERS
from texts.models import Versioned


class FeedbackQuerySet(models.QuerySet["FeedbackPoint"]):
    """Reading feedback."""

    def current(self) -> FeedbackQuerySet:
        """Points that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, user: User) -> FeedbackQuerySet:
        """The points of the person's own agencies."""
        return self.filter(agency__in={membership.agency_id for membership in user.current_memberships})

    def editable_by(self, user: User) -> FeedbackQuerySet:
        """The points that the person may enter or correct: those of agencies whose year the person runs."""
        return self.filter(agency__in={m.agency_id for m in user.current_memberships if m.role in RUNNERS})

    def of_year(self, agency: Agency, year: int) -> FeedbackQuerySet:
        """What the agency received for one Buddhist-era year."""
        return self.filter(agency=agency, year=year)


class FeedbackPoint(Versioned):
    """One point that OPDC made about one criterion.

    `year` is the Buddhist-era year that was assessed, `step` the step of that assessment (1–3).
    `strength` and `gap` are passages of `text` that a person has marked; `level` and `sub_item` (the code of a part of
    the criterion in that year's edition, 3.1.1) say what it is about. Its state derives from what answers it;
    the one thing that people set is that nothing will be done, with the reason.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="feedback_points")
    year = models.PositiveSmallIntegerField("ปี พ.ศ.")
    step = models.PositiveSmallIntegerField("ขั้นตอนที่", default=2, choices=[(1, "1"), (2, "2"), (3, "3")])
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, verbose_name="เกณฑ์", related_name="+")
    position = models.PositiveSmallIntegerField("ลำดับ", default=1)
    text = models.TextField("ข้อความตามหนังสือของสำนักงาน ก.พ.ร.")
    strength = models.TextField("ส่วนที่เป็นจุดแข็ง", blank=True)
    gap = models.TextField("ส่วนที่ยังขาด", blank=True)
    level = models.CharField("ระดับ", max_length=20, choices=LevelCode, blank=True)
    sub_item = models.CharField("ข้อย่อย", max_length=10, blank=True)
    declined_reason = models.TextField("เหตุผลที่ไม่ดำเนินการ", blank=True, editable=False)
    declined_at = models.DateTimeField(null=True, blank=True, editable=False)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = "ข้อเสนอแนะ"
        constraints = [
            models.CheckConstraint(
                condition=Q(year__range=(2400, 2700)),
                name="feedback_point_year",
                violation_error_message="ปีต้องเป็นพุทธศักราชระหว่าง 2400 ถึง 2700",
            ),
            both_or_neither(
                "withdrawn_at",
                "withdrawn_by",
                name="feedback_point_both_withdrawn",
                message="การถอนข้อเสนอแนะต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
            models.CheckConstraint(
                condition=Q(declined_at=None, declined_by=None, declined_reason="")
                | (Q(declined_at__isnull=False, declined_by__isnull=False) & ~Q(declined_reason="")),
                name="feedback_point_declined",
                violation_error_message="การไม่ดำเนินการต้องมีเหตุผล เวลา และผู้ดำเนินการ",
            ),
        ]
        indexes = [models.Index(fields=["agency", "year"])]

    def __str__(self) -> str:
        return self.text[:80]


class FeedbackLock(models.Model):
    """The feedback of one agency, Buddhist-era year and step (1–3) does not change: what is settled prints it.

    Without `criterion` a closed form prints all of the step, with one an approved category prints what is said about
    it. Whoever closes or approves makes the lock and takes it away (services); this package does not know forms.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    criterion = models.ForeignKey(
        Criterion, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    locked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "การปิดข้อเสนอแนะ"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "year", "step"],
                condition=Q(criterion=None),
                name="feedback_lock_unique",
            ),
            models.UniqueConstraint(
                fields=["agency", "year", "step", "criterion"],
                condition=Q(criterion__isnull=False),
                name="feedback_lock_criterion_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} ขั้นตอนที่ {self.step}"
