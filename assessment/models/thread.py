"""Which criterion a thread of remarks is about."""

from __future__ import annotations

from django.db import models

from assessment.enums import PassageKind
from texts.models import Thread

from .analysis import CriterionAnalysis


class CriterionThread(models.Model):
    """A thread about a criterion as a whole, or about a passage of one of its texts, whose `kind` names it."""

    analysis = models.ForeignKey(
        CriterionAnalysis, on_delete=models.CASCADE, related_name="criterion_threads"
    )
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="criterion_thread")
    kind = models.CharField(max_length=20, choices=PassageKind, blank=True, default=PassageKind.WHOLE)

    class Meta:
        verbose_name = "ข้อสังเกตรายข้อ"
        ordering = ["analysis_id", "thread_id"]

    def __str__(self) -> str:
        return f"{self.analysis} {self.thread}"
