"""ตารางข้อสังเกตและการแก้ไข: what was remarked on each criterion, what was answered, what became of the words.

Page, PDF and Word read these frozen values. Only what was sent is in them: a reviewer's draft is nobody's paper.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape, unescape
from itertools import groupby

from django.utils import timezone

from assessment.enums import PassageKind
from assessment.models import Round
from assessment.threads import ThreadView, sent_threads
from texts.cleaning import plain_text
from texts.models import Comment, Revision, Thread
from texts.templatetags.texts import plain_excerpt
from thai.dates import format_date, format_time
from thai.differences import differences

from .form import Form

TITLE = "ตารางข้อสังเกตและการแก้ไข"
HEADINGS = ("ข้อ", "ข้อสังเกต", "การแก้ไข", "สถานะ")
# Shares of the width of the page.
COLUMNS = (12, 36, 38, 14)
MOST_WORDS = 160  # code points that a changed passage takes at most
MOST_COMPARED = 20_000  # code points of a text that is compared by words


@dataclass(frozen=True)
class Said:
    """One comment: who, from where, when, and the words."""

    who: str
    note: str
    words: str


@dataclass(frozen=True)
class Remark:
    """One row: a thread of a criterion. `quote` are the words that it points at, `change` what became of them."""

    code: str
    name: str
    kind: str
    quote: str
    said: Said
    answers: tuple[Said, ...]
    change: str
    status: str
    settled: str


@dataclass(frozen=True)
class RemarkCategory:
    """The remarks of one category, in the order of its criteria."""

    number: int
    remarks: tuple[Remark, ...]


def read_remarks(round: Round, numbers: set[int] | None = None) -> tuple[RemarkCategory, ...]:
    """Read what was sent; categories without a remark are left out."""
    views = sent_threads(round, numbers)
    before = _texts_before(view.thread for view in views)
    grouped = groupby(views, key=lambda view: int(view.analysis.wording.code.split(".")[0]))
    return tuple(
        RemarkCategory(number, tuple(_remark(view, before) for view in group)) for number, group in grouped
    )


def with_own_foot(form: Form) -> Form:
    """The foot says when the remarks were read; they are no draft."""
    return replace(form, footer=f"ข้อมูล ณ วันที่ {format_date(form.read_at)} เวลา {format_time(form.read_at)}")


def without_remarks(form: Form) -> str:
    """What stands in place of the tables."""
    return " ".join(
        ["ยังไม่มีข้อสังเกต", *(category.band for category in form.categories if len(form.categories) == 1)]
    )


def _remark(view: ThreadView, before: Mapping[tuple[int, int], str]) -> Remark:
    first, *answers = view.standing
    thread = view.thread
    settled = ""
    if thread.resolved_at:
        settled = f"โดย {thread.resolved_by} {_day(thread.resolved_at)}"
    return Remark(
        code=view.analysis.wording.code,
        name=view.analysis.wording.short_name,
        kind=PassageKind(view.placed.kind).label if thread.quote else "",
        quote=_shortened(thread.quote),
        said=_said(first),
        answers=tuple(map(_said, answers)),
        change=_change(view, before),
        status="ยังไม่แก้ไข" if thread.is_open else "แก้ไขแล้ว",
        settled=settled,
    )


def _said(comment: Comment) -> Said:
    at, author = comment.at, str(comment.author)
    if not comment.source:
        return Said(author, _day(at), comment.body)
    assert comment.source_date is not None
    note = f"ลงวันที่ {format_date(comment.source_date, 'short')} บันทึกแทนโดย {author} {_day(at)}"
    return Said(comment.source, note, comment.body)


def _day(moment: datetime.datetime) -> str:
    return format_date(timezone.localtime(moment), "short")


# --- what became of the words -----------------------------------------------------------------------


def _texts_before(threads: Iterable[Thread]) -> dict[tuple[int, int], str]:
    """The commented texts as they were when the remark was made, by text and version."""
    wanted = {(t.text_id, t.text_version) for t in threads if t.text_id and t.text_version}
    revisions = Revision.objects.filter(
        text__in={text for text, _ in wanted}, version__in={version for _, version in wanted}
    )
    found = revisions.values_list("text_id", "version", "html")
    return {(text, version): html for text, version, html in found if (text, version) in wanted}


def _change(view: ThreadView, before: Mapping[tuple[int, int], str]) -> str:
    """In short, what the text says instead of the words that were remarked on."""
    thread, place = view.thread, view.place
    if thread.text is None or thread.text.version == thread.text_version:
        return ""
    if place and place.changed:
        return f"แก้เป็น “{_shortened(place.words)}”" if place.words else "ลบข้อความที่อ้างถึงออกแล้ว"
    old = before.get((thread.text_id or 0, thread.text_version or 0), "")
    removed, added = _changed_words(plain_text(old), thread.text.plain)
    parts = [("ตัดออก", removed), ("เพิ่ม", added)]
    said = " ".join(f"{label} “{words}”" for label, words in parts if words)
    # nothing but marks such as bold was changed
    return said and (f"ส่วนอื่นของข้อความ: {said}" if place else said)


def _changed_words(old: str, new: str) -> tuple[str, str]:
    """What went and what came, each shortened; texts that are too long to be compared are told by what they say now."""
    if old == new:
        return "", ""
    if max(len(old), len(new)) > MOST_COMPARED:
        return "", _shortened(new)
    changed = [part for part in differences(escape(old), escape(new)) if part.operation != "equal"]
    return _words(part.old for part in changed), _words(part.new for part in changed)


def _words(parts: Iterable[str]) -> str:
    lines = (" ".join(unescape(part).split()) for part in parts)
    return _shortened(" … ".join(line for line in lines if line))


def _shortened(words: str) -> str:
    return plain_excerpt(words, MOST_WORDS)
