"""Who is told what, once, and by which way; nothing to anybody who is not a member."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from organizations.enums import LetterPace, NoticeKind, Role
from organizations.models import Agency, AuditEvent, Membership, Notification, NotificationChoice, User
from organizations.services.notices import (
    Channels,
    choices_of,
    choose_notices,
    mark_all_read,
    mark_read,
    notify,
)
from tests.world import World, moment

DEFAULTS = {
    NoticeKind.RETURNED: (True, True),
    NoticeKind.DEADLINE: (True, True),
    NoticeKind.MENTIONED: (True, False),
    NoticeKind.SUBMITTED: (False, False),
    NoticeKind.APPROVED: (False, False),
    NoticeKind.COMMENTED: (False, False),
    NoticeKind.EXTENDED: (False, False),
}


@pytest.fixture
def member(world: World) -> User:
    return world.here.people["committee_1"]


def tell(world: World, *users: User, kind: NoticeKind = NoticeKind.RETURNED, **changes: object) -> None:
    """Tell these people that a category was returned."""
    notice = {
        "agency": world.here.agency,
        "subject": "หมวด 1 ถูกส่งกลับให้แก้",
        "body": ["ข้อที่ต้องแก้: 1.1"],
        "path": "/a/senate/2565/category-1/",
        "dedupe": "sheet-1",
    }
    notify(kind=kind, users=users, **(notice | changes))  # type: ignore[arg-type]


def shown(user: User) -> list[str]:
    """What the person reads, with memberships as the next request reads them."""
    return [n.subject for n in Notification.objects.shown_to(User.objects.get(pk=user.pk)).newest_first()]


@pytest.mark.parametrize("kind", NoticeKind)
def test_without_a_choice_only_what_waits_for_the_person_is_told(world, member, kind):
    tell(world, member, kind=kind)
    assert list(Notification.objects.values_list("in_app", "by_email")) == (
        [DEFAULTS[kind]] if any(DEFAULTS[kind]) else []
    )


def test_a_notification_holds_what_it_was_given(world, member):
    tell(world, member, now=moment())
    notice = Notification.objects.get()
    assert (notice.user, notice.agency, notice.kind, notice.subject, notice.body, notice.path) == (
        member,
        world.here.agency,
        "returned",
        "หมวด 1 ถูกส่งกลับให้แก้",
        "ข้อที่ต้องแก้: 1.1",
        "/a/senate/2565/category-1/",
    )
    assert (notice.created_at, notice.read_at, notice.emailed_at) == (moment(), None, None)


@pytest.mark.parametrize(
    ("channels", "rows"),
    [
        (Channels(True, True), [(True, True)]),
        (Channels(True, False), [(True, False)]),
        (Channels(False, True), [(False, True)]),
        (Channels(False, False), []),
    ],
)
@pytest.mark.parametrize("kind", [NoticeKind.RETURNED, NoticeKind.SUBMITTED])
def test_a_choice_wins_over_the_default(world, member, kind, channels, rows):
    NotificationChoice.objects.create(user=member, kind=kind, **channels._asdict())
    tell(world, member, kind=kind)
    assert list(Notification.objects.values_list("in_app", "by_email")) == rows
    assert len(shown(member)) == sum(in_app for in_app, _ in rows)


def test_the_same_event_is_told_once_and_another_again(world, member):
    for dedupe in ("sheet-1", "sheet-1", "sheet-2"):
        tell(world, member, dedupe=dedupe, subject=f"หมวด {dedupe}")
    assert shown(member) == ["หมวด sheet-2", "หมวด sheet-1"]


def test_one_event_of_two_kinds_is_two_notifications(world, member):
    tell(world, member)
    tell(world, member, kind=NoticeKind.DEADLINE)
    assert Notification.objects.count() == 2


def test_the_database_holds_an_event_once_per_person(world, member):
    tell(world, member)
    notice = Notification.objects.get()
    notice.pk, notice.uid = None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        notice.save(force_insert=True)


def test_somebody_twice_in_the_list_is_told_once(world, member):
    tell(world, member, member, User.objects.get(pk=member.pk))
    assert Notification.objects.count() == 1


# --- who gets nothing -----------------------------------------------------------------------------


def test_only_members_of_the_agency_are_told(world, member):
    others = [*world.there.people.values(), world.admin, world.stranger]
    tell(world, member, *others)
    assert [n.user for n in Notification.objects.all()] == [member]


def end(user: User) -> None:
    Membership.objects.filter(user=user).update(ended_at=timezone.now(), ended_by=user)


def suspend(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def close(user: User) -> None:
    Agency.objects.filter(memberships__user=user).update(hosted=False)


@pytest.mark.parametrize("leave", [end, suspend, close])
def test_who_left_is_told_nothing(world, member, leave):
    leave(member)
    tell(world, member)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("leave", [end, close])
def test_who_left_reads_nothing_any_more(world, member, leave):
    tell(world, member)
    assert len(shown(member)) == 1
    leave(member)
    assert shown(member) == []


# --- what a letter and a redirect are made of --------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("หมวด 1\r\nBcc: everybody@example.invalid", "หมวด 1 Bcc: everybody@example.invalid"),
        ("หมวด 1\nX: y", "หมวด 1 X: y"),
        ("หมวด 1\u2028\x0b\x85X: y", "หมวด 1 X: y"),
        ("หมวด\x00 1\x1b[31m\u202e", "หมวด 1[31m"),
        ("ก" * 300, "ก" * 199 + "…"),
    ],
)
def test_a_subject_is_one_short_line(world, member, given, stored):
    tell(world, member, subject=given)
    assert Notification.objects.get().subject == stored


def test_a_body_keeps_its_lines_and_nothing_invisible(world, member):
    tell(world, member, body=["บรรทัด\u200bหนึ่ง", "บรรทัด\x07สอง", "ผู้ส่ง ชื่อ\r\nบรรทัดปลอม"])
    assert Notification.objects.get().body == "บรรทัดหนึ่ง\nบรรทัดสอง\nผู้ส่ง ชื่อ บรรทัดปลอม"


def test_a_long_body_is_cut(world, member):
    tell(world, member, body=["ก" * 1500, "ข" * 1500])
    assert Notification.objects.get().body == "ก" * 1500 + "\n" + "ข" * 498 + "…"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "a/senate/",
        "//evil.example/",
        "/\\evil.example/",
        "\\/evil.example/",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\r\nLocation: //evil.example",
        "/a b",
        "/a\x00",
        " //evil.example",
        "/" + "a" * 300,
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(world, member, path):
    with pytest.raises(ValidationError):
        tell(world, member, path=path)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("path", ["//evil.example/", "https://evil.example/"])
def test_the_database_refuses_such_a_path_too(world, member, path):
    tell(world, member)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.update(path=path)


@pytest.mark.parametrize("path", ["/", "/a/senate/2565/1.1/#comment-5", "/a/senate/?year=2565"])
def test_our_own_addresses_are_taken(world, member, path):
    tell(world, member, path=path)
    assert Notification.objects.get().path == path


def test_the_address_is_that_of_the_settings(world, member, settings):
    settings.PUBLIC_ADDRESS = "https://pmqa.senate.example/"
    tell(world, member)
    assert Notification.objects.get().plain == (
        "PMQA 4.0: หมวด 1 ถูกส่งกลับให้แก้\n"
        "สำนักงานเลขาธิการวุฒิสภา\n"
        "ข้อที่ต้องแก้: 1.1\n"
        "https://pmqa.senate.example/a/senate/2565/category-1/"
    )


# --- reading and choosing -----------------------------------------------------------------------------


def test_reading_marks_the_first_time_and_only_the_own_row(world, member):
    tell(world, member)
    notice = Notification.objects.get()
    mark_read(notice=notice, by=world.here.people[Role.SECRETARIAT])
    assert Notification.objects.get().read_at is None
    mark_read(notice=notice, by=member)
    first = Notification.objects.get().read_at
    assert first is not None
    mark_read(notice=notice, by=member)
    assert Notification.objects.get().read_at == first


def test_marking_all_leaves_what_came_after_the_page(world, member):
    other = world.here.people["committee_3"]
    for number in (1, 2, 3):
        tell(world, member, other, dedupe=f"{number}", subject=f"เรื่อง {number}")
    seen = Notification.objects.filter(user=member, subject="เรื่อง 2").get()
    assert mark_all_read(until=seen.pk, by=member) == 2
    assert list(Notification.objects.filter(read_at=None).values_list("user", "subject").order_by("pk")) == [
        (other.pk, "เรื่อง 1"),
        (other.pk, "เรื่อง 2"),
        *((pk, "เรื่อง 3") for pk in sorted([member.pk, other.pk])),
    ]


def test_choices_are_kept_and_written_to_the_trail(world, member):
    wanted = choices_of(member) | {NoticeKind.APPROVED: Channels(True, False)}
    for _ in range(2):
        choose_notices(choices=wanted, pace=LetterPace.AT_ONCE, by=member)
    again = User.objects.get(pk=member.pk)
    assert (choices_of(again), again.letter_pace) == (wanted, "at_once")
    assert choices_of(world.here.people["committee_3"]) == {k: Channels(*DEFAULTS[k]) for k in NoticeKind}
    assert AuditEvent.objects.filter(verb="notices.chosen", actor=member).count() == 2


def test_switching_letters_off_takes_back_those_that_wait(world, member):
    tell(world, member)
    NotificationChoice.objects.create(user=member, kind=NoticeKind.APPROVED, in_app=False, email=True)
    tell(world, member, kind=NoticeKind.APPROVED)
    sent = datetime.timedelta(days=1)
    tell(world, member, dedupe="sent")
    Notification.objects.filter(dedupe="returned:sent").update(emailed_at=timezone.now() - sent)
    off = {kind: Channels(True, False) for kind in NoticeKind}
    choose_notices(choices=off, pace=LetterPace.DAILY, by=member)
    rows = [(n.dedupe, n.by_email, n.emailed_at is None) for n in Notification.objects.order_by("pk")]
    assert rows == [("returned:sheet-1", False, True), ("returned:sent", True, False)]
