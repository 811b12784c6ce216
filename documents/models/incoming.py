"""A file that was brought in, with what was understood of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from assessment.models import Round
from documents.enums import IncomingKind, IncomingState
from organizations.models import User


class IncomingQuerySet(models.QuerySet["Incoming"]):
    """Reading files that came in."""

    def visible_to(self, user: User) -> IncomingQuerySet:
        """The files of the rounds of the person's own agencies."""
        return self.filter(
            round__agency__in={membership.agency_id for membership in user.current_memberships}
        )

    def waiting(self) -> IncomingQuerySet:
        """Files that nobody has decided about yet."""
        return self.filter(state=IncomingState.WAITING)


class Incoming(models.Model):
    """A file waits here between the look at what was understood (the dry run) and the decision to write it.

    `understood` is what the importer of its kind read, as plain data; nothing of it stands in the form before
    `applied_at`. `sha256` names the file, so that the same one brought in twice is recognised.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="incoming_files")
    kind = models.CharField(max_length=20, choices=IncomingKind)
    filename = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    understood = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=IncomingState, default=IncomingState.WAITING)
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = IncomingQuerySet.as_manager()

    class Meta:
        verbose_name = "ไฟล์ที่นำเข้า"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=IncomingState.WAITING, decided_at=None, decided_by=None)
                | (~Q(state=IncomingState.WAITING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="documents_incoming_decided",
                violation_error_message="การตัดสินใจเรื่องไฟล์ที่นำเข้าต้องมีทั้งเวลาและผู้ดำเนินการ",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        """The page that shows what was understood."""
        return reverse("incoming", args=[self.uid])

    @property
    def is_waiting(self) -> bool:
        """Nobody has decided yet."""
        return self.state == IncomingState.WAITING
