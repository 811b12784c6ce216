"""The piece of a text around what was found, cut between words, with the found words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from thai.search import spellings
from thai.words import ZERO_WIDTH_SPACE

BEFORE, LENGTH = 60, 240
# Where a cut may be when the text has no word breaks: not before a vowel or mark that follows its consonant.
_LETTER = re.compile("[เ-ไ]?.[ะ-ฺๅ็-๎]*", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A part of a text; `found` is one of the words."""

    text: str
    found: bool = False


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """The words as they may be spelt, the whole phrase and longer ones first."""
    tried = dict.fromkeys(["".join(words), *sorted(words, key=len, reverse=True)])
    return re.compile("|".join(map(spellings, tried)), re.IGNORECASE)


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """The whole text with the words marked."""
    pieces, position = [], 0
    for match in _pattern(tuple(words)).finditer(text):
        pieces += [Piece(text[position : match.start()]), Piece(match.group(), found=True)]
        position = match.end()
    pieces.append(Piece(text[position:]))
    return [Piece(_plain(piece.text), piece.found) for piece in pieces if _plain(piece.text)]


def snippet(body: str, words: Sequence[str]) -> list[Piece]:
    """Some LENGTH characters around the best place of the text; its beginning when the words are elsewhere.

    `body` has U+200B between its words, which the answer has not.
    """
    middle = _best_place(body, words)
    start = _cut(body, max(0, middle - BEFORE)) if middle > BEFORE else 0
    end = _cut(body, start + LENGTH) if start + LENGTH < len(body) else len(body)
    pieces = marked(body[start:end], words)
    ahead = [Piece("… ")] if start else []
    behind = [Piece(" …")] if end < len(body) else []
    return [*ahead, *pieces, *behind]


def _best_place(body: str, words: Sequence[str]) -> int:
    """Where the phrase stands, or else the longest word that occurs."""
    for word in ["".join(words), *sorted(words, key=len, reverse=True)]:
        if match := _pattern((word,)).search(body):
            return match.start()
    return 0


def _cut(body: str, near: int) -> int:
    """The end of the word that holds this position, or of the letter where the word is endless."""
    ends = [body.find(mark, near, near + BEFORE // 2) for mark in (ZERO_WIDTH_SPACE, " ", "\n")]
    if found := [end for end in ends if end >= 0]:
        return min(found) + 1
    letters = (match.end() for match in _LETTER.finditer(body, max(0, near - 5)))
    return next((end for end in letters if end >= near), len(body))


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace(ZERO_WIDTH_SPACE, ""))
