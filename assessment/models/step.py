"""The log of the review of a category."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models

from assessment.enums import StepKind

from .sheet import CategorySheet


def scan_path(step: SheetStep, filename: str) -> str:
    """Where a scan lies: by the uid of its step, because an uploaded name is not to be trusted."""
    return f"reviews/{step.uid.hex}/{filename}"


class SheetStep(models.Model):
    """One step of the review: what, who, when, why. Rows are added only; `CategorySheet` says how it stands now.

    `reason` belongs to returning, reopening and extending, `criteria` (codes) to returning, `until` to extending,
    `reference` and the scan to approving. `on_behalf` is a submission by the secretariat, `self_approved` an approval
    by the person who submitted.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sheet = models.ForeignKey(CategorySheet, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField("ขั้นตอน", max_length=20, choices=StepKind)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("เหตุผล", max_length=1000, blank=True)
    criteria = models.JSONField(default=list, blank=True)
    until = models.DateField(null=True, blank=True)
    reference = models.CharField("มติหรือหนังสือที่เห็นชอบ", max_length=200, blank=True)
    scan = models.FileField("ไฟล์มติหรือหนังสือ", upload_to=scan_path, blank=True)
    scan_name = models.CharField(max_length=200, blank=True)
    on_behalf = models.BooleanField(default=False)
    self_approved = models.BooleanField(default=False)

    class Meta:
        verbose_name = "ขั้นตอนการตรวจ"
        ordering = ["sheet_id", "-pk"]

    def __str__(self) -> str:
        return f"{self.sheet} {self.get_kind_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A step that happened does not change any more."""
        if self.pk:
            raise TypeError("a step of the review is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """A step that happened stays."""
        raise TypeError("a step of the review is never deleted")
