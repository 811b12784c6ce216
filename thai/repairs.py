"""What copying from a PDF does to Thai text, and how it is put right again.

A PDF knows glyphs and places, not words. Copied from one, ำ falls into two characters with a blank between, marks stand
apart from their consonant, old fonts leave characters of the private use area, lines end where the page ended, and
words are broken by blanks. Pure functions; a person sees every kind of repair with examples and may refuse it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from .matching import opcodes
from .text import NIKHAHIT, SARA_AA, SARA_AM, normalise
from .words import is_word, tokens

# Glyph variants of Thai fonts before OpenType, by their usual places in the private use area.
_OLD_GLYPHS: Final = str.maketrans(
    {
        **dict(zip("\uf701\uf702\uf703\uf704", "ิีึื", strict=True)),
        **dict(zip("\uf705\uf706\uf707\uf708\uf709", "่้๊๋์", strict=True)),
        **dict(zip("\uf70a\uf70b\uf70c\uf70d\uf70e", "่้๊๋์", strict=True)),
        **dict(zip("\uf713\uf714\uf715\uf716\uf717", "่้๊๋์", strict=True)),
        **dict(zip("\uf70f\uf700\uf710\uf711\uf712", "ญฐัํ็", strict=True)),
        **dict(zip("\uf718\uf719\uf71a", "ฺุู", strict=True)),
    }
)
_CONSONANT: Final = "ก-ฮ"
_TONES: Final = "่-๋"
# ั ิ ี ึ ื ุ ู ฺ ็ ่ ้ ๊ ๋ ์ never begin anything
_MARKS: Final = "ัิ-ฺ็-๎"
_SPLIT_AM: Final = re.compile(f"([{_CONSONANT}][{_TONES}]?) ?{NIKHAHIT} ?([{_TONES}]?) ?{SARA_AA}")
# า never begins a word: behind a blank it is what is left of ำ
_LOST_AM: Final = re.compile(f"([{_CONSONANT}][{_TONES}]?) +{SARA_AA}")
_APART: Final = re.compile(f"(?<=[{_CONSONANT}{_MARKS}]) +(?=[{_MARKS}])")
_PAGE_LINE: Final = re.compile(
    r"\s*(?:[-–—]\s*[0-9๐-๙]{1,3}\s*[-–—]|(?:หน้า(?:ที่)?\s*)[0-9๐-๙]{1,3}(?:\s*(?:/|จาก)\s*[0-9๐-๙]{1,3})?|[0-9๐-๙]{1,3})\s*"
)
_ITEM: Final = re.compile(
    r"\s*(?:[-–—•●▪○]\s|\(?[0-9๐-๙]{1,2}[.)]\)?\s|(?:ข้อ|เกณฑ์|ประเด็น|หัวข้อ|หมวด)\S*\s*[0-9๐-๙]|[1-7๑-๗]\.[0-9๐-๙]{1,2}(?![0-9๐-๙.]))"
)
_THAI_END: Final = re.compile("[ก-ฺเ-๎]$")
_THAI_START: Final = re.compile("[ก-ฮเ-ไ]")
_BLANK: Final = re.compile("(?<=[ก-ฺเ-๎]) +(?=[ก-ฮเ-ไ])")
_CONTEXT: Final = 30
# «ขาด ก» holds the word «ดก» by chance; longer words do not come about so
_SHORTEST_CUT: Final = 4
# Both halves are words, but nobody writes a blank between them.
_OFTEN_CUT: Final = frozenset({"ร้อยละ", "งบประมาณ", "ผู้รับบริการ", "ตัวชี้วัด", "ส่วนราชการ"})
_THAI_TAIL: Final = re.compile("[ก-ฺเ-๎]+$")
_THAI_HEAD: Final = re.compile(f"[ก-ฺเ-๎]{{1,{_CONTEXT}}}")
_RUN: Final = re.compile(r"\s+|\S+")
_LATIN: Final = re.compile("[A-Za-z0-9]")


@dataclass(frozen=True)
class Example:
    """One place before and after."""

    before: str
    after: str


@dataclass(frozen=True)
class Kind:
    """One kind of repair: its name in forms, its words on the page, and what it does to a text."""

    name: str
    label: str
    apply: Callable[[str], str]


@dataclass(frozen=True)
class Found:
    """A kind of repair that would change this text, in `count` places, some of which are shown."""

    kind: Kind
    count: int
    examples: tuple[Example, ...]


def _glyphs(text: str) -> str:
    return text.translate(_OLD_GLYPHS)


def _am(text: str) -> str:
    joined = _SPLIT_AM.sub(lambda m: f"{m[1]}{m[2]}{SARA_AM}", text)
    return _LOST_AM.sub(rf"\1{SARA_AM}", joined)


def _marks(text: str) -> str:
    return _APART.sub("", text)


def _pages(text: str) -> str:
    return "\n".join(line for line in text.split("\n") if not (line.strip() and _PAGE_LINE.fullmatch(line)))


def _lines(text: str) -> str:
    """Join the lines of a paragraph; what begins an item or follows a short line stays apart."""
    lines = text.split("\n")
    width = _usual_width(lines)
    blanks_tell = _blanks_tell(lines)
    joined = lines[:1]
    for before, line in pairwise(lines):
        if _goes_on(before, line, width):
            joined[-1] = joined[-1].rstrip() + _seam(before, line, blanks_tell=blanks_tell) + line.lstrip()
        else:
            joined.append(line)
    return "\n".join(joined)


def _usual_width(lines: list[str]) -> int:
    """The length of a full line: that of the longest third."""
    lengths = sorted(len(line.rstrip()) for line in lines if line.strip())
    return lengths[len(lengths) * 2 // 3] if lengths else 0


def _goes_on(before: str, line: str, width: int) -> bool:
    """Whether a line is the rest of the one before: that one was full, and this one begins nothing."""
    if not before.strip() or not line.strip() or _ITEM.match(line):
        return False
    return len(before.rstrip()) >= width * 0.6


def _blanks_tell(lines: list[str]) -> bool:
    """Some programs put a blank behind every line; where only some lines have one, it was a blank of the text."""
    full = [line for line in lines if line.strip()]
    return sum(line.endswith(" ") for line in full) < len(full) * 0.8


def _seam(before: str, line: str, *, blanks_tell: bool) -> str:
    """What stands between two lines that belong together."""
    if blanks_tell and before.endswith((" ", "\u00a0")):
        return " "
    thai = _THAI_END.search(before.rstrip()) and _THAI_START.match(line.lstrip())
    latin = _LATIN.search(before.rstrip()[-1:]) or _LATIN.match(line.lstrip())
    return " " if latin and not thai else ""


def _words(text: str) -> str:
    """Take out blanks inside words: with the blank gone, a word of the dictionary reaches over its place."""
    out, position = "", 0
    for match in _BLANK.finditer(text):
        out += text[position : match.start()]
        position = match.end()
        if not _inside_word(_THAI_TAIL.search(out[-_CONTEXT:]), _THAI_HEAD.match(text, position)):
            out += match[0]
    return out + text[position:]


def _inside_word(left: re.Match[str] | None, right: re.Match[str] | None) -> bool:
    """Whether the blank between both has cut a word: at least one of its halves is none, or it is often cut so.

    «ดี แล้ว» may be two words or one, and only the writer knows; such a blank stays.
    """
    if left is None or right is None:
        return False
    seam, position = len(left[0]), 0
    for word in tokens(left[0] + right[0]):
        if position < seam < position + len(word):
            halves = word[: seam - position], word[seam - position :]
            sure = len(word) >= _SHORTEST_CUT and is_word(word)
            return sure and (word in _OFTEN_CUT or not all(map(is_word, halves)))
        position += len(word)
    return False


KINDS: Final = (
    Kind("glyphs", "ตัวอักษรของแบบอักษรรุ่นเก่า", _glyphs),
    Kind("am", "สระอำที่แยกเป็นสองตัว", _am),
    Kind("marks", "สระหรือวรรณยุกต์ที่ห่างจากพยัญชนะ", _marks),
    Kind("pages", "เลขหน้า", _pages),
    Kind("lines", "บรรทัดที่ขาดกลางข้อความ", _lines),
    Kind("words", "ช่องว่างกลางคำ", _words),
)


def repairs_of(text: str) -> list[Found]:
    """The kinds of repair that would change the text, in the order in which they are made."""
    found = []
    text = _one_kind_of_line_end(text)
    for kind in KINDS:
        after = kind.apply(text)
        if after != text:
            examples = _examples(text, after)
            found.append(Found(kind, len(examples), tuple(examples[:3])))
        text = after
    return found


def repaired(text: str, names: Collection[str]) -> str:
    """The text after these kinds of repair, normalised."""
    text = _one_kind_of_line_end(text)
    for kind in KINDS:
        if kind.name in names:
            text = kind.apply(text)
    return normalise(text)


def _one_kind_of_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _examples(before: str, after: str) -> list[Example]:
    """Every changed place with a little of its surroundings, on one line."""
    return [
        Example(_cut(before, start, end), _cut(after, new_start, new_end))
        for start, end, new_start, new_end in _changes(before, after)
    ]


def _changes(before: str, after: str) -> Iterator[tuple[int, int, int, int]]:
    """Where the texts differ: runs between blanks first, then letters inside the runs that do."""
    old, new = _RUN.findall(before), _RUN.findall(after)
    old_at, new_at = (list(accumulate(map(len, runs), initial=0)) for runs in (old, new))
    for operation, start, end, new_start, new_end in opcodes(old, new):
        if operation == "equal":
            continue
        left, right = old_at[start], new_at[new_start]
        for inner in opcodes(before[left : old_at[end]], after[right : new_at[new_end]]):
            if inner[0] != "equal":
                yield left + inner[1], left + inner[2], right + inner[3], right + inner[4]


def _cut(text: str, start: int, end: int) -> str:
    """The place with some letters around it; it begins with no mark of a letter that was cut off."""
    return text[max(0, start - 10) : end + 10].replace("\n", "↵").lstrip("ะัาำิีึืฺุู็่้๊๋์ํ๎ ")
