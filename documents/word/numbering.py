"""Real lists: one definition for each kind of marker, one instance for each list with its first number."""

from __future__ import annotations

from dataclasses import dataclass, field

from .styles import LIST_INDENT
from .xml import DECLARATION, NAMESPACES, el

# (tag, class): number format of Word, text of the level
MARKERS = {
    ("ul", ""): ("bullet", "●"),
    ("ul", "marker-dash"): ("bullet", "–"),
    ("ol", ""): ("decimal", "%1."),
    ("ol", "marker-paren"): ("decimal", "%1)"),
    ("ol", "marker-bracket"): ("decimal", "(%1)"),
    ("ol", "marker-thai"): ("thaiNumbers", "%1."),
    # Word can count ① but not ❶
    ("ol", "marker-circle"): ("decimalEnclosedCircle", "%1"),
}
LEVELS = 2


@dataclass
class Numbering:
    """The lists of one document."""

    thai_digits: bool
    lists: list[tuple[str, str, int, int]] = field(default_factory=list)

    def new_list(self, tag: str, marker: str, start: int, level: int) -> int:
        """The number under which the paragraphs of a new list name it."""
        if (tag, marker) not in MARKERS:
            marker = ""
        self.lists.append((tag, marker, start, level))
        return len(self.lists)

    def xml(self) -> str:
        """The part word/numbering.xml."""
        kinds = {kind: number for number, kind in enumerate(MARKERS)}
        definitions = "".join(self._definition(number, kind) for kind, number in kinds.items())
        instances = "".join(
            el(
                "num",
                el("abstractNumId", val=kinds[tag, marker]),
                el("lvlOverride", el("startOverride", val=start), ilvl=level),
                numId=number,
            )
            for number, (tag, marker, start, level) in enumerate(self.lists, start=1)
        )
        return f"{DECLARATION}<w:numbering {NAMESPACES}>{definitions}{instances}</w:numbering>"

    def _definition(self, number: int, kind: tuple[str, str]) -> str:
        format, text = MARKERS[kind]
        if self.thai_digits and format == "decimal":
            format = "thaiNumbers"
        levels = (
            el(
                "lvl",
                el("start", val=1),
                el("numFmt", val=format),
                el("lvlText", val=text.replace("%1", f"%{level + 1}")),
                el("lvlJc", val="left"),
                el("pPr", el("ind", left=LIST_INDENT * (level + 1), hanging=LIST_INDENT)),
                ilvl=level,
            )
            for level in range(LEVELS)
        )
        return el(
            "abstractNum",
            el("multiLevelType", val="multilevel"),
            el("name", val=f"PMQA {kind[1] or kind[0]}"),
            *levels,
            abstractNumId=number,
        )
