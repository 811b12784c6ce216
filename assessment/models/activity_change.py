"""The history of what stands around an activity's text."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from assessment.enums import ActivityStep

from .activity import Activity


class ActivityChange(models.Model):
    """Owner line, dates and criteria of an activity after a change of them; never changed, never deleted.

    The lines are the words that stood there, so that a renamed owner does not rewrite the past; `facts` holds the
    keys behind them: `owners` as (owner, joiner, note) and `criteria`. Out of the form, it stands in no criterion.
    """

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="detail_changes")
    step = models.CharField(max_length=10, choices=ActivityStep)
    owner_line = models.TextField(blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    criteria_line = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "ประวัติกิจกรรม"
        ordering = ["activity_id", "-at", "-pk"]
        indexes = [models.Index(fields=["activity", "at"], name="assessment_activity_change_at")]

    def __str__(self) -> str:
        return f"{self.activity_id} {self.step} {self.at:%Y-%m-%d %H:%M}"

    @property
    def criteria(self) -> frozenset[int]:
        """Primary keys of the criteria in which the activity stood from then on."""
        return frozenset(self.facts["criteria"])
