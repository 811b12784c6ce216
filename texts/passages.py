"""Passages that somebody pointed at, and where they stand after the text has changed.

A text is compared as one line with single spaces: the editor, the page and the stored form put their line ends at
different places, and nobody points at a line end. `static/assessment/passage.js` does the same on the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from thai.text import normalise, one_line

# Code points kept on each side of a passage: enough to tell two equal passages apart.
CONTEXT = 40
MAX_QUOTE = 1_000
# A single letter stands thousands of times in a long text, and all of them are as good as the first hundreds.
MOST_PLACES = 300
# Fewer words than these around a passage that is gone say nothing about where it was.
LEAST_CONTEXT = 6


@dataclass(frozen=True)
class Passage:
    """Quoted words, what stood before and after them, and where they began."""

    quote: str
    before: str = ""
    after: str = ""
    position: int = 0


@dataclass(frozen=True)
class Place:
    """Where a passage stands now and the words that stand there; other words when `changed`, none when removed."""

    start: int
    words: str
    changed: bool = False


def flat(text: str) -> str:
    """The text as passages are looked for in it."""
    return one_line(normalise(text))


def mark_passage(text: str, quote: str, before: str = "") -> Passage | None:
    """Take the passage out of the text; `before` tells which of several equal ones is meant.

    None when the words do not stand in the text.
    """
    line, quote, before = flat(text), flat(quote), flat(before)
    place = _best(line, Passage(quote, before[-CONTEXT:]))
    if place is None:
        return None
    end = place + len(quote)
    return Passage(quote, line[max(place - CONTEXT, 0) : place], line[end : end + CONTEXT], place)


def find_passage(text: str, passage: Passage) -> Place | None:
    """Where the passage stands in the text as it is now; None when nobody can say."""
    line = flat(text)
    place = _best(line, passage)
    if place is not None:
        return Place(place, passage.quote)
    return _what_took_its_place(line, passage)


def _best(line: str, passage: Passage) -> int | None:
    """The occurrence whose surroundings are most like those that were kept, then the one nearest to the old place."""

    def likeness(place: int) -> tuple[int, int]:
        end = place + len(passage.quote)
        before = _common(
            reversed(line[max(place - CONTEXT, 0) : place].rstrip()), reversed(passage.before.rstrip())
        )
        after = _common(iter(line[end : end + CONTEXT].lstrip()), iter(passage.after.lstrip()))
        return before + after, -abs(place - passage.position)

    return max(_places(line, passage.quote), key=likeness, default=None)


def _places(line: str, quote: str) -> Iterator[int]:
    place = line.find(quote) if quote else -1
    for _ in range(MOST_PLACES):
        if place < 0:
            return
        yield place
        place = line.find(quote, place + 1)


def _common(one: Iterator[str], other: Iterator[str]) -> int:
    """How many letters at the beginning are the same."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _what_took_its_place(line: str, passage: Passage) -> Place | None:
    """The words between what stood before and what stood after; beginning and end of the text count, too."""
    before, after = passage.before.rstrip(), passage.after.lstrip()
    start = _end_of(line, before, passage.position)
    if start is None or (0 < len(after) < LEAST_CONTEXT):
        return None
    end = line.find(after, start) if after else len(line)
    if end < 0 or end - start > max(3 * len(passage.quote), 200):
        return None
    return Place(start, line[start:end].strip(), changed=True)


def _end_of(line: str, before: str, position: int) -> int | None:
    """Where the words before the passage end; of several equal ones those nearest to the old place."""
    if not before:
        return 0 if position == 0 else None
    if len(before) < LEAST_CONTEXT and not line.startswith(before):
        return None
    ends = [place + len(before) for place in _places(line, before)]
    return min(ends, key=lambda end: abs(end - position), default=None)
