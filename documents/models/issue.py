"""What was handed in: ฉบับที่ N of a round."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from assessment.models import Round
from documents.form import Form
from documents.frozen import from_plain, short_code
from organizations.models import User
from thai.dates import format_date


class IssueQuerySet(models.QuerySet["Issue"]):
    """Reading issues."""

    def visible_to(self, user: User) -> IssueQuerySet:
        """The issues of the rounds of the person's own agencies."""
        return self.filter(
            round__agency__in={membership.agency_id for membership in user.current_memberships}
        )


def issue_path(issue: Issue, filename: str) -> str:
    """Files of issues lie apart from pictures: they are never swept."""
    return f"issues/{issue.uid.hex}/{filename}"


class Issue(models.Model):
    """One issue of a form: an event, not a state. Later edits of the round never change it.

    `data` is the frozen form (`documents.frozen`), `data_sha256` its hash. The PDF is made of these data by the worker,
    once; the scan is the signed paper that came back.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="issues")
    number = models.PositiveSmallIntegerField("ฉบับที่")
    note = models.CharField("หมายเหตุ", max_length=300, blank=True)
    print_footer = models.BooleanField("พิมพ์เลขฉบับ วันที่ และรหัสข้อมูลที่ท้ายหน้า", default=True)
    data = models.JSONField()
    data_sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # the memorandum that hands the form in; empty subject: none is printed
    memo_number = models.CharField("ที่", max_length=100, blank=True)
    memo_to = models.CharField("เรียน", max_length=200, blank=True)
    memo_subject = models.CharField("เรื่อง", max_length=300, blank=True)
    memo_body = models.TextField("ข้อความ", blank=True)
    pdf = models.FileField(upload_to=issue_path, blank=True, editable=False)
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    pages = models.PositiveIntegerField(default=0, editable=False)
    scan = models.FileField("ฉบับลงนาม", upload_to=issue_path, blank=True)
    scan_name = models.CharField(max_length=200, blank=True, editable=False)
    scanned_at = models.DateTimeField(null=True, blank=True, editable=False)
    scanned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = "ฉบับ"
        ordering = ["round_id", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "number"],
                name="documents_issue_number_unique",
                violation_error_message="มีฉบับเลขนี้แล้ว กรุณาลองอีกครั้ง",
            ),
            models.CheckConstraint(
                condition=Q(scan="", scanned_at=None, scanned_by=None)
                | (~Q(scan="") & Q(scanned_at__isnull=False, scanned_by__isnull=False)),
                name="documents_issue_scanned",
                violation_error_message="ฉบับลงนามต้องมีทั้งไฟล์ เวลา และผู้ส่ง",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} ฉบับที่ {self.number}"

    def get_absolute_url(self) -> str:
        """The page of this issue."""
        return reverse("issue", args=[self.uid])

    @property
    def form(self) -> Form:
        """The form as it was."""
        return from_plain(self.data)

    @property
    def code(self) -> str:
        """The short code of the data, as it stands at the foot of the pages."""
        return short_code(self.data_sha256)

    @property
    def footer(self) -> str:
        """What the foot of its pages says; empty when it was left out."""
        if not self.print_footer:
            return ""
        return f"ฉบับที่ {self.number} · {format_date(timezone.localtime(self.issued_at))} · รหัส {self.code}"

    @property
    def has_memo(self) -> bool:
        """A memorandum is printed in front."""
        return bool(self.memo_subject)

    @property
    def filename(self) -> str:
        """ASCII, because old Windows programs garble anything else."""
        return f"pmqa-{self.round.agency.code}-{self.round.year}-issue-{self.number}.pdf"
