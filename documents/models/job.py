"""The queue of exports: these rows are the truth about long work."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from assessment.models import Round
from documents.enums import Format, JobState, Purpose
from organizations.models import User

from .issue import Issue

ACTIVE_STATES = (JobState.QUEUED, JobState.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    """Reading jobs."""

    def visible_to(self, user: User) -> JobQuerySet:
        """The exports of the rounds of the person's own agencies."""
        return self.filter(
            round__agency__in={membership.agency_id for membership in user.current_memberships}
        )

    def active(self) -> JobQuerySet:
        """Waiting or running."""
        return self.filter(state__in=ACTIVE_STATES)


class Job(models.Model):
    """One requested file.

    A worker holds a running job by `lease_until`; when the worker dies the lease ends and another takes it,
    at most three times. A job of an issue prints its frozen data. `category` is empty for the whole form; with
    `whole_numbering` the pages of a category bear the numbers that they have in the whole form; the file lies in
    EXPORT_DIR as `<uid>.<format>`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="export_jobs")
    format = models.CharField(max_length=10, choices=Format, default=Format.PDF)
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.FORM)
    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, null=True, blank=True, related_name="jobs")
    category = models.PositiveSmallIntegerField(null=True, blank=True)
    thai_digits = models.BooleanField(default=False)
    whole_numbering = models.BooleanField(default=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    step = models.CharField(max_length=100, blank=True)
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps_total = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    pages = models.PositiveIntegerField(null=True, blank=True)
    filename = models.CharField(max_length=200, blank=True)
    data_sha256 = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=500, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = "งานส่งออก"
        ordering = ["requested_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ACTIVE_STATES, finished_at=None)
                | (~Q(state__in=ACTIVE_STATES) & Q(finished_at__isnull=False)),
                name="documents_job_finished",
                violation_error_message="งานที่จบแล้วต้องมีเวลาจบ",
            ),
            models.CheckConstraint(
                condition=Q(purpose=Purpose.ISSUE, issue__isnull=False)
                | (~Q(purpose=Purpose.ISSUE) & Q(issue=None)),
                name="documents_job_issue",
                violation_error_message="งานทำ PDF ของฉบับที่ออกต้องระบุฉบับ",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.get_state_display()}"

    @property
    def is_active(self) -> bool:
        """Waiting or running: worth asking again."""
        return self.state in ACTIVE_STATES
