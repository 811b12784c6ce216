"""What Word prints before the paragraphs of a list: numbers are no characters of the file, they are counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from thai.text import to_thai_digits

from .package import attribute, child, local, value

THAI_LETTERS = "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"
# What the symbol fonts of Word's bullets look like; everything else there is a round bullet.
BULLETS = {"-": "-", "–": "-", "o": "•"}
_FIRST_CIRCLE = 0x2460


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    text = ""
    for size, sign in (
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ):
        while number >= size:
            text, number = text + sign, number - size
    return text


def _circled(number: int) -> str:
    return chr(_FIRST_CIRCLE + number - 1) if number <= 20 else str(number)


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "thaiNumbers": lambda number: to_thai_digits(str(number)),
    "thaiLetters": lambda number: THAI_LETTERS[(number - 1) % len(THAI_LETTERS)],
    "lowerLetter": _letters,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "decimalEnclosedCircle": _circled,
    "none": lambda number: "",
}


@dataclass(frozen=True)
class Level:
    """How one level of a list numbers its paragraphs."""

    form: str
    pattern: str
    start: int


class Numbering:
    """The lists of a document with their counters; ask for the labels in the order of the document."""

    def __init__(self, root: Element | None) -> None:
        self._lists: dict[str, dict[int, Level]] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._shared: dict[str, str] = {}
        abstract: dict[str, dict[int, Level]] = {}
        for element in root if root is not None else ():
            if local(element) == "abstractNum":
                abstract[attribute(element, "abstractNumId") or ""] = _levels(element)
        for element in root if root is not None else ():
            if local(element) == "num":
                self._add(element, abstract)

    def _add(self, element: Element, abstract: dict[str, dict[int, Level]]) -> None:
        number, base = attribute(element, "numId") or "", value(element, "abstractNumId") or ""
        levels = dict(abstract.get(base, {}))
        restarts = False
        for override in element:
            if local(override) == "lvlOverride":
                index = _whole(attribute(override, "ilvl"), 0)
                old = levels.get(index, Level("decimal", "%1.", 1))
                start = value(override, "startOverride")
                restarts = restarts or start is not None
                levels[index] = Level(old.form, old.pattern, _whole(start, old.start))
        self._lists[number] = levels
        # lists on one definition count on, unless one says where it starts
        self._shared[number] = number if restarts else f"abstract {base}"

    def label(self, number: str, level: int) -> str:
        """What stands before the next paragraph of this list: «1.», «(๑)», «•», or nothing."""
        levels = self._lists.get(number)
        if not levels or level not in levels:
            return ""
        counters = self._counters.setdefault(self._shared[number], {})
        counters[level] = counters.get(level, levels[level].start - 1) + 1
        for deeper in [key for key in counters if key > level]:
            del counters[deeper]
        if levels[level].form == "bullet":
            return BULLETS.get(levels[level].pattern, "•") if levels[level].pattern else ""
        return re.sub(
            r"%(\d)", lambda match: self._number(levels, counters, int(match[1]) - 1), levels[level].pattern
        )

    @staticmethod
    def _number(levels: dict[int, Level], counters: dict[int, int], index: int) -> str:
        level = levels.get(index, Level("decimal", "", 1))
        return FORMATS.get(level.form, str)(max(counters.get(index, level.start), 1))


def _levels(element: Element) -> dict[int, Level]:
    return {
        _whole(attribute(each, "ilvl"), 0): Level(
            value(each, "numFmt") or "decimal", value(each, "lvlText") or "", _whole(value(each, "start"), 1)
        )
        for each in element
        if local(each) == "lvl"
    }


def _whole(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else default


def list_of(properties: Element | None) -> tuple[str, int] | None:
    """(list, level) of paragraph properties; list «0» switches the numbering of a style off."""
    found = child(properties, "numPr")
    if found is None or value(found, "numId") is None:
        return None
    return value(found, "numId") or "", _whole(value(found, "ilvl"), 0)
