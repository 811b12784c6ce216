"""How alike two points are worded, over Thai words; a person decides what it means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from thai.text import normalise
from thai.words import tokens

# Found by trying: two points about one matter share some half of their words, others a fifth.
ALIKE: Final = 0.45
_WORD: Final = re.compile("[ก-๎A-Za-z]")
# Words of every point: they say nothing about its matter.
_COMMON: Final = frozenset(
    """
    มี การ ความ และ หรือ ของ ที่ ใน ให้ แต่ ยัง ขาด ไม่ ได้ เป็น จาก โดย กับ ซึ่ง ต่อ เพื่อ ไป มา อย่าง ทั้ง นี้ นั้น ตาม ถึง
    """.split()  # noqa: SIM905
)


def words_of(text: str) -> frozenset[str]:
    """The words that a text is about."""
    return frozenset(word for word in tokens(normalise(text)) if _WORD.search(word)) - _COMMON


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """From 0 (no word in common) to 1 (the same words)."""
    if not one or not other:
        return 0.0
    return len(one & other) / (len(one) * len(other)) ** 0.5


def alike(text: str, others: Sequence[str]) -> list[tuple[int, float]]:
    """The others that are worded alike, the most alike first, as (index, likeness)."""
    words = words_of(text)
    found: Iterable[tuple[int, float]] = (
        (index, likeness(words, words_of(other))) for index, other in enumerate(others)
    )
    return sorted((pair for pair in found if pair[1] >= ALIKE), key=lambda pair: (-pair[1], pair[0]))
