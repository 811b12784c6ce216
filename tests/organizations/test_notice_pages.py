"""The bell, the list, opening one, and the page of choices."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from organizations.enums import NoticeKind, Role
from organizations.models import Membership, Notification, User
from organizations.services.notices import Channels, choices_of, notify
from tests.world import World

SUBJECT = "หมวด 1 ถูกส่งกลับให้แก้"


@pytest.fixture
def member(client, world: World) -> User:
    """A committee member, signed in."""
    user = world.here.people["committee_1"]
    client.force_login(user)
    return user


def tell(
    world: World, user: User, *, number: int = 1, kind: NoticeKind = NoticeKind.RETURNED
) -> Notification:
    """Tell this person that a category was returned."""
    notify(
        kind=kind,
        users=[user],
        agency=world.here.agency,
        subject=f"หมวด {number} ถูกส่งกลับให้แก้",
        body=["ข้อที่ต้องแก้: 1.1", "<b>ไม่ใช่ตัวหนา</b>"],
        path="/a/senate/2565/category-1/",
        dedupe=f"{kind}-{number}",
    )
    return Notification.objects.latest("pk")


def bell(text: str) -> str:
    """What the link in the top bar says."""
    found = re.search(r'<a class="top-notices"[^>]*>(.*?)</a>', text)
    return found[1] if found else ""


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_the_bell_counts_what_is_unread(client, world, member):
    assert bell(text_of(client.get("/"))) == "แจ้งเตือน"
    first = tell(world, member)
    tell(world, member, number=2)
    assert bell(text_of(client.get("/"))) == "แจ้งเตือน (2)"
    client.post(reverse("notice_open", args=[first.uid]))
    assert bell(text_of(client.get("/"))) == "แจ้งเตือน (1)"


def test_the_bell_counts_nothing_of_an_agency_that_was_left(client, world, member):
    tell(world, member)
    Membership.objects.create(user=member, agency=world.there.agency, role=Role.EXECUTIVE)
    Membership.objects.filter(user=member, agency=world.here.agency).update(
        ended_at=timezone.now(), ended_by=member
    )
    page = text_of(client.get(reverse("notice_list")))
    assert bell(page) == "แจ้งเตือน"
    assert SUBJECT not in page


def test_visitors_and_people_with_a_one_time_password_see_no_bell(client, world, member):
    User.objects.filter(pk=member.pk).update(must_change_password=True)
    assert bell(text_of(client.get(reverse("account_change_password")))) == ""
    client.logout()
    assert bell(text_of(client.get(reverse("account_login")))) == ""


def test_looking_at_the_list_marks_nothing(client, world, member):
    tell(world, member)
    page = text_of(client.get(reverse("notice_list")))
    assert SUBJECT in page
    assert "&lt;b&gt;ไม่ใช่ตัวหนา&lt;/b&gt;" in page
    assert "ยังไม่ได้อ่าน" in page
    assert Notification.objects.get().read_at is None


def test_opening_marks_and_leads_there(client, world, member):
    notice = tell(world, member)
    answer = client.post(reverse("notice_open", args=[notice.uid]))
    assert (answer.status_code, answer["Location"]) == (302, "/a/senate/2565/category-1/")
    assert Notification.objects.get().read_at is not None
    page = text_of(client.get(reverse("notice_list")))
    assert "ยังไม่ได้อ่าน" not in page
    assert "ทำเครื่องหมายว่าอ่านแล้วทั้งหมด" not in page


def test_a_colleagues_notification_is_not_found(client, world, member):
    notice = tell(world, world.here.people["committee_3"])
    assert client.post(reverse("notice_open", args=[notice.uid])).status_code == 404
    assert Notification.objects.get().read_at is None
    assert SUBJECT not in text_of(client.get(reverse("notice_list")))


def test_one_that_goes_by_letter_only_is_not_listed(client, world, member):
    member.notice_choices.create(kind=NoticeKind.RETURNED, in_app=False, email=True)
    notice = tell(world, member)
    assert SUBJECT not in text_of(client.get(reverse("notice_list")))
    assert client.post(reverse("notice_open", args=[notice.uid])).status_code == 404


def test_all_are_marked_up_to_the_newest_that_was_shown(client, world, member):
    for number in (1, 2):
        tell(world, member, number=number)
    [until] = re.findall(r'name="until" value="(\d+)"', text_of(client.get(reverse("notice_list"))))
    tell(world, member, number=3)
    assert client.post(reverse("notice_read_all"), {"until": until})["Location"] == reverse("notice_list")
    assert [n.subject for n in Notification.objects.filter(read_at=None)] == ["หมวด 3 ถูกส่งกลับให้แก้"]


@pytest.mark.parametrize("until", ["", "-1", "๕", "1.5", "abc", "9" * 40])
def test_a_mark_that_our_page_does_not_send_changes_nothing(client, world, member, until):
    tell(world, member)
    assert client.post(reverse("notice_read_all"), {"until": until}).status_code == 302
    assert Notification.objects.get().read_at is None


def test_a_long_list_has_pages(client, world, member):
    for number in range(1, 24):
        tell(world, member, number=number)
    first, second = (text_of(client.get(reverse("notice_list"), {"page": page})) for page in (1, 2))
    assert (first.count('class="notice-open"'), second.count('class="notice-open"')) == (20, 3)
    assert first.index("หมวด 23 ") < first.index("หมวด 22 ")


def test_each_offers_its_text_for_line(client, world, member, settings):
    settings.PUBLIC_ADDRESS = "https://pmqa.senate.example"
    tell(world, member)
    page = text_of(client.get(reverse("notice_list")))
    [text] = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert text == (
        "PMQA 4.0: หมวด 1 ถูกส่งกลับให้แก้\nสำนักงานเลขาธิการวุฒิสภา\nข้อที่ต้องแก้: 1.1\n"
        "&lt;b&gt;ไม่ใช่ตัวหนา&lt;/b&gt;\nhttps://pmqa.senate.example/a/senate/2565/category-1/"
    )


# --- home -------------------------------------------------------------------------------------------


def test_home_shows_what_waits_for_the_person_until_it_is_opened(client, world, member):
    notice = tell(world, member)
    member.notice_choices.create(kind=NoticeKind.APPROVED, in_app=True, email=False)
    tell(world, member, number=2, kind=NoticeKind.APPROVED)
    home = text_of(client.get("/"))
    assert f"{SUBJECT} – ดูข้อสังเกต" in home
    assert "หมวด 2 ถูก" not in home
    client.post(reverse("notice_open", args=[notice.uid]))
    assert SUBJECT not in text_of(client.get("/"))


def test_home_shows_the_newest_three_and_the_way_to_the_rest(client, world, member):
    for number in range(1, 6):
        tell(world, member, number=number)
    home = text_of(client.get("/"))
    assert re.findall(r"หมวด (\d) ถูกส่งกลับ", home) == ["5", "4", "3"]
    assert "ดูแจ้งเตือนทั้งหมด 5 รายการ" in home


# --- choices ----------------------------------------------------------------------------------------


def test_the_page_of_choices_shows_what_holds(client, world, member):
    form = client.get(reverse("notice_choices")).context["form"]
    rows = {row.in_app.name: (row.in_app.value(), row.email.value()) for row in form.rows()}
    assert rows == {
        "returned-in_app": (True, True),
        "deadline-in_app": (True, True),
        "mentioned-in_app": (True, False),
        "submitted-in_app": (False, False),
        "approved-in_app": (False, False),
        "commented-in_app": (False, False),
        "extended-in_app": (False, False),
    }
    assert form["pace"].value() == "daily"


def test_choices_are_saved(client, world, member):
    data = {"submitted-in_app": "on", "approved-email": "on", "pace": "at_once"}
    assert client.post(reverse("notice_choices"), data).status_code == 302
    again = User.objects.get(pk=member.pk)
    nothing = dict.fromkeys(NoticeKind, Channels(False, False))
    assert choices_of(again) == nothing | {
        NoticeKind.SUBMITTED: Channels(True, False),
        NoticeKind.APPROVED: Channels(False, True),
    }
    assert again.letter_pace == "at_once"


@pytest.mark.parametrize(
    ("pace", "message"),
    [("", "กรุณาเลือกว่าให้ส่งอีเมลเมื่อใด"), ("weekly", "กรุณาเลือกว่าให้ส่งอีเมลเมื่อใด จากรายการ")],
)
def test_a_refused_choice_keeps_the_switches(client, world, member, pace, message):
    answer = client.post(reverse("notice_choices"), {"approved-in_app": "on", "pace": pace})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert answer.context["form"]["approved-in_app"].value() is True
    assert not member.notice_choices.exists()


@pytest.mark.parametrize(
    ("backend", "address", "said", "unsaid"),
    [
        ("console", "a@senate.example", "ยังไม่ได้ตั้งค่าอีเมล", "ยังไม่มีที่อยู่อีเมล"),
        ("locmem", "", "ยังไม่มีที่อยู่อีเมล", "ยังไม่ได้ตั้งค่าอีเมล"),
        ("locmem", "a@senate.example", "ส่งไปที่ a@senate.example", "ยังไม่ได้ตั้งค่าอีเมล"),
    ],
)
def test_the_page_says_whether_letters_can_go_out(
    client, world, member, settings, backend, address, said, unsaid
):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    User.objects.filter(pk=member.pk).update(email=address)
    page = text_of(client.get(reverse("notice_choices")))
    assert said in page
    assert unsaid not in page
