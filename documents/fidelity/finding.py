"""Whether a field stands in the text that a reader gave, white space and list markers aside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from thai.text import normalise, to_arabic_digits

_LIST_MARK = re.compile(r"^(?:[-–•●○▪]|\(?\d{1,3}[.)]|[❶-❿])(?=\s)")
_SPACE = re.compile(r"\s+")


def squeezed(text: str) -> str:
    """The text without white space, in one form of digits and of ำ: what all readers agree on."""
    return _SPACE.sub("", to_arabic_digits(normalise(text)))


def lines_of(text: str) -> list[str]:
    """The lines of a field, squeezed, without the marks of lists that people typed."""
    lines = (squeezed(_LIST_MARK.sub("", to_arabic_digits(line.strip()))) for line in text.split("\n"))
    return [line for line in lines if line]


class Page(NamedTuple):
    """The squeezed text of a page, and where its lines begin and end in it."""

    text: str
    edges: frozenset[int]


def page_of(text: str) -> Page:
    """A page as a reader gave it, one line of print per line."""
    parts = [squeezed(line) for line in text.split("\n")]
    edges = accumulate((len(part) for part in parts), initial=0)
    return Page("".join(parts), frozenset(edges))


def missing_lines(text: str, pages: Sequence[Page]) -> list[str]:
    """The lines of a field that stand nowhere."""
    return [line for line in lines_of(text) if not _stands(line, pages)]


def _stands(line: str, pages: Sequence[Page]) -> bool:
    return any(line in page.text for page in pages) or any(
        _goes_on(line[begun:], pages[number + 1 :])
        for number, page in enumerate(pages[:-1])
        for begun in _beginnings(line, page)
    )


def _beginnings(line: str, page: Page) -> list[int]:
    """How many characters of the line may stand at the foot of a cell: they end where a line of print ends."""
    lengths = range(1, len(line))
    return [n for n in lengths if any(page.text.endswith(line[:n], 0, edge) for edge in page.edges)]


def _goes_on(rest: str, pages: Sequence[Page]) -> bool:
    """The rest begins where a line of print on the next page does; a long one fills whole lines and goes on."""
    if not pages:
        return False
    page, following = pages[0], pages[1:]
    if any(page.text.startswith(rest, edge) for edge in page.edges):
        return True
    whole = (page.text[start:end] for start in page.edges for end in page.edges if start < end)
    return any(rest.startswith(part) and _goes_on(rest[len(part) :], following) for part in whole)
