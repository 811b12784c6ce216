"""How well cases of the library fit what is still lacking: the words that a gap and a case have in common.

Words of a gap are those by which feedback is compared everywhere. In cases they are looked for as they stand: cutting
hundreds of long texts into words would cost seconds, and a whole word of four letters seldom stands inside another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from feedback.grammar import suggest_marks
from feedback.models import FeedbackPoint
from feedback.similarity import words_of

# Shorter words stand in every text, often as parts of others.
_SHORTEST: Final = 4
# «การวิเคราะห์» and «วิเคราะห์», «ความผูกพัน» and «ผูกพัน» are about one matter.
_PREFIXES: Final = ("การ", "ความ")
_EDGES: Final = "()[]{}“”‘’«»\"',;:/.-–"
# Words of plans and reports of every kind.
_EVERYWHERE: Final = frozenset(
    """
    เพื่อให้ รวมทั้ง รวมถึง แต่ละ สร้าง ระดับ หน่วยงาน องค์การ องค์กร ส่วนราชการ ประเทศ ดำเนินงาน ปฏิบัติ ปฏิบัติงาน ทำงาน
    ตัวอย่างเช่น เพียงใด อย่างไร ที่เกิด จัดทำ ดังกล่าว ตลอดจน นำมาใช้ ยิ่งขึ้น สำหรับ แล้ว ทำให้ ได้ผล มีผล ทั้งตัว แสดงว่า
    ด้วย เช่น เรื่อง ระบบ เพิ่ม เกิด ปรับ เน้น ประกอบ
    """.split()  # noqa: SIM905
)
# What stands in the title or the summary is what the case is about.
_HEADLINE, _BODY = 3, 1
# Fewer words, or a smaller share of what the gap says, are no match that anybody would call one.
_LEAST_WORDS: Final = 2
_LEAST_SHARE: Final = 0.2
# Nobody reads a longer list; the longest words say the most.
_MOST_SHOWN: Final = 5


class CaseWords(NamedTuple):
    """What of a case is read to compare it."""

    pk: int
    title: str
    summary: str
    plain: str


@dataclass(frozen=True)
class Gap:
    """What one point of the feedback finds lacking, and the words that this is about."""

    point: FeedbackPoint
    text: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Match:
    """A case fits a gap: the words in common, the most telling first."""

    gap: Gap
    words: tuple[str, ...]


def gap_of(point: FeedbackPoint) -> Gap:
    """The passage that is marked as lacking, or else the one that the grammar of such letters suggests."""
    text = point.gap or suggest_marks(point.text).gap or point.text
    bare = {_bare(word.lower()) for word in words_of(text)}
    words = {word for word in bare if len(word) >= _SHORTEST and word not in _EVERYWHERE}
    return Gap(point, text, tuple(sorted(words, key=lambda word: (-len(word), word))))


def _bare(word: str) -> str:
    word = word.strip(_EDGES)
    for prefix in _PREFIXES:
        if word.startswith(prefix) and len(word) - len(prefix) >= _SHORTEST:
            return word.removeprefix(prefix)
    return word


def best_match(case: CaseWords, gaps: Iterable[Gap]) -> Match | None:
    """The gap that the case fits best; None when it fits none well enough to say so."""
    whole = _whole(case)
    best, most = None, 0.0
    for gap in gaps:
        common = tuple(word for word in gap.words if word in whole)
        share = sum(map(len, common)) / max(sum(map(len, gap.words)), 1)
        if len(common) >= _LEAST_WORDS and share >= max(_LEAST_SHARE, most):
            best, most = Match(gap, _telling(common)), share
    return best


def _telling(common: tuple[str, ...]) -> tuple[str, ...]:
    """The first of them, none that stands in another one."""
    longest = [word for word in common if not any(word in other for other in common if other != word)]
    return tuple(longest[:_MOST_SHOWN])


def ranked(cases: Sequence[CaseWords], gaps: Sequence[Gap]) -> list[int]:
    """The cases by their primary keys, the best fit to any of the gaps first; equal ones in the given order.

    A word counts by its length, more in a headline, and less the more of the cases have it.
    """
    words = {word for gap in gaps for word in gap.words}
    places = [_places(case, words) for case in cases]
    spread = Counter(word for found in places for word in found)

    def fit(found: dict[str, int], gap: Gap) -> float:
        return sum(
            len(word) * found[word] * (1 - spread[word] / (len(cases) + 1))
            for word in gap.words
            if word in found
        )

    fits = [max((fit(found, gap) for gap in gaps), default=0.0) for found in places]
    order = sorted(range(len(cases)), key=lambda index: -fits[index])
    return [cases[index].pk for index in order]


def _places(case: CaseWords, words: Iterable[str]) -> dict[str, int]:
    """The words that stand in the case, with what their best place counts."""
    headline, whole = f"{case.title}\n{case.summary}".lower(), _whole(case)
    return {word: _HEADLINE if word in headline else _BODY for word in words if word in whole}


def _whole(case: CaseWords) -> str:
    return f"{case.title}\n{case.summary}\n{case.plain}".lower()
