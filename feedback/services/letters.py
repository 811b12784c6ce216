"""The received letters: kept as they came, and their points entered together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from feedback.models import FeedbackLetter, FeedbackPoint
from organizations.models import Agency, AuditEvent, User
from texts.scans import Scan

from .locks import hold
from .points import PointFields, add_point


class NothingToEnter(Exception):
    """All of these points stand there already, or all were left out."""


@transaction.atomic
def keep_letter(
    *, agency: Agency, year: int, step: int, scan: Scan, note: str = "", by: User
) -> FeedbackLetter:
    """Keep a received paper of this Buddhist-era year and step (1–3); the same file again is the one kept before."""
    digest = hashlib.sha256(scan.content).hexdigest()
    kept = FeedbackLetter.objects.current().filter(agency=agency, year=year, step=step, sha256=digest).first()
    if kept:
        return kept
    letter = FeedbackLetter(
        agency=agency,
        year=year,
        step=step,
        note=note,
        name=scan.name,
        sha256=digest,
        received_by=by,
    )
    letter.file.save(f"letter.{scan.suffix}", ContentFile(scan.content), save=False)
    letter.full_clean(exclude=["received_by"])
    letter.save()
    AuditEvent.record("letter.kept", letter, by=by, agency=agency, year=year, step=step, sha256=digest)
    return letter


@transaction.atomic
def withdraw_letter(*, letter: FeedbackLetter, by: User) -> bool:
    """Take a letter out of the list, for one that was put in the wrong place; gives whether it still stood there."""
    rows = FeedbackLetter.objects.current().filter(pk=letter.pk)
    taken = rows.update(withdrawn_at=timezone.now(), withdrawn_by=by)
    if taken:
        AuditEvent.record("letter.withdrawn", letter, by=by, agency=letter.agency)
    return bool(taken)


@transaction.atomic
def enter_points(*, agency: Agency, points: Iterable[PointFields], by: User) -> int:
    """Enter the points of a letter, all or none; those that stand already are left as they are.

    Gives how many were new. Raises NothingToEnter, FeedbackLocked, ValidationError.
    """
    # of two who enter the same letter at once the second one finds its points
    hold(agency)
    entered = 0
    for point in points:
        same = FeedbackPoint.objects.of_year(agency, point["year"]).current()
        if same.filter(step=point["step"], criterion=point["criterion"], text=point["text"]).exists():
            continue
        add_point(agency=agency, by=by, **point)
        entered += 1
    if not entered:
        raise NothingToEnter
    AuditEvent.record("feedback.letter_entered", by=by, agency=agency, new=entered)
    return entered
