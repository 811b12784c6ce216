"""What the agency will do this year, and who is responsible."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from assessment.enums import Joiner
from feedback.models import FeedbackPoint
from organizations.constraints import both_or_neither
from organizations.models import Owner, User
from texts.models import Claimed, Text

from .analysis import CriterionAnalysis
from .round import Round


class ActivityQuerySet(models.QuerySet["Activity"]):
    """Reading activities."""

    def current(self) -> ActivityQuerySet:
        """Activities that were not withdrawn."""
        return self.filter(withdrawn_at=None)

    def known_to(self, analysis: CriterionAnalysis) -> ActivityQuerySet:
        """Activities that stand in this criterion or were taken out of it."""
        here = Q(activity=OuterRef("pk"), analysis=analysis)
        places, former = ActivityPlace.objects.filter(here), FormerPlace.objects.filter(here)
        return self.filter(Exists(places) | Exists(former))

    def out_of(self, analysis: CriterionAnalysis) -> ActivityQuerySet:
        """Activities that were taken out of this criterion, also those that still serve others."""
        former = FormerPlace.objects.filter(activity=OuterRef("pk"), analysis=analysis)
        return self.known_to(analysis).filter(Q(withdrawn_at__isnull=False) | Exists(former))

    def visible_to(self, user: User) -> ActivityQuerySet:
        """The activities of the rounds of the person's own agencies."""
        return self.filter(
            round__agency__in={membership.agency_id for membership in user.current_memberships}
        )


class Activity(Claimed):
    """One activity of a round; it serves one or more criteria and completes each of them.

    `owners_version` guards its ordered owner line, its dates and the criteria it serves.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="activities")
    text = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField("วันเริ่ม", null=True, blank=True)
    ends_on = models.DateField("วันสิ้นสุด", null=True, blank=True)
    owners_version = models.PositiveIntegerField(default=1, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_by = models.ForeignKey(
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

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = "กิจกรรม"
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="assessment_activity_dates",
                violation_error_message="วันสิ้นสุดต้องไม่มาก่อนวันเริ่ม",
            ),
            both_or_neither(
                "withdrawn_at",
                "withdrawn_by",
                name="assessment_activity_both_withdrawn",
                message="การนำกิจกรรมออกต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
            both_or_neither(
                "finished_at",
                "finished_by",
                name="assessment_activity_both_finished",
                message="การทำกิจกรรมเสร็จต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
        ]

    def __str__(self) -> str:
        return str(self.text)

    @property
    def case_uid(self) -> uuid.UUID:
        """The uid of the case of the library that it is proposed as: proposing it twice finds the same."""
        return uuid.uuid5(self.uid, "practice")


class ActivityPlace(models.Model):
    """An activity stands at a place in a criterion's list; several places are several criteria served."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="places")
    analysis = models.ForeignKey(CriterionAnalysis, on_delete=models.CASCADE, related_name="activity_places")
    position = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "ตำแหน่งกิจกรรม"
        ordering = ["analysis_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "analysis"], name="assessment_place_unique")
        ]

    def __str__(self) -> str:
        return f"{self.analysis_id} {self.position}"


class PointLink(models.Model):
    """An activity answers a point of OPDC's feedback; many to many. Nobody linked what a command brought in."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="point_links")
    point = models.ForeignKey(FeedbackPoint, on_delete=models.CASCADE, related_name="+")
    linked_at = models.DateTimeField(default=timezone.now, editable=False)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = "กิจกรรมที่ตอบข้อเสนอแนะ"
        constraints = [
            models.UniqueConstraint(fields=["activity", "point"], name="assessment_point_link_unique")
        ]

    def __str__(self) -> str:
        return f"{self.activity_id} → {self.point_id}"


class FormerPlace(models.Model):
    """Where an activity stood that was taken out of one criterion but still serves others; restoring puts it back.

    A model of its own, so that whoever reads the places of a form meets only those that stand.
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="former_places")
    analysis = models.ForeignKey(CriterionAnalysis, on_delete=models.CASCADE, related_name="former_places")
    position = models.PositiveSmallIntegerField()
    withdrawn_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False
    )

    class Meta:
        verbose_name = "ตำแหน่งเดิมของกิจกรรม"
        ordering = ["analysis_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["activity", "analysis"], name="assessment_former_place_unique")
        ]

    def __str__(self) -> str:
        return f"{self.analysis_id} {self.position}"


class ActivityOwner(models.Model):
    """One name in the owner line of an activity, with what joins it to the name before and a note."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="owner_lines")
    owner = models.ForeignKey(Owner, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    joiner = models.CharField("คำเชื่อม", max_length=10, choices=Joiner, blank=True)
    note = models.CharField("หมายเหตุ", max_length=200, blank=True)

    class Meta:
        verbose_name = "ผู้รับผิดชอบกิจกรรม"
        ordering = ["activity_id", "position", "pk"]

    def __str__(self) -> str:
        return f"{self.joiner} {self.owner}".strip()
