"""Rich text as the lines of a cell or a text file, and lines as rich text.

Markers stand as a person would type them («1. », «- », «• »), so that lists survive the way out and back in.
What has no place in plain lines (emphasis, tables, pictures) is written so that nothing of it is lost to the eye.
"""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from thai.text import normalise, to_arabic_digits, to_thai_digits

from .blocks import Block, Figure, ListBlock, Paragraph, Table, escape
from .canonical import build_blocks, read_tree

INDENT: Final = "   "
CIRCLED: Final = "❶❷❸❹❺❻❼❽❾❿"
_TAG: Final = re.compile(r"<[^>]+>")
_MARKER: Final = re.compile(
    r"(?P<bullet>[-–•●])\s+|\((?P<bracket>[1-9][0-9]{0,2})\)\s*|(?P<paren>[1-9][0-9]{0,2})\)\s*"
    rf"|(?P<thai>[๑-๙][๐-๙]{{0,2}})\.\s+|(?P<plain>[1-9][0-9]{{0,2}})\.\s+|(?P<circle>[{CIRCLED}])\s*"
)
# What a list that a person typed looks like → its class.
_CLASSES: Final = {
    "bracket": "marker-bracket",
    "paren": "marker-paren",
    "thai": "marker-thai",
    "circle": "marker-circle",
    "plain": "",
}


def lined_text(html: str) -> str:
    """A stored text as plain lines: list markers typed out, nested items indented, table cells between bars."""
    return "\n".join(_lines(build_blocks(read_tree(html))))


def _lines(blocks: Iterable[Block]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from _plain(block.inline)
        elif isinstance(block, ListBlock):
            yield from _list_lines(block)
        elif isinstance(block, Figure):
            caption = " ".join(_plain(block.caption))
            yield f"[ภาพ: {caption or block.alternative}]"
            if caption and block.alternative and block.alternative != caption:
                yield f"[คำอธิบายภาพ: {block.alternative}]"
        elif isinstance(block, Table):
            for row in block.rows:
                yield " | ".join(" ".join(_lines(cell.blocks)) for cell in row)


def _plain(inline: str) -> list[str]:
    return [html_module.unescape(_TAG.sub("", line)) for line in inline.split("<br>")]


def _list_lines(block: ListBlock) -> Iterator[str]:
    for number, item in enumerate(block.items, start=block.start):
        first, *rest = list(_lines(item)) or [""]
        # a nested list that stands first in its item begins on a line of its own
        if item and isinstance(item[0], ListBlock):
            first, rest = "", [first, *rest]
        yield f"{_marker(block, number)} {first}".rstrip()
        yield from (f"{INDENT}{line}" for line in rest)


def _marker(block: ListBlock, number: int) -> str:
    if block.tag == "ul":
        # the form shows ●, which the fonts of offices do not have; pasted from there it is read all the same
        return "–" if block.marker == "marker-dash" else "•"
    if block.marker == "marker-circle":
        return CIRCLED[number - 1] if number <= len(CIRCLED) else f"({number})"
    if block.marker == "marker-thai":
        return f"{to_thai_digits(str(number))}."
    shape = {"marker-paren": "{})", "marker-bracket": "({})"}.get(block.marker, "{}.")
    return shape.format(number)


# --- and back -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Line:
    """One typed line: its level (0, 1, 2 under one another), and its marker when it is an item."""

    level: int
    tag: str
    marker: str
    number: int
    text: str


def lines_to_html(text: str) -> str:
    """Plain lines as paragraphs and lists of two levels; blank lines only separate.

    Items begin with «- », «• », «1. », «1) », «(1) » or «๑. ». An indented line belongs to the item above: as an
    item of its own list when it has a marker, otherwise as a further line of that item.
    """
    lines = [_read(line) for line in normalise(text).split("\n") if line.strip()]
    return "".join(_blocks(lines))


def _read(line: str) -> _Line:
    stripped = line.strip()
    level = 1 if (line[:1].isspace() and len(line) - len(line.lstrip()) >= 2) or line.startswith("\t") else 0
    match = _MARKER.match(stripped)
    if match is None or match.end() == len(stripped):
        return _Line(level, "", "", 0, stripped)
    kind = match.lastgroup or ""
    rest = stripped[match.end() :]
    if kind == "bullet":
        return _Line(level, "ul", "" if match["bullet"] in "•●" else "marker-dash", 0, rest)
    typed = match[kind]
    number = CIRCLED.index(typed) + 1 if kind == "circle" else int(to_arabic_digits(typed))
    return _Line(level, "ol", _CLASSES[kind], number, rest)


def _blocks(lines: list[_Line]) -> Iterator[str]:
    index = 0
    while index < len(lines):
        line = lines[index]
        if not line.tag:
            yield f"<p>{escape(line.text)}</p>"
            index += 1
            continue
        items, after = _items(lines, index)
        yield _list(line, items)
        index = after


def _items(lines: list[_Line], index: int) -> tuple[list[str], int]:
    """The items of the list that begins at `index`, and where it ends."""
    first = lines[index]
    items: list[str] = []
    while index < len(lines) and _goes_on(first, lines[index], len(items)):
        inside = index + 1
        while inside < len(lines) and lines[inside].level > first.level:
            inside += 1
        items.append(f"<li>{escape(lines[index].text)}{_inside(lines[index + 1 : inside])}</li>")
        index = inside
    return items, index


def _goes_on(first: _Line, line: _Line, count: int) -> bool:
    same = (line.level, line.tag, line.marker) == (first.level, first.tag, first.marker)
    return same and (line.tag == "ul" or line.number == first.number + count)


def _inside(lines: list[_Line]) -> str:
    """What is indented under an item: lists, and lines that go on."""
    out, index = "", 0
    while index < len(lines):
        if lines[index].tag:
            items, after = _items(lines, index)
            out += _list(lines[index], items)
            index = after
        else:
            out += f"<br>{escape(lines[index].text)}"
            index += 1
    return out


def _list(first: _Line, items: list[str]) -> str:
    attributes = f' class="{first.marker}"' if first.marker else ""
    if first.tag == "ol" and first.number > 1:
        attributes += f' start="{first.number}"'
    return f"<{first.tag}{attributes}>{''.join(items)}</{first.tag}>"
