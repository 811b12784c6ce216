"""Writing what a person decided about a draft: all of it in one transaction, through the services of the form."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from assessment.models import Activity
from assessment.services.activities import ActivityData, OwnerLine, save_activity
from assessment.services.locks import hold_open
from assessment.services.texts import RoundTexts
from assessment.services.withdrawing import withdraw_activity
from documents.models import Incoming
from documents.word.identity import Kind
from organizations.models import User

from .entries import BOTH, FILE, REMOVE, Entry, both
from .owner_names import OwnerNames
from .standing import Standing


@dataclass
class _Change:
    """What becomes of one activity: its text, its owners, or both in one save."""

    html: str | None = None
    base_version: int = 0
    owners: tuple[OwnerLine, ...] | None = None
    owners_version: int = 0


@dataclass
class Writer:
    """Writes the entries of one file for one person; called inside a transaction.

    Raises TextConflict, StaleVersion, TextLocked, UncleanText, ActivityElsewhere; the caller's transaction undoes all.
    """

    incoming: Incoming
    by: User
    changes: dict[str, _Change] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.standing = Standing(self.incoming.round)
        self.names = OwnerNames(self.incoming.round.agency)

    def write(self, entries: list[Entry]) -> None:
        """Write every entry as it was chosen."""
        hold_open(self.incoming.round)
        self.texts = RoundTexts(self.incoming.round, self.by)
        for entry in entries:
            if entry.sort == "text" and entry.choice in (FILE, BOTH):
                self._text(entry)
            elif entry.sort == "line" and entry.choice == FILE:
                self._line(entry)
        for uid, change in self.changes.items():
            self._save_activity(uid, change)
        for entry in entries:
            if entry.sort == "new" and entry.choice == FILE:
                self._add(entry)
            elif entry.sort == "missing" and entry.choice == REMOVE:
                self._remove(entry)

    def _key(self, name: str) -> uuid.UUID:
        return uuid.uuid5(self.incoming.uid, name)

    def _text(self, entry: Entry) -> None:
        text = self.standing.text(entry.kind, entry.key)
        assert text is not None
        html = both(text, entry.html) if entry.choice == BOTH else entry.html
        if entry.kind == Kind.ACTIVITY:
            change = self.changes.setdefault(entry.key, _Change())
            change.html, change.base_version = html, int(entry.seen)
            return
        self.texts.save(text=text, base_version=int(entry.seen), html=html, key=self._key(entry.name))

    def _line(self, entry: Entry) -> None:
        for uid, version in zip(entry.targets, entry.seen.split("."), strict=True):
            present = [row.owner_id for row in self.standing.activities[uid].owner_lines.all()]
            owners = self.names.read(entry.line, present).owners
            change = self.changes.setdefault(uid, _Change())
            change.owners, change.owners_version = owners, int(version)

    def _save_activity(self, uid: str, change: _Change) -> None:
        activity = self.standing.activities[uid]
        data = ActivityData(
            uid=activity.uid,
            key=self._key(uid),
            html=activity.text.html if change.html is None else change.html,
            base_version=activity.text.version if change.html is None else change.base_version,
            owners_version=activity.owners_version if change.owners is None else change.owners_version,
            owners=_present(activity) if change.owners is None else change.owners,
            starts_on=activity.starts_on,
            ends_on=activity.ends_on,
        )
        save_activity(analysis=self.standing.home(uid), data=data, by=self.by)

    def _add(self, entry: Entry) -> None:
        data = ActivityData(
            uid=uuid.UUID(entry.key),
            key=self._key(entry.name),
            html=entry.html,
            owners=self.names.read(entry.line).owners,
        )
        save_activity(analysis=self.standing.analyses[entry.targets[0]], data=data, by=self.by)

    def _remove(self, entry: Entry) -> None:
        if entry.kind == Kind.ACTIVITY:
            activity = self.standing.activities[entry.key]
            # it stands once in the document, whatever criteria it serves
            for place in activity.places.select_related("analysis__wording"):
                withdraw_activity(activity=activity, analysis=place.analysis, by=self.by)
            return
        text = self.standing.text(entry.kind, entry.key)
        assert text is not None
        self.texts.save(text=text, base_version=int(entry.seen), html="", key=self._key(entry.name))


def _present(activity: Activity) -> list[OwnerLine]:
    return [OwnerLine(row.owner, row.joiner, row.note) for row in activity.owner_lines.all()]
