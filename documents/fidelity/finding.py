"""Whether a field stands in the text that a reader gave, white space and list markers aside."""

from __future__ import annotations

import re
from collections.abc import Sequence

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


def missing_lines(text: str, pages: Sequence[str]) -> list[str]:
    """The lines of a field that stand nowhere; `pages` are squeezed."""
    return [line for line in lines_of(text) if not _stands(line, pages)]


def _stands(line: str, pages: Sequence[str]) -> bool:
    return any(line in page for page in pages) or any(
        _continues(line, pages, number) for number in range(len(pages) - 1)
    )


def _continues(line: str, pages: Sequence[str], number: int) -> bool:
    """The line begins on this page and goes on over the next ones, which have words of their own around it."""
    rest = line
    for page in pages[number:]:
        begun = _longest_beginning(rest, page)
        if begun == 0:
            return False
        rest = rest[begun:]
        if not rest:
            return True
    return False


def _longest_beginning(line: str, page: str) -> int:
    """How many characters of the beginning stand together on the page; the longer, the rarer, so halving finds it."""
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        if line[:middle] in page:
            low = middle
        else:
            high = middle - 1
    return low
