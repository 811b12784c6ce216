"""The one stored form of a rich text: built anew from what the sanitiser left.

Nothing of the incoming markup is copied. The sanitised tree is read and its blocks write themselves,
so the result holds only the allow-list whatever the tree looked like, and building it twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

from thai.text import normalise

from .blocks import SPACES, Block, Cell, Figure, Inline, ListBlock, Paragraph, Table

MAX_DEPTH: Final = 100
MAX_SPAN: Final = 50
MAX_CELLS: Final = 5_000
MAX_START: Final = 999
LIST_LEVELS: Final = 2

TOO_DEEP: Final = "ข้อความมีรายการหรือตารางซ้อนกันหลายชั้นเกินไป กรุณาลดจำนวนชั้น"
LOST_IMAGE: Final = "[ภาพวางไม่ได้ กรุณาแทรกภาพ]"
FIGURE_SOURCE: Final = re.compile(r"/figures/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/")
LIST_MARKERS: Final = {
    "ol": frozenset({"marker-paren", "marker-bracket", "marker-thai", "marker-circle"}),
    "ul": frozenset({"marker-dash"}),
}

MARK_OF: Final = {"strong": "strong", "b": "strong", "em": "em", "i": "em", "u": "u", "ins": "u"}
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS: Final = frozenset({"ul", "ol"})
VOID: Final = frozenset({"br", "img"})


class UncleanText(ValueError):
    """A text that cannot be cleaned into something printable; the message is for the person."""


@dataclass
class Element:
    """One element of the sanitised tree."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)


class _TreeBuilder(HTMLParser):
    """Reads the sanitiser's output, which is well-formed; anything else would be a fault of the sanitiser."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("div")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag in VOID:
            return
        self.open.append(element)
        if len(self.open) > MAX_DEPTH:
            raise UncleanText(TOO_DEEP)

    def handle_endtag(self, tag: str) -> None:
        if len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_tree(html: str) -> Element:
    """The tree of sanitised markup under one element. Raises UncleanText when it is too deep."""
    builder = _TreeBuilder()
    builder.feed(html)
    builder.close()
    return builder.root


class _Flow:
    """Gathers blocks from mixed content, the way a browser lays it out."""

    def __init__(self, level: int = 0, in_table: bool = False) -> None:
        self.level = level
        self.in_table = in_table
        self.blocks: list[Block] = []
        self.inline = Inline()

    def read(self, children: Iterable[Element | str], marks: frozenset[str] = frozenset()) -> None:
        """Take in children that stand under these marks."""
        for child in children:
            if isinstance(child, str):
                self.inline.add(child, marks)
            elif child.tag == "br":
                self.inline.add(None, marks)
            elif child.tag == "img":
                self._image(child, marks)
            elif child.tag in MARK_OF:
                self.read(child.children, marks | {MARK_OF[child.tag]})
            else:
                self._block(child, marks)

    def close(self) -> list[Block]:
        """The blocks, the last paragraph included."""
        if inline := self.inline.html():
            self.blocks.append(Paragraph(inline))
        self.inline = Inline()
        return self.blocks

    def _block(self, element: Element, marks: frozenset[str]) -> None:
        self.close()
        if element.tag in LISTS:
            self.blocks += _lists(element, marks, min(self.level + 1, LIST_LEVELS), self.in_table)
        elif element.tag == "table" and not self.in_table:
            self.blocks += _table(element, marks)
        elif element.tag == "figure":
            self._figure(element, marks)
        else:
            self._paragraphs(element, marks | {"strong"} if element.tag in HEADINGS else marks)

    def _paragraphs(self, element: Element, marks: frozenset[str]) -> None:
        """Anything that only begins and ends a line; an empty one is kept where a person made it."""
        before = len(self.blocks)
        self.read(element.children, marks)
        self.close()
        wanted = element.tag == "p" or (element.tag == "div" and _is_line_break(element))
        if len(self.blocks) == before and wanted:
            self.blocks.append(Paragraph())

    def _image(self, element: Element, marks: frozenset[str]) -> None:
        source = element.attributes.get("src", "")
        if not FIGURE_SOURCE.fullmatch(source):
            self.inline.add(LOST_IMAGE, marks)
            return
        self.close()
        alternative = SPACES.sub(" ", normalise(element.attributes.get("alt", ""))).strip()
        self.blocks.append(Figure(source, alternative))

    def _figure(self, element: Element, marks: frozenset[str]) -> None:
        """The caption goes to the last picture inside; without a picture it is a paragraph."""
        before = len(self.blocks)
        captions = [
            child for child in element.children if isinstance(child, Element) and child.tag == "figcaption"
        ]
        # compared by identity: equal-looking elements may stand in one figure
        known = {id(caption) for caption in captions}
        self.read((child for child in element.children if id(child) not in known), marks)
        self.close()
        caption = _one_line(captions, marks)
        pictures = [block for block in self.blocks[before:] if isinstance(block, Figure)]
        if pictures:
            pictures[-1].caption = pictures[-1].caption or caption
        elif caption:
            self.blocks.append(Paragraph(caption))


def _is_line_break(element: Element) -> bool:
    """A <div><br></div>, the blank line of many editors."""
    return any(isinstance(child, Element) and child.tag == "br" for child in element.children)


def _one_line(elements: list[Element], marks: frozenset[str]) -> str:
    """The inline content of these elements, their blocks separated by line breaks."""
    inline = Inline()
    _gather(elements, marks, inline)
    return inline.html()


def _gather(children: Iterable[Element | str], marks: frozenset[str], inline: Inline) -> None:
    for child in children:
        if isinstance(child, str):
            inline.add(child, marks)
        elif child.tag == "br":
            inline.add(None, marks)
        elif child.tag in MARK_OF:
            _gather(child.children, marks | {MARK_OF[child.tag]}, inline)
        else:
            if inline.runs and inline.runs[-1][0] is not None:
                inline.add(None, marks)
            _gather(child.children, marks, inline)


def _lists(element: Element, marks: frozenset[str], level: int, in_table: bool) -> list[Block]:
    """A list as one or more blocks: what cannot stand in an item interrupts it, and the numbers go on after."""
    current = _empty_list(element)
    blocks: list[Block] = []
    for children in _items(element):
        flow = _Flow(level, in_table)
        flow.read(children, marks)
        own, outside = _split_item(flow.close(), level)
        if own:
            current.items.append(own)
        if outside:
            start = min(current.start + len(current.items), MAX_START)
            following = ListBlock(current.tag, current.marker, start, [])
            blocks += [current, *outside] if current.items else outside
            current = following
    return [*blocks, current] if current.items else blocks


def _empty_list(element: Element) -> ListBlock:
    names = LIST_MARKERS[element.tag] & set(element.attributes.get("class", "").split())
    start = _number(element.attributes.get("start", ""), MAX_START) if element.tag == "ol" else 1
    return ListBlock(element.tag, min(names, default=""), start, [])


def _items(element: Element) -> Iterator[list[Element | str]]:
    """The content of each item; a list that stands directly in a list belongs to the item before it."""
    pending: list[Element | str] | None = None
    for child in element.children:
        if isinstance(child, str) and not child.strip():
            continue
        if isinstance(child, Element) and child.tag == "li":
            if pending is not None:
                yield pending
            pending = list(child.children)
        elif isinstance(child, Element) and child.tag in LISTS and pending is not None:
            pending.append(child)
        else:
            if pending is not None:
                yield pending
            pending = [child]
    if pending is not None:
        yield pending


def _split_item(blocks: list[Block], level: int) -> tuple[list[Block], list[Block]]:
    """What stays in the item, and what must stand after it: tables, and lists below the last level."""
    too_deep = (Table, ListBlock) if level == LIST_LEVELS else (Table,)
    written = [block for block in blocks if not (isinstance(block, Paragraph) and not block.inline)]
    own = [block for block in written if not isinstance(block, too_deep)]
    return own, [block for block in written if isinstance(block, too_deep)]


def _table(element: Element, marks: frozenset[str]) -> list[Block]:
    """The rows of a table in one body; its caption becomes a paragraph before it."""
    rows: list[list[Cell]] = []
    before: list[Block] = []
    for part in _descend(element, {"tr", "caption"}):
        if part.tag == "caption":
            flow = _Flow(in_table=True)
            flow.read(part.children, marks)
            before += flow.close()
        elif row := [_cell(cell, marks) for cell in _descend(part, {"td", "th"})]:
            rows.append(row)
    if sum(map(len, rows)) > MAX_CELLS:
        raise UncleanText("ตารางมีช่องมากเกินไป กรุณาแบ่งตาราง")
    return [*before, Table(rows)] if rows else before


def _descend(element: Element, tags: set[str]) -> Iterator[Element]:
    """The nearest descendants with one of these tags."""
    for child in element.children:
        if isinstance(child, Element):
            if child.tag in tags:
                yield child
            else:
                yield from _descend(child, tags)


def _cell(element: Element, marks: frozenset[str]) -> Cell:
    flow = _Flow(in_table=True)
    flow.read(element.children, marks)
    blocks = [block for block in flow.close() if not (isinstance(block, Paragraph) and not block.inline)]
    spans = {name: _number(element.attributes.get(name, ""), MAX_SPAN) for name in ("colspan", "rowspan")}
    return Cell(element.tag, {name: span for name, span in spans.items() if span > 1}, blocks)


def _number(value: str, highest: int) -> int:
    """A count of at least 1 from an attribute; what is no count is 1."""
    value = value.strip()
    if not (value.isascii() and value.isdigit()):
        return 1
    # more digits than any allowed number has would only cost time to convert
    return min(max(int(value[:9]), 1), highest)


def build_blocks(root: Element) -> list[Block]:
    """The blocks of a text, without the empty paragraphs that editors leave at both ends."""
    flow = _Flow()
    flow.read(root.children)
    blocks = flow.close()
    while blocks and blocks[0] == Paragraph():
        blocks.pop(0)
    while blocks and blocks[-1] == Paragraph():
        blocks.pop()
    return blocks
