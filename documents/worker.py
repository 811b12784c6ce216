"""The worker's loop: take a job, make the file, say what became of it."""

from __future__ import annotations

import datetime
import logging
import time
from collections.abc import Callable

from django.db import close_old_connections
from django.utils import timezone

from assessment.search.refreshing import refresh_search
from assessment.services.reminders import remind
from organizations.services.letters import send_letters
from practices.loading import LoadPaused, sleep_as_long, tidy_loads, work_on_loads

from .enums import Format, JobState, Purpose
from .exporters import Order, Step, export
from .files import export_path, remove_partial_files, store_export
from .models import Job
from .part_store import forget_parts
from .pdf.child import RenderError, RenderTooLarge
from .schedule import Schedule, Task
from .services.issues import keep_issue_pdf
from .services.jobs import claim_next, fail, finish, keep_lease

log = logging.getLogger("pmqa.worker")
IDLE_SECONDS = 0.5
# A file can be made again at any time; keeping old drafts fills the disk and confuses people.
KEEP_FILES = datetime.timedelta(days=7)


class Cancelled(Exception):
    """Somebody stopped the job."""


def run_worker(should_stop: Callable[[], bool]) -> None:
    """Work until told to stop."""
    schedule = make_schedule()
    while not should_stop():
        close_old_connections()
        schedule.tick()
        if not work_once() and not load_once(should_stop) and not refresh_search_once():
            time.sleep(IDLE_SECONDS)


def load_once(should_stop: Callable[[], bool]) -> bool:
    """Read or write the next files of cases; somebody who wants to print meanwhile need not wait for their end."""

    def breathe(held: float) -> None:
        if should_stop():
            raise LoadPaused
        if not work_once():
            sleep_as_long(held)

    try:
        return work_on_loads(breathe)
    except Exception:
        log.exception("files of cases could not be loaded")
        return False


def refresh_search_once() -> bool:
    """Make what changed findable; gives whether there was something. Files are made whatever happens here."""
    try:
        return refresh_search() > 0
    except Exception:
        log.exception("the search could not be refreshed")
        return False


def make_schedule() -> Schedule:
    """What the worker does beside files. Reminders come before letters, so that one morning brings one letter."""
    return Schedule(
        [
            Task("reminders", 5 * 60, remind),
            Task("letters", 30, send_letters),
            Task("loads", 60, tidy_loads),
            Task("sweep", 60 * 60, lambda: sweep(timezone.now())),
        ]
    )


def work_once() -> bool:
    """Do one job if one waits; gives whether there was one."""
    job = claim_next()
    if job is None:
        return False
    try:
        _make(job)
    except Cancelled:
        log.info("export %s cancelled", job.uid)
    except RenderTooLarge:
        fail(job, "ข้อความหรือภาพมากเกินกว่าจะพิมพ์ได้ในครั้งเดียว กรุณาพิมพ์ทีละหมวดเพื่อหาหมวดที่มีปัญหา")
    except RenderError:
        log.exception("export %s failed", job.uid)
        fail(job, "จัดหน้าไม่สำเร็จ กรุณาพิมพ์ทีละหมวดเพื่อหาหมวดที่มีปัญหา แล้วแจ้งผู้ดูแลระบบ")
    except Exception:
        # The queue goes on whatever happens to one job; the trace is for the administrator.
        log.exception("export %s failed", job.uid)
        fail(job, "สร้างไฟล์ไม่สำเร็จ กรุณาลองอีกครั้งหรือแจ้งผู้ดูแลระบบ")
    return True


def _make(job: Job) -> None:
    last = Step("กำลังเตรียมข้อมูล", 0, 1)

    def report(step: Step) -> None:
        nonlocal last
        last = step
        _report(job, step)

    report(last)
    made = export(
        Order(
            round=job.round,
            format=Format(job.format),
            category=job.category,
            thai_digits=job.thai_digits or None,
            purpose=Purpose(job.purpose),
            issue=job.issue,
            whole_numbering=job.whole_numbering,
            on_progress=report,
        )
    )
    report(Step("กำลังเก็บไฟล์", last.total, last.total))
    if job.issue:
        keep_issue_pdf(issue=job.issue, content=made.content, pages=made.pages)
    store_export(job, made.content)
    if not finish(job, pages=made.pages, filename=made.filename, data_sha256=made.sha256):
        _remove_unwanted(job)


def _remove_unwanted(job: Job) -> None:
    """A cancelled job keeps no file; one that another worker has taken over meanwhile may have its own there."""
    if Job.objects.filter(pk=job.pk, state__in=(JobState.CANCELLED, JobState.FAILED)).exists():
        export_path(job).unlink(missing_ok=True)


def _report(job: Job, step: Step) -> None:
    """Tell the page how far it is, hold the lease, notice a cancellation."""
    if not keep_lease(job, step=step.words, done=step.done, total=step.total):
        raise Cancelled


def sweep(now: datetime.datetime) -> None:
    """Remove files that nobody needs any more."""
    for job in Job.objects.filter(finished_at__lt=now - KEEP_FILES).exclude(filename=""):
        export_path(job).unlink(missing_ok=True)
        Job.objects.filter(pk=job.pk).update(filename="")
    remove_partial_files(now - KEEP_FILES)
    forget_parts(now - KEEP_FILES)
