"""Cutting an owner line: «สำนักนโยบายและแผน และทุกสำนัก», «ฝ่ายเลขานุการ/ คณะอนุกรรมการฯ หมวด 6 /…»."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .patterns import squash

# How names of owners begin; a cut at a blank, «และ» or «หรือ» is made only before one of them or before a known name.
BEGINNINGS = re.compile(
    r"(?:ทุก|สำนัก|สนง\.|กอง|กลุ่ม|ฝ่าย|คณะ|ศูนย์|สถาบัน|หน่วย|งาน(?=[ก-ฮเแโใไ])|ส่วน|เลขานุการ|ผู้อำนวยการ|ผู้บริหาร|รอง|กรม)"
)
_JOINER = re.compile(r"\s*(?:(?P<slash>/)|(?P<word>และ|หรือ)|(?P<mark>[,;]|\n)|(?P<blank>[ \t]+))\s*")
_NOTE = re.compile(r"\s*\(([^()]*)\)")
_WITH_NOTE = re.compile(r"([^()]+?)\s*\(([^()]*)\)")
_EDGE = " \t\n/,;:：-–"
# A name of more characters is a sentence; the database has room for 200.
LONGEST = 200
# A line of more characters lists no owners; cutting it would take time in the square of its length.
LONGEST_LINE = 3_000


@dataclass(frozen=True)
class OwnerName:
    """One name of an owner line, what joins it to the one before («», «และ», «หรือ», «/»), and its note."""

    name: str
    joiner: str = ""
    note: str = ""


def spelling(name: str) -> str:
    """What two spellings of one owner have in common: no blanks, full stops, hyphens, ฯ."""
    return re.sub(r"[\s.\-–ฯๆ]", "", squash(name)).casefold()


def split_owners(text: str, known: Mapping[str, str]) -> list[OwnerName]:
    """The names of an owner line; `known` are names and abbreviations by their `spelling`.

    Every character is kept but separators: blanks, slashes, commas.
    """
    found: list[OwnerName] = []
    position, joiner = 0, ""
    text = text.strip(_EDGE)
    if len(text) > LONGEST_LINE:
        return [OwnerName(text)]
    while position < len(text):
        end = _name_end(text, position, known)
        if note := _NOTE.match(text, end):
            end = note.end()
        named = _WITH_NOTE.fullmatch(text[position:end].strip())
        name, remark = (named[1], named[2].strip()) if named else (text[position:end].strip(), "")
        found.append(OwnerName(name, joiner if found else "", remark))
        separator = _JOINER.match(text, end)
        joiner = "" if separator is None else "/" if separator["slash"] else separator["word"] or ""
        position = separator.end() if separator else end
        while position < len(text) and text[position] in _EDGE:
            position += 1
    return found


def _name_end(text: str, start: int, known: Mapping[str, str]) -> int:
    """Behind the longest known name that begins here and really ends there, or before the next separator."""
    longest = max((len(name) for name in known), default=0)
    best = start
    for end in range(start + 1, min(len(text), start + longest * 2) + 1):
        if spelling(text[start:end]) in known and _ends_at(text, end, known):
            best = end
    if best > start:
        return best
    for match in _JOINER.finditer(text, start + 1):
        if text.count("(", start, match.start()) > text.count(")", start, match.start()):
            continue
        if _separates(text, match, known):
            return match.start()
    return len(text)


def _ends_at(text: str, end: int, known: Mapping[str, str]) -> bool:
    """Whether a known name may end here: at the end, before a note, or before a separator."""
    if end == len(text) or _NOTE.match(text, end):
        return True
    separator = _JOINER.match(text, end)
    return separator is not None and _separates(text, separator, known)


def _separates(text: str, match: re.Match[str], known: Mapping[str, str]) -> bool:
    if match["slash"] or match["mark"]:
        return True
    rest = text[match.end() :]
    if BEGINNINGS.match(rest):
        return True
    if match["blank"] and re.match("(?:และ|หรือ)", rest):
        return False
    word = re.split(r"[\s/,(]", rest, maxsplit=1)[0]
    return bool(word) and spelling(word) in known
