"""Development gaps (ประเด็นช่องว่างในการพัฒนา) of a round: chosen, worked on by units, reported by quarter."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from assessment.enums import Quarter, ReportState
from feedback.models import FeedbackPoint
from framework.enums import LevelCode
from framework.models import EditionCriterion
from organizations.constraints import both_or_neither
from organizations.models import Owner, User
from texts.models import Text, Versioned

from .round import Round

CODE = RegexValidator(r"^[1-7]\.[1-9]\d?\.[1-9]\d?$", "กรุณาพิมพ์รหัสเป็นรหัสเกณฑ์ตามด้วยจุดและลำดับ เช่น 3.1.1")


def _by() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )


class GapQuerySet(models.QuerySet["DevelopmentGap"]):
    """Reading development gaps."""

    def current(self) -> GapQuerySet:
        """Gaps that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def visible_to(self, user: User) -> GapQuerySet:
        """The gaps in the rounds of the person's own agencies."""
        return self.filter(
            round__agency__in={membership.agency_id for membership in user.current_memberships}
        )

    def in_order(self) -> GapQuerySet:
        """The order that the secretariat gave them."""
        return self.order_by("position", "pk")


class DevelopmentGap(Versioned):
    """One gap that the agency has chosen to close this year.

    It rests on open points of OPDC's feedback, on a level that is not reached (a person states it), or on both.
    `code` is the code of the criterion and a number, or that of a sub-item where the edition has sub-items.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="gaps")
    wording = models.ForeignKey(EditionCriterion, on_delete=models.PROTECT, related_name="+", editable=False)
    code = models.CharField("รหัส", max_length=10, validators=[CODE])
    position = models.PositiveSmallIntegerField(editable=False)
    title = models.CharField("ประเด็น", max_length=500)
    reason = models.TextField("เหตุผลที่เลือก", max_length=2000)
    points = models.ManyToManyField(
        FeedbackPoint, related_name="+", blank=True, verbose_name="ข้อเสนอแนะที่ยังเปิดอยู่"
    )
    unmet_level = models.CharField("ระดับที่ยังไม่ถึง", max_length=20, choices=LevelCode, blank=True)
    unmet_remark = models.CharField("สิ่งที่ยังขาดในระดับนี้", max_length=500, blank=True)
    chosen_at = models.DateTimeField(auto_now_add=True)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = _by()
    withdrawn_reason = models.CharField("เหตุผลที่ถอน", max_length=1000, blank=True, editable=False)

    objects = GapQuerySet.as_manager()

    class Meta:
        verbose_name = "ประเด็นพัฒนา"
        ordering = ["round_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "code"],
                condition=Q(withdrawn_at=None),
                name="assessment_gap_code_unique",
                violation_error_message="ปีนี้มีประเด็นพัฒนารหัสนี้แล้ว",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(reason=""),
                name="assessment_gap_reason",
                violation_error_message="ประเด็นพัฒนาต้องมีชื่อและเหตุผลที่เลือก",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="assessment_gap_withdrawn",
                violation_error_message="การถอนประเด็นพัฒนาต้องมีเหตุผล เวลา และผู้ดำเนินการ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class GapUnit(models.Model):
    """A unit that works on a gap and writes its summary; exactly one of them leads.

    One that is taken off keeps its row, because it may have written.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    gap = models.ForeignKey(DevelopmentGap, on_delete=models.CASCADE, related_name="gap_units")
    unit = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="+")
    leads = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = _by()

    class Meta:
        verbose_name = "หน่วยงานของประเด็นพัฒนา"
        ordering = ["gap_id", "-leads", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["gap", "unit"], name="assessment_gapunit_unique"),
            models.UniqueConstraint(
                fields=["gap"],
                condition=Q(leads=True),
                name="assessment_gapunit_one_leads",
                violation_error_message="ประเด็นพัฒนามีหน่วยงานหลักได้หนึ่งหน่วยงาน",
            ),
            models.CheckConstraint(
                condition=Q(leads=False) | Q(withdrawn_at=None),
                name="assessment_gapunit_lead_stays",
                violation_error_message="หน่วยงานที่นำออกแล้วเป็นหน่วยงานหลักไม่ได้",
            ),
            both_or_neither(
                "withdrawn_at",
                "withdrawn_by",
                name="assessment_gapunit_both_withdrawn",
                message="การนำหน่วยงานออกต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
        ]

    def __str__(self) -> str:
        return str(self.unit)


class GapSummary(models.Model):
    """What one unit writes about a gap for one quarter."""

    gap_unit = models.ForeignKey(GapUnit, on_delete=models.CASCADE, related_name="summaries")
    quarter = models.PositiveSmallIntegerField(choices=Quarter)
    text = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "สรุปของหน่วยงาน"
        ordering = ["gap_unit_id", "quarter"]
        constraints = [
            models.UniqueConstraint(fields=["gap_unit", "quarter"], name="assessment_gapsummary_unique")
        ]

    def __str__(self) -> str:
        return f"{self.gap_unit} {self.get_quarter_display()}"


class GapReport(models.Model):
    """The one summary of a gap for one quarter, which the secretariat makes of those of the units.

    `merged_version` is the version of the text that the last joining of the units' summaries made, 0 before the first:
    while the text still has it, nobody has edited the result. A final report takes no text until it is opened again.
    """

    gap = models.ForeignKey(DevelopmentGap, on_delete=models.CASCADE, related_name="reports")
    quarter = models.PositiveSmallIntegerField(choices=Quarter)
    text = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    merged_version = models.PositiveIntegerField(default=0, editable=False)
    merged_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_by = _by()
    state = models.CharField(
        "สถานะ", max_length=10, choices=ReportState, default=ReportState.DRAFT, editable=False
    )
    finalised_at = models.DateTimeField(null=True, blank=True, editable=False)
    finalised_by = _by()

    class Meta:
        verbose_name = "สรุปประเด็นพัฒนา"
        ordering = ["gap_id", "quarter"]
        constraints = [
            models.UniqueConstraint(fields=["gap", "quarter"], name="assessment_gapreport_unique"),
            models.CheckConstraint(
                condition=Q(merged_version=0, merged_at=None, merged_by=None)
                | Q(merged_version__gt=0, merged_at__isnull=False, merged_by__isnull=False),
                name="assessment_gapreport_merged",
                violation_error_message="การรวมสรุปต้องมีทั้งรุ่น เวลา และผู้รวม",
            ),
            models.CheckConstraint(
                condition=Q(state=ReportState.DRAFT, finalised_at=None, finalised_by=None)
                | Q(state=ReportState.FINAL, finalised_at__isnull=False, finalised_by__isnull=False),
                name="assessment_gapreport_final",
                violation_error_message="ฉบับสรุปต้องมีทั้งเวลาและผู้ยืนยัน",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gap.code} {self.get_quarter_display()}"

    @property
    def stage(self) -> ReportState:
        """The state with its words and its sign."""
        return ReportState(self.state)

    @property
    def is_final(self) -> bool:
        """The secretariat has said that this is the text; it takes no changes."""
        return self.state == ReportState.FINAL

    @property
    def is_edited(self) -> bool:
        """Somebody has written in it since the summaries were last joined (or without joining them)."""
        return self.text.version != self.merged_version and not self.text.is_blank
