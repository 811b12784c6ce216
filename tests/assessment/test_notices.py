"""Who hears of what happens to a category, in which words; and the text for a LINE group."""

from __future__ import annotations

import datetime
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.line_text import MAX_LINE_TEXT, reminder_text
from assessment.models import CategorySheet, Round
from assessment.progress import RoundProgress, round_progress
from assessment.services import notices
from assessment.services.rounds import close_round
from organizations.enums import NoticeKind, Role
from organizations.models import Membership, Notification, User
from tests.world import World, criterion, join, make_round, make_user, world, write_activity  # noqa: F401

from .review import submitted

ADDRESS = "https://pmqa.senate.example/a/senate/2565/"


@pytest.fixture
def here(world: World) -> Round:  # noqa: F811
    """An open round of «senate», whose people want to hear of everything; «nso» has the same."""
    make_round(world.there, world)
    for person in User.objects.filter(memberships__isnull=False).distinct():
        for kind in NoticeKind:
            person.notice_choices.create(kind=kind, in_app=True, email=True)
    return make_round(world.here, world)


def sheet_of(round: Round, number: int) -> CategorySheet:
    return CategorySheet.objects.select_related("round__agency", "category").get(
        round=round, category__number=number
    )


def told() -> dict[str, tuple[str, str, str, str]]:
    """Who was told what."""
    rows = Notification.objects.select_related("user").order_by("pk")
    return {row.user.username: (row.kind, row.subject, row.body, row.path) for row in rows}


def person(world: World, who: str) -> User:  # noqa: F811
    return world.here.people[who]


SHEET = "/a/senate/2565/category-1/"
CASES = {
    "submitted": (
        "committee_1",
        lambda sheet, by: notices.sheet_submitted(sheet=sheet, by=by, event="step-1"),
        "senate-secretariat",
        "หมวด 1 ส่งมาให้ตรวจแล้ว",
        "แบบฟอร์มปี 2565\nผู้ส่ง senate-committee-1",
    ),
    "returned": (
        Role.SECRETARIAT,
        lambda sheet, by: notices.sheet_returned(sheet=sheet, by=by, event="step-2", codes=["1.1", "1.3"]),
        "senate-committee-1",
        "หมวด 1 ถูกส่งกลับให้แก้",
        "แบบฟอร์มปี 2565\nผู้ส่งกลับ senate-secretariat\nข้อที่ต้องแก้: 1.1 1.3",
    ),
    "approved": (
        Role.SECRETARIAT,
        lambda sheet, by: notices.sheet_approved(sheet=sheet, by=by, event="step-3"),
        "senate-committee-1",
        "หมวด 1 ได้รับความเห็นชอบแล้ว",
        "แบบฟอร์มปี 2565\nผู้เห็นชอบ senate-secretariat",
    ),
    "extended": (
        Role.SECRETARIAT,
        lambda sheet, by: notices.sheet_extended(
            sheet=sheet, by=by, event="step-4", until=datetime.date(2026, 12, 15)
        ),
        "senate-committee-1",
        "หมวด 1 ขยายเวลาส่งถึง 15 ธันวาคม 2569",
        "แบบฟอร์มปี 2565\nผู้ขยายเวลา senate-secretariat",
    ),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_step_of_the_review_is_told_to_the_other_side(world, here, kind):  # noqa: F811
    who, act, recipient, subject, body = CASES[kind]
    for _ in range(2):
        act(sheet_of(here, 1), person(world, who))
    assert told() == {recipient: (kind, subject, body, SHEET)}


@pytest.mark.parametrize("kind", CASES)
def test_who_did_it_is_not_told(world, here, kind):  # noqa: F811
    """Somebody may sit in the committee and in the secretariat."""
    both = join(person(world, "committee_1"), here.agency, Role.SECRETARIAT)
    Membership.objects.filter(user=person(world, Role.SECRETARIAT)).delete()
    CASES[kind][1](sheet_of(here, 1), both)
    assert told() == {}


def test_a_return_without_criteria_leads_to_the_reason(world, here):  # noqa: F811
    notices.sheet_returned(sheet=sheet_of(here, 1), by=person(world, Role.SECRETARIAT), event="step-2")
    assert told()["senate-committee-1"][2] == (
        "แบบฟอร์มปี 2565\nผู้ส่งกลับ senate-secretariat\nกรุณาดูเหตุผลในหน้าของหมวด"
    )


def test_without_a_secretariat_the_administrators_are_told(world, here):  # noqa: F811
    Membership.objects.filter(agency=here.agency, role=Role.SECRETARIAT).delete()
    notices.sheet_submitted(sheet=sheet_of(here, 1), by=person(world, "committee_1"), event="step-1")
    assert list(told()) == ["senate-agency-admin"]


def test_mentioned_people_are_told_and_nobody_of_another_agency(world, here):  # noqa: F811
    by = person(world, "committee_1")
    users = [by, person(world, "committee_3"), world.there.people["committee_1"], world.stranger]
    path = "/a/senate/2565/1.1/#comment-7"
    notices.mentioned(users=users, analysis=criterion(here, "1.1"), by=by, path=path, event="comment-7")
    assert told() == {
        "senate-committee-3": (
            "mentioned",
            "senate-committee-1 กล่าวถึงท่านในข้อ 1.1",
            "แบบฟอร์มปี 2565",
            path,
        )
    }


def test_a_remark_is_told_to_committee_and_secretariat_but_not_twice(world, here):  # noqa: F811
    second = join(make_user("second"), here.agency, Role.COMMITTEE, category=1)
    second.notice_choices.create(kind=NoticeKind.COMMENTED, in_app=True, email=False)
    notices.commented(
        analysis=criterion(here, "1.1"),
        by=person(world, "committee_1"),
        path="/a/senate/2565/1.1/#comment-7",
        event="comment-7",
        told_already=[person(world, Role.SECRETARIAT)],
    )
    assert told() == {
        "second": (
            "commented",
            "มีข้อสังเกตใหม่ในข้อ 1.1",
            "แบบฟอร์มปี 2565\nผู้เขียน senate-committee-1",
            "/a/senate/2565/1.1/#comment-7",
        )
    }


# --- LINE -------------------------------------------------------------------------------------------


def line_text(round: Round, day: datetime.date = datetime.date(2026, 11, 22)) -> str:
    return reminder_text(round_progress(round), ADDRESS, day)


def test_the_text_for_line_names_what_each_category_lacks(world, here):  # noqa: F811
    Round.objects.filter(pk=here.pk).update(deadline=datetime.date(2026, 11, 20))
    here.refresh_from_db()
    assert line_text(here) == (
        "เรียนคณะทำงาน PMQA 4.0 ปี 2565\n"
        "สำนักงานเลขาธิการวุฒิสภา\n"
        "กำหนดส่ง 20 พฤศจิกายน 2569\n"
        "หมวดที่ยังไม่ส่ง\n"
        "• หมวด 1 (เลยกำหนดแล้ว 2 วัน): ข้อ 1.2 ยังไม่มีกิจกรรม\n"
        "• หมวด 2 (เลยกำหนดแล้ว 2 วัน): ข้อ 2.1 2.2 2.3 2.4 ยังไม่มีกิจกรรม\n"
        "• หมวด 3 (เลยกำหนดแล้ว 2 วัน): ข้อ 3.1 ยังไม่มีผู้รับผิดชอบ, ข้อ 3.2 3.3 3.4 ยังไม่มีกิจกรรม\n"
        "• หมวด 4 (เลยกำหนดแล้ว 2 วัน): ข้อ 4.1 4.2 4.3 4.4 ยังไม่มีกิจกรรม\n"
        "• หมวด 5 (เลยกำหนดแล้ว 2 วัน): ข้อ 5.1 5.2 5.3 5.4 ยังไม่มีกิจกรรม\n"
        "• หมวด 6 (เลยกำหนดแล้ว 2 วัน): ข้อ 6.1 6.2 6.3 6.4 ยังไม่มีกิจกรรม\n"
        f"{ADDRESS}"
    )


def test_a_category_that_is_submitted_is_not_named(world, here):  # noqa: F811
    write_activity(here, "1.2", "<p>กิจกรรม</p>", owners=[world.here.unit], by=person(world, "committee_1"))
    assert "• หมวด 1: ครบทุกข้อแล้ว เหลือกดส่ง" in line_text(here)
    submitted(here, 1, person(world, "committee_1"))
    assert "หมวด 1" not in line_text(here)
    for number in range(2, 7):
        first = f"{number}.1"
        rest = [f"{number}.{index}" for index in (2, 3, 4)]
        write_activity(here, first, "<p>กิจกรรม</p>", owners=[world.here.unit], serves=rest)
    [unowned] = [
        a for a in criterion(here, "3.1").activity_places.all() if not a.activity.owner_lines.exists()
    ]
    unowned.activity.owner_lines.create(owner=world.here.unit, position=1)
    for number in range(2, 7):
        submitted(here, number, person(world, Role.SECRETARIAT))
    assert line_text(here) == ""


def test_a_text_that_is_too_long_for_line_says_less(world, here):  # noqa: F811
    full = len(line_text(here)) - len(ADDRESS)
    for length, said in ((1000 - full, "ข้อ 2.1 2.2 2.3 2.4 ยังไม่มีกิจกรรม"), (1001 - full, "ยังขาด 4 ข้อ")):
        address = "a" * length
        text = reminder_text(round_progress(here), address, datetime.date(2026, 11, 22))
        assert f"• หมวด 2: {said}\n" in text
        assert text.endswith(address)


# the round is changed in memory only, and by every try in the same places
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text("กขคงจ ", min_size=1, max_size=200), length=st.integers(0, 200))
def test_the_text_for_line_is_never_longer_than_line_takes(blank_progress, name, length):
    blank_progress.round.agency.name = name
    address = "https://pmqa.example/" + "a" * length
    text = reminder_text(blank_progress, address, datetime.date(9000, 1, 1))
    assert len(text) <= MAX_LINE_TEXT
    assert text.endswith(address)


@pytest.fixture
def blank_progress(here) -> RoundProgress:
    """A round that is long over and in which much is missing."""
    here.deadline = datetime.date(2026, 11, 20)
    return round_progress(here)


@pytest.mark.parametrize(
    ("who", "offered"),
    [(Role.SECRETARIAT, True), (Role.AGENCY_ADMIN, True), ("committee_1", False), (Role.EXECUTIVE, False)],
)
def test_the_page_of_the_round_offers_it_to_those_who_run_the_year(client, world, here, who, offered):  # noqa: F811
    client.force_login(person(world, who))
    page = client.get("/a/senate/2565/").content.decode()
    assert ("คัดลอกข้อความเตือนลง LINE" in page) == offered
    assert ("• หมวด 2: ข้อ 2.1 2.2 2.3 2.4 ยังไม่มีกิจกรรม" in page) == offered
    assert "สถิติแห่งชาติ" not in page


def test_a_closed_round_reminds_nobody(client, world, here):  # noqa: F811
    by = person(world, Role.SECRETARIAT)
    close_round(round=here, by=by)
    client.force_login(by)
    assert "คัดลอกข้อความเตือนลง LINE" not in client.get("/a/senate/2565/").content.decode()


@pytest.mark.parametrize(("backend", "said"), [("console", True), ("locmem", False)])
def test_the_secretariat_is_told_that_no_mail_server_is_set_up(client, world, here, settings, backend, said):  # noqa: F811
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    client.force_login(person(world, Role.SECRETARIAT))
    assert ("ยังไม่ได้ตั้งค่าอีเมล" in client.get("/a/senate/2565/").content.decode()) == said


def test_no_word_of_an_answer_or_a_reason_is_told(world, here):  # noqa: F811
    """Letters leave the house."""
    word = uuid.uuid4().hex
    write_activity(here, "1.2", f"<p>{word}</p>", by=person(world, "committee_1"))
    for who, act, *_ in CASES.values():
        act(sheet_of(here, 1), person(world, who))
    assert Notification.objects.count() == 4
    assert not [n for n in Notification.objects.all() if word in n.plain]
