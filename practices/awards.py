"""Awards as people write them: the name, and the Buddhist-era year that stands somewhere in or behind it.

(รางวัล PMQA หมวด 2 ปี 2564) · รางวัลเลิศรัฐสาขาคุณภาพการบริหารจัดการ พ.ศ.2564 · ประจำปี พ.ศ. ๒๕๖๔ (รายหมวด) หมวด 3 ·
ปี 63 · (64) · 2562 - 2563. Everything here is pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from thai.dates import BE_OFFSET, FIRST_BE_YEAR, LAST_BE_YEAR
from thai.text import normalise, one_line, to_arabic_digits

_YEAR: Final = r"[0-9๐-๙]{4}|[0-9๐-๙]{2}"
_DASH: Final = r"\s*(?:[-–—]|ถึง|และ)\s*"
_ERA: Final = r"(?:พ\.\s?ศ\.?|พศ\.?|พุทธศักราช|ค\.\s?ศ\.?)"
_NO_DIGIT: Final = r"(?![0-9๐-๙.:/])(?!,[0-9๐-๙])"
# A year that a word announces, wherever it stands.
_ANNOUNCED: Final = re.compile(
    rf"[,;]?\s*(?:(?:ใน|เมื่อ)?\s*(?:ประจำ)?ปี(?:งบประมาณ)?\s*(?:{_ERA})?|{_ERA})\s*"
    rf"(?P<first>{_YEAR})(?:{_DASH}(?:(?:ปี)?\s*{_ERA}?\s*)(?P<last>{_YEAR}))?{_NO_DIGIT}"
)
# Four digits of our era behind everything else, or alone; no other number of an award looks so.
_AT_THE_END: Final = re.compile(
    rf"(?<![^\s(,])(?P<first>[2๒][4-6๔-๖][0-9๐-๙]{{2}})(?:{_DASH}(?P<last>{_YEAR}))?(?=\s*\)?$)"
)
# (64): two digits alone in brackets, behind a name or by themselves.
_IN_BRACKETS: Final = re.compile(rf"(?:^|\s*)\(\s*(?P<first>{_YEAR})(?:{_DASH}(?P<last>{_YEAR}))?\s*\)\s*$")
_PATTERNS: Final = (_ANNOUNCED, _IN_BRACKETS, _AT_THE_END)

# A short name in brackets is consonants with or without full stops (สผ., ศอ.บต., กพร), or Latin capitals (DSI).
_SHORT: Final = re.compile(r"(?:[ก-ฮ]{1,4}\.?){1,4}|[A-Z][A-Za-z]{1,9}")
_LAST_BRACKET: Final = re.compile(r"\s*\((?P<inside>(?:[^()]|\([^()]*\))*)\)\s*$")
_IS_AWARD: Final = re.compile(r"รางวัล|PMQA|เลิศรัฐ|TEPGA|UNPSA", re.IGNORECASE)


@dataclass(frozen=True)
class Award:
    """An award without its year; `years` are those that were written, of a range both ends.

    `question` says why the year cannot be taken: then there is no year.
    """

    name: str
    years: tuple[int, ...] = ()
    question: str = ""

    @property
    def year(self) -> int | None:
        """The year of the award: of a range the last one."""
        return self.years[-1] if self.years else None


@dataclass(frozen=True)
class NamedAgency:
    """A public body as a cell gives it, with the short name and the award that stand in brackets behind it."""

    name: str
    short_name: str = ""
    award: Award = Award("")


def read_award(typed: str) -> Award:
    """The award and its year. Reading the name once more finds nothing more, unless it holds a second year."""
    text = _unwrapped(one_line(normalise(typed)))
    for pattern in _PATTERNS:
        if found := pattern.search(text):
            return _award(text, found)
    return Award(text)


def read_agency(typed: str) -> NamedAgency:
    """A body and what is written behind its name: สำนักงานนโยบายและแผน… (สผ.) (รางวัล PMQA หมวด 2 ปี 2564)."""
    name, short, award = one_line(normalise(typed)), "", Award("")
    while bracket := _LAST_BRACKET.search(name):
        inside = bracket["inside"].strip()
        if _SHORT.fullmatch(inside) and not short:
            short = inside
        elif award == Award("") and _says_award(inside):
            award = read_award(f"({inside})")
        else:
            break
        name = name[: bracket.start()].strip()
    if award == Award("") and (year := _ANNOUNCED.search(name)) and year.end() == len(name):
        award = _award(name[year.start() :], _ANNOUNCED.search(name[year.start() :]) or year)
        name = name[: year.start()].strip()
    return NamedAgency(name, short, award) if name else NamedAgency(one_line(normalise(typed)))


def _says_award(inside: str) -> bool:
    """The words in brackets are an award or a year, and not a part of the name as in (องค์การมหาชน)."""
    return bool(_IS_AWARD.search(inside) or read_award(f"({inside})").years)


def _unwrapped(text: str) -> str:
    """An award that stands whole in brackets, without them; (64) keeps them, because they are its only sign."""
    whole = _LAST_BRACKET.fullmatch(text)
    return whole["inside"].strip() if whole and not _IN_BRACKETS.fullmatch(text) else text


def _award(text: str, found: re.Match[str]) -> Award:
    rest = f"{text[: found.start()]} {text[found.end() :]}"
    # brackets that held nothing but the year go with it
    tidy = re.sub(r"\s+\)", ")", re.sub(r"\(\s+", "(", re.sub(r"\(\s*\)", " ", rest)))
    name = one_line(tidy).strip(" ,;-–")
    years: list[int] = []
    for typed in (found["first"], found["last"]):
        if not typed:
            continue
        year, question = _full_year(typed, "ค" in found[0])
        if question:
            return Award(name, (), question)
        years.append(year)
    return Award(name, tuple(years))


def _full_year(typed: str, christian: bool) -> tuple[int, str]:
    """Four digits of our era; two digits are years of the present century: 64 is 2564."""
    number = int(to_arabic_digits(typed))
    year = number + 2500 if len(typed) == 2 else number
    if FIRST_BE_YEAR <= year <= LAST_BE_YEAR and not christian:
        return year, ""
    if len(typed) == 4 and FIRST_BE_YEAR <= number + BE_OFFSET <= LAST_BE_YEAR:
        meant = number + BE_OFFSET
        return 0, f"ปี {number} เป็นคริสต์ศักราช หมายถึง {meant} หรือไม่ กรุณาพิมพ์เป็นปีพุทธศักราช"
    return 0, f"ไม่เข้าใจปี {typed} กรุณาพิมพ์ปีพุทธศักราชสี่หลัก เช่น 2564"
