"""What people are told, and what each of them wants to be told."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from organizations.enums import NoticeKind

from .agency import Agency

if TYPE_CHECKING:
    from .user import User

MAX_SUBJECT = 200
MAX_PATH = 300
# «/a/senate/2569/»: one slash, then nothing that a browser reads as another machine, a scheme or a new line.
OWN_PATH = re.compile(r"/(?![/\\])[^\s\\\x00-\x1f\x7f]*")


def check_own_path(path: str) -> None:
    """Raise ValidationError unless this is an address inside the workbench: a stored one is redirected to."""
    if len(path) > MAX_PATH or not OWN_PATH.fullmatch(path):
        raise ValidationError("ที่อยู่ต้องเป็นหน้าของระบบนี้", code="path")


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Reading notifications."""

    def shown_to(self, user: User) -> NotificationQuerySet:
        """What this person reads in the application; nothing of an agency that the person has left."""
        agencies = {membership.agency_id for membership in user.current_memberships}
        return self.filter(user=user, in_app=True, agency__in=agencies)

    def unread(self) -> NotificationQuerySet:
        """Not opened yet."""
        return self.filter(read_at=None)

    def newest_first(self) -> NotificationQuerySet:
        """The order of lists."""
        return self.order_by("-pk")


class Notification(models.Model):
    """One thing that one person is told: category, code and who acted, never the text of an answer.

    Letters leave the house, so what stands here may be read by strangers on the way. `dedupe` names what happened:
    a request that is repeated, or a tick that runs twice, tells it once. A worker takes a letter by `letter_attempts`
    and `letter_next_at`, see services/letters.py.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("เรื่อง", max_length=20, choices=NoticeKind)
    subject = models.CharField("หัวเรื่อง", max_length=MAX_SUBJECT)
    body = models.TextField("ข้อความ", blank=True)
    path = models.CharField(max_length=MAX_PATH, validators=[check_own_path])
    dedupe = models.CharField(max_length=160)
    in_app = models.BooleanField(default=True)
    by_email = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)
    letter_attempts = models.PositiveSmallIntegerField(default=0)
    letter_next_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = "การแจ้งเตือน"
        constraints = [
            models.UniqueConstraint(fields=["user", "dedupe"], name="organizations_notification_once"),
            models.CheckConstraint(
                condition=Q(path__startswith="/") & ~Q(path__startswith="//"),
                name="organizations_notification_path",
                violation_error_message="ที่อยู่ต้องเป็นหน้าของระบบนี้",
            ),
            models.CheckConstraint(
                condition=Q(in_app=True) | Q(by_email=True),
                name="organizations_notification_channel",
                violation_error_message="การแจ้งเตือนต้องมีทางใดทางหนึ่ง",
            ),
            models.CheckConstraint(
                condition=Q(emailed_at=None) | Q(by_email=True),
                name="organizations_notification_emailed",
                violation_error_message="เรื่องที่ไม่ได้เลือกรับทางอีเมลต้องไม่มีเวลาส่ง",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "read_at"], name="organizations_notice_unread"),
            models.Index(
                fields=["created_at"],
                condition=Q(by_email=True, emailed_at=None),
                name="organizations_notice_unsent",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def address(self) -> str:
        """The whole address, for letters and LINE; from the settings, never from what a browser calls the host."""
        return settings.PUBLIC_ADDRESS.rstrip("/") + self.path

    @property
    def plain(self) -> str:
        """Everything as plain text, as it is pasted into LINE."""
        return "\n".join(
            filter(None, [f"PMQA 4.0: {self.subject}", self.agency.name, self.body, self.address])
        )


class NotificationChoice(models.Model):
    """What one person wants to hear of one kind; without a row the defaults of enums.py hold."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_choices"
    )
    kind = models.CharField(max_length=20, choices=NoticeKind)
    in_app = models.BooleanField()
    email = models.BooleanField()

    class Meta:
        verbose_name = "การเลือกรับการแจ้งเตือน"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="organizations_notice_choice_unique")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_kind_display()}"
