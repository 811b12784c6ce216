"""Asking for a file, cancelling, and the worker's side of the queue."""

from __future__ import annotations

import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from assessment.models import Round
from documents.enums import Format, JobState, Purpose
from documents.models import Issue, Job, JobQuerySet
from organizations.models import AuditEvent, User

MAX_ACTIVE = 50
MAX_ATTEMPTS = 3
LEASE = datetime.timedelta(seconds=60)


class QueueFull(Exception):
    """Too many exports are waiting; asking again in a minute will do."""


@transaction.atomic
def request_export(
    *,
    round: Round,
    category: int | None,
    thai_digits: bool,
    by: User,
    format: Format = Format.PDF,
    purpose: Purpose = Purpose.FORM,
    issue: Issue | None = None,
    whole_numbering: bool = False,
) -> Job:
    """Queue an export; the same request while the first one waits gives the first one. Raises QueueFull."""
    wanted: dict[str, Any] = {
        "round": round,
        "format": format,
        "purpose": purpose,
        "issue": issue,
        "category": category,
        "thai_digits": thai_digits,
        "whole_numbering": whole_numbering,
    }
    if same := Job.objects.filter(state=JobState.QUEUED, requested_by=by, **wanted).first():
        return same
    if Job.objects.active().count() >= MAX_ACTIVE:
        raise QueueFull
    job = Job.objects.create(requested_by=by, **wanted)
    AuditEvent.record(
        "export.requested",
        job,
        by=by,
        agency=round.agency,
        category=category,
        format=format.value,
        purpose=purpose.value,
    )
    return job


def cancel_export(*, job: Job, by: User) -> bool:
    """Stop an export that waits or runs; gives whether it was still active."""
    rows = Job.objects.filter(pk=job.pk).active()
    stopped = rows.update(state=JobState.CANCELLED, finished_at=timezone.now(), lease_until=None)
    if stopped:
        AuditEvent.record("export.cancelled", job, by=by, agency=job.round.agency)
    return bool(stopped)


def claim_next(now: datetime.datetime | None = None) -> Job | None:
    """Take the oldest waiting job; compare-and-set, so that two workers never take the same one."""
    now = now or timezone.now()
    _release_dead(now)
    for pk in Job.objects.filter(state=JobState.QUEUED).values_list("pk", flat=True)[:5]:
        taken = Job.objects.filter(pk=pk, state=JobState.QUEUED).update(
            state=JobState.RUNNING, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
        if taken:
            jobs = Job.objects.select_related("round__agency", "round__edition", "issue__round__agency")
            return jobs.get(pk=pk)
    return None


def _release_dead(now: datetime.datetime) -> None:
    """A running job whose lease ended belonged to a worker that died: again, but not for ever."""
    dead = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    dead.filter(attempts__lt=MAX_ATTEMPTS).update(state=JobState.QUEUED, lease_until=None, step="")
    dead.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED,
        finished_at=now,
        lease_until=None,
        error="ทำไม่สำเร็จหลังลองแล้วสามครั้ง กรุณาแจ้งผู้ดูแลระบบ",
    )


def _held(job: Job) -> JobQuerySet:
    """The job as long as it is this worker's: each taking counts one attempt."""
    return Job.objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


def keep_lease(job: Job, *, step: str, done: int, total: int) -> bool:
    """Report progress and hold the job; False when it was cancelled, or taken by another worker after its lease."""
    now = timezone.now()
    return bool(_held(job).update(lease_until=now + LEASE, step=step, steps_done=done, steps_total=total))


def finish(job: Job, *, pages: int, filename: str, data_sha256: str) -> bool:
    """The file lies ready; False when it was cancelled, or taken by another worker, meanwhile."""
    rows = _held(job).update(
        state=JobState.DONE,
        finished_at=timezone.now(),
        lease_until=None,
        pages=pages,
        filename=filename,
        data_sha256=data_sha256,
    )
    return bool(rows)


def fail(job: Job, message: str) -> None:
    """The file cannot be made; `message` is for the person who asked."""
    _held(job).update(
        state=JobState.FAILED, finished_at=timezone.now(), lease_until=None, error=message[:500]
    )
