"""Saving what people write: compare-and-set, idempotent, with history, acknowledged only after commit."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from organizations.models import Agency, AuditEvent, User

from .cleaning import clean_html, plain_text
from .models import Revision, SaveKey, Text


@dataclass(frozen=True)
class SavedText:
    """An accepted save: the version it made and when; `replayed` when the same request came again."""

    version: int
    at: datetime
    replayed: bool = False


class TextConflict(Exception):
    """The text was saved by somebody else after `base_version`; `current` is what stands now."""

    def __init__(self, current: Text) -> None:
        super().__init__("text conflict")
        self.current = current


class TextLocked(Exception):
    """The text is locked (submitted or closed) and takes no saves."""


class KeyReused(Exception):
    """The same key came with another text: a fault of the sender, nothing was saved."""


def new_text(*, agency: Agency | None, html: str = "", by: User | None = None) -> Text:
    """Make a text; with content it starts at version 1 with that content as its first revision.

    Raises UncleanText.
    """
    text = Text.objects.create(agency=agency)
    if html:
        save_text(text=text, base_version=0, html=html, key=uuid.uuid4(), by=by)
        text.refresh_from_db()
    return text


@transaction.atomic
def save_text(*, text: Text, base_version: int, html: str, key: uuid.UUID, by: User | None) -> SavedText:
    """Save `html` on top of `base_version` of the text.

    The caller has checked that `by` may write here, and shows «บันทึกแล้ว» only after this returned and
    the transaction around it has committed.
    Raises UncleanText, TextConflict, TextLocked, KeyReused; nothing is written then.
    """
    cleaned = clean_html(html)
    payload = hashlib.sha256(f"{base_version}\n{cleaned}".encode()).hexdigest()
    if replayed := _replay(text, key, payload):
        return replayed
    now = timezone.now()
    rows = Text.objects.filter(pk=text.pk, version=base_version, locked_at=None).update(
        html=cleaned, plain=plain_text(cleaned), version=F("version") + 1, updated_at=now, updated_by=by
    )
    if not rows:
        # The same request may have been accepted while this one waited for the row.
        if replayed := _replay(text, key, payload):
            return replayed
        raise _refusal(text)
    version = base_version + 1
    Revision.objects.create(text=text, version=version, html=cleaned, author=by, at=now)
    SaveKey.objects.create(text=text, key=key, author=by, payload_sha256=payload, version=version, at=now)
    AuditEvent.record("text.saved", text, by=by, agency=text.agency, version=version)
    return SavedText(version, now)


def _replay(text: Text, key: uuid.UUID, payload: str) -> SavedText | None:
    """The answer given before, when this very request was accepted and its answer was lost."""
    seen = SaveKey.objects.filter(text=text, key=key).first()
    if seen is None:
        return None
    if seen.payload_sha256 != payload:
        raise KeyReused
    return SavedText(seen.version, seen.at, replayed=True)


def _refusal(text: Text) -> TextConflict | TextLocked:
    """Why the update met no row."""
    current = Text.objects.select_related("updated_by").get(pk=text.pk)
    return TextLocked() if current.locked_at else TextConflict(current)
