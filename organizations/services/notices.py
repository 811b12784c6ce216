"""Telling people that something happened, what they have read, and what they want to hear of."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from organizations.enums import MAILED_BY_DEFAULT, SHOWN_BY_DEFAULT, LetterPace, NoticeKind
from organizations.models import (
    Agency,
    AuditEvent,
    Membership,
    Notification,
    NotificationChoice,
    User,
    check_own_path,
)
from organizations.models.notice import MAX_SUBJECT
from thai.text import normalise, one_line

MAX_BODY = 2000


class Channels(NamedTuple):
    """How a person hears of one kind."""

    in_app: bool
    email: bool


def default_channels(kind: str) -> Channels:
    """What holds for somebody who has chosen nothing."""
    return Channels(kind in SHOWN_BY_DEFAULT, kind in MAILED_BY_DEFAULT)


def choices_of(user: User) -> dict[NoticeKind, Channels]:
    """Every kind with what this person wants to hear of it."""
    made = {row.kind: Channels(row.in_app, row.email) for row in user.notice_choices.all()}
    return {kind: made.get(kind, default_channels(kind)) for kind in NoticeKind}


@transaction.atomic
def notify(
    *,
    kind: NoticeKind,
    users: Iterable[User],
    agency: Agency,
    subject: str,
    body: Iterable[str],
    path: str,
    dedupe: str,
    now: datetime.datetime | None = None,
) -> None:
    """Tell these people once; belongs into the transaction of the change, so that both happen or neither.

    Only who may sign in, is a member of the agency today and wants to hear of this kind gets it. `dedupe` names the
    event within its kind. Letters are sent later, by the worker. Never give it the text of an answer or a remark.
    Raises ValidationError for a path that leads anywhere else than into this application.
    """
    check_own_path(path)
    channels = _channels(kind, agency, {user.pk for user in users})
    lines = [one_line(normalise(line)) for line in body]
    Notification.objects.bulk_create(
        (
            Notification(
                user_id=user,
                agency=agency,
                kind=kind,
                subject=_cut(one_line(normalise(subject)), MAX_SUBJECT),
                body=_cut("\n".join(lines), MAX_BODY),
                path=path,
                dedupe=f"{kind}:{dedupe}",
                in_app=wanted.in_app,
                by_email=wanted.email,
                created_at=now or timezone.now(),
            )
            for user, wanted in sorted(channels.items())
        ),
        ignore_conflicts=True,
    )


def _channels(kind: NoticeKind, agency: Agency, people: Collection[int]) -> dict[int, Channels]:
    """The members among these people who want to hear of the kind, and how."""
    members = Membership.objects.current().filter(agency=agency, agency__hosted=True, user__in=people)
    made = {
        row.user_id: Channels(row.in_app, row.email)
        for row in NotificationChoice.objects.filter(kind=kind, user__in=people)
    }
    found = {pk: made.get(pk, default_channels(kind)) for pk in members.values_list("user", flat=True)}
    return {pk: channels for pk, channels in found.items() if any(channels)}


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def mark_read(*, notice: Notification, by: User) -> None:
    """The person has opened it; twice is as once. Reading changes nothing that anybody must answer for: no event."""
    Notification.objects.filter(pk=notice.pk, user=by, read_at=None).update(read_at=timezone.now())


def mark_all_read(*, until: int, by: User) -> int:
    """Mark what the person has seen in the list; what came after the row `until` stays unread. Gives how many."""
    seen = Notification.objects.shown_to(by).unread().filter(pk__lte=until)
    return seen.update(read_at=timezone.now())


@transaction.atomic
def choose_notices(*, choices: Mapping[NoticeKind, Channels], pace: LetterPace, by: User) -> None:
    """Keep what this person wants to hear of. A letter that waits and is no longer wanted is not sent."""
    NotificationChoice.objects.bulk_create(
        [NotificationChoice(user=by, kind=kind, **channels._asdict()) for kind, channels in choices.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["in_app", "email"],
    )
    User.objects.filter(pk=by.pk).update(letter_pace=pace)
    waiting = Notification.objects.filter(user=by, by_email=True, emailed_at=None)
    unwanted = waiting.filter(kind__in=[kind for kind, channels in choices.items() if not channels.email])
    unwanted.filter(in_app=False).delete()
    unwanted.update(by_email=False)
    AuditEvent.record("notices.chosen", by, by=by)
