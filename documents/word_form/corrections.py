"""Typical faults of scanned and retyped text, offered as corrections; nothing is changed before a person agrees."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from thai.text import TONE_MARKS
from thai.words import terms, tokens

# Marks that are typed twice and look like one: tone marks, vowels above and below.
_DOUBLED = re.compile(rf"[ก-ฮ][ัิ-ฺ็]*(?P<mark>[{TONE_MARKS}\u0e31\u0e34-\u0e39\u0e47\u0e4c])(?P=mark)+")
# (pattern, what stands there instead, whether it is offered as agreed): only faults that recur in such forms.
_WORDS: tuple[tuple[re.Pattern[str], str, bool], ...] = (
    (re.compile(r"ชั้นตอน(?=ที่|การ|\s|$)"), "ขั้นตอน", True),
    (re.compile(r"ค่าเป้าหมายชั้นสูง"), "ค่าเป้าหมายขั้นสูง", True),
    (re.compile(r"วิฤกฤต|วิฤต"), "วิกฤต", True),
    (re.compile(r"ตัวชีวัด|ตัวชีวิต(?=\s)"), "ตัวชี้วัด", True),
    (re.compile(r"ทันที่วงที"), "ทันท่วงที", True),
    (re.compile(r"(?<=[ก-๙])\s*\bof\s(?=[ก-๙])"), "ของ", False),
)
_GAP = re.compile(r"(?<=[ก-๎]) (?=[ก-ฮเแโใไ])")
_TAG = re.compile(r"<[^>]*>")
# A word is looked for this far on both sides of a blank.
REACH = 24
CONTEXT = 24
MIN_WORD = 4
# More blanks than a hundred pages have: no text that somebody would look through, and each costs time.
MAX_GAPS = 20_000
# Tokens of one side that a fragment may have fallen apart into.
MOST = 3
MAX_PLACES = 3


@dataclass(frozen=True)
class Fault:
    """One fault at a place of a text: these characters should probably be those."""

    start: int
    end: int
    before: str
    after: str
    agreed: bool


@dataclass
class Correction:
    """One kind of fault with some of its places; `agreed` is how its box starts."""

    before: str
    after: str
    agreed: bool
    count: int = 0
    places: list[str] = field(default_factory=list)


def faults(text: str) -> Iterator[Fault]:
    """The faults of a text from left to right; none overlaps another."""
    end = 0
    for fault in sorted(_all(text), key=lambda each: (each.start, -each.end)):
        if fault.start >= end:
            yield fault
            end = fault.end


def _all(text: str) -> Iterator[Fault]:
    for match in _DOUBLED.finditer(text):
        yield Fault(
            match.start(), match.end(), match[0], match[0][: match.start("mark") - match.start() + 1], True
        )
    for pattern, after, agreed in _WORDS:
        for match in pattern.finditer(text):
            yield Fault(match.start(), match.end(), match[0], after, agreed)
    if text.count(" ") <= MAX_GAPS:
        for match in _GAP.finditer(text):
            yield from _cut_word(text, match.start())


def _cut_word(text: str, gap: int) -> Iterator[Fault]:
    """A blank inside a word: both sides together are a word.

    It is offered as agreed when a part alone is no word («ดำเนิ นการ»), else as a question («ร้อย ละ»).
    """
    left = tokens(text[max(gap - REACH, 0) : gap])
    right = tokens(text[gap + 1 : gap + 1 + REACH])
    for before, after in sorted(_ends(left, right), key=lambda ends: -len(ends[0] + ends[1])):
        whole = before + after
        if len(whole) >= MIN_WORD and " " not in whole and whole in _words():
            start, end = gap - len(before), gap + 1 + len(after)
            both_are_words = before in _words() and after in _words()
            yield Fault(start, end, text[start:end], whole, not both_are_words)
            return


def _ends(left: tuple[str, ...], right: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What may belong together: one token of each side, or several where one of them is a fragment."""
    for before in range(1, min(MOST, len(left)) + 1):
        for after in range(1, min(MOST, len(right)) + 1):
            taken = (*left[-before:], *right[:after])
            if len(taken) == 2 or any(token not in _words() for token in taken):
                yield "".join(left[-before:]), "".join(right[:after])


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    from pythainlp.corpus.common import thai_words

    return frozenset(thai_words()) | terms()


def offered(texts: Iterable[str]) -> list[Correction]:
    """The corrections that these texts ask for, each kind once, those that will be agreed to first."""
    found: dict[tuple[str, str], Correction] = {}
    for text in texts:
        for fault in faults(text):
            key = (fault.before, fault.after)
            correction = found.setdefault(key, Correction(fault.before, fault.after, fault.agreed))
            correction.count += 1
            if len(correction.places) < MAX_PLACES:
                around = text[max(fault.start - CONTEXT, 0) : fault.end + CONTEXT]
                correction.places.append(around.replace("\n", " "))
    return sorted(found.values(), key=lambda each: (not each.agreed, -each.count, each.before))


def corrected(text: str, agreed: set[tuple[str, str]]) -> str:
    """The text with the faults mended that a person agreed to."""
    if not agreed:
        return text
    out, end = "", 0
    for fault in faults(text):
        if (fault.before, fault.after) in agreed:
            out, end = out + text[end : fault.start] + fault.after, fault.end
    return out + text[end:]


def corrected_html(html: str, agreed: set[tuple[str, str]]) -> str:
    """The same between the tags of a text."""
    return _between_tags(html, lambda text: corrected(text, agreed))


def _between_tags(html: str, change: Callable[[str], str]) -> str:
    out, end = "", 0
    for tag in _TAG.finditer(html):
        out, end = out + change(html[end : tag.start()]) + tag[0], tag.end()
    return out + change(html[end:])
