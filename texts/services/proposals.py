"""Texts that came too late: the sheet was submitted or the form closed while somebody was still writing."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from organizations.models import AuditEvent, User
from texts.cleaning import clean_html
from texts.enums import RevisionKind
from texts.models import Proposal, Text

from .saving import SavedText, save_text


class AlreadyDecided(Exception):
    """Somebody else has accepted or dismissed this proposal a moment ago."""


@transaction.atomic
def keep_proposal(*, text: Text, base_version: int, html: str, key: uuid.UUID, by: User) -> Proposal | None:
    """Keep what came after the text was locked, for whoever may write there again; sent twice it is kept once.

    None when it holds nothing that does not stand already. Raises UncleanText.
    """
    cleaned = clean_html(html)
    if cleaned == Text.objects.values_list("html", flat=True).get(pk=text.pk):
        return None
    kept, created = Proposal.objects.get_or_create(
        text=text,
        key=key,
        author=by,
        defaults={"html": cleaned, "base_version": base_version, "at": timezone.now()},
    )
    if created:
        AuditEvent.record("text.proposed", text, by=by, agency=text.agency, proposal=kept.pk)
    return kept


@transaction.atomic
def accept_proposal(
    *, proposal: Proposal, base_version: int, by: User, on_behalf: bool = False, over_lock: bool = False
) -> SavedText:
    """Let the proposal stand, on top of the version that the person compared it with.

    Raises AlreadyDecided, TextConflict, TextLocked; nothing is written then.
    """
    _decide(proposal, accepted=True, by=by)
    return save_text(
        text=proposal.text,
        base_version=base_version,
        html=proposal.html,
        key=proposal.key,
        by=by,
        kind=RevisionKind.ACCEPTED,
        on_behalf=on_behalf,
        over_lock=over_lock,
    )


@transaction.atomic
def dismiss_proposal(*, proposal: Proposal, by: User) -> None:
    """Leave the text as it stands; the proposal stays readable. Raises AlreadyDecided."""
    _decide(proposal, accepted=False, by=by)
    AuditEvent.record(
        "text.proposal_dismissed", proposal.text, by=by, agency=proposal.text.agency, proposal=proposal.pk
    )


def _decide(proposal: Proposal, *, accepted: bool, by: User) -> None:
    rows = Proposal.objects.open().filter(pk=proposal.pk)
    if not rows.update(decided_at=timezone.now(), decided_by=by, accepted=accepted):
        raise AlreadyDecided
