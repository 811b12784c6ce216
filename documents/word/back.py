"""Blocks of a Word document as rich text of the allow-list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from texts.blocks import escape
from texts.cleaning import clean_html

from .lists import ListItem
from .reader import ReadBlock, ReadCell, ReadParagraph, ReadPicture, ReadTable

LOST_PICTURE = '<img src="" alt="">'


@dataclass
class _OpenList:
    """A list that may still get items; each item is its markup so far."""

    item: ListItem
    items: list[str] = field(default_factory=list)

    def goes_on_with(self, item: ListItem) -> bool:
        """Whether this is its next item."""
        same = (item.definition, item.tag, item.marker) == (
            self.item.definition,
            self.item.tag,
            self.item.marker,
        )
        return same and not item.begins

    def html(self) -> str:
        """The list with all its items."""
        marker = f' class="{self.item.marker}"' if self.item.marker else ""
        start = f' start="{self.item.value}"' if self.item.tag == "ol" and self.item.value > 1 else ""
        items = "".join(f"<li>{item}</li>" for item in self.items)
        return f"<{self.item.tag}{marker}{start}>{items}</{self.item.tag}>"


class Markup:
    """Turns blocks into markup; `figures` are the uids of the figures that may be shown, by uid and by SHA-256.

    With `thai_digits` the numbers of the file are Thai because all of it is.
    """

    def __init__(self, figures: dict[str, str], *, thai_digits: bool) -> None:
        self.figures = figures
        self.thai_digits = thai_digits
        self.lost_pictures = 0

    def html(self, blocks: Iterable[ReadBlock]) -> str:
        """The clean text of these blocks. Raises UncleanText."""
        return clean_html(self._flow(blocks))

    def _flow(self, blocks: Iterable[ReadBlock]) -> str:
        flow = _Flow(self)
        for block in blocks:
            flow.add(block)
        return flow.close()

    def figure(self, picture: ReadPicture) -> str:
        """The figure that a picture is; one that is not ours leaves the note that cleaning writes."""
        uid = self.figures.get(picture.sha256) or self.figures.get(picture.uid)
        if uid is None:
            self.lost_pictures += 1
            return LOST_PICTURE
        alternative = escape(picture.alternative).replace('"', "&quot;")
        return f'<img src="/figures/{uid}/" alt="{alternative}">'

    def table(self, table: ReadTable) -> str:
        """A table, or the figures that stand beside each other in one."""
        if pictures := _only_pictures(table):
            return self._flow(pictures)
        heights = _heights(table)
        rows = []
        for number, row in enumerate(table.rows):
            cells, column = [], 0
            for cell in row:
                if not cell.continues:
                    cells.append(self._cell(cell, heights.get((number, column), 1)))
                column += cell.columns
            rows.append(f"<tr>{''.join(cells)}</tr>")
        return f"<table><tbody>{''.join(rows)}</tbody></table>"

    def _cell(self, cell: ReadCell, height: int) -> str:
        tag = "th" if cell.is_head else "td"
        spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
        spans += f' rowspan="{height}"' if height > 1 else ""
        return f"<{tag}{spans}>{self._flow(cell.blocks)}</{tag}>"

    def item(self, block: ReadParagraph) -> ListItem | None:
        """The place of a line in a list; our own style tells Thai numbers, as another program may not keep them.

        In a file whose digits are all Thai, ๑. is what 1. is elsewhere.
        """
        item = block.item
        if item is None or item.marker not in ("", "marker-thai") or item.tag != "ol":
            return item
        if block.style.startswith("PMQA Thai Item"):
            return replace(item, marker="marker-thai")
        own = self.thai_digits and item.marker == "marker-thai"
        return replace(item, marker="") if own else item


def _only_pictures(table: ReadTable) -> list[ReadBlock]:
    """The lines of a table that holds nothing but our pictures and captions; empty for every other one."""
    blocks = [block for row in table.rows for cell in row for block in cell.blocks if not block.is_empty]
    ours = (isinstance(b, ReadParagraph) and _kind(b.style)[0] in ("Figure", "Caption") for b in blocks)
    return blocks if all(ours) else []


def _heights(table: ReadTable) -> dict[tuple[int, int], int]:
    """How many rows each merged cell takes, by its first row and its column."""
    heights: dict[tuple[int, int], int] = {}
    open_cells: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(table.rows):
        column = 0
        for cell in row:
            if cell.continues and column in open_cells:
                heights[open_cells[column]] += 1
            elif cell.starts_merge:
                open_cells[column] = (number, column)
                heights[number, column] = 1
            else:
                open_cells.pop(column, None)
            column += cell.columns
    return heights


def _kind(style: str) -> tuple[str, int]:
    """(Figure, Caption or Next, level) of our own styles; ("", 0) for all others."""
    words = style.split(" ")
    if len(words) == 3 and words[0] == "PMQA" and words[1] in ("Figure", "Caption", "Next"):
        return words[1], int(words[2]) if words[2].isdigit() else 0
    return "", 0


class _Flow:
    """Puts lines together to lists and figures."""

    def __init__(self, markup: Markup) -> None:
        self.markup = markup
        self.out: list[str] = []
        self.lists: list[_OpenList] = []
        self.figure = ""

    def add(self, block: ReadBlock) -> None:
        """Take in the next block."""
        if isinstance(block, ReadTable):
            self._close_figure()
            self._close_lists(0)
            self.out.append(self.markup.table(block))
            return
        kind, level = _kind(block.style)
        if kind == "Caption" and self.figure and not block.pictures:
            self._put(f"<figure>{self.figure}<figcaption>{block.inline.html()}</figcaption></figure>", level)
            self.figure = ""
            return
        self._close_figure()
        if block.style == "PMQA Gap" and block.is_empty:
            return
        if item := self.markup.item(block):
            self._item(item, block)
        elif block.pictures or not (kind == "Figure" and block.is_empty):
            self._line(block, level)

    def close(self) -> str:
        """The markup of everything."""
        self._close_figure()
        self._close_lists(0)
        return "".join(self.out)

    def _line(self, block: ReadParagraph, level: int) -> None:
        """A paragraph outside lists, or one that goes on in an item."""
        self._close_lists(min(level, len(self.lists)))
        if block.text or not block.pictures:
            self._put(f"<p>{block.inline.html()}</p>", level)
        self._pictures(block, level)

    def _pictures(self, block: ReadParagraph, level: int) -> None:
        for picture in block.pictures:
            self._close_figure()
            self.figure, self.figure_level = self.markup.figure(picture), level

    def _item(self, item: ListItem, block: ReadParagraph) -> None:
        level = min(item.level, len(self.lists))
        self._close_lists(level + 1)
        if len(self.lists) == level + 1 and not self.lists[level].goes_on_with(item):
            self._close_lists(level)
        if len(self.lists) == level:
            self.lists.append(_OpenList(item))
        inline = block.inline.html()
        self.lists[level].items.append(f"<p>{inline}</p>" if inline else "")
        self._pictures(block, level + 1)

    def _put(self, html: str, level: int) -> None:
        """Into the open item of this level, or at the end."""
        open_lists = self.lists[:level]
        if open_lists and open_lists[-1].items:
            open_lists[-1].items[-1] += html
        else:
            self._close_lists(0)
            self.out.append(html)

    def _close_figure(self) -> None:
        if self.figure:
            figure, self.figure = f"<figure>{self.figure}</figure>", ""
            self._put(figure, self.figure_level)

    def _close_lists(self, level: int) -> None:
        """Close the lists below this level."""
        while len(self.lists) > level:
            closed = self.lists.pop().html()
            if self.lists:
                self.lists[-1].items[-1] += closed
            else:
                self.out.append(closed)
