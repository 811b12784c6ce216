"""The review of a category: every step from every state, what is missing, who is told."""

from __future__ import annotations

import datetime
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from assessment.enums import ReviewState
from assessment.models import CategorySheet, Round, SheetStep
from assessment.progress import round_progress
from assessment.services.review import (
    NotComplete,
    approve_sheet,
    extend_deadline,
    pull_back,
    reopen_sheet,
    return_sheet,
    start_review,
    submit_sheet,
)
from assessment.services.rounds import TransitionRefused, close_round
from organizations.enums import NoticeKind, Role
from organizations.models import AuditEvent, Notification
from tests.standing import standing
from tests.world import World, criterion, make_round, make_world, moment, write_activity
from texts.models import StaleVersion

from .review import approved, complete, log_of, returned, sheet_of, submitted

FAR = datetime.date(2027, 1, 31)


@pytest.fixture
def member(world):
    return world.here.people["committee_1"]


@pytest.fixture
def secretary(world):
    return world.here.people[Role.SECRETARIAT]


@pytest.fixture
def admin(world):
    return world.here.people[Role.AGENCY_ADMIN]


def make_both() -> tuple[World, Round]:
    """The world, and a round whose category 1 is complete."""
    world = make_world()
    round = make_round(world.here, world)
    complete(round, 1, world.here)
    return world, round


@pytest.fixture(scope="module")
def stood(django_db_setup, django_db_blocker, tmp_path_factory):
    yield from standing(django_db_blocker, tmp_path_factory, make_both)


@pytest.fixture
def both(stood, db) -> tuple[World, Round]:
    return stood.for_one_test()


@pytest.fixture
def world(both) -> World:
    return both[0]


@pytest.fixture
def ready(both) -> Round:
    """Category 1 is complete."""
    return both[1]


def step_facts(verb: str) -> list[dict]:
    return [event.facts for event in AuditEvent.objects.filter(verb=verb).order_by("pk")]


# --- from every state every step ------------------------------------------------------------------

STEPS = {
    "submit": submit_sheet,
    "pull back": pull_back,
    "start": start_review,
    "return": partial(return_sheet, reason="แก้", criteria=[]),
    "approve": approve_sheet,
    "reopen": partial(reopen_sheet, reason="แก้"),
    "extend": partial(extend_deadline, until=FAR, reason="รอ"),
}
ALLOWED = {
    "writing": {"submit": "writing→submitted", "extend": "writing→writing"},
    "submitted": {
        "pull back": "submitted→writing",
        "start": "submitted→submitted",
        "return": "submitted→returned",
        "approve": "submitted→approved",
        "extend": "submitted→submitted",
    },
    "started": {
        "return": "submitted→returned",
        "approve": "submitted→approved",
        "extend": "submitted→submitted",
    },
    "returned": {"submit": "returned→submitted", "extend": "returned→returned"},
    "submitted again": {
        "pull back": "submitted→returned",
        "start": "submitted→submitted",
        "return": "submitted→returned",
        "approve": "submitted→approved",
        "extend": "submitted→submitted",
    },
    "approved": {"reopen": "approved→returned", "extend": "approved→approved"},
}


def bring_to(round: Round, state: str, member, secretary) -> CategorySheet:
    if state != "writing":
        submitted(round, 1, member)
    if state == "started":
        sheet = sheet_of(round, 1)
        start_review(sheet=sheet, base_version=sheet.review_version, by=secretary)
    if state in ("returned", "submitted again"):
        returned(round, 1, secretary, "1.2")
    if state == "submitted again":
        submitted(round, 1, member)
    if state == "approved":
        approved(round, 1, secretary)
    return sheet_of(round, 1)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", ALLOWED)
def test_a_step_is_taken_from_the_states_that_allow_it(ready, member, secretary, state, step):
    sheet = bring_to(ready, state, member, secretary)
    before, steps, events = sheet.review_state, SheetStep.objects.count(), AuditEvent.objects.count()
    take = partial(STEPS[step], sheet=sheet, base_version=sheet.review_version, by=secretary)
    if step in ALLOWED[state]:
        take()
        stands = sheet_of(ready, 1)
        assert f"{before}→{stands.review_state}" == ALLOWED[state][step]
        # approving and opening again also lock and unlock the feedback that the category answers
        written = 2 if step in ("approve", "reopen") else 1
        assert (SheetStep.objects.count(), AuditEvent.objects.count()) == (steps + 1, events + written)
        assert stands.review_version == sheet_of(ready, 1).review_version
    else:
        with pytest.raises(TransitionRefused):
            take()
        assert sheet_of(ready, 1).review_state == before
        assert (SheetStep.objects.count(), AuditEvent.objects.count()) == (steps, events)


@pytest.mark.parametrize("step", STEPS)
def test_of_two_people_at_once_the_second_is_told(ready, member, secretary, admin, step):
    state = next(state for state, steps in ALLOWED.items() if step in steps)
    sheet = bring_to(ready, state, member, secretary)
    seen_by_other = sheet_of(ready, 1)
    STEPS[step](sheet=sheet, base_version=sheet.review_version, by=secretary)
    log = log_of(sheet)
    with pytest.raises(StaleVersion):
        STEPS[step](sheet=seen_by_other, base_version=seen_by_other.review_version, by=admin)
    assert log_of(sheet) == log


@pytest.mark.parametrize("step", STEPS)
def test_a_closed_round_takes_no_step(ready, member, secretary, step):
    state = next(state for state, steps in ALLOWED.items() if step in steps)
    sheet = bring_to(ready, state, member, secretary)
    close_round(round=ready, by=secretary)
    with pytest.raises(TransitionRefused, match="แบบฟอร์มปีนี้ปิดแล้ว"):
        STEPS[step](sheet=sheet, base_version=sheet.review_version, by=secretary)


@pytest.mark.parametrize(
    ("step", "fields"),
    [
        (return_sheet, {"reason": "  ", "criteria": []}),
        (reopen_sheet, {"reason": ""}),
        (extend_deadline, {"reason": " ", "until": FAR}),
    ],
)
def test_a_step_that_needs_a_reason_is_refused_without_one(ready, member, secretary, step, fields):
    sheet = bring_to(ready, "approved" if step is reopen_sheet else "submitted", member, secretary)
    with pytest.raises(TransitionRefused, match="กรุณาระบุเหตุผล"):
        step(sheet=sheet, base_version=sheet.review_version, by=secretary, **fields)


def test_the_log_tells_the_whole_story(ready, member, secretary, admin):
    submitted(ready, 1, member)
    sheet = sheet_of(ready, 1)
    pull_back(sheet=sheet, base_version=sheet.review_version, by=member)
    submitted(ready, 1, secretary)
    sheet = sheet_of(ready, 1)
    start_review(sheet=sheet, base_version=sheet.review_version, by=secretary)
    returned(ready, 1, secretary, "1.4", "1.2", reason="ขาดตัวเลข")
    submitted(ready, 1, member)
    sheet = approved(ready, 1, admin, "มติที่ประชุมครั้งที่ 2/2569")
    assert log_of(sheet) == [
        ("submitted", "senate-committee-1"),
        ("pulled_back", "senate-committee-1"),
        ("submitted", "senate-secretariat"),
        ("review_started", "senate-secretariat"),
        ("returned", "senate-secretariat"),
        ("submitted", "senate-committee-1"),
        ("approved", "senate-agency-admin"),
    ]
    steps = SheetStep.objects.order_by("pk")
    assert [step.on_behalf for step in steps] == [False, False, True, False, False, False, False]
    assert (steps[4].reason, steps[4].criteria) == ("ขาดตัวเลข", ["1.2", "1.4"])
    assert (steps[6].reference, steps[6].self_approved) == ("มติที่ประชุมครั้งที่ 2/2569", False)
    assert step_facts("sheet.approved") == [{"category": 1, "step": steps[6].pk}]


def test_a_step_of_the_log_is_neither_changed_nor_deleted(ready, member):
    submitted(ready, 1, member)
    step = SheetStep.objects.get()
    with pytest.raises(TypeError):
        step.save()
    with pytest.raises(TypeError):
        step.delete()
    assert SheetStep.objects.count() == 1


def test_pulling_back_a_second_submission_restores_the_first(ready, member, secretary):
    first = submitted(ready, 1, member)
    returned(ready, 1, secretary, "1.2")
    sheet = submitted(ready, 1, secretary)
    pull_back(sheet=sheet, base_version=sheet.review_version, by=member)
    stands = sheet_of(ready, 1)
    assert (stands.submitted_at, stands.submitted_by) == (first.submitted_at, member)
    assert (stands.review_state, stands.return_reason) == ("returned", "กรุณาแก้")


@pytest.mark.parametrize(
    "fields",
    [
        {"review_state": "submitted"},
        {"review_state": "approved"},
        {"review_state": "returned"},
        {"submitted_at": moment()},
        {"review_started_at": moment()},
        {"returned_at": moment()},
        {"approval_reference": "มติ"},
        {"extension_until": FAR},
        {"extension_reason": "รอ"},
    ],
)
def test_a_state_without_its_time_and_person_is_refused_by_the_database(ready, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        CategorySheet.objects.filter(round=ready).update(**fields)


# --- the gate -------------------------------------------------------------------------------------


def test_what_is_missing_keeps_a_category_and_the_message_is_that_of_the_pages(there, world):
    member = world.there.people["committee_1"]
    missing = round_progress(there, {1}).sheets[0].missing
    assert missing == ["ข้อ 1.2 ยังไม่มีกิจกรรม"]
    with pytest.raises(NotComplete) as refused:
        submitted(there, 1, member)
    assert refused.value.missing == missing
    assert str(refused.value) == "ยังส่งไม่ได้ เพราะยังขาด: ข้อ 1.2 ยังไม่มีกิจกรรม"
    assert (sheet_of(there, 1).review_state, SheetStep.objects.count()) == ("writing", 0)
    write_activity(there, "1.2", "<p>ก</p>", owners=[world.there.unit])
    submitted(there, 1, member)


def test_a_shared_activity_completes_every_criterion_and_nothing_else_is_demanded(ready, member):
    """1.2 has nothing of its own: no analysis, no case, no date."""
    assert criterion(ready, "1.2").analysis.is_blank
    assert submitted(ready, 1, member).review_state == ReviewState.SUBMITTED


# --- who hears of it ------------------------------------------------------------------------------


def test_committee_and_secretariat_hear_of_the_steps_of_the_other(ready, there, member, secretary):
    secretary.notice_choices.create(kind=NoticeKind.SUBMITTED, in_app=True, email=False)
    submitted(ready, 1, member)
    returned(ready, 1, secretary, "1.2", "1.4")
    told = Notification.objects.order_by("pk").values_list("user__username", "kind", "agency__code")
    assert list(told) == [
        ("senate-secretariat", NoticeKind.SUBMITTED, "senate"),
        ("senate-committee-1", NoticeKind.RETURNED, "senate"),
    ]
    assert "ข้อที่ต้องแก้: 1.2 1.4" in Notification.objects.get(kind=NoticeKind.RETURNED).body
