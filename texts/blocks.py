"""The blocks of which a stored text is made; each writes itself in the one canonical form.

A text holds nothing but these: paragraphs, lists of two levels, figures, plain tables, and inside them runs
of text that are strong, emphasised or underlined.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from thai.text import normalise

# The order in which nested marks are written; the editor writes them in the same order.
MARKS: Final[tuple[str, ...]] = ("strong", "em", "u")
SPACES: Final = re.compile("[ \t\n\xa0]+")


def escape(text: str) -> str:
    """Text as markup, as the sanitiser itself writes it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass
class Inline:
    """Runs of text with their marks; a run of None is a line break."""

    runs: list[tuple[str | None, frozenset[str]]] = field(default_factory=list)

    def add(self, text: str | None, marks: frozenset[str]) -> None:
        """Append text (or a line break) that carries these marks."""
        last, last_marks = self.runs[-1] if self.runs else (None, None)
        if text is not None and last is not None and last_marks == marks:
            self.runs[-1] = (last + text, marks)
        else:
            self.runs.append((text, marks))

    def html(self) -> str:
        """The runs as markup, marks opened and closed as seldom as their order allows."""
        out: list[str] = []
        active: list[str] = []
        for text, marks in self._tidy():
            wanted = [mark for mark in MARKS if mark in marks]
            kept = _common_length(active, wanted)
            out += [f"</{mark}>" for mark in reversed(active[kept:])]
            out += [f"<{mark}>" for mark in wanted[kept:]]
            active = wanted
            out.append("<br>" if text is None else escape(text))
        return "".join(out + [f"</{mark}>" for mark in reversed(active)])

    def _tidy(self) -> list[tuple[str | None, frozenset[str]]]:
        """White space as a browser shows it: runs of it are one space, none at the ends of a line."""
        tidy: list[tuple[str | None, frozenset[str]]] = []
        after_space = True
        for text, marks in self.runs:
            if text is None:
                _strip_end(tidy)
                tidy.append((None, marks))
                after_space = True
                continue
            text = SPACES.sub(" ", normalise(text))
            text = text.removeprefix(" ") if after_space else text
            if text:
                tidy.append((text, marks))
                after_space = text.endswith(" ")
        _strip_end(tidy)
        while tidy and tidy[-1][0] is None:
            tidy.pop()
            _strip_end(tidy)
        return tidy


def _strip_end(runs: list[tuple[str | None, frozenset[str]]]) -> None:
    """Take the space off the end of the line; a run that was only that space goes."""
    while runs and (text := runs[-1][0]) is not None and text.endswith(" "):
        _, marks = runs.pop()
        if text := text.removesuffix(" "):
            runs.append((text, marks))


def _common_length(left: list[str], right: list[str]) -> int:
    """How many marks at the beginning are the same."""
    length = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        length += 1
    return length


@dataclass
class Paragraph:
    """A paragraph; an empty one is a blank line that somebody wanted."""

    inline: str = ""

    def html(self) -> str:
        """The paragraph as markup."""
        return f"<p>{self.inline}</p>"


@dataclass
class Figure:
    """One picture of ours with its caption."""

    source: str
    alternative: str
    caption: str = ""

    def html(self) -> str:
        """The figure as markup; an empty caption is none."""
        alternative = escape(self.alternative).replace('"', "&quot;")
        caption = f"<figcaption>{self.caption}</figcaption>" if self.caption else ""
        return f'<figure><img src="{self.source}" alt="{alternative}">{caption}</figure>'


@dataclass
class ListBlock:
    """An ordered or unordered list; each item is a list of blocks."""

    tag: str
    marker: str
    start: int
    items: list[list[Block]]

    def html(self) -> str:
        """The list as markup; "1." and "●" are what a list has without a class."""
        attributes = f' class="{self.marker}"' if self.marker else ""
        attributes += f' start="{self.start}"' if self.tag == "ol" and self.start > 1 else ""
        items = "".join(f"<li>{_compact(item)}</li>" for item in self.items)
        return f"<{self.tag}{attributes}>{items}</{self.tag}>"


@dataclass
class Cell:
    """One cell of a table."""

    tag: str
    spans: dict[str, int]
    blocks: list[Block]

    def html(self) -> str:
        """The cell as markup."""
        spans = "".join(f' {name}="{value}"' for name, value in self.spans.items())
        return f"<{self.tag}{spans}>{_compact(self.blocks)}</{self.tag}>"


@dataclass
class Table:
    """A plain table."""

    rows: list[list[Cell]]

    def html(self) -> str:
        """The table as markup."""
        rows = "".join(f"<tr>{''.join(cell.html() for cell in row)}</tr>" for row in self.rows)
        return f"<table><tbody>{rows}</tbody></table>"


Block = Paragraph | Figure | ListBlock | Table


def _compact(blocks: list[Block]) -> str:
    """The inside of an item or a cell: a single leading paragraph needs no tag of its own."""
    if (
        blocks
        and sum(isinstance(block, Paragraph) for block in blocks) == 1
        and isinstance(blocks[0], Paragraph)
    ):
        return blocks[0].inline + "".join(block.html() for block in blocks[1:])
    return "".join(block.html() for block in blocks)
