"""What becomes of a file that was brought in."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessment.models import Round
from documents.enums import IncomingKind, IncomingState
from documents.models import Incoming
from organizations.models import AuditEvent, User


class AlreadyDecided(Exception):
    """Somebody has taken or dropped this file a moment ago."""


@transaction.atomic
def keep_incoming(
    *, round: Round, kind: IncomingKind, filename: str, content: bytes, understood: dict[str, Any], by: User
) -> Incoming:
    """Let a file that was read wait for the person's decision."""
    incoming = Incoming.objects.create(
        round=round,
        kind=kind,
        filename=filename[-200:],
        sha256=hashlib.sha256(content).hexdigest(),
        understood=understood,
        uploaded_by=by,
    )
    AuditEvent.record("incoming.read", incoming, by=by, agency=round.agency, kind=kind.value)
    return incoming


def decide(*, incoming: Incoming, state: IncomingState, by: User) -> None:
    """Compare-and-set: of two presses one counts. Raises AlreadyDecided.

    Called inside the transaction that writes what the file says, so that both happen or neither.
    """
    with transaction.atomic():
        rows = Incoming.objects.filter(pk=incoming.pk).waiting()
        if not rows.update(state=state, decided_at=timezone.now(), decided_by=by):
            raise AlreadyDecided
        AuditEvent.record(f"incoming.{state.value}", incoming, by=by, agency=incoming.round.agency)


def note_outcome(*, incoming: Incoming, outcome: dict[str, Any]) -> None:
    """Keep what was done in the place of what was understood, which may be large and is not needed any more."""
    incoming.understood = outcome
    incoming.save(update_fields=["understood"])
