"""The grammar of OPDC's feedback: «มี … แต่ยังขาด …», «ขาด …», or a noun phrase that names what is lacking.

Also the level that a text names. Pure functions; a person confirms what they suggest.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from framework.enums import LevelCode

# What stands between the strength and the gap. After ขาด the gap is a noun phrase; the other openings carry
# the «not» of the sentence and therefore belong to the gap.
_LACKS: Final = r"แต่(?:ก็)?\s*(?:ยัง)?\s*ขาด\s*"
_NOT_YET: Final = r"แต่(?:ก็)?\s*(?=(?:ยัง)?\s*(?:ไม่|มิได้|ควร|ต้อง))"
_BORDER: Final = re.compile(rf"\s*(?:{_LACKS}|{_NOT_YET})")
# A numbered or bulleted line begins with its mark, which is not part of what is good.
_OPENING: Final = re.compile(r"\s*(?:[-–•●]|\(?[0-9๐-๙]{1,2}[.)])?\s*(?:มี\s*)?")


# How letters name a level: in English, also written against Thai letters, or with its Thai name.
_LEVELS: Final = (
    (LevelCode.BASIC, re.compile(r"(?<![a-z])basic(?![a-z])|ระดับ\s*พื้นฐาน", re.IGNORECASE)),
    (LevelCode.ADVANCE, re.compile(r"(?<![a-z])advanced?(?![a-z])|ระดับ\s*ก้าวหน้า", re.IGNORECASE)),
    (
        LevelCode.SIGNIFICANCE,
        re.compile(r"(?<![a-z])significan(?:ce|t)(?![a-z])|ระดับ\s*พัฒนาจนเกิดผล", re.IGNORECASE),
    ),
)


class Marks(NamedTuple):
    """Passages of a text, empty where there is none."""

    strength: str
    gap: str


def suggest_marks(text: str) -> Marks:
    """Suggest which passage of `text` names a strength and which a gap; both are passages of `text`.

    Without «แต่ยังขาด …» the whole text is the gap: OPDC writes to say what is lacking. A text that only
    praises has to be marked by hand, because «มี» alone also begins gaps («มีการ … ไม่ครบถ้วน»).
    """
    text = text.strip()
    border = _BORDER.search(text)
    if border is None:
        return Marks("", text)
    opening = _OPENING.match(text)
    start = opening.end() if opening else 0
    strength = text[start : border.start()].strip() if start < border.start() else ""
    return Marks(strength, text[border.end() :].strip())


def suggest_level(text: str) -> str:
    """The code of the one level that the text names; "" for none or several."""
    found = [code.value for code, words in _LEVELS if words.search(text)]
    return found[0] if len(found) == 1 else ""


class Passage(NamedTuple):
    """A stretch of a text; `kind` is "good", "gap" or "" for what is not marked."""

    kind: str
    text: str


def passages(text: str, strength: str, gap: str) -> list[Passage]:
    """Cut `text` at its marks; put together again the passages are exactly `text`.

    A gap is looked for behind the strength first, because the same words may stand in both. A mark that is
    no passage of the text, or lies across the other one, is left out rather than shown in a wrong place.
    """
    places: list[tuple[int, int, str]] = []
    if strength and (start := text.find(strength)) >= 0:
        places.append((start, start + len(strength), "good"))
    if gap and (found := _find_gap(text, gap, places)) is not None:
        places.append((found, found + len(gap), "gap"))
    cut: list[Passage] = []
    end = 0
    for start, stop, kind in sorted(places):
        cut += [Passage("", text[end:start]), Passage(kind, text[start:stop])]
        end = stop
    return [passage for passage in [*cut, Passage("", text[end:])] if passage.text]


def _find_gap(text: str, gap: str, taken: list[tuple[int, int, str]]) -> int | None:
    """Where the gap stands outside of what is taken: behind it, or else before it."""
    behind = text.find(gap, taken[0][1]) if taken else text.find(gap)
    if behind >= 0:
        return behind
    before = text.find(gap)
    return before if taken and before >= 0 and before + len(gap) <= taken[0][0] else None


def marks_overlap(text: str, strength: str, gap: str) -> bool:
    """Whether both are passages of `text` but cannot be marked side by side."""
    if not (strength and gap and strength in text and gap in text):
        return False
    return len([passage for passage in passages(text, strength, gap) if passage.kind]) < 2


def mark_faults(text: str, strength: str, gap: str) -> list[tuple[str, str]]:
    """Why marks cannot stand in `text`, as (field, Thai sentence): they are passages of it, side by side."""
    if not text:
        return []
    faults = [
        (name, "ไม่พบข้อความนี้ในข้อความของสำนักงาน ก.พ.ร. กรุณาคัดมาให้ตรงทุกตัวอักษร")
        for name, mark in (("strength", strength), ("gap", gap))
        if mark not in text
    ]
    if marks_overlap(text, strength, gap):
        faults.append(("gap", "ทับซ้อนกับส่วนที่ดี กรุณาแยกเป็นคนละช่วงของข้อความ"))
    return faults
