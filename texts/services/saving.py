"""Saving what people write: compare-and-set, idempotent, with history, acknowledged only after commit."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from organizations.models import Agency, AuditEvent, User
from texts.cleaning import clean_html, plain_text
from texts.enums import RevisionKind
from texts.merging import merge
from texts.models import Revision, SaveKey, Text


@dataclass(frozen=True)
class SavedText:
    """An accepted save.

    `version` holds exactly what was sent, `current` is the version that stands now: a later one when the text was
    merged with somebody else's changes (`merged`, then it is `html`), or when somebody went on before a lost answer
    was asked for again (`replayed`).
    """

    version: int
    at: datetime
    current: int
    html: str
    merged: bool = False
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


@dataclass(frozen=True)
class _Save:
    """One request to save, cleaned."""

    text: Text
    base_version: int
    html: str
    key: uuid.UUID
    by: User | None
    on_behalf: bool = False

    @property
    def payload(self) -> str:
        """What tells two requests with one key apart."""
        return hashlib.sha256(f"{self.base_version}\n{self.html}".encode()).hexdigest()


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
def save_text(
    *,
    text: Text,
    base_version: int,
    html: str,
    key: uuid.UUID,
    by: User | None,
    kind: RevisionKind = RevisionKind.WRITTEN,
    merging: bool = False,
    on_behalf: bool = False,
    over_lock: bool = False,
) -> SavedText:
    """Save `html` on top of `base_version` of the text.

    The caller has checked that `by` may write here, and shows «บันทึกแล้ว» only after this returned and
    the transaction around it has committed. With `merging`, changes that somebody else made meanwhile in other
    paragraphs are no conflict: what was sent becomes one revision and the merged text the next. `over_lock` is for
    the secretariat, which may correct a submitted text; `on_behalf` marks the revision as written for a committee.
    Raises UncleanText, TextConflict, TextLocked, KeyReused; nothing is written then.
    """
    save = _Save(text, base_version, clean_html(html), key, by, on_behalf)
    current = _hold(text)
    if replayed := _replay(save, current):
        return replayed
    _refuse_locked(current, over_lock=over_lock)
    if current.version == base_version:
        return _accept(save, current, [(save.html, kind)])
    if not merging:
        raise TextConflict(current)
    return _save_beside(save, current)


def _save_beside(save: _Save, current: Text) -> SavedText:
    """Merge with what was saved after the base. Raises TextConflict when both changed the same place."""
    base = "" if save.base_version == 0 else _html_of(save.text, save.base_version)
    merged = None if base is None else merge(base, current.html, save.html)
    if save.html == current.html:
        # somebody else wrote the same: one revision says that this person did too, nothing moves
        return _accept(save, current, [(save.html, RevisionKind.WRITTEN)])
    if merged is None:
        raise TextConflict(current)
    if merged == save.html:
        return _accept(save, current, [(save.html, RevisionKind.WRITTEN)])
    return _accept(save, current, [(save.html, RevisionKind.BEFORE_MERGE), (merged, RevisionKind.MERGED)])


@transaction.atomic
def set_aside(
    *, text: Text, base_version: int, html: str, key: uuid.UUID, by: User | None, over_lock: bool = False
) -> SavedText:
    """Leave the text as it stands and keep `html` in its history: the choice of whoever gives way in a conflict.

    Whatever stands by now stays, so this is never in conflict itself.
    Raises UncleanText, TextLocked, KeyReused; nothing is written then.
    """
    save = _Save(text, base_version, clean_html(html), key, by)
    current = _hold(text)
    if replayed := _replay(save, current):
        return replayed
    _refuse_locked(current, over_lock=over_lock)
    aside = [(save.html, RevisionKind.SET_ASIDE), (current.html, RevisionKind.KEPT)]
    return _accept(save, current, aside)


def saved_before(
    *, text: Text, base_version: int, html: str, key: uuid.UUID, by: User | None
) -> SavedText | None:
    """The answer to this very request when it was accepted earlier, whatever has locked the text since.

    Raises KeyReused, UncleanText.
    """
    return _replay(_Save(text, base_version, clean_html(html), key, by))


def _hold(text: Text) -> Text:
    """The text as it stands, held until the end of the transaction.

    Only then is the key looked for: the same request may have been accepted while this one waited for the row.
    """
    return Text.objects.select_for_update(of=("self",)).select_related("agency").get(pk=text.pk)


def _refuse_locked(current: Text, *, over_lock: bool) -> None:
    """After the key: what was accepted before the lock is answered as it was. Raises TextLocked."""
    if current.locked_at and not over_lock:
        raise TextLocked


def _accept(save: _Save, current: Text, revisions: list[tuple[str, RevisionKind]]) -> SavedText:
    """Write the revisions on top of what stands; the first one is what was sent, the last one stands now.

    The version stands in the UPDATE itself, so that nothing is overwritten even if the row was not held.
    Raises TextConflict.
    """
    now = timezone.now()
    html = revisions[-1][0]
    first, last = current.version + 1, current.version + len(revisions)
    rows = Text.objects.filter(pk=current.pk, version=current.version).update(
        html=html, plain=plain_text(html), version=last, updated_at=now, updated_by=save.by
    )
    if not rows:
        raise TextConflict(_fresh(current))
    Revision.objects.bulk_create(
        Revision(
            text=current,
            version=version,
            html=stored,
            author=save.by,
            at=now,
            kind=kind,
            on_behalf=save.on_behalf,
        )
        for version, (stored, kind) in enumerate(revisions, start=first)
    )
    SaveKey.objects.create(
        text=current, key=save.key, author=save.by, payload_sha256=save.payload, version=first, at=now
    )
    AuditEvent.record("text.saved", current, by=save.by, agency=current.agency, version=last)
    merged = revisions[-1][1] == RevisionKind.MERGED
    return SavedText(first, now, current=last, html=html, merged=merged)


def _replay(save: _Save, current: Text | None = None) -> SavedText | None:
    """The answer given before, when this very request was accepted and its answer was lost; `current` if it is held."""
    seen = SaveKey.objects.filter(text=save.text, key=save.key).first()
    if seen is None:
        return None
    if seen.payload_sha256 != save.payload:
        raise KeyReused
    current = current or _fresh(save.text)
    return SavedText(seen.version, seen.at, current=current.version, html=current.html, replayed=True)


def _fresh(text: Text) -> Text:
    return Text.objects.select_related("updated_by").get(pk=text.pk)


def _html_of(text: Text, version: int) -> str | None:
    """What stood in this version; None for one that never was."""
    return Revision.objects.filter(text=text, version=version).values_list("html", flat=True).first()
