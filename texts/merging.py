"""Putting two changes of one text together: paragraph by paragraph, list item by list item, row by row.

A three-way merge over the pieces of the canonical form. The well-known libraries merge lines and call two changed
neighbours a conflict; here paragraphs are the unit, and two people who each change one of two adjacent paragraphs
do not disturb one another.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from thai.matching import opcodes

from .cleaning import UncleanText, clean_html

# Blocks of the canonical form never hold one of their own kind except lists, whose inner ones stay with their item.
_PIECE: Final = re.compile(r"</?(?:ul|ol|table|tbody)\b[^>]*>|<(p|figure|li|tr)\b[^>]*>")
_SAME: Final[dict[str, re.Pattern[str]]] = {
    tag: re.compile(rf"<(/?){tag}\b[^>]*>") for tag in ("p", "figure", "li", "tr")
}


class _Change(NamedTuple):
    """The pieces start–end of the base became `new`."""

    start: int
    end: int
    new: tuple[str, ...]


def merge(base: str, theirs: str, mine: str) -> str | None:
    """The text with both changes in it, or None when both changed the same place.

    All three are clean texts. Two additions at one place are no conflict, theirs stands first; but two people who
    both began an empty text wrote it twice, and only they can say what stands.
    """
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    return _checked(_merged(base, theirs, mine, both=False)) if base else None


def merge_start(base: str, theirs: str, mine: str) -> str:
    """A text to merge by hand from: with both changes where they differ, theirs first. Nothing is left out."""
    both = _merged(base, theirs, mine, both=True)
    return _checked(both) or theirs + mine


def _checked(pieces: list[str] | None) -> str | None:
    """The pieces as a text; None when they do not fit together, as with a list that one of the two took apart."""
    if pieces is None:
        return None
    html = "".join(pieces)
    try:
        return html if clean_html(html) == html else None
    except UncleanText:
        return None


def _merged(base: str, theirs: str, mine: str, *, both: bool) -> list[str] | None:
    pieces = pieces_of(base)
    left, right = _changes(pieces, pieces_of(theirs)), _changes(pieces, pieces_of(mine))
    out: list[str] = []
    done = 0
    while left or right:
        group = _next_group(left, right)
        start, end = min(c.start for c in group[0] + group[1]), max(c.end for c in group[0] + group[1])
        out += pieces[done:start]
        chosen = _choose(pieces, start, end, group, both=both)
        if chosen is None:
            return None
        out += chosen
        done = end
    return out + pieces[done:]


def _choose(
    pieces: list[str], start: int, end: int, group: tuple[list[_Change], list[_Change]], *, both: bool
) -> list[str] | None:
    """What becomes of the pieces start–end, which the changes of the group touch; None in a conflict."""
    theirs, mine = (_applied(pieces, start, end, changes) for changes in group)
    if not group[0] or theirs == mine:
        return mine
    if not group[1]:
        return theirs
    if start == end or both:
        return theirs + mine
    return None


def _applied(pieces: list[str], start: int, end: int, changes: list[_Change]) -> list[str]:
    out: list[str] = []
    for change in changes:
        out += [*pieces[start : change.start], *change.new]
        start = change.end
    return out + pieces[start:end]


def _next_group(left: list[_Change], right: list[_Change]) -> tuple[list[_Change], list[_Change]]:
    """Take the first change of both sides off, with all that overlap it."""
    sides = (left, right)
    first = min((changes[0] for changes in sides if changes), key=lambda change: (change.start, change.end))
    group: tuple[list[_Change], list[_Change]] = ([], [])
    start, end = first.start, first.end
    growing = True
    while growing:
        growing = False
        for changes, taken in zip(sides, group, strict=True):
            while changes and _overlap(changes[0], start, end):
                taken.append(changes.pop(0))
                start, end = min(start, taken[-1].start), max(end, taken[-1].end)
                growing = True
    return group


def _overlap(change: _Change, start: int, end: int) -> bool:
    """Whether a change touches the pieces start–end; what is added beside them does not."""
    if (change.start, change.end) == (start, end):
        return True
    return change.start < end and start < change.end


def _changes(base: list[str], changed: list[str]) -> list[_Change]:
    return [
        _Change(start, end, tuple(changed[new_start:new_end]))
        for operation, start, end, new_start, new_end in opcodes(base, changed)
        if operation != "equal"
    ]


def pieces_of(html: str) -> list[str]:
    """A clean text cut into what two people may change side by side; joined again it is the same text."""
    pieces: list[str] = []
    position = 0
    while position < len(html):
        match = _PIECE.match(html, position)
        if match is None:
            # not canonical: better one large piece than a wrong cut
            return [*pieces, html[position:]]
        end = match.end() if match[1] is None else _end_of(html, match[1], match.start())
        pieces.append(html[position:end])
        position = end
    return pieces


def _end_of(html: str, tag: str, start: int) -> int:
    """Where the element that begins at `start` ends, over inner elements of its own kind."""
    depth = 0
    for match in _SAME[tag].finditer(html, start):
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.end()
    return len(html)
