"""Asking for a PDF, watching it being made, taking it."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from documents.enums import JobState
from documents.files import export_path, store_export
from documents.models import Job
from documents.services.jobs import MAX_ACTIVE, claim_next, fail, finish, keep_lease
from organizations.enums import Role

PDF = b"%PDF-1.7 test"


@pytest.fixture
def by(client, world):
    person = world.here.people["committee_1"]
    client.force_login(person)
    return person


def press(client, category="", code="senate"):
    return client.post(f"/a/{code}/2565/export/", {"category": category})


def ready(job: Job) -> Job:
    """The job as the worker leaves it."""
    job = claim_next()
    store_export(job, PDF)
    finish(job, pages=2, filename="pmqa-senate-2565.pdf", data_sha256="0" * 64)
    return Job.objects.get(pk=job.pk)


def page_of(client, job: Job, rest: str = "", *, htmx: bool = False):
    return client.get(f"/exports/{job.uid}/{rest}", headers={"HX-Request": "true"} if htmx else {})


@pytest.mark.parametrize(("typed", "category"), [("", None), ("3", 3), ("6", 6)])
def test_pressing_print_queues_a_job_and_opens_its_page(client, here, by, typed, category):
    answer = press(client, typed)
    job = Job.objects.get()
    assert answer.headers["Location"] == f"/exports/{job.uid}/"
    assert (job.round, job.category, job.thai_digits, job.requested_by) == (here, category, False, by)
    press(client, typed)
    assert Job.objects.count() == 1


def test_the_digits_are_those_of_the_round(client, here, by):
    type(here).objects.filter(pk=here.pk).update(thai_digits=True)
    press(client)
    assert Job.objects.get().thai_digits is True


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({"category": "3", "whole_numbering": "1"}, True),
        ({"category": "3"}, False),
        ({"category": "", "whole_numbering": "1"}, False),
    ],
)
def test_a_category_may_be_numbered_as_in_the_whole(client, here, by, typed, asked):
    client.post("/a/senate/2565/export/", typed)
    job = Job.objects.get()
    assert job.whole_numbering is asked
    claim_next()
    fail(claimed := Job.objects.get(), "ไม่สำเร็จ")
    assert ('name="whole_numbering" value="1" checked' in page_of(client, claimed).content.decode()) is asked


@pytest.mark.parametrize("typed", ["0", "7", "x", "๑", "1 ", "-1"])
def test_a_category_that_the_form_has_not_is_not_found(client, here, by, typed):
    assert press(client, typed).status_code == 404
    assert not Job.objects.exists()


@pytest.mark.parametrize("role", [Role.EXECUTIVE, Role.UNIT_OFFICER, "committee_3", Role.SECRETARIAT])
def test_every_member_may_print(client, world, here, role):
    client.force_login(world.here.people[role])
    assert press(client, "1").status_code == 302
    assert Job.objects.get().requested_by == world.here.people[role]


def test_a_full_queue_is_said_and_asks_to_wait(client, here, by):
    Job.objects.bulk_create(
        Job(round=here, category=1, thai_digits=True, requested_by=by) for _ in range(MAX_ACTIVE)
    )
    answer = press(client)
    assert answer.headers["Location"] == "/a/senate/2565/"
    assert "ขณะนี้มีผู้ขอพิมพ์จำนวนมาก กรุณารอสักครู่แล้วกดพิมพ์อีกครั้ง" in client.get("/a/senate/2565/").content.decode()
    assert Job.objects.count() == MAX_ACTIVE


def test_the_page_tells_how_far_it_is_and_asks_again_by_itself(client, here, by):
    press(client, "1"), press(client)
    job = Job.objects.get(category=None)
    text = page_of(client, job).content.decode()
    assert "รอคิว" in text
    assert "มี 1 ไฟล์รอก่อนหน้า" in text
    claim_next()
    keep_lease(claim_next(), step="กำลังจัดหน้า 12", done=5, total=7)
    part = page_of(client, job, htmx=True).content.decode()
    assert "กำลังจัดหน้า 12" in part
    assert 'max="7" value="5"' in part
    assert f'hx-get="/exports/{job.uid}/"' in part
    assert "<html" not in part


def test_a_finished_file_is_offered_and_nothing_asks_again(client, here, by):
    press(client)
    job = ready(Job.objects.get())
    text = page_of(client, job, htmx=True).content.decode()
    assert "2 หน้า" in text
    assert f'href="/exports/{job.uid}/file/"' in text
    assert "hx-trigger" not in text


def test_the_file_is_given_with_its_name_and_kept_by_no_cache(client, here, by):
    press(client)
    answer = page_of(client, ready(Job.objects.get()), "file/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'inline; filename="pmqa-senate-2565.pdf"'
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_failed_job_says_why_and_offers_another_try(client, here, by):
    press(client, "2")
    job = Job.objects.get()
    fail(claim_next(), "จัดหน้าไม่สำเร็จ กรุณาพิมพ์ทีละหมวด")
    text = page_of(client, job).content.decode()
    assert "จัดหน้าไม่สำเร็จ กรุณาพิมพ์ทีละหมวด" in text
    assert '<input type="hidden" name="category" value="2">' in text
    assert page_of(client, job, "file/").status_code == 404


def test_a_swept_file_is_said_to_be_gone(client, here, by):
    press(client)
    job = ready(Job.objects.get())
    export_path(job).unlink()
    assert page_of(client, job, "file/").status_code == 404
    Job.objects.update(filename="")
    assert "ไฟล์นี้เก็บไว้ครบ 7 วันและลบไปแล้ว กรุณาสั่งทำใหม่" in page_of(client, job).content.decode()


def test_an_unfinished_file_is_not_given_even_when_it_lies_there(client, here, by):
    press(client)
    job = Job.objects.get()
    store_export(job, PDF)
    assert page_of(client, job, "file/").status_code == 404


# --- cancelling ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "status", "state"),
    [
        ("committee_1", 302, JobState.CANCELLED),
        (Role.SECRETARIAT, 302, JobState.CANCELLED),
        ("committee_3", 403, JobState.QUEUED),
        (Role.EXECUTIVE, 403, JobState.QUEUED),
    ],
)
def test_whoever_asked_or_runs_the_year_stops_a_job(client, world, here, by, role, status, state):
    press(client)
    job = Job.objects.get()
    client.force_login(world.here.people[role])
    text = page_of(client, job).content.decode()
    assert (f'action="/exports/{job.uid}/cancel/"' in text) == (status == 302)
    assert client.post(f"/exports/{job.uid}/cancel/").status_code == status
    assert Job.objects.get().state == state


def test_stopping_what_has_ended_is_said(client, here, by):
    press(client)
    job = ready(Job.objects.get())
    answer = client.post(f"/exports/{job.uid}/cancel/", follow=True)
    assert "ไฟล์นี้เสร็จหรือหยุดไปก่อนแล้ว" in answer.content.decode()
    assert Job.objects.get().state == JobState.DONE


# --- other agencies -----------------------------------------------------------------------------------


@pytest.mark.parametrize("outsider", ["other secretariat", "installation administrator", "stranger"])
def test_people_outside_find_no_job_and_no_file(client, world, here, there, by, outsider):
    press(client)
    job = ready(Job.objects.get())
    people = {
        "other secretariat": world.there.people[Role.SECRETARIAT],
        "installation administrator": world.admin,
        "stranger": world.stranger,
    }
    client.force_login(people[outsider])
    assert [page_of(client, job, rest).status_code for rest in ("", "file/")] == [404, 404]
    assert client.post(f"/exports/{job.uid}/cancel/").status_code == 404
    assert press(client).status_code == 404
    assert (Job.objects.count(), Job.objects.get().state) == (1, JobState.DONE)


def test_an_ended_membership_finds_no_file_any_more(client, world, here, by):
    press(client)
    job = ready(Job.objects.get())
    by.memberships.update(ended_at=timezone.now(), ended_by=world.admin)
    assert page_of(client, job, "file/").status_code == 404


def test_nobody_is_served_without_signing_in(client, world, here, by):
    press(client)
    job = ready(Job.objects.get())
    client.logout()
    assert page_of(client, job, "file/").headers["Location"].startswith("/accounts/login/")
    assert client.get(f"/exports/{uuid.uuid4()}/file/").status_code == 302


@pytest.mark.parametrize("rest", ["cancel/"])
def test_stopping_takes_no_get(client, here, by, rest):
    press(client)
    assert page_of(client, Job.objects.get(), rest).status_code == 405
    assert client.get("/a/senate/2565/export/").status_code == 405
