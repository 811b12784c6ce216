"""One category of a round: the table that is printed, and what stands around it."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessment.enums import LOCKED_STATES, ReviewState, SheetLayout
from framework.models import Category
from organizations.constraints import both_or_neither
from texts.models import Figure, Text, Versioned

from .round import Round


def _at() -> models.DateTimeField:
    return models.DateTimeField(null=True, blank=True, editable=False)


def _by() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )


class CategorySheet(Versioned):
    """One category 1–6 of a round, with the headings that this agency prints for it, and its review.

    `submitted_at` is the last submission that was not pulled back, `returned_at` the last return or reopening; both
    stay when the review goes on. `review_version` goes up with every step of the review.
    """

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="sheets")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    layout = models.CharField(
        "รูปแบบตาราง", max_length=20, choices=SheetLayout, default=SheetLayout.THREE_COLUMNS
    )
    heading_feedback = models.CharField("หัวคอลัมน์ที่ 1", max_length=200)
    heading_practice = models.CharField("หัวคอลัมน์ที่ 2", max_length=200)
    heading_activity = models.CharField("หัวคอลัมน์ที่ 3", max_length=200)
    heading_owner = models.CharField("หัวคอลัมน์ที่ 4", max_length=200, default="ผู้รับผิดชอบ")
    criterion_label = models.CharField("คำนำหน้ารหัสเกณฑ์", max_length=40, blank=True, default="เกณฑ์")
    feedback_label = models.CharField("คำนำหน้าข้อเสนอแนะ", max_length=100, blank=True, default="Feedback :")
    print_title = models.BooleanField("พิมพ์ชื่อแบบฟอร์มก่อนหมวดนี้", default=True)
    obstacles = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    remedies = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    review_state = models.CharField(
        "สถานะ", max_length=10, choices=ReviewState, default=ReviewState.WRITING, editable=False
    )
    review_version = models.PositiveIntegerField(default=1, editable=False)
    submitted_at, submitted_by = _at(), _by()
    review_started_at, review_started_by = _at(), _by()
    returned_at, returned_by = _at(), _by()
    return_reason = models.CharField("เหตุผลที่ส่งกลับ", max_length=1000, blank=True, editable=False)
    approved_at, approved_by = _at(), _by()
    approval_reference = models.CharField("มติหรือหนังสือที่เห็นชอบ", max_length=200, blank=True, editable=False)
    extension_until = models.DateField("ขยายเวลาถึงวันที่", null=True, blank=True, editable=False)
    extension_reason = models.CharField("เหตุผลที่ขยายเวลา", max_length=300, blank=True, editable=False)
    extension_at, extension_by = _at(), _by()

    class Meta:
        verbose_name = "แบบฟอร์มหมวด"
        ordering = ["round_id", "category__number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "category"], name="assessment_sheet_unique"),
            models.CheckConstraint(
                condition=Q(review_state=ReviewState.WRITING, submitted_at=None, submitted_by=None)
                | (
                    ~Q(review_state=ReviewState.WRITING)
                    & Q(submitted_at__isnull=False, submitted_by__isnull=False)
                ),
                name="assessment_sheet_submitted",
                violation_error_message="การส่งหมวดต้องมีทั้งเวลาและผู้ส่ง",
            ),
            both_or_neither(
                "review_started_at",
                "review_started_by",
                name="assessment_sheet_both_started",
                message="การเริ่มตรวจต้องมีทั้งเวลาและผู้ตรวจ",
            ),
            models.CheckConstraint(
                condition=Q(review_started_at=None) | Q(review_state__in=LOCKED_STATES),
                name="assessment_sheet_started",
                violation_error_message="เริ่มตรวจได้เฉพาะหมวดที่ส่งแล้ว",
            ),
            both_or_neither(
                "returned_at",
                "returned_by",
                name="assessment_sheet_both_returned",
                message="การส่งกลับต้องมีทั้งเวลาและผู้ส่งกลับ",
            ),
            models.CheckConstraint(
                condition=Q(review_state=ReviewState.WRITING, returned_at=None)
                | Q(review_state=ReviewState.RETURNED, returned_at__isnull=False) & ~Q(return_reason="")
                | Q(review_state__in=LOCKED_STATES),
                name="assessment_sheet_returned",
                violation_error_message="หมวดที่ต้องแก้ต้องมีเวลาและเหตุผลที่ส่งกลับ",
            ),
            models.CheckConstraint(
                condition=Q(
                    review_state=ReviewState.APPROVED, approved_at__isnull=False, approved_by__isnull=False
                )
                | (
                    ~Q(review_state=ReviewState.APPROVED)
                    & Q(approved_at=None, approved_by=None, approval_reference="")
                ),
                name="assessment_sheet_approved",
                violation_error_message="การเห็นชอบต้องมีทั้งเวลาและผู้เห็นชอบ",
            ),
            models.CheckConstraint(
                condition=Q(extension_until=None, extension_at=None, extension_by=None, extension_reason="")
                | (
                    Q(extension_until__isnull=False, extension_at__isnull=False, extension_by__isnull=False)
                    & ~Q(extension_reason="")
                ),
                name="assessment_sheet_extended",
                violation_error_message="การขยายเวลาต้องมีทั้งวันที่ เหตุผล เวลา และผู้ดำเนินการ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.category}"

    @property
    def number(self) -> int:
        """The category number 1–6."""
        return self.category.number

    @property
    def review(self) -> ReviewState:
        """The state with its words and its sign."""
        return ReviewState(self.review_state)

    @property
    def is_submitted(self) -> bool:
        """It waits for the secretariat: closed to the committee."""
        return self.review_state == ReviewState.SUBMITTED

    @property
    def is_returned(self) -> bool:
        """The committee has to correct something."""
        return self.review_state == ReviewState.RETURNED

    @property
    def is_approved(self) -> bool:
        """Closed to everybody until it is opened again with a reason."""
        return self.review_state == ReviewState.APPROVED

    @property
    def can_be_pulled_back(self) -> bool:
        """Nobody has begun to read what was submitted."""
        return self.is_submitted and self.review_started_at is None

    @property
    def due(self) -> datetime.date | None:
        """Until when it should be submitted: the deadline of the round, or this category's extension beyond it."""
        days = [day for day in (self.round.deadline, self.extension_until) if day]
        return max(days, default=None)


class SheetFigure(Versioned):
    """A full-width figure after the table of a category; its version guards caption and description."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sheet = models.ForeignKey(CategorySheet, on_delete=models.CASCADE, related_name="figures")
    figure = models.ForeignKey(Figure, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    caption = models.CharField("คำบรรยายภาพ", max_length=300)
    alternative = models.CharField("คำอธิบายสำหรับผู้ที่มองไม่เห็นภาพ", max_length=500)

    class Meta:
        verbose_name = "ภาพเต็มหน้า"
        ordering = ["sheet_id", "position", "pk"]

    def __str__(self) -> str:
        return self.caption
