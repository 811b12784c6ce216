"""Thai dictionary order, the same on both databases.

PostgreSQL (built with ICU) knows the collation ``th-x-icu``; SQLite is given one of the same name, so that
``order_by(*thai_order("name"))`` runs on both. The rule is that of the Royal Institute's dictionary: a word
stands under its consonant although a vowel is written before it, and tone marks decide only between words
that are otherwise alike. Like ICU's Thai rules, spaces and punctuation count only at the very end,
and Thai letters stand before Latin ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F
from django.db.models.functions import Collate

from thai.text import to_arabic_digits

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.expressions import OrderBy

COLLATION: Final = "th-x-icu"

SortKey = tuple[str, tuple[tuple[int, int], ...], str, str]

_LEADING_VOWEL = re.compile("([เแโใไ])([ก-ฮ])")
# ๎ ์ ็ ่ ้ ๊ ๋ ํ in the order in which words follow each other that differ in nothing else
_SECONDARY_MARKS = {
    mark: place for place, mark in enumerate("\u0e4e\u0e4c\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4d")
}


@lru_cache(maxsize=8192)
def sort_key(text: str) -> SortKey:
    """Return the key of ``text``: letters, then marks and where they stand, then case, then the text itself.

    The last part makes different texts never equal, as PostgreSQL's deterministic collations do.
    """
    letters: list[str] = []
    marks: list[tuple[int, int]] = []
    for character in _LEADING_VOWEL.sub(r"\2\1", text):
        if character in _SECONDARY_MARKS:
            # a mark nearer to the beginning makes the word later, hence the negative place
            marks.append((-len(letters), _SECONDARY_MARKS[character]))
        elif not _is_ignorable(character):
            letters.append(character)
    plain = to_arabic_digits("".join(letters))
    return "".join(map(_weight, plain.casefold())), tuple(marks), plain.swapcase(), text


def compare(left: str, right: str) -> int:
    """Return -1, 0 or 1, as SQLite asks of a collation."""
    left_key, right_key = sort_key(left), sort_key(right)
    return (left_key > right_key) - (left_key < right_key)


def register_collation(*, connection: BaseDatabaseWrapper, **signal: Any) -> None:
    """Give an SQLite connection the collation; receiver of ``connection_created``."""
    if connection.vendor == "sqlite":
        connection.connection.create_collation(COLLATION, compare)


def thai_order(*fields: str) -> list[OrderBy | str]:
    """Return ``order_by`` arguments for text fields in Thai order ("-name" descends), ended by ``pk``.

    The primary key makes the order of equal names the same on every page of a list.
    """
    order: list[OrderBy | str] = []
    for field in fields:
        expression = Collate(F(field.removeprefix("-")), COLLATION)
        order.append(expression.desc() if field.startswith("-") else expression.asc())
    return [*order, "pk"]


def _is_ignorable(character: str) -> bool:
    # ฯ and ๆ are letters to Unicode, but a word and its repeated or shortened form stand together
    return unicodedata.category(character)[0] in "ZPC" or character in "ฯๆ"


def _weight(character: str) -> str:
    """Symbols before digits, digits before Thai letters, Thai letters before those of other scripts."""
    if "\u0e00" <= character <= "\u0e7f" or "0" <= character <= "9":
        return character
    return ("\x01" if unicodedata.category(character)[0] == "S" else "\uffff") + character
