"""What happened, for people who must answer for it later."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from organizations.chaining import FIELDS, GENESIS, link, storable

from .agency import Agency
from .append_only import AppendOnly


class AuditHead(models.Model):
    """The end of one chain of events: an agency's, or with `agency` NULL the installation's.

    Its row is the lock of the chain, and it remembers what the last event was, so that a cut tail shows.
    """

    agency = models.OneToOneField(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    sequence = models.PositiveBigIntegerField(default=0, editable=False)
    hash = models.CharField(max_length=64, default=GENESIS, blank=True, editable=False)

    class Meta:
        verbose_name = "ปลายบันทึกเหตุการณ์"
        constraints = [
            # NULLs are distinct in a unique index, and there must be one chain of the installation.
            models.UniqueConstraint(
                Coalesce("agency", Value(0)), name="organizations_audithead_one_per_chain"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.sequence}"

    @classmethod
    def hold(cls, agency: Agency | None) -> AuditHead:
        """The head of this chain, locked until the end of the transaction; made by the chain's first event."""
        head, _ = cls.objects.select_for_update().get_or_create(agency=agency)
        return head


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reading the trail."""

    def of_installation(self, account_verbs: Collection[str]) -> AuditEventQuerySet:
        """The installation's own chain, and of the agencies who gets in and who may what: nothing of their work."""
        return self.filter(Q(agency=None) | Q(verb__in=account_verbs))


class AuditEvent(AppendOnly):
    """One thing that somebody did: ids and plain facts, never the text of an answer, never a secret.

    `hash` covers all other fields and the hash of the event before it in the chain of the same agency.
    """

    at = models.DateTimeField(db_index=True, editable=False)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    sequence = models.PositiveBigIntegerField(editable=False)
    hash = models.CharField(max_length=64, editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = "เหตุการณ์"
        indexes = [
            models.Index(fields=["agency", "-at"]),
            models.Index(fields=["object_type", "object_id"], name="organizations_auditevent_about"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["agency", "sequence"], name="organizations_auditevent_one_next"),
            models.UniqueConstraint(
                fields=["sequence"], condition=Q(agency=None), name="organizations_auditevent_one_next_here"
            ),
        ]

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
        """Write one event about `obj` at the end of the agency's chain.

        Called inside the transaction of the change itself, as its last step: the chain stays locked until the
        transaction ends, and whoever takes other locks after it can meet somebody who took them before.
        """
        event = cls(
            verb=verb,
            actor_id=by.pk if by else None,
            agency=agency,
            object_type=obj._meta.label_lower if obj else "",
            object_id=str(obj.pk) if obj else "",
            facts=storable(facts),
        )
        # without a savepoint: an event that cannot be written takes the change with it
        with transaction.atomic(savepoint=False):
            event._append_to(AuditHead.hold(agency))
        return event

    def _append_to(self, head: AuditHead) -> None:
        """Take the next place behind `head`, which is locked; the time is that of the place, not of the call."""
        self.sequence, self.at = head.sequence + 1, timezone.now()
        self.hash = link(head.hash, self.entry())
        self.save(force_insert=True)
        AuditHead.objects.filter(pk=head.pk).update(sequence=self.sequence, hash=self.hash)

    def entry(self) -> dict[str, Any]:
        """The fields that the hash covers."""
        values = {name: getattr(self, name) for name in FIELDS if name not in ("agency", "actor")}
        return values | {"agency": self.agency_id, "actor": self.actor_id}
