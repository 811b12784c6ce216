"""What happened, for people who must answer for it later."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from .agency import Agency


class AuditEvent(models.Model):
    """One thing that somebody did: ids and plain facts, never the text of an answer, never a secret."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = "เหตุการณ์"
        indexes = [models.Index(fields=["agency", "-at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.object_type} {self.object_id}"

    @classmethod
    def record(
        cls,
        verb: str,
        obj: models.Model | None = None,
        *,
        by: models.Model | None,
        agency: Agency | None = None,
        **facts: Any,
    ) -> AuditEvent:
        """Write one event about `obj`; called inside the transaction of the change itself."""
        return cls.objects.create(
            verb=verb,
            actor_id=by.pk if by else None,
            agency=agency,
            object_type=obj._meta.label_lower if obj else "",
            object_id=str(obj.pk) if obj else "",
            facts=facts,
        )
