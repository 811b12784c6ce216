"""The papers in which feedback came."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from organizations.constraints import both_or_neither
from organizations.models import Agency, User


class LetterQuerySet(models.QuerySet["FeedbackLetter"]):
    """Reading received letters."""

    def current(self) -> LetterQuerySet:
        """Letters that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, user: User) -> LetterQuerySet:
        """The letters of the person's own agencies."""
        return self.filter(agency__in={membership.agency_id for membership in user.current_memberships})


def letter_path(letter: FeedbackLetter, filename: str) -> str:
    """Received papers lie apart from pictures: they are never swept."""
    return f"letters/{letter.uid.hex}/{filename}"


class FeedbackLetter(models.Model):
    """The paper in which OPDC's feedback came: a PDF or a scan, beside which the points are entered.

    `year` is the Buddhist-era year that was assessed, `step` the step of that assessment (1–3).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField("ปี พ.ศ.")
    step = models.PositiveSmallIntegerField("ขั้นตอนที่", choices=[(1, "1"), (2, "2"), (3, "3")])
    note = models.CharField("เลขที่หนังสือหรือหมายเหตุ", max_length=200, blank=True)
    file = models.FileField("ไฟล์", upload_to=letter_path)
    name = models.CharField(max_length=200, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField(auto_now_add=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "หนังสือที่ได้รับ"
        ordering = ["-year", "-step", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year__range=(2400, 2700)),
                name="feedback_letter_year",
                violation_error_message="ปีต้องเป็นพุทธศักราชระหว่าง 2400 ถึง 2700",
            ),
            both_or_neither(
                "withdrawn_at",
                "withdrawn_by",
                name="feedback_letter_both_withdrawn",
                message="การนำหนังสือออกต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
        ]

    def __str__(self) -> str:
        return self.note or self.name

    @property
    def is_pdf(self) -> bool:
        """Whether the browser shows it in its own viewer; otherwise it is a picture."""
        return str(self.file.name).endswith(".pdf")
