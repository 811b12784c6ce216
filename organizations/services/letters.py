"""The letters of the notifications: written and sent by the worker, never in a web request.

At least once: a letter is taken first (a compare-and-set per notification, which also sets when it may be tried again),
then sent, then marked as sent. A worker that dies between the last two sends it once more after the pause; the other
order would lose it, and a doubled letter carries the same Message-ID. What a worker has taken, no other one takes.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import smtplib
import time
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from organizations.adapter import letters_are_sent
from organizations.enums import URGENT, LetterPace
from organizations.models import Membership, Notification, User
from thai.text import one_line

log = logging.getLogger("pmqa.letters")

MORNING = datetime.time(7, 30)
# The mail server may come months after the first notification: what is older than this is no news any more. Long
# enough for a machine that was off over the holidays.
KEEP_TRYING = datetime.timedelta(days=7)
# The first pause also covers the sending itself, so it is longer than one tick may take.
PAUSES = [datetime.timedelta(minutes=m) for m in (5, 15, 60, 180, 360, 720, 1440, 1440, 1440)]
MOST_LETTERS, MOST_IN_ONE = 20, 50
# Prints wait while letters are sent.
LONGEST_TICK = 20.0
# Faults of one letter; anything else that a mail server does to us will happen to the next letter too.
OF_ONE_LETTER = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError)


def last_morning(now: datetime.datetime) -> datetime.datetime:
    """The latest 07:30 in the time zone of the settings that is not after `now`."""
    local = timezone.localtime(now, timezone.get_default_timezone())
    morning = local.replace(hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0)
    return morning if morning <= local else morning - datetime.timedelta(days=1)


def due_notices(now: datetime.datetime) -> models.QuerySet[Notification]:
    """What must go out now, to people who may still read it.

    What was opened in the application needs no letter; whoever left the agency or lost the account gets none.
    """
    present = Membership.objects.current().filter(
        user=OuterRef("user"), agency=OuterRef("agency"), agency__hosted=True
    )
    paced = Q(kind__in=URGENT) | Q(user__letter_pace=LetterPace.AT_ONCE) | Q(created_at__lt=last_morning(now))
    return Notification.objects.filter(
        paced,
        Exists(present),
        Q(letter_next_at=None) | Q(letter_next_at__lte=now),
        by_email=True,
        emailed_at=None,
        read_at=None,
        created_at__gt=now - KEEP_TRYING,
        letter_attempts__lte=len(PAUSES),
    ).exclude(user__email="")


def send_letters(now: datetime.datetime | None = None) -> int:
    """Send what is due, one letter per person; gives how many went out. Without a mail server nothing happens.

    Raises OSError when the mail server cannot be reached; what was not sent waits.
    """
    now = now or timezone.now()
    if not letters_are_sent():
        return 0
    people = list(due_notices(now).order_by().values_list("user", flat=True).distinct()[:MOST_LETTERS])
    if not people:
        return 0
    connection: BaseEmailBackend = get_connection()
    # before anything is taken: an unreachable server costs no letter one of its attempts
    connection.open()
    try:
        return _send_to(people, connection, now)
    finally:
        connection.close()


def _send_to(people: list[int], connection: BaseEmailBackend, now: datetime.datetime) -> int:
    sent, latest = 0, time.monotonic() + LONGEST_TICK
    for user in User.objects.filter(pk__in=people).order_by("pk"):
        if time.monotonic() > latest:
            break
        notices = take_notices(user, now)
        if not notices:
            continue
        try:
            letter(user, notices, connection).send()
        except OF_ONE_LETTER as fault:
            # the server's answer may repeat the address, so only its kind is told
            log.warning("letter to account %s refused: %s", user.pk, type(fault).__name__)
            continue
        Notification.objects.filter(pk__in=[notice.pk for notice in notices], by_email=True).update(
            emailed_at=timezone.now()
        )
        sent += 1
    return sent


def take_notices(user: User, now: datetime.datetime) -> list[Notification]:
    """Take what is due for this person; what another worker took meanwhile is left out."""
    waiting = due_notices(now).filter(user=user).select_related("agency").order_by("pk")
    return [notice for notice in waiting[:MOST_IN_ONE] if _take(notice, now)]


def _take(notice: Notification, now: datetime.datetime) -> bool:
    pause = PAUSES[min(notice.letter_attempts, len(PAUSES) - 1)]
    rows = Notification.objects.filter(
        pk=notice.pk, emailed_at=None, by_email=True, letter_attempts=notice.letter_attempts
    )
    return bool(rows.update(letter_attempts=F("letter_attempts") + 1, letter_next_at=now + pause))


def letter(
    user: User, notices: list[Notification], connection: BaseEmailBackend | None = None
) -> EmailMessage:
    """One plain letter about all of them."""
    subject = notices[0].subject if len(notices) == 1 else f"การแจ้งเตือน {len(notices)} รายการ"
    return EmailMessage(
        f"PMQA 4.0: {one_line(subject)}",
        _body(user, notices),
        settings.DEFAULT_FROM_EMAIL,
        [user.email],
        connection=connection,
        headers={"Auto-Submitted": "auto-generated", "Message-ID": _message_id(notices)},
    )


def _body(user: User, notices: list[Notification]) -> str:
    parts = [f"เรียน {one_line(str(user))}"]
    for number, notice in enumerate(notices, start=1):
        head = notice.subject if len(notices) == 1 else f"{number}. {notice.subject}"
        parts.append("\n".join(filter(None, [head, notice.agency.name, notice.body, notice.address])))
    choices = settings.PUBLIC_ADDRESS.rstrip("/") + reverse("notice_choices")
    parts.append(f"-- \nระบบ PMQA 4.0 ส่งอีเมลนี้โดยอัตโนมัติ ไม่ต้องตอบกลับ\nเลือกเรื่องที่ต้องการรับได้ที่ {choices}")
    return "\n\n".join(parts) + "\n"


def _message_id(notices: list[Notification]) -> str:
    """The same for the same notifications, so that a mail system can tell a letter that was sent twice."""
    name = hashlib.sha256("".join(str(notice.uid) for notice in notices).encode()).hexdigest()[:32]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{name}@{domain}>"
