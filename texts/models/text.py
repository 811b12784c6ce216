"""A rich text with its version, its history and the keys of the saves it has seen."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from organizations.constraints import both_or_neither
from organizations.models import Agency
from texts.enums import RevisionKind


class Text(models.Model):
    """One rich text; only `texts.services.save_text` changes it.

    `html` holds the allow-list of `texts.cleaning`, `plain` its text content (for search and for
    telling whether anything was written). A locked text refuses saves until it is unlocked.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    html = models.TextField(blank=True)
    plain = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    locked_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(null=True, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "ข้อความ"

    def __str__(self) -> str:
        return self.plain[:60] or "(ว่าง)"

    @property
    def is_blank(self) -> bool:
        """Nothing written and no figure placed."""
        return not self.plain.strip() and "<img" not in self.html


class Revision(models.Model):
    """One accepted save; never changed, never deleted.

    `on_behalf` marks what the secretariat wrote for a committee («บันทึกแทน»).
    """

    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField()
    html = models.TextField(blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=RevisionKind, default=RevisionKind.WRITTEN)
    on_behalf = models.BooleanField(default=False)

    class Meta:
        verbose_name = "ประวัติข้อความ"
        ordering = ["text_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["text", "version"], name="texts_revision_version_unique")
        ]

    def __str__(self) -> str:
        return f"{self.text_id} v{self.version}"


class SaveKey(models.Model):
    """The key of one logical edit, so that a repeated request is answered and not applied again."""

    key = models.UUIDField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    text = models.ForeignKey(Text, on_delete=models.CASCADE, related_name="+")
    payload_sha256 = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "กุญแจการบันทึก"
        constraints = [models.UniqueConstraint(fields=["text", "key"], name="texts_savekey_unique")]

    def __str__(self) -> str:
        return str(self.key)


class ProposalQuerySet(models.QuerySet["Proposal"]):
    """Reading what came too late."""

    def open(self) -> ProposalQuerySet:
        """Proposals that nobody has accepted or dismissed yet."""
        return self.filter(decided_at=None)


class Proposal(models.Model):
    """A save that arrived after its text was locked: kept until somebody who may write decides about it."""

    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="proposals")
    key = models.UUIDField()
    html = models.TextField(blank=True)
    base_version = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted = models.BooleanField(null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = "ข้อความที่มาช้า"
        ordering = ["text_id", "at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["text", "key", "author"], name="texts_proposal_unique"),
            both_or_neither(
                "decided_at",
                "decided_by",
                name="texts_proposal_both_decided",
                message="การพิจารณาข้อความที่มาช้าต้องมีทั้งเวลาและผู้พิจารณา",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text_id} {self.at:%Y-%m-%d %H:%M}"
