"""The lists of a document: which marker a paragraph has, and with which number its list begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from .xml import MAIN

W = f"{{{MAIN}}}"
THAI_NUMBERS = frozenset({"thaiNumbers", "thaiCounting"})
CIRCLED = re.compile("[①-⓿❶-❿➀-➓]")


@dataclass(frozen=True)
class ListItem:
    """The place of a paragraph in a list: `definition` names the list, `value` is the number that it shows.

    `begins` when the numbers begin anew here.
    """

    definition: str
    level: int
    tag: str
    marker: str
    value: int
    begins: bool


class Lists:
    """The part word/numbering.xml, counted as Word counts; a document may come without it.

    The paragraphs have to come in the order of the document. Instances of one definition share its numbers, until one
    that is used for the first time says that it begins anew: so LibreOffice writes every item with an instance of its
    own.
    """

    def __init__(self, root: Element | None) -> None:
        definitions = [] if root is None else root.findall(f"{W}abstractNum")
        self.definitions = {row.get(f"{W}abstractNumId", ""): row for row in definitions}
        instances = [] if root is None else root.findall(f"{W}num")
        self.instances = {row.get(f"{W}numId", ""): row for row in instances}
        self.shown: dict[tuple[str, str], int] = {}
        self.used: set[tuple[str, str]] = set()

    def item(self, own: Element | None, of_style: Element | None) -> ListItem | None:
        """The place that the properties of a paragraph, or else those of its style, name."""
        number = _value(own, "numId") or _value(of_style, "numId")
        level = _value(own, "ilvl") or _value(of_style, "ilvl") or "0"
        instance = self.instances.get(number)
        if instance is None or number == "0" or not level.isdigit():
            return None
        definition = _value(instance, "abstractNumId")
        override = _level(instance, "lvlOverride", level)
        own_level = None if override is None else override.find(f"{W}lvl")
        described = own_level
        if described is None:
            described = _level(self.definitions.get(definition), "lvl", level)
        value, begins = self._count(number, definition, level, _value(override, "startOverride"), described)
        tag, marker = _marker(_value(described, "numFmt") or "decimal", _value(described, "lvlText"))
        return ListItem(definition, min(int(level), 1), tag, marker, value, begins)

    def _count(
        self, number: str, definition: str, level: str, override: str, described: Element | None
    ) -> tuple[int, bool]:
        """The number that is shown, and whether it begins anew."""
        key, instance = (definition, level), (number, level)
        first = _value(described, "start")
        if override.isdigit() and instance not in self.used:
            value, begins = int(override), True
        elif key in self.shown:
            value, begins = self.shown[key] + 1, False
        else:
            value, begins = int(first) if first.isdigit() else 1, True
        self.used.add(instance)
        self.shown[key] = value
        for deeper in [other for other in self.shown if other[0] == definition and other[1] > level]:
            del self.shown[deeper]
        return value, begins


def _marker(format: str, text: str) -> tuple[str, str]:
    """Our tag and class for what the level looks like."""
    if format in ("bullet", "none"):
        return "ul", "marker-dash" if text.strip() in ("-", "–", "—", "\uf02d") else ""
    if "Circle" in format or CIRCLED.search(text):
        return "ol", "marker-circle"
    shape = re.sub(r"%\d", "1", text).strip()
    if shape.startswith("(") and shape.endswith(")"):
        return "ol", "marker-bracket"
    if shape.endswith(")"):
        return "ol", "marker-paren"
    return "ol", "marker-thai" if format in THAI_NUMBERS else ""


def _value(element: Element | None, name: str) -> str:
    found = None if element is None else element.find(f"{W}{name}")
    return "" if found is None else found.get(f"{W}val", "")


def _level(element: Element | None, name: str, level: str) -> Element | None:
    rows = [] if element is None else element.findall(f"{W}{name}")
    return next((row for row in rows if row.get(f"{W}ilvl") == level), None)
