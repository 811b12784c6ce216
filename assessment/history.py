"""The history of one place of the form: its text and, for an activity, what stands around it, in order of time."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString

from organizations.models import User
from texts.history import Entry, Span, entries_of, history_of
from texts.models import Text
from thai.dates import format_date
from thai.differences import render_differences

from .models import Activity, ActivityChange


@dataclass(frozen=True)
class DetailLine:
    """One part beside the text that changed; the words that came and went are marked."""

    label: str
    html: SafeString


@dataclass(frozen=True)
class DetailEntry:
    """A change of what stands around an activity's text."""

    change: ActivityChange
    lines: tuple[DetailLine, ...]

    @property
    def at(self) -> datetime.datetime:
        """When it was changed."""
        return self.change.at

    @property
    def author(self) -> User | None:
        """Who changed it."""
        return self.change.author


class Shown(NamedTuple):
    """One entry of a timeline on its page: either of the text or of what stands around it."""

    words: Entry | None = None
    details: DetailEntry | None = None


def timeline(text: Text, activity: Activity | None = None) -> list[Span | ActivityChange]:
    """Everything that happened here, the newest first; two queries, without the texts themselves."""
    happened: list[Span | ActivityChange] = list(history_of(text))
    if activity is not None:
        happened += ActivityChange.objects.filter(activity=activity).select_related("author")
    return sorted(happened, key=lambda entry: entry.at, reverse=True)


def shown_entries(
    text: Text, happened: Sequence[Span | ActivityChange], shown: Sequence[Span | ActivityChange]
) -> list[Shown]:
    """The shown ones of a timeline, each with what it changed."""
    spans = [entry for entry in happened if isinstance(entry, Span)]
    details = [entry for entry in happened if isinstance(entry, ActivityChange)]
    texts = {
        entry.span: entry
        for entry in entries_of(text, spans, [entry for entry in shown if isinstance(entry, Span)])
    }
    before = dict(zip(details, [*details[1:], None], strict=False))
    return [
        Shown(words=texts[entry])
        if isinstance(entry, Span)
        else Shown(details=DetailEntry(entry, detail_lines(before[entry], entry)))
        for entry in shown
    ]


def detail_lines(before: ActivityChange | None, after: ActivityChange) -> tuple[DetailLine, ...]:
    """The parts that differ, in the order in which the card shows them."""
    was = _parts(before) if before else {}
    return tuple(
        DetailLine(label, line_differences(was.get(label, ""), stands))
        for label, stands in _parts(after).items()
        if was.get(label, "") != stands
    )


def line_differences(old: str, new: str) -> SafeString:
    """Two plain lines, the words that came and went marked."""
    return render_differences(*(f"<p>{escape(line)}</p>" if line else "" for line in (old, new)))


def _parts(change: ActivityChange) -> dict[str, str]:
    days = [format_date(day) if day else "ไม่ระบุ" for day in (change.starts_on, change.ends_on)]
    return {
        "ผู้รับผิดชอบ": change.owner_line,
        "วันเริ่ม–สิ้นสุด": " – ".join(days) if change.starts_on or change.ends_on else "",
        "ตอบข้อ": change.criteria_line,
    }
