"""A whole letter of OPDC, pasted: cut into the points about each criterion; a person corrects the result."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

from feedback.grammar import suggest_level
from feedback.sub_items import Known, suggest_sub_item
from framework.models import EditionCriterion
from thai.text import to_arabic_digits

# What may stand before a code, and the code of a criterion or a sub-item: «เกณฑ์ 1.1», «ข้อ ๑.๑ :», «3.1.1».
_HEADING: Final = re.compile(
    r"\s*(?:(?:ข้อ|เกณฑ์|ประเด็น|หัวข้อ|ประเด็นพิจารณา)(?:ที่)?\s*)?"
    r"([1-6๑-๖])\s?\.\s?([1-9๑-๙])(?:\s?\.\s?([1-9๑-๙][0-9๐-๙]?))?(?![0-9๐-๙.])[ \t]*[:.)–-]?[ \t]*"
)
_CATEGORY: Final = re.compile(r"\s*หมวด(?:ที่)?\s*[1-7๑-๗](?![0-9๐-๙.])")
_BULLET: Final = re.compile(r"\s*(?:[-–—•●▪○]\s*|\(?[0-9๐-๙]{1,2}[.)]\)?\s+)(?=\S)")
_LABEL: Final = re.compile(
    r"\s*(?:feedback|ข้อเสนอแนะ|ข้อคิดเห็น|จุดที่ควรปรับปรุง|โอกาสในการปรับปรุง)\s*[:：]\s*", re.IGNORECASE
)
# Behind these words a code at the beginning of a line is one that the sentence names.
_NAMES_A_CODE: Final = re.compile(r"(?:ข้อ|เกณฑ์|หัวข้อ|ประเด็น|หมวด|ตาม|กับ|และ|หรือ|ถึง|ใน)\s*$")


@dataclass(frozen=True)
class LetterPoint:
    """One point as the letter has it; `wording` is the criterion under whose code it stands.

    `mark` is the bullet before it, which belongs to the text again when the point is put together with another one.
    `level` and `sub_item` are what its words or its heading suggest.
    """

    wording: EditionCriterion
    text: str
    mark: str = ""
    level: str = ""
    sub_item: str = ""


@dataclass(frozen=True)
class Letter:
    """The points in the order of the letter, and what stands outside of them."""

    points: tuple[LetterPoint, ...]
    outside: str


def split_letter(text: str, wordings: Sequence[EditionCriterion], known: Known | None = None) -> Letter:
    """Cut a letter at the codes of criteria that begin its lines.

    Codes stand in ascending order in a letter: of those at line beginnings the longest ascending row counts, the
    others («1.5 ล้านบาท», «2.1 และ») are part of a sentence. Under one code every bullet is a point of its own. The
    code of a sub-item begins a point too; `known` are the sub-items that the edition names.
    """
    by_code = {wording.code: wording for wording in wordings}
    lines = text.split("\n")
    headings = _ascending([(at, code) for at, code in _codes(lines) if code in by_code])
    outside = lines[: headings[0][0] if headings else None]
    points: list[LetterPoint] = []
    for (start, code), (end, _) in pairwise([*headings, (len(lines), "")]):
        wording = by_code[code]
        block = _without_heading(lines[start:end], wording)
        sub_item = _sub_item(lines[start])
        points += [
            LetterPoint(
                wording,
                text,
                mark,
                suggest_level(text),
                sub_item or suggest_sub_item(text, wording, known or {}),
            )
            for mark, text in _points(block)
        ]
    return Letter(tuple(points), "\n".join(line for line in outside if line.strip()))


def as_letter(points: Sequence[LetterPoint]) -> str:
    """The points as a letter has them: the code, and under it every point behind its bullet."""
    groups = groupby(points, key=lambda point: point.wording.code)
    return "\n".join(
        line
        for code, group in groups
        for line in (code, *(f"{point.mark} {point.text}".strip() for point in group))
    )


def without_bullet(text: str) -> tuple[str, str]:
    """The bullet of a point that a form prints as one of several, and its words; a list itself stays whole."""
    bullets = [_BULLET.match(line) for line in text.split("\n")]
    if bullets[0] is None or any(bullets[1:]):
        return "", text
    return bullets[0][0].strip(), text[bullets[0].end() :]


def _codes(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines that begin with a code, except where the line before has just announced one."""
    for at, line in enumerate(lines):
        match = _HEADING.match(line)
        if match and not (at and _NAMES_A_CODE.search(lines[at - 1])):
            yield at, to_arabic_digits(f"{match[1]}.{match[2]}")


def _sub_item(line: str) -> str:
    """The code of the sub-item that begins the line, "" where only the criterion's does."""
    match = _HEADING.match(line)
    return to_arabic_digits(".".join(match.groups())) if match and match[3] else ""


def _ascending(found: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """The longest row of them whose codes never fall; patience sorting with links back."""
    tops: list[str] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, code) in enumerate(found):
        place = bisect_right(tops, code)
        before.append(ends[place - 1] if place else -1)
        tops[place : place + 1], ends[place : place + 1] = [code], [index]
    chosen, index = [], ends[-1] if ends else -1
    while index >= 0:
        chosen.append(found[index])
        index = before[index]
    return chosen[::-1]


def _without_heading(lines: list[str], wording: EditionCriterion) -> list[str]:
    """The lines of a criterion without its code, name and label, and without the title of the next category."""
    text = "\n".join(line for line in lines if not _CATEGORY.match(line))
    match = _HEADING.match(text)
    text = text[match.end() :] if match else text
    for name in (wording.full_name, wording.short_name):
        text = _without_name(text, name)
    label = _LABEL.match(text)
    return text[label.end() if label else 0 :].split("\n")


def _without_name(text: str, name: str) -> str:
    """The text without the criterion's name at its beginning, however its lines and blanks stand."""
    wanted = "".join(name.split())
    position = 0
    for letter in wanted:
        while position < len(text) and text[position].isspace():
            position += 1
        if position >= len(text) or text[position] != letter:
            return text
        position += 1
    return re.sub(r"^[ \t]*[:–]?\s*", "", text[position:])


def _points(lines: list[str]) -> list[tuple[str, str]]:
    """Every bullet is a point, without bullets the whole is one; a line without one goes on with the line before."""
    points: list[tuple[str, str]] = []
    for line in lines:
        if not line.strip():
            continue
        bullet = _BULLET.match(line)
        if bullet or not points:
            points.append(
                (bullet[0].strip() if bullet else "", line[bullet.end() if bullet else 0 :].strip())
            )
        else:
            mark, text = points[-1]
            points[-1] = (mark, f"{text}\n{line.strip()}")
    return [(mark, text) for mark, text in points if text]
