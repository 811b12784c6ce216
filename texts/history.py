"""Reading the history of one text: saves put together as people remember them, each with what it changed."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from organizations.models import User

from .differences import Stretch, stretches
from .enums import RevisionKind
from .models import Revision, Text

# Saving by itself makes a revision every few seconds; people remember «this morning», not each of them.
WINDOW: Final = datetime.timedelta(minutes=10)
MOST_STEPS: Final = 20
# What was sent but lost a conflict or was merged: kept, though it never was the text.
NEVER_STOOD: Final = frozenset({RevisionKind.SET_ASIDE, RevisionKind.BEFORE_MERGE})


class Save(NamedTuple):
    """One revision without its text."""

    version: int
    author: int | None
    at: datetime.datetime
    kind: str = RevisionKind.WRITTEN
    on_behalf: bool = False


@dataclass(frozen=True)
class Span:
    """Saves that are shown as one entry, oldest first; all by one author."""

    saves: tuple[Save, ...]

    @property
    def version(self) -> int:
        """The version that the entry ended with."""
        return self.saves[-1].version

    @property
    def kind(self) -> RevisionKind:
        """How it came to be."""
        return RevisionKind(self.saves[-1].kind)

    @property
    def since(self) -> datetime.datetime:
        """The first save."""
        return self.saves[0].at

    @property
    def at(self) -> datetime.datetime:
        """The last save."""
        return self.saves[-1].at

    @property
    def steps(self) -> list[Save]:
        """The saves one by one, the newest first: all of a few, of many some at equal distances with both ends."""
        last = len(self.saves) - 1
        shown = min(last, MOST_STEPS - 1)
        places = [round(step * last / shown) for step in range(shown + 1)] if shown else [0]
        return [self.saves[place] for place in reversed(places)]

    @property
    def stood(self) -> bool:
        """Whether this ever was the text."""
        return self.kind not in NEVER_STOOD


def spans_of(saves: Iterable[Save]) -> list[Span]:
    """Saves in the order of their versions, put together.

    A save joins the one before it when the same author wrote it, in the same name (their own or the committee's),
    no more than ten minutes later; so an hour of steady writing is one entry. Only plain writing is put together:
    what was merged, set aside, kept, restored or accepted is a decision of its own and stands alone.
    """
    groups: list[list[Save]] = []
    for save in saves:
        if groups and _continues(groups[-1][-1], save):
            groups[-1].append(save)
        else:
            groups.append([save])
    return [Span(tuple(group)) for group in groups]


def _continues(last: Save, save: Save) -> bool:
    return (
        last.kind == save.kind == RevisionKind.WRITTEN
        and (last.author, last.on_behalf) == (save.author, save.on_behalf)
        and save.at - last.at <= WINDOW
    )


@dataclass(frozen=True)
class Entry:
    """One entry of the history as it is shown: who, when, and what became of the text that stood before."""

    span: Span
    author: User | None
    changes: tuple[Stretch, ...]
    is_first: bool

    @property
    def version(self) -> int:
        """The version that the entry ended with."""
        return self.span.version

    @property
    def at(self) -> datetime.datetime:
        """The last save."""
        return self.span.at

    @property
    def since(self) -> datetime.datetime | None:
        """The first save, where it was another minute than the last one."""
        minutes = [moment.replace(second=0, microsecond=0) for moment in (self.span.since, self.span.at)]
        return self.span.since if minutes[0] != minutes[1] else None

    @property
    def kind(self) -> RevisionKind:
        """How it came to be."""
        return self.span.kind

    @property
    def on_behalf(self) -> bool:
        """Written by the secretariat for the committee."""
        return self.span.saves[-1].on_behalf

    @property
    def is_unchanged(self) -> bool:
        """Saved without changing anything."""
        return not any(stretch.changed for stretch in self.changes)


def history_of(text: Text) -> list[Span]:
    """Every span of the text, the newest first; without the texts themselves, so that a long history costs little."""
    rows = Revision.objects.filter(text=text).order_by("version")
    saves = rows.values_list("version", "author", "at", "kind", "on_behalf")
    return spans_of(Save(*row) for row in saves)[::-1]


def entries_of(text: Text, spans: Sequence[Span], shown: Sequence[Span]) -> list[Entry]:
    """The shown ones of the text's spans with their authors and changes; two queries, however many there are.

    Each is compared with the version that stood before it.
    """
    before = _versions_before(spans)
    wanted = {span.version for span in shown} | {before[span.version] for span in shown}
    rows = Revision.objects.filter(text=text, version__in=wanted)
    html: dict[int, str] = dict(rows.values_list("version", "html"))
    authors = User.objects.in_bulk({save.author for span in shown for save in span.saves if save.author})
    return [_entry(span, before[span.version], html, authors) for span in shown]


def _versions_before(spans: Sequence[Span]) -> dict[int, int]:
    """From the version of each span to the one that stood before it; 0 before the first."""
    before: dict[int, int] = {}
    standing = 0
    for span in reversed(spans):
        before[span.version] = standing
        if span.stood:
            standing = span.version
    return before


def _entry(span: Span, before: int, html: Mapping[int, str], authors: Mapping[int, User]) -> Entry:
    author = span.saves[-1].author
    changes = stretches(html.get(before, ""), html[span.version])
    return Entry(span, authors[author] if author else None, changes, is_first=not before)
