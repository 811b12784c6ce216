"""How a best practice begins: the agency's name, and its award in one of the notations that agencies use."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from .patterns import MARKER, full_year, squash
from .source import Line

_DIGIT = "[0-9๐-๙]"
# How names of public bodies begin.
BODIES = (
    "สำนักงาน", "กรม", "จังหวัด", "กองบัญชาการ", "กองทัพ", "กองทุน", "สถาบัน", "มหาวิทยาลัย", "โรงพยาบาล", "องค์การ",
    "การไฟฟ้า", "การประปา", "การท่าเรือ", "การทาง", "การรถไฟ", "การเคหะ", "การกีฬา", "การท่องเที่ยว", "ธนาคาร", "ศูนย์",
    "สป.", "สนง.", "กระทรวง", "สำนัก", "เทศบาล", "ทัณฑสถาน", "เรือนจำ", "ราชวิทยาลัย",
)  # fmt: skip
BODY = re.compile("(?:" + "|".join(map(re.escape, BODIES)) + ")")
# (รางวัล PMQA หมวด 2 ปี 2564) · (รางวัลเลิศรัฐ… พ.ศ.2564) · (ปี 64) · (64) · ปี 64 · รางวัล… ปี 2564
AWARD = re.compile(
    rf"\(\s*(?P<inside>(?:รางวัล|ได้รับรางวัล)[^()]{{0,180}}|(?:ปี|พ\s*\.?\s*ศ)[^()]{{0,20}}|{_DIGIT}{{2}}|{_DIGIT}{{4}})\s*\)"
    rf"|(?P<outside>(?:รางวัล[^()]{{0,120}}?\s*)?ปี\s*(?:พ\s*\.\s*ศ\s*\.\s*)?(?:{_DIGIT}{{4}}|{_DIGIT}{{2}})(?!{_DIGIT}))(?=\s|$|:)"
)
_YEAR_AT_END = re.compile(
    rf"\s*(?:ประจำ)?(?:ปี\s*)?(?:งบประมาณ\s*)?(?:พ\s*\.?\s*ศ\s*\.?\s*)?({_DIGIT}{{4}}|{_DIGIT}{{2}})\s*$"
)
# Longer than this is a sentence, not a name.
LONGEST_NAME = 90
_SENTENCE = re.compile("ได้|มีการ|มีระบบ|ดำเนินการ|จัดทำ|กำหนด|พัฒนาระบบ|นำ(?!ร่อง)|โดย|เป็นหน่วยงาน|ซึ่ง")


@dataclass(frozen=True)
class Opening:
    """Where a best practice begins: its agency and award, and where the text goes on in the line."""

    agency: str
    award: str
    year: int | None
    end: int


@dataclass(frozen=True)
class Award:
    """An award's name without its year, and its Buddhist-era year."""

    name: str
    year: int | None


def read_award(text: str) -> Award:
    """«รางวัล PMQA หมวด 2 ปี 2564» is that award of 2564; «64» is the year 2564 of an award without a name."""
    text = text.strip()
    found = _YEAR_AT_END.search(text)
    year = full_year(found[1]) if found else None
    if found and year is not None:
        return Award(text[: found.start()].strip(), year)
    return Award(text, None)


def award_line(text: str) -> Award | None:
    """A line that is nothing but an award in brackets, as some forms put it after the text."""
    found = AWARD.fullmatch(text.strip())
    return read_award(found["inside"]) if found and found["inside"] else None


def opening(line: Line, *, first: bool, current: str, known: Collection[str]) -> Opening | None:
    """The agency with which a best practice begins in this line, or None when the line goes on with the last one.

    `first` is for the first line of a criterion, `current` the agency of the practice so far, `known` the names of
    agencies in squashed form.
    """
    text = line.text
    marker = MARKER.match(text)
    start = marker.end() if marker else len(text) - len(text.lstrip())
    name_end = _name_end(line, start, known)
    if name_end <= start:
        return None
    award = AWARD.match(text, _behind_blanks(text, name_end))
    name = text[start:name_end].strip()
    rest = text[award.end() if award else name_end :]
    stated = (
        bool(award) or rest.lstrip().startswith(":") or not rest.strip() or _emphasised(line, start, name_end)
    )
    is_new = squash(name) != squash(current)
    if not (stated or first or (is_new and squash(name) in known)):
        return None
    if not first and not is_new and not award:
        return None
    inside = (award["inside"] or award["outside"]) if award else ""
    read = read_award(inside) if inside else Award("", None)
    end = award.end() if award else name_end
    colon = re.compile(r"\s*[:：]\s*").match(text, end)
    return Opening(name, read.name, read.year, colon.end() if colon else end)


def _name_end(line: Line, start: int, known: Collection[str]) -> int:
    """Where the agency's name ends that begins at `start`; `start` itself when none does."""
    text = line.text
    emphasised = _emphasis_end(line, start)
    if emphasised > start and _is_name(text[start:emphasised], known):
        inside = AWARD.search(text, start, emphasised)
        return _trimmed(text, start, inside.start() if inside else emphasised)
    if not BODY.match(text, start):
        return start
    stop = min(
        [
            match.start()
            for match in (AWARD.search(text, start), re.compile(r"\s*[:：](?:\s|$)").search(text, start))
            if match
        ]
        or [len(text)]
    )
    if stop - start <= LONGEST_NAME and not _SENTENCE.search(text[start:stop]):
        return _trimmed(text, start, stop)
    blank = re.compile(r"\s").search(text, start)
    end = blank.start() if blank else len(text)
    return end if end - start <= LONGEST_NAME and not _SENTENCE.search(text[start:end]) else start


def _is_name(text: str, known: Collection[str]) -> bool:
    """Emphasised words that name a public body, or any that an award follows inside the emphasis."""
    bare = AWARD.sub("", text).strip(" :")
    if not bare or len(bare) > LONGEST_NAME:
        return False
    return bool(BODY.match(bare)) or squash(bare) in known or bool(AWARD.search(text))


def _emphasis_end(line: Line, start: int) -> int:
    """Where the bold or underlined words end that begin at `start`."""
    position = end = 0
    inside = False
    for run in line.runs:
        position += len(run.text)
        if position <= start:
            continue
        if not run.marks & {"strong", "u"} and run.text.strip():
            break
        inside = inside or bool(run.text.strip())
        end = position
    return _trimmed(line.text, start, end) if inside else start


def _emphasised(line: Line, start: int, end: int) -> bool:
    return bool(line.marked(start, end) & {"strong", "u"})


def _trimmed(text: str, start: int, end: int) -> int:
    return max(start, start + len(re.sub(r"[\s:：]+$", "", text[start:end])))


def _behind_blanks(text: str, position: int) -> int:
    return position + len(text[position:]) - len(text[position:].lstrip())
