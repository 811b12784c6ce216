"""Around the review: four eyes, corrections, the deadline, the paper behind an approval."""

from __future__ import annotations

import datetime
import uuid

import pytest

from assessment.enums import ReviewState, StepKind
from assessment.models import Round, SheetStep
from assessment.progress import round_progress
from assessment.review import lateness, review_of
from assessment.services.review import (
    approve_sheet,
    extend_deadline,
    reopen_sheet,
)
from assessment.services.rounds import TransitionRefused
from assessment.services.texts import save_sheet_text
from assessment.services.withdrawing import withdraw_activity
from organizations.enums import Role
from organizations.models import AuditEvent
from tests.world import criterion, moment, write_activity
from texts.scans import Scan

from .review import approved, complete, returned, save, sheet_of, submitted

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
