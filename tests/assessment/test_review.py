"""The review of a category: every step from every state, what is locked, who is told."""

from __future__ import annotations

import datetime
import uuid
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from assessment.enums import ReviewState, StepKind
from assessment.models import CategorySheet, Round, SheetStep
from assessment.progress import round_progress
from assessment.review import lateness, review_of
from assessment.services.activities import ActivityData, OwnerLine, move_activity, save_activity
from assessment.services.locks import SheetLocked, text_ids
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
from assessment.services.round_settings import save_round_settings, save_sheet_settings
from assessment.services.rounds import TransitionRefused, close_round, open_round
from assessment.services.texts import save_sheet_text
from assessment.services.withdrawing import restore_activity, withdraw_activity
from organizations.enums import NoticeKind, Role
from organizations.models import AuditEvent, Notification
from tests.world import criterion, moment, write_activity
from texts.models import Revision, StaleVersion, Text
from texts.scans import Scan
from texts.services import TextLocked, save_text

from .browser import activity_at
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


@pytest.fixture
def ready(world, here) -> Round:
    """Category 1 is complete."""
    complete(here, 1, world.here)
    return here


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
        assert (SheetStep.objects.count(), AuditEvent.objects.count()) == (steps + 1, events + 1)
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
def test_a_state_without_its_time_and_person_is_refused_by_the_database(here, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        CategorySheet.objects.filter(round=here).update(**fields)


# --- the gate -------------------------------------------------------------------------------------


def test_what_is_missing_keeps_a_category_and_the_message_is_that_of_the_pages(here, member, world):
    missing = round_progress(here, {1}).sheets[0].missing
    assert missing == ["ข้อ 1.2 ยังไม่มีกิจกรรม"]
    with pytest.raises(NotComplete) as refused:
        submitted(here, 1, member)
    assert refused.value.missing == missing
    assert str(refused.value) == "ยังส่งไม่ได้ เพราะยังขาด: ข้อ 1.2 ยังไม่มีกิจกรรม"
    assert (sheet_of(here, 1).review_state, SheetStep.objects.count()) == ("writing", 0)
    write_activity(here, "1.2", "<p>ก</p>", owners=[world.here.unit])
    submitted(here, 1, member)


def test_a_shared_activity_completes_every_criterion_and_nothing_else_is_demanded(ready, member):
    """1.2 has nothing of its own: no analysis, no case, no date."""
    assert criterion(ready, "1.2").analysis.is_blank
    assert submitted(ready, 1, member).review_state == ReviewState.SUBMITTED


# --- locks ----------------------------------------------------------------------------------------


def locked(round: Round) -> set[int]:
    """Categories whose texts are all locked, and in which nothing is half-locked."""
    found = set()
    for sheet in CategorySheet.objects.filter(round=round).select_related("category"):
        ids = text_ids(CategorySheet.objects.filter(pk=sheet.pk))
        if not Text.objects.filter(pk__in=ids, locked_at=None).exists():
            found.add(sheet.number)
    return found


def test_submitting_locks_its_texts_and_no_others(ready, there, member):
    assert locked(ready) == set()
    submitted(ready, 1, member)
    assert locked(ready) == {1}
    own = text_ids(CategorySheet.objects.filter(round=ready, category__number=1))
    assert set(Text.objects.exclude(locked_at=None).values_list("pk", flat=True)) == own


def test_a_shared_activity_is_locked_as_long_as_one_of_its_categories_is(world, ready, member, secretary):
    complete(ready, 3, world.here)
    shared = write_activity(ready, "1.1", "<p>ร่วม</p>", owners=[world.here.unit], serves=["3.1"])
    submitted(ready, 1, member)
    submitted(ready, 3, world.here.people["committee_3"])
    sheet = sheet_of(ready, 1)
    pull_back(sheet=sheet, base_version=sheet.review_version, by=member)
    shared.text.refresh_from_db()
    assert shared.text.locked_at
    assert locked(ready) == {3}
    with pytest.raises(SheetLocked) as refused:
        save(shared, "1.1", member, html="<p>ของหมวด 1</p>")
    assert refused.value.sheet.number == 3
    returned(ready, 3, secretary)
    assert not Text.objects.exclude(locked_at=None).exists()
    save(shared, "1.1", member, html="<p>ของหมวด 1</p>")


def save(activity, code, by, **changes):
    """Press «บันทึก» on the card of the activity as it stands."""
    activity = type(activity).objects.select_related("text", "round").get(pk=activity.pk)
    fields = {
        "uid": activity.uid,
        "key": uuid.uuid4(),
        "html": activity.text.html,
        "base_version": activity.text.version,
        "owners_version": activity.owners_version,
        "owners": [OwnerLine(line.owner, line.joiner, line.note) for line in activity.owner_lines.all()],
    }
    data = ActivityData(**(fields | changes))
    return save_activity(analysis=criterion(activity.round, code), data=data, by=by)


def test_an_activity_is_not_put_into_a_submitted_category(world, ready, member):
    other = world.here.people["committee_3"]
    submitted(ready, 1, member)
    activity = activity_at(ready, "3.1")
    with pytest.raises(SheetLocked):
        save(activity, "3.1", other, serves=[criterion(ready, "1.2")])
    assert list(activity.places.values_list("analysis__wording__code", flat=True)) == ["3.1"]


def test_opening_a_closed_round_again_keeps_submitted_categories_locked(ready, member, secretary):
    submitted(ready, 1, member)
    close_round(round=ready, by=secretary)
    open_round(round=ready, by=secretary, reason="แก้")
    assert locked(ready) == {1}


def test_the_secretariat_writes_over_a_submission_and_what_it_adds_is_locked_too(
    world, ready, member, secretary
):
    submitted(ready, 1, member)
    made = write_activity(ready, "1.2", "<p>เพิ่ม</p>", owners=[world.here.unit], by=secretary)
    assert Text.objects.get(pk=made.text_id).locked_at
    save(made, "1.2", secretary, html="<p>แก้</p>")
    revision = Revision.objects.filter(text=made.text).first()
    assert (revision.html, revision.on_behalf, revision.author) == ("<p>แก้</p>", True, secretary)
    with pytest.raises(SheetLocked):
        save(made, "1.2", member, html="<p>ของคณะ</p>")
    withdraw_activity(activity=made, analysis=criterion(ready, "1.2"), by=secretary)
    restore_activity(activity=made, analysis=criterion(ready, "1.2"), by=secretary)
    assert locked(ready) == {1}


def test_an_approved_category_is_written_by_nobody(ready, member, secretary):
    submitted(ready, 1, member)
    sheet = approved(ready, 1, secretary)
    analysis = criterion(ready, "1.2")
    text = {"html": "<p>ก</p>", "key": uuid.uuid4(), "base_version": 0}
    for person in (member, secretary):
        with pytest.raises(SheetLocked):
            save_sheet_text(sheet=sheet, text=analysis.analysis, by=person, **text)
        with pytest.raises(SheetLocked):
            save(activity_at(ready, "1.2"), "1.2", person, html="<p>ก</p>")
        with pytest.raises(SheetLocked):
            move_activity(
                analysis=analysis, activity=activity_at(ready, "1.2"), up=True, base_version=1, by=person
            )
    with pytest.raises(SheetLocked):
        save_sheet_settings(sheet=sheet, base_version=1, settings={"heading_owner": "ก"}, by=secretary)
    with pytest.raises(SheetLocked):
        save_round_settings(
            round=ready, base_version=ready.version, settings={"feedback_year": 2563}, by=secretary
        )
    reopen_sheet(sheet=sheet, base_version=sheet.review_version, reason="แก้", by=secretary)
    save_sheet_text(sheet=sheet, text=analysis.analysis, by=member, **text)


def test_a_save_that_did_not_see_the_submission_is_refused_by_the_text_itself(ready, member):
    """Also one that asks no category first."""
    text = sheet_of(ready, 1).obstacles
    submitted(ready, 1, member)
    with pytest.raises(TextLocked):
        save_text(text=text, base_version=0, html="<p>สาย</p>", key=uuid.uuid4(), by=member)
    assert Text.objects.get(pk=text.pk).html == ""


# --- four eyes ------------------------------------------------------------------------------------


def test_whoever_submitted_may_approve_and_the_trail_says_so(ready, secretary):
    submitted(ready, 1, secretary)
    approved(ready, 1, secretary)
    step = SheetStep.objects.get(kind=StepKind.APPROVED)
    assert step.self_approved
    assert step_facts("sheet.approved") == [{"category": 1, "step": step.pk, "self_approval": True}]


def test_with_four_eyes_somebody_else_has_to_approve(ready, secretary, admin):
    agency = ready.agency
    agency.four_eyes = True
    agency.save()
    submitted(ready, 1, secretary)
    with pytest.raises(TransitionRefused, match="กรุณาให้ผู้อื่นในฝ่ายเลขานุการเป็นผู้เห็นชอบ"):
        approved(ready, 1, secretary)
    assert sheet_of(ready, 1).review_state == ReviewState.SUBMITTED
    approved(ready, 1, admin)
    assert not SheetStep.objects.get(kind=StepKind.APPROVED).self_approved


# --- corrections ----------------------------------------------------------------------------------


def corrections(round: Round, person) -> list[tuple[str, bool, bool]]:
    review = review_of(round_progress(round, {1}).sheets[0], person)
    return [(row.criterion.code, row.asked, row.changed) for row in review.corrections]


def test_a_returned_category_outlines_what_changed_since(world, ready, member, secretary):
    submitted(ready, 1, member)
    returned(ready, 1, secretary, "1.1", "1.3")
    assert corrections(ready, member) == [("1.1", True, False), ("1.3", True, False)]
    text = {"html": "<p>ก</p>", "key": uuid.uuid4(), "base_version": 0}
    sheet = sheet_of(ready, 1)
    save_sheet_text(sheet=sheet, text=criterion(ready, "1.1").remedies, by=member, **text)
    own = write_activity(ready, "1.2", "<p>ข</p>", owners=[world.here.unit], by=member)
    withdraw_activity(activity=own, analysis=criterion(ready, "1.2"), by=member)
    expected = [("1.1", True, True), ("1.2", False, True), ("1.3", True, False)]
    assert corrections(ready, member) == expected
    submitted(ready, 1, member)
    assert corrections(ready, secretary) == expected
    approved(ready, 1, secretary)
    assert corrections(ready, secretary) == []


def test_other_owners_are_a_correction(world, ready, member, secretary):
    submitted(ready, 1, member)
    returned(ready, 1, secretary, "1.3")
    shared = ready.activities.get(text__plain="กิจกรรม senate ข้อ 1.3 และ 1.4")
    save(shared, "1.3", member, owners=[])
    assert corrections(ready, member) == [("1.3", True, True), ("1.4", False, True)]


# --- the deadline ---------------------------------------------------------------------------------

DAY = datetime.date(2026, 11, 20)


@pytest.mark.parametrize(
    ("deadline", "extension", "sent", "today", "expected"),
    [
        (None, None, None, DAY, None),
        (DAY, None, None, DAY, None),
        (DAY, None, None, DAY + datetime.timedelta(3), ("เลยกำหนด 3 วัน", True)),
        (DAY, 5, None, DAY + datetime.timedelta(3), ("ขยายเวลาถึง 25 พ.ย. 2569", False)),
        (DAY, 5, None, DAY + datetime.timedelta(6), ("เลยกำหนด 1 วัน", True)),
        (DAY, None, 0, DAY + datetime.timedelta(30), None),
        (DAY, None, 1, DAY + datetime.timedelta(30), ("ส่งช้า", True)),
        (DAY, 5, 5, DAY + datetime.timedelta(30), None),
        (DAY, 5, 6, DAY + datetime.timedelta(30), ("ส่งช้า", True)),
        # the deadline of the year was moved beyond the extension
        (DAY + datetime.timedelta(10), 5, None, DAY + datetime.timedelta(9), None),
        (None, 5, None, DAY + datetime.timedelta(6), ("เลยกำหนด 1 วัน", True)),
    ],
)
def test_late_is_what_comes_after_the_deadline_or_the_extension(
    here, deadline, extension, sent, today, expected
):
    sheet = sheet_of(here, 1)
    sheet.round.deadline = deadline
    if extension is not None:
        sheet.extension_until = DAY + datetime.timedelta(extension)
    if sent is not None:
        sheet.review_state = ReviewState.SUBMITTED
        sheet.submitted_at = moment(hour=23, minute=59) + datetime.timedelta(sent)
    found = lateness(sheet, today)
    assert (found and (found.words, found.late)) == expected


def test_a_late_category_is_submitted_all_the_same(ready, member):
    Round.objects.filter(pk=ready.pk).update(deadline=datetime.date(2020, 1, 1))
    sheet = submitted(ready, 1, member)
    assert lateness(sheet, FAR).words == "ส่งช้า"


def test_an_extension_ends_after_the_deadline(ready, secretary):
    Round.objects.filter(pk=ready.pk).update(deadline=DAY)
    sheet = sheet_of(ready, 1)
    with pytest.raises(TransitionRefused, match="ต้องอยู่หลังกำหนดส่งเดิม"):
        extend_deadline(sheet=sheet, base_version=1, until=DAY, reason="รอ", by=secretary)
    sheet = sheet_of(ready, 1)
    extend_deadline(sheet=sheet, base_version=1, until=FAR, reason="รอ", by=secretary)
    stands = sheet_of(ready, 1)
    assert (stands.due, stands.extension_reason, stands.extension_by) == (FAR, "รอ", secretary)


# --- the paper behind an approval -----------------------------------------------------------------


def test_the_paper_stays_with_its_step_when_the_category_is_opened_again(ready, member, secretary):
    sheet = submitted(ready, 1, member)
    scan = Scan("มติ.pdf", b"%PDF-1.7 x", "pdf")
    approve_sheet(sheet=sheet, base_version=2, reference="มติ 1/2569", scan=scan, by=secretary)
    reopen_sheet(sheet=sheet, base_version=3, reason="พบข้อผิดพลาด", by=secretary)
    step = SheetStep.objects.get(kind=StepKind.APPROVED)
    with step.scan.open() as file:
        assert (file.read(), step.scan_name, step.reference) == (b"%PDF-1.7 x", "มติ.pdf", "มติ 1/2569")
    stands = sheet_of(ready, 1)
    assert (stands.review_state, stands.approval_reference, stands.approved_by) == ("returned", "", None)
    assert stands.return_reason == "พบข้อผิดพลาด"


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
