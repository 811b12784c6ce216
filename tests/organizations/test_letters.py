"""The letters that the worker sends: when, to whom, what stands in them, and what a broken mail server costs."""

from __future__ import annotations

import datetime
import smtplib
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage as ParsedMessage
from email.policy import default as parsing
from typing import ClassVar

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend as MemoryBackend
from django.utils import timezone

from organizations.enums import LetterPace, NoticeKind, Role
from organizations.models import Agency, Membership, Notification, User
from organizations.services import letters
from organizations.services.letters import PAUSES, last_morning, letter, send_letters, take_notices
from organizations.services.notices import Channels, choices_of, choose_notices, notify
from tests.organizations.smtp_server import MailServer, mail_server
from tests.world import World, moment

MINUTE, DAY = datetime.timedelta(minutes=1), datetime.timedelta(days=1)
NOON = moment(hour=12, minute=0)
FAKE = f"{__name__}.BrokenBackend"


@pytest.fixture
def member(world: World, settings) -> User:
    """A member with an address, in an installation with a mail server."""
    settings.PUBLIC_ADDRESS = "https://pmqa.senate.example"
    settings.DEFAULT_FROM_EMAIL = "PMQA <pmqa@senate.example>"
    return give_address(world.here.people["committee_1"])


def give_address(user: User) -> User:
    user.email, user.display_name = f"{user.username}@senate.example", f"ผู้ใช้ {user.username}"
    user.save()
    return user


def tell(
    world: World,
    *users: User,
    kind: NoticeKind = NoticeKind.RETURNED,
    number: int = 1,
    now: datetime.datetime = NOON,
) -> None:
    """Tell that a category was returned."""
    notify(
        kind=kind,
        users=users,
        agency=world.here.agency,
        subject=f"หมวด {number} ถูกส่งกลับให้แก้",
        body=[f"ข้อที่ต้องแก้: {number}.1", f"ผู้ส่งกลับ {world.here.people[Role.SECRETARIAT]}"],
        path=f"/a/senate/2565/category-{number}/",
        dedupe=f"sheet-{number}",
        now=now,
    )


def want_everything(user: User, pace: LetterPace = LetterPace.DAILY) -> None:
    """Switch every letter on."""
    choose_notices(choices=dict.fromkeys(NoticeKind, Channels(True, True)), pace=pace, by=user)


def sent() -> list[tuple[list[str], str]]:
    return [(message.to, message.subject) for message in mail.outbox]


# --- what stands in them ----------------------------------------------------------------------------


def test_a_letter_about_one_thing(world, member):
    tell(world, member)
    assert send_letters(NOON) == 1
    [message] = mail.outbox
    assert (message.to, message.from_email) == (
        ["senate-committee-1@senate.example"],
        "PMQA <pmqa@senate.example>",
    )
    assert message.subject == "PMQA 4.0: หมวด 1 ถูกส่งกลับให้แก้"
    assert message.body == (
        "เรียน ผู้ใช้ senate-committee-1\n"
        "\n"
        "หมวด 1 ถูกส่งกลับให้แก้\n"
        "สำนักงานเลขาธิการวุฒิสภา\n"
        "ข้อที่ต้องแก้: 1.1\n"
        "ผู้ส่งกลับ senate-secretariat\n"
        "https://pmqa.senate.example/a/senate/2565/category-1/\n"
        "\n"
        "-- \n"
        "ระบบ PMQA 4.0 ส่งอีเมลนี้โดยอัตโนมัติ ไม่ต้องตอบกลับ\n"
        "เลือกเรื่องที่ต้องการรับได้ที่ https://pmqa.senate.example/notices/choices/\n"
    )
    assert (type(message), message.attachments) == (mail.EmailMessage, [])
    assert Notification.objects.get().emailed_at is not None


def test_a_letter_about_several_things(world, member):
    for number in (1, 3):
        tell(world, member, number=number)
    assert send_letters(NOON) == 1
    [message] = mail.outbox
    assert message.subject == "PMQA 4.0: การแจ้งเตือน 2 รายการ"
    assert message.body == (
        "เรียน ผู้ใช้ senate-committee-1\n"
        "\n"
        "1. หมวด 1 ถูกส่งกลับให้แก้\n"
        "สำนักงานเลขาธิการวุฒิสภา\n"
        "ข้อที่ต้องแก้: 1.1\n"
        "ผู้ส่งกลับ senate-secretariat\n"
        "https://pmqa.senate.example/a/senate/2565/category-1/\n"
        "\n"
        "2. หมวด 3 ถูกส่งกลับให้แก้\n"
        "สำนักงานเลขาธิการวุฒิสภา\n"
        "ข้อที่ต้องแก้: 3.1\n"
        "ผู้ส่งกลับ senate-secretariat\n"
        "https://pmqa.senate.example/a/senate/2565/category-3/\n"
        "\n"
        "-- \n"
        "ระบบ PMQA 4.0 ส่งอีเมลนี้โดยอัตโนมัติ ไม่ต้องตอบกลับ\n"
        "เลือกเรื่องที่ต้องการรับได้ที่ https://pmqa.senate.example/notices/choices/\n"
    )


def parsed(user: User) -> ParsedMessage:
    """The letter about everything, as a mail server reads it."""
    notices = list(Notification.objects.select_related("agency").order_by("pk"))
    message = message_from_bytes(letter(user, notices).message().as_bytes(), policy=parsing)
    assert isinstance(message, ParsedMessage)
    return message


def test_thai_survives_the_way_over_the_wire(world, member):
    tell(world, member)
    message = parsed(member)
    raw = message.as_bytes()
    assert raw[: raw.index(b"\n\n")].isascii()
    # an encoded subject starts on a line of its own, whose blank belongs to the folding
    assert message["Subject"].lstrip() == "PMQA 4.0: หมวด 1 ถูกส่งกลับให้แก้"
    assert (message.get_content_type(), message.get_content_charset()) == ("text/plain", "utf-8")
    assert "ข้อที่ต้องแก้: 1.1" in message.get_content()


@pytest.mark.parametrize(
    "poison", ["หมวด 1\nBcc: all@evil.example", "หมวด\r\n\r\nข้อความปลอม", "ก\x0bBcc: x@y.example"]
)
def test_a_poisoned_row_adds_no_header(world, member, poison):
    """Past the service, as a restored backup or a hand in the database might bring it."""
    tell(world, member)
    Notification.objects.update(subject=poison)
    User.objects.filter(pk=member.pk).update(display_name="ชื่อ\nBcc: all@evil.example")
    message = parsed(User.objects.get(pk=member.pk))
    assert set(message.keys()) == {
        "Content-Type",
        "MIME-Version",
        "Content-Transfer-Encoding",
        "Subject",
        "From",
        "To",
        "Date",
        "Auto-Submitted",
        "Message-ID",
    }


def test_the_same_things_have_the_same_message_id(world, member):
    tell(world, member)
    first = parsed(member)["Message-ID"]
    assert first == parsed(member)["Message-ID"]
    assert first.endswith("@senate.example>")
    tell(world, member, number=3)
    assert parsed(member)["Message-ID"] != first


# --- when ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "day", "hour"),
    [
        (moment(hour=7, minute=29), 19, 7),
        (moment(hour=7, minute=30), 20, 7),
        (moment(hour=23, minute=59), 20, 7),
        (moment(hour=0, minute=0), 19, 7),
    ],
)
def test_the_last_morning_is_half_past_seven_in_bangkok(now, day, hour):
    for same in (now, now.astimezone(datetime.UTC)):
        assert last_morning(same) == moment(day=day, hour=hour, minute=30)


def test_urgent_things_go_at_once_and_others_wait_for_the_morning(world, member):
    want_everything(member)
    tell(world, member, kind=NoticeKind.APPROVED, number=1)
    tell(world, member, kind=NoticeKind.RETURNED, number=3)
    assert send_letters(NOON) == 1
    assert send_letters(moment(day=21, hour=7, minute=29)) == 0
    assert send_letters(moment(day=21, hour=7, minute=30)) == 1
    assert sent() == [
        (["senate-committee-1@senate.example"], "PMQA 4.0: หมวด 3 ถูกส่งกลับให้แก้"),
        (["senate-committee-1@senate.example"], "PMQA 4.0: หมวด 1 ถูกส่งกลับให้แก้"),
    ]


def test_a_morning_that_was_slept_through_is_made_up_for(world, member):
    want_everything(member)
    tell(world, member, kind=NoticeKind.APPROVED)
    assert send_letters(moment(day=21, hour=16, minute=0)) == 1


def test_who_wants_everything_at_once_gets_it_at_once(world, member):
    want_everything(member, LetterPace.AT_ONCE)
    tell(world, member, kind=NoticeKind.APPROVED)
    assert send_letters(NOON) == 1


def test_two_ticks_send_one_letter(world, member):
    tell(world, member)
    assert [send_letters(NOON), send_letters(NOON), send_letters(NOON + DAY)] == [1, 0, 0]
    assert len(mail.outbox) == 1


def test_everybody_gets_a_letter_of_their_own(world, member):
    other = give_address(world.here.people["committee_3"])
    tell(world, member, other)
    assert send_letters(NOON) == 2
    assert sorted(message.to for message in mail.outbox) == [[member.email], [other.email]]


def test_one_tick_sends_no_more_than_its_share(world, member, monkeypatch):
    monkeypatch.setattr(letters, "MOST_LETTERS", 1)
    tell(world, member, give_address(world.here.people["committee_3"]))
    assert [send_letters(NOON), send_letters(NOON), send_letters(NOON)] == [1, 1, 0]


# --- to whom not --------------------------------------------------------------------------------------


def read(user: User) -> None:
    Notification.objects.update(read_at=timezone.now())


def lose_address(user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="")


def leave(user: User) -> None:
    Membership.objects.filter(user=user).update(ended_at=timezone.now(), ended_by=user)


def be_suspended(user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def close_agency(user: User) -> None:
    Agency.objects.filter(memberships__user=user).update(hosted=False)


def switch_off(user: User) -> None:
    off = {kind: Channels(True, False) for kind in choices_of(user)}
    choose_notices(choices=off, pace=LetterPace.DAILY, by=user)


@pytest.mark.parametrize("happen", [read, lose_address, leave, be_suspended, close_agency, switch_off])
def test_what_happened_before_the_letter_went_is_respected(world, member, happen):
    tell(world, member)
    happen(member)
    assert send_letters(NOON) == 0
    assert mail.outbox == []


def test_a_member_of_another_agency_only_gets_that_agencys_letter(world, member):
    """The same person works in both and leaves one of them."""
    Membership.objects.create(user=member, agency=world.there.agency, role=Role.EXECUTIVE)
    for agency in (world.here.agency, world.there.agency):
        notify(
            kind=NoticeKind.RETURNED,
            users=[member],
            agency=agency,
            subject=f"เรื่องของ {agency.code}",
            body=[],
            path="/",
            dedupe=agency.code,
            now=NOON,
        )
    Membership.objects.filter(user=member, agency=world.here.agency).update(
        ended_at=timezone.now(), ended_by=member
    )
    assert send_letters(NOON) == 1
    assert sent() == [([member.email], "PMQA 4.0: เรื่องของ nso")]


def test_without_a_mail_server_nothing_is_taken(world, member, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    tell(world, member)
    assert send_letters(NOON) == 0
    assert Notification.objects.get().letter_attempts == 0


def test_a_mail_server_that_comes_late_sends_no_old_news(world, member):
    tell(world, member, now=NOON - 8 * DAY)
    tell(world, member, number=3, now=NOON - 6 * DAY)
    assert send_letters(NOON) == 1
    assert sent() == [([member.email], "PMQA 4.0: หมวด 3 ถูกส่งกลับให้แก้")]


# --- broken mail servers ------------------------------------------------------------------------------


class BrokenBackend(MemoryBackend):
    """A mail server that fails as it is told: while opening, or for letters to some addresses."""

    unreachable: ClassVar[Exception | None] = None
    faults: ClassVar[dict[str, Exception]] = {}

    def open(self) -> bool:
        if self.unreachable:
            raise self.unreachable
        return True

    def send_messages(self, messages):
        for message in messages:
            if fault := self.faults.get(message.to[0]):
                raise fault
        return super().send_messages(messages)


@pytest.fixture
def server(settings, monkeypatch) -> type[BrokenBackend]:
    settings.EMAIL_BACKEND = FAKE
    monkeypatch.setattr(BrokenBackend, "unreachable", None)
    monkeypatch.setattr(BrokenBackend, "faults", {})
    return BrokenBackend


@pytest.mark.parametrize(
    "fault", [ConnectionRefusedError(), TimeoutError(), smtplib.SMTPAuthenticationError(535, b"")]
)
def test_an_unreachable_server_costs_no_attempt(world, member, server, fault):
    tell(world, member)
    server.unreachable = fault
    assert isinstance(fault, OSError)
    with pytest.raises(type(fault)):
        send_letters(NOON)
    notice = Notification.objects.get()
    assert (notice.letter_attempts, notice.letter_next_at, notice.emailed_at) == (0, None, None)
    server.unreachable = None
    assert send_letters(NOON + MINUTE) == 1


def test_a_server_that_goes_away_is_tried_again_after_the_pause(world, member, server):
    tell(world, member)
    server.faults = {member.email: smtplib.SMTPServerDisconnected()}
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send_letters(NOON)
    server.faults = {}
    assert send_letters(NOON + PAUSES[0] - MINUTE) == 0
    assert send_letters(NOON + PAUSES[0]) == 1
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "fault",
    [smtplib.SMTPRecipientsRefused({}), smtplib.SMTPDataError(554, b"spam"), mail.BadHeaderError()],
)
def test_a_letter_that_is_refused_holds_up_no_other(world, member, server, fault):
    other = give_address(world.here.people["committee_3"])
    tell(world, member, other)
    server.faults = {member.email: fault}
    assert send_letters(NOON) == 1
    assert [message.to for message in mail.outbox] == [[other.email]]
    assert Notification.objects.get(user=member).emailed_at is None


def test_a_refused_letter_is_tried_ever_more_rarely_and_then_given_up(world, member, server, monkeypatch):
    monkeypatch.setattr(letters, "KEEP_TRYING", 30 * DAY)
    tell(world, member)
    server.faults = {member.email: smtplib.SMTPRecipientsRefused({})}

    def attempts(now: datetime.datetime) -> int:
        send_letters(now)
        return Notification.objects.get().letter_attempts

    now = NOON
    assert attempts(now) == 1
    for number, pause in enumerate(PAUSES, start=1):
        now += pause
        assert (attempts(now - MINUTE), attempts(now)) == (number, number + 1)
    server.faults = {}
    assert send_letters(now + 7 * DAY) == 0


def test_what_one_worker_took_no_other_takes(world, member):
    tell(world, member)
    assert [notice.subject for notice in take_notices(member, NOON)] == ["หมวด 1 ถูกส่งกลับให้แก้"]
    assert take_notices(member, NOON) == []


def test_two_workers_that_saw_the_same_row_do_not_both_take_it(world, member):
    tell(world, member)
    first, second = Notification.objects.get(), Notification.objects.get()
    assert [letters._take(first, NOON), letters._take(second, NOON)] == [True, False]


def test_a_worker_that_died_after_taking_costs_a_pause_and_no_letter(world, member):
    tell(world, member)
    take_notices(member, NOON)
    assert send_letters(NOON + MINUTE) == 0
    assert send_letters(NOON + PAUSES[0]) == 1


# --- over a real connection -----------------------------------------------------------------------------


@pytest.fixture
def smtp(settings) -> Iterator[MailServer]:
    """A mail server on loopback and the settings that lead to it."""
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", running.port, 2
        yield running


def test_a_letter_arrives_as_it_was_written(world, member, smtp):
    tell(world, member)
    assert send_letters(NOON) == 1
    [raw] = smtp.letters
    message = message_from_bytes(raw, policy=parsing)
    assert message["Subject"].lstrip() == "PMQA 4.0: หมวด 1 ถูกส่งกลับให้แก้"
    assert (message["To"], message["From"]) == (member.email, "PMQA <pmqa@senate.example>")
    assert "ข้อที่ต้องแก้: 1.1" in message.get_content()
    assert "https://pmqa.senate.example/a/senate/2565/category-1/" in message.get_content()


@pytest.mark.parametrize(
    ("word", "answer", "attempts", "fault"),
    [
        ("CONNECT", b"554 go away", 0, smtplib.SMTPConnectError),
        ("CONNECT", None, 0, smtplib.SMTPServerDisconnected),
        ("MAIL", b"451 later", 1, smtplib.SMTPSenderRefused),
        ("MAIL", None, 1, smtplib.SMTPServerDisconnected),
        ("RCPT", None, 1, smtplib.SMTPServerDisconnected),
        ("DATA", None, 1, smtplib.SMTPServerDisconnected),
    ],
)
def test_a_server_that_does_not_want_is_left_alone(world, member, smtp, word, answer, attempts, fault):
    """The rest waits too: whatever it did to the first letter it would do to the next one."""
    other = give_address(world.here.people["committee_3"])
    tell(world, member, other)
    smtp.answers = {word: answer}
    with pytest.raises(fault):
        send_letters(NOON)
    assert [n.letter_attempts for n in Notification.objects.order_by("user")] == [attempts, 0]
    smtp.answers = {}
    send_letters(NOON + PAUSES[0])
    assert len(smtp.letters) == 2


@pytest.mark.parametrize(
    ("word", "answer"), [("RCPT", b"550 unknown"), ("RCPT", b"450 greylisted"), ("DATA", b"554 spam")]
)
def test_a_letter_that_a_real_server_refuses_holds_up_no_other(world, member, smtp, word, answer):
    tell(world, member)
    smtp.answers = {word: answer}
    assert send_letters(NOON) == 0
    other = give_address(world.here.people["committee_3"])
    tell(world, other, number=3)
    smtp.answers = {}
    assert [send_letters(NOON + MINUTE), send_letters(NOON + PAUSES[0])] == [1, 1]


def test_nobody_listens(world, member, smtp, settings):
    tell(world, member)
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.EMAIL_PORT = free.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        send_letters(NOON)
    assert Notification.objects.get().letter_attempts == 0


def test_a_server_that_never_answers_is_given_up_after_the_timeout(world, member, settings, smtp):
    tell(world, member)
    settings.EMAIL_TIMEOUT = 0.2
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        with pytest.raises(smtplib.SMTPServerDisconnected):
            send_letters(NOON)
    assert Notification.objects.get().letter_attempts == 0
