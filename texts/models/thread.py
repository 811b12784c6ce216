"""Remarks about a text or about what stands around it, and the answers to them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from organizations.constraints import both_or_neither
from organizations.models import Agency, Versioned
from texts.passages import CONTEXT, Passage, Place, find_passage

from .text import Text

if TYPE_CHECKING:
    from organizations.models import User

MAX_BODY = 5_000


class Thread(models.Model):
    """One remark with its answers, open until somebody says that it is dealt with.

    What it is about is told by a row of a higher package. With `text` it is about a passage of that text, as it was in
    `text_version`; the words around it find it again when the text changes (`texts.passages`).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text_version = models.PositiveIntegerField(null=True, blank=True)
    quote = models.TextField(blank=True)
    before = models.CharField(max_length=CONTEXT, blank=True)
    after = models.CharField(max_length=CONTEXT, blank=True)
    position = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True, editable=False)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    class Meta:
        verbose_name = "ข้อสังเกต"
        ordering = ["started_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(text=None, text_version=None, quote="")
                | (Q(text__isnull=False, text_version__isnull=False) & ~Q(quote="")),
                name="texts_thread_passage",
                violation_error_message="ข้อสังเกตต่อข้อความต้องมีทั้งข้อความและถ้อยคำที่อ้างถึง",
            ),
            both_or_neither(
                "resolved_at",
                "resolved_by",
                name="texts_thread_both_resolved",
                message="ข้อสังเกตที่แก้ไขแล้วต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
        ]

    def __str__(self) -> str:
        return self.quote[:60] or f"ข้อสังเกต {self.pk}"

    @property
    def is_open(self) -> bool:
        """Nobody has said yet that it is dealt with."""
        return self.resolved_at is None

    def place(self) -> Place | None:
        """Where the passage stands in the text today; None when nobody can say, or when there is no passage."""
        if self.text is None:
            return None
        passage = Passage(self.quote, self.before, self.after, self.position)
        return find_passage(self.text.plain, passage)


class CommentQuerySet(models.QuerySet["Comment"]):
    """Reading comments."""

    def sent(self) -> CommentQuerySet:
        """What everybody may read, withdrawn ones included, whose words nobody shows."""
        return self.filter(sent_at__isnull=False)

    def drafts_of(self, user: User) -> CommentQuerySet:
        """What this person has written and not sent yet."""
        return self.filter(author=user, sent_at=None, withdrawn_at=None)

    def readable_by(self, user: User) -> CommentQuerySet:
        """What was sent, and the person's own drafts; nobody else's, whatever role the person has."""
        return self.filter(Q(sent_at__isnull=False) | Q(author=user, withdrawn_at=None))


def scan_path(comment: Comment, filename: str) -> str:
    """Papers lie apart from pictures, each in a folder named by its comment."""
    return f"comments/{comment.uid.hex}/{filename}"


class Comment(Versioned):
    """One remark or answer: plain text with line ends.

    Without `sent_at` it is a draft that nobody but its author ever sees; the version guards the draft. With `source` it
    was entered for an office or a meeting, whose paper may lie beside it. A withdrawn comment keeps its row.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField("ข้อสังเกต")
    at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    source = models.CharField("ข้อสังเกตของ", max_length=200, blank=True)
    source_date = models.DateField("ลงวันที่", null=True, blank=True)
    scan = models.FileField("หนังสือหรือรายงานการประชุม", upload_to=scan_path, blank=True)
    scan_name = models.CharField(max_length=200, blank=True, editable=False)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "ความเห็น"
        ordering = ["thread_id", "at", "pk"]
        constraints = [
            both_or_neither(
                "withdrawn_at",
                "withdrawn_by",
                name="texts_comment_both_withdrawn",
                message="การถอนความเห็นต้องมีทั้งเวลาและผู้ดำเนินการ",
            ),
            models.CheckConstraint(
                condition=Q(source="", source_date=None, scan="")
                | (~Q(source="") & Q(source_date__isnull=False)),
                name="texts_comment_source",
                violation_error_message="ข้อสังเกตที่บันทึกแทนต้องมีทั้งชื่อหน่วยงานหรือการประชุมและวันที่",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]

    @property
    def is_draft(self) -> bool:
        """Only its author may know of it."""
        return self.sent_at is None

    @property
    def is_withdrawn(self) -> bool:
        """Its words are shown no more."""
        return self.withdrawn_at is not None
