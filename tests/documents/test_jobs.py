"""The queue of exports: asked for once, taken once, held by a lease, given up after three tries."""

from __future__ import annotations

import datetime
import os

import pytest
from django.db import connection
from django.utils import timezone

from documents import worker
from documents.enums import JobState
from documents.files import export_path, store_export
from documents.models import Job
from documents.services.jobs import (
    LEASE,
    MAX_ACTIVE,
    QueueFull,
    cancel_export,
    claim_next,
    fail,
    finish,
    keep_lease,
    request_export,
)
from organizations.enums import Role
from organizations.models import AuditEvent
from tests.world import moment

NOW = moment()
SECOND = datetime.timedelta(seconds=1)


@pytest.fixture
def by(world):
    return world.here.people["committee_1"]


@pytest.fixture
def ask(here, by):
    def request(category=None, *, thai_digits=False, round=here, person=by):
        return request_export(round=round, category=category, thai_digits=thai_digits, by=person)

    return request


def stored(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


# --- asking -------------------------------------------------------------------------------------------


def test_asking_twice_gives_the_job_that_waits(ask, by):
    first = ask(3)
    assert ask(3) == first
    assert Job.objects.count() == 1
    event = AuditEvent.objects.get(verb="export.requested")
    assert (event.actor_id, event.object_id, event.facts) == (
        by.pk,
        str(first.pk),
        {"category": 3, "format": "pdf", "purpose": "form"},
    )


def test_another_part_person_or_digits_is_another_job(ask, world, there):
    secretary = world.here.people[Role.SECRETARIAT]
    jobs = [
        ask(3),
        ask(),
        ask(4),
        ask(3, thai_digits=True),
        ask(3, person=secretary),
        ask(3, round=there, person=world.there.people[Role.SECRETARIAT]),
    ]
    assert len({job.pk for job in jobs}) == 6


@pytest.mark.parametrize("state", [JobState.RUNNING, JobState.DONE, JobState.FAILED, JobState.CANCELLED])
def test_what_no_longer_waits_is_made_anew(ask, state):
    """The text may have changed since the job that runs has read it."""
    first = ask(3)
    finished = None if state == JobState.RUNNING else NOW
    Job.objects.filter(pk=first.pk).update(state=state, finished_at=finished)
    assert ask(3).pk != first.pk


def test_a_full_queue_refuses_but_still_knows_what_waits_in_it(ask, here, by):
    waiting = ask(3)
    for number in range(MAX_ACTIVE - 1):
        state = JobState.RUNNING if number % 2 else JobState.QUEUED
        Job.objects.create(round=here, category=5, requested_by=by, thai_digits=True, state=state)
    with pytest.raises(QueueFull):
        ask(4)
    assert ask(3) == waiting
    assert AuditEvent.objects.filter(verb="export.requested").count() == 1
    cancel_export(job=waiting, by=by)
    assert ask(4).state == JobState.QUEUED


# --- taking -------------------------------------------------------------------------------------------


def test_the_oldest_is_taken_first_and_by_one_worker_only(ask):
    first, second = ask(1), ask(2)
    assert [claim_next(NOW), claim_next(NOW), claim_next(NOW)] == [first, second, None]
    taken = stored(first)
    assert (taken.state, taken.attempts, taken.lease_until) == (JobState.RUNNING, 1, NOW + LEASE)


def test_of_two_workers_that_see_the_same_job_one_gets_it(ask):
    """The other worker takes the first job between this one's look at the queue and its claim."""
    first, second = ask(1), ask(2)
    looks = []

    def other_worker(execute, sql, *arguments):
        result = execute(sql, *arguments)
        if sql.startswith('SELECT "documents_job"."id" AS "pk"') and not looks:
            looks.append(sql)
            Job.objects.filter(pk=first.pk).update(state=JobState.RUNNING, lease_until=NOW + LEASE)
        return result

    with connection.execute_wrapper(other_worker):
        assert claim_next(NOW) == second
    assert len(looks) == 1
    assert (stored(first).attempts, stored(second).attempts) == (0, 1)


def test_a_running_job_is_not_taken_while_its_lease_lasts(ask):
    job = ask()
    claim_next(NOW)
    assert claim_next(NOW + LEASE) is None
    assert claim_next(NOW + LEASE + SECOND) == job
    assert stored(job).attempts == 2


def test_a_job_whose_workers_die_is_given_up_after_three_tries(ask):
    job = ask()
    now = NOW
    for attempt in (1, 2, 3):
        assert claim_next(now) == job
        assert stored(job).attempts == attempt
        now += LEASE + SECOND
    assert claim_next(now) is None
    given_up = stored(job)
    assert (given_up.state, given_up.finished_at, given_up.lease_until) == (JobState.FAILED, now, None)
    assert given_up.error == "ทำไม่สำเร็จหลังลองแล้วสามครั้ง กรุณาแจ้งผู้ดูแลระบบ"


def test_news_hold_the_lease_and_tell_how_far_it_is(ask, time_machine):
    time_machine.move_to(NOW, tick=False)
    ask()
    job = claim_next()
    time_machine.shift(50)
    assert keep_lease(job, step="กำลังจัดหน้า 12", done=5, total=7) is True
    running = stored(job)
    assert (running.step, running.steps_done, running.steps_total) == ("กำลังจัดหน้า 12", 5, 7)
    assert running.lease_until == NOW + 50 * SECOND + LEASE
    time_machine.shift(50)
    assert claim_next() is None


# --- ending -------------------------------------------------------------------------------------------


def test_finishing_fills_the_row(ask):
    ask()
    job = claim_next()
    assert finish(job, pages=34, filename="a.pdf", data_sha256="0" * 64) is True
    done = stored(job)
    assert (done.state, done.pages, done.filename, done.data_sha256) == (JobState.DONE, 34, "a.pdf", "0" * 64)
    assert (done.lease_until, done.is_active) == (None, False)
    assert done.finished_at is not None


def test_failing_keeps_the_reason_in_its_length(ask):
    ask()
    job = claim_next()
    fail(job, "ก" * 600)
    assert (stored(job).state, stored(job).error) == (JobState.FAILED, "ก" * 500)


@pytest.mark.parametrize("running", [False, True])
def test_a_cancelled_job_is_not_taken_goes_on_no_more_and_stays_cancelled(ask, by, running):
    job = ask()
    if running:
        claim_next()
    assert cancel_export(job=job, by=by) is True
    cancelled = stored(job)
    assert (cancelled.state, cancelled.lease_until) == (JobState.CANCELLED, None)
    assert claim_next(timezone.now() + 10 * LEASE) is None
    assert keep_lease(job, step="", done=1, total=7) is False
    assert finish(job, pages=1, filename="a.pdf", data_sha256="") is False
    fail(job, "x")
    assert (stored(job).state, stored(job).filename, stored(job).error) == (JobState.CANCELLED, "", "")
    assert cancel_export(job=job, by=by) is False
    assert AuditEvent.objects.filter(verb="export.cancelled").count() == 1


def test_people_see_the_jobs_of_their_agency(ask, world, here, there):
    own = ask()
    ask(round=there, person=world.there.people[Role.SECRETARIAT])
    assert list(Job.objects.visible_to(world.here.people[Role.EXECUTIVE])) == [own]
    assert not Job.objects.visible_to(world.admin).exists()


# --- two workers ---------------------------------------------------------------------------------------


def test_a_worker_that_lost_its_lease_can_neither_hold_nor_end_the_job(ask):
    """A machine that slept comes back while another worker has the job."""
    ask(3)
    late = claim_next(NOW)
    taken = claim_next(NOW + LEASE + SECOND)
    assert (late.pk, taken.attempts) == (taken.pk, 2)
    assert not keep_lease(late, step="", done=1, total=7)
    assert not finish(late, pages=1, filename="late.pdf", data_sha256="")
    fail(late, "ช้าไป")
    assert stored(taken).state == JobState.RUNNING
    assert finish(taken, pages=2, filename="own.pdf", data_sha256="")


def test_the_late_worker_leaves_the_file_of_the_other(ask, settings, tmp_path):
    settings.EXPORT_DIR = tmp_path
    ask(3)
    late, taken = claim_next(NOW), claim_next(NOW + LEASE + SECOND)
    store_export(taken, b"whole")
    assert finish(taken, pages=2, filename="own.pdf", data_sha256="")
    worker._remove_unwanted(late)
    assert export_path(taken).read_bytes() == b"whole"
    Job.objects.update(state=JobState.CANCELLED)
    worker._remove_unwanted(late)
    assert not export_path(taken).exists()


def test_what_a_killed_worker_was_writing_is_removed_later(db, settings, tmp_path):
    settings.EXPORT_DIR = tmp_path
    old, new = tmp_path / "a.1.part", tmp_path / "b.1.part"
    for part in (old, new):
        part.write_bytes(b"half")
    long_ago = (NOW - worker.KEEP_FILES - SECOND).timestamp()
    os.utime(old, (long_ago, long_ago))
    os.utime(new, (NOW.timestamp(), NOW.timestamp()))
    worker.sweep(NOW)
    assert (old.exists(), new.exists()) == (False, True)
