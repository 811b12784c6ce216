"""One agency's year."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse

from assessment.enums import RoundState
from framework.models import Edition
from organizations.models import Agency, User
from texts.models import Versioned


class RoundQuerySet(models.QuerySet["Round"]):
    """Reading rounds."""

    def visible_to(self, user: User) -> RoundQuerySet:
        """The rounds of the person's own agencies; nobody else sees that they exist."""
        return self.filter(agency__in={membership.agency_id for membership in user.current_memberships})

    def newest_first(self) -> RoundQuerySet:
        """The order of lists."""
        return self.order_by("-year", "pk")

    def at_work(self, agency: Agency) -> Round | None:
        """Where the agency works now: its newest open form, without one the newest of all.

        A form that is being prepared for next year must not take the place of the one that people write.
        """
        shut = Case(When(state=RoundState.OPEN, then=Value(0)), default=Value(1))
        rounds = self.filter(agency=agency).order_by(shut, "-year", "pk")
        return rounds.select_related("agency", "edition").first()


class Round(Versioned):
    """One agency, one Buddhist-era year, one edition.

    `feedback_year` and `feedback_step` say which feedback of OPDC the form answers (normally year − 1,
    step 2). The deadline labels late work and never locks. Print settings are points and millimetres.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="rounds")
    year = models.PositiveSmallIntegerField("ปี พ.ศ.")
    edition = models.ForeignKey(
        Edition, on_delete=models.PROTECT, related_name="+", verbose_name="ฉบับของเกณฑ์"
    )
    title = models.CharField("ชื่อแบบฟอร์ม", max_length=300)
    feedback_year = models.PositiveSmallIntegerField("ปีของข้อเสนอแนะ")
    feedback_step = models.PositiveSmallIntegerField(
        "ขั้นตอนของข้อเสนอแนะ", default=2, choices=[(1, "ขั้นตอนที่ 1"), (2, "ขั้นตอนที่ 2"), (3, "ขั้นตอนที่ 3")]
    )
    deadline = models.DateField("ส่งภายในวันที่", null=True, blank=True)
    state = models.CharField(
        "สถานะ", max_length=10, choices=RoundState, default=RoundState.PREPARING, editable=False
    )
    opened_at = models.DateTimeField(null=True, blank=True, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    font_points = models.PositiveSmallIntegerField(
        "ขนาดตัวอักษร (เทียบ TH Sarabun New)", default=16, choices=[(16, "16 พอยต์"), (14, "14 พอยต์")]
    )
    binding_margin_mm = models.PositiveSmallIntegerField(
        "เผื่อขอบเย็บเล่ม (มิลลิเมตร)",
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(20)],
    )
    duplex = models.BooleanField("พิมพ์สองหน้า (สลับด้านขอบเย็บเล่มในหน้าคู่)", default=False)
    thai_digits = models.BooleanField("พิมพ์ด้วยเลขไทย", default=False)
    # code points that the field in eMENSCR takes, as the secretariat sees there; nobody publishes it
    gap_limit = models.PositiveIntegerField("จำนวนอักขระที่ eMENSCR รับ", null=True, blank=True, editable=False)

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "รอบการประเมิน"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "year"],
                name="assessment_round_year_unique",
                violation_error_message="หน่วยงานนี้มีแบบฟอร์มของปีนี้แล้ว",
            ),
            models.CheckConstraint(
                condition=Q(year__range=(2400, 2700), feedback_year__range=(2400, 2700)),
                name="assessment_round_years",
                violation_error_message="ปีต้องเป็นพุทธศักราชระหว่าง 2400 ถึง 2700",
            ),
            models.CheckConstraint(
                condition=Q(state=RoundState.PREPARING, opened_at=None)
                | Q(
                    state__in=[RoundState.OPEN, RoundState.CLOSED],
                    opened_at__isnull=False,
                    opened_by__isnull=False,
                ),
                name="assessment_round_opened",
                violation_error_message="การเปิดรอบต้องมีเวลาและผู้ดำเนินการ",
            ),
            models.CheckConstraint(
                condition=Q(state=RoundState.CLOSED, closed_at__isnull=False, closed_by__isnull=False)
                | (~Q(state=RoundState.CLOSED) & Q(closed_at=None, closed_by=None)),
                name="assessment_round_closed",
                violation_error_message="การปิดรอบต้องมีเวลาและผู้ดำเนินการ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} ปี {self.year}"

    def get_absolute_url(self) -> str:
        """The round's page."""
        return reverse("round", args=[self.agency.code, self.year])

    @property
    def is_open(self) -> bool:
        """Committees may write; the deadline does not change this."""
        return self.state == RoundState.OPEN

    @property
    def is_closed(self) -> bool:
        """Nothing in the round may change."""
        return self.state == RoundState.CLOSED
