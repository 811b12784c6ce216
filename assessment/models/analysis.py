"""One criterion of a round."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from framework.models import EditionCriterion
from organizations.constraints import both_or_neither
from organizations.models import User
from practices.models import Practice
from texts.models import Claimed, Text

from .sheet import CategorySheet


class AnalysisQuerySet(models.QuerySet["CriterionAnalysis"]):
    """Reading criteria of rounds."""

    def visible_to(self, user: User) -> AnalysisQuerySet:
        """The criteria of the rounds of the person's own agencies."""
        return self.filter(
            sheet__round__agency__in={membership.agency_id for membership in user.current_memberships}
        )

    def with_names(self) -> AnalysisQuerySet:
        """Everything that a page about one criterion names, in one query."""
        return self.select_related(
            "wording__category",
            "sheet__category",
            "sheet__round__agency",
            "sheet__round__edition",
            *(f"sheet__{step}_by" for step in ("submitted", "review_started", "returned", "approved")),
            "analysis",
            "obstacles",
            "remedies",
        )


class CriterionAnalysis(Claimed):
    """One criterion of a round: an optional analysis text, chosen practices, its activities.

    The two list versions guard the ordered lists, which are saved as a whole.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sheet = models.ForeignKey(CategorySheet, on_delete=models.CASCADE, related_name="analyses")
    wording = models.ForeignKey(EditionCriterion, on_delete=models.PROTECT, related_name="+")
    analysis = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    obstacles = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    remedies = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    activities_version = models.PositiveIntegerField(default=1, editable=False)
    practices_version = models.PositiveIntegerField(default=1, editable=False)
    # the reviewer asked for work on it when the category was returned
    needs_work = models.BooleanField(default=False, editable=False)
    # the last change of what stands around its texts: owners, dates, activities and cases that came, went or moved
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        verbose_name = "การวิเคราะห์รายเกณฑ์"
        ordering = ["sheet_id", "wording__position"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "wording"], name="assessment_analysis_unique")
        ]

    def __str__(self) -> str:
        return f"{self.sheet.round} ข้อ {self.wording.code}"

    @property
    def code(self) -> str:
        """The code of the criterion in the round's edition, e.g. 3.1."""
        return self.wording.code


class ChosenQuerySet(models.QuerySet["ChosenPractice"]):
    """Reading chosen cases."""

    def current(self) -> ChosenQuerySet:
        """Cases that stand in the form; one that was taken out keeps its row because its text was adapted here."""
        return self.filter(withdrawn_at=None)


class ChosenPractice(models.Model):
    """A case chosen for a criterion: a copy of its text as it was, with the version it was copied from.

    `kept_source` is the state of the case (assessment.sources) about which somebody decided to keep the copy.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    analysis = models.ForeignKey(CriterionAnalysis, on_delete=models.CASCADE, related_name="chosen_practices")
    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    agency_name = models.CharField(max_length=200)
    award_line = models.CharField(max_length=300, blank=True)
    text = models.OneToOneField(Text, on_delete=models.PROTECT, related_name="+")
    source_version = models.PositiveIntegerField()
    kept_source = models.CharField(max_length=64, blank=True, editable=False)
    kept_at = models.DateTimeField(null=True, blank=True, editable=False)
    kept_by = models.ForeignKey(
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

    objects = ChosenQuerySet.as_manager()

    class Meta:
        verbose_name = "ตัวอย่างที่เลือก"
        ordering = ["analysis_id", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["analysis", "practice"], name="assessment_chosen_unique"),
            both_or_neither(
                "withdrawn_at",
                "withdrawn_by",
                name="assessment_chosen_both_withdrawn",
                message="การนำตัวอย่างออกต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
            models.CheckConstraint(
                condition=Q(kept_source="", kept_at=None, kept_by=None)
                | (~Q(kept_source="") & Q(kept_at__isnull=False, kept_by__isnull=False)),
                name="assessment_chosen_kept",
                violation_error_message="การคงข้อความเดิมไว้ต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
        ]

    def __str__(self) -> str:
        return self.agency_name
