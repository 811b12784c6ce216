"""What two spellings of the same words have in common, so that a search finds the one by the other.

Everything here is pure and needs no dictionary. ``fold`` makes the form that is stored beside a text and that
what somebody typed is looked for in; ``spellings`` finds in the text itself what the folded form was found by.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from thai.text import THAI_DIGITS, normalise

# Vowels above and below the line. They are marks to Unicode, but without them words become others.
_VOWEL_MARKS: Final = "ัิีึืฺุู"
# ฯ and ๆ are letters to Unicode, but people leave them out or add them.
_SIGNS: Final = "ฯๆ"
_LAK_KHANG, _SARA_AA = "ๅ", "า"
_SARA_E, _SARA_AE = "เ", "แ"

_VOWEL_TWICE = re.compile(f"([{_VOWEL_MARKS}])\\1+")
# A full stop counts between digits only: 3.1 is a criterion, ก.พ.ร. an abbreviation.
_IDLE_STOP = re.compile(r"(?<![0-9])\.+|\.+(?![0-9])")
# What fold leaves out, wherever it stands between two letters.
_LEFT_OUT: Final = f"(?:(?![{_VOWEL_MARKS}])[\\W_{_SIGNS}])*"


class _Folding(dict[int, str | None]):
    """The folded form of one character, worked out when it is first met; None leaves it out."""

    def __missing__(self, code: int) -> str | None:
        folded = self[code] = _folded(chr(code))
        return folded


def _folded(character: str) -> str | None:
    if character in _VOWEL_MARKS or character == ".":
        return character
    if character == _LAK_KHANG:
        return _SARA_AA
    if character in _SIGNS or unicodedata.category(character)[0] not in "LN":
        return None
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    lower = character.lower()
    return lower if len(lower) == 1 else character


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return what all spellings of ``text`` share; doing it twice changes nothing more.

    Left out: tone marks, ็, ์, ํ, spaces, punctuation, ฯ and ๆ, full stops that are not between digits, and
    the repetition of a vowel mark. เเ becomes แ, ๅ becomes า, Thai digits become Arabic, capitals small.
    """
    plain = normalise(text).translate(_FOLDING)
    plain = _VOWEL_TWICE.sub(r"\1", _IDLE_STOP.sub("", plain))
    return unicodedata.normalize("NFC", plain.replace(_SARA_E * 2, _SARA_AE))


def words_of_query(typed: str, most: int) -> list[str]:
    """The folded words of what somebody typed, each once, at most so many.

    Single letters that follow each other belong together: ก พ ร is one abbreviation.
    """
    words: list[str] = []
    letters = ""
    for word in map(fold, normalise(typed).split()):
        if len(word) == 1:
            letters += word
            continue
        words += [letters, word]
        letters = ""
    return list(dict.fromkeys(word for word in [*words, letters] if word))[:most]


def spellings(folded: str) -> str:
    """A regular expression for every spelling of a folded word; to be compiled with IGNORECASE."""
    return _LEFT_OUT.join(map(_spellings_of, folded))


def _spellings_of(character: str) -> str:
    if character in _VOWEL_MARKS:
        return f"{character}(?:{_LEFT_OUT}{character})*"
    if character == _SARA_AE:
        return f"(?:{_SARA_AE}|{_SARA_E}{_LEFT_OUT}{_SARA_E})"
    if character == _SARA_AA:
        return f"[{_SARA_AA}{_LAK_KHANG}]"
    if character.isdecimal():
        return f"[{character}{THAI_DIGITS[int(character)]}]"
    return re.escape(character)
