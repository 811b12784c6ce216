"""Rich text of the allow-list as paragraphs, lists, tables and pictures of Word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from texts.canonical import FIGURE_SOURCE, Element, read_tree
from texts.cleaning import sanitise
from thai.text import to_thai_digits

from . import styles
from .identity import Mark
from .numbering import Numbering
from .xml import BOLD, ITALIC, UNDERLINE, el, escape, run

INLINE = frozenset({"strong", "em", "u", "br"})
PROPERTY = {"strong": BOLD, "em": ITALIC, "u": UNDERLINE}
TWIPS_PER_MM = 1440 / 25.4
EMU_PER_MM = 36_000
EMU_PER_PIXEL = 9_525  # at 96 pixels an inch
FIGURE_HEIGHT_MM = 120
WHOLE_FIGURE_HEIGHT_MM = 150
GRID_COLUMNS = 3
MAX_COLUMNS = 63  # of Word


@dataclass(frozen=True)
class Picture:
    """A stored picture; width and height are pixels."""

    content: bytes
    extension: str
    width: int
    height: int


def borders(kind: str = "single", width: int = 4) -> str:
    """Lines around and between all cells; `width` in eighths of a point."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    return el("tblBorders", *(el(side, val=kind, sz=width, space=0, color="000000") for side in sides))


@dataclass
class Writer:
    """Writes texts of one document and remembers its lists, pictures and identities."""

    thai_digits: bool
    pictures: Mapping[str, Picture]
    numbering: Numbering
    used_pictures: list[str] = field(default_factory=list)
    drawings: int = 0
    bookmarks: int = 0
    pending: list[Mark] = field(default_factory=list)
    plain_style: str = ""
    item_style: str = styles.ITEM

    # --- lines ---------------------------------------------------------------------------------------

    def words(self, text: str) -> str:
        """The text with the digits that were asked for."""
        return to_thai_digits(text) if self.thai_digits else text

    def run(self, text: str, *properties: str) -> str:
        """A run of text with the digits that were asked for."""
        return run(self.words(text), *properties) if text else ""

    def paragraph(self, content: str = "", style: str = "", properties: str = "") -> str:
        """A paragraph; the identity that waits for one goes around its content."""
        for mark in self.pending:
            content = self.marked(content, mark)
        self.pending.clear()
        style = el("pStyle", val=style) if style else ""
        return el("p", el("pPr", style, properties) if style or properties else "", content)

    def marked(self, content: str, mark: Mark) -> str:
        """The runs inside a bookmark that names the piece."""
        self.bookmarks += 1
        start = el("bookmarkStart", id=self.bookmarks, name=mark.name)
        return start + content + el("bookmarkEnd", id=self.bookmarks)

    # --- rich text -----------------------------------------------------------------------------------

    def rich_text(self, html: str, width_mm: float, mark: Mark | None = None) -> str:
        """A stored text in a column of this width. Raises UncleanText."""
        if mark:
            self.pending.append(mark)
        written = self._blocks(read_tree(sanitise(html)).children, width_mm, 0)
        self.pending.clear()
        return written

    def _blocks(self, children: Iterable[Element | str], width_mm: float, level: int, item: str = "") -> str:
        """The blocks in their order; `item` are the list properties of the first paragraph."""
        written: list[str] = []
        blocks = list(_blocks_of(children))
        # in an item pictures stand below each other: a table would end the list
        for block in blocks if level else _with_grids(blocks):
            if isinstance(block, list):
                written.append(self._grid(block, width_mm))
            elif block.tag in ("ul", "ol"):
                written.append(self._list(block, width_mm, level))
            elif block.tag == "table":
                written.append(self._table(block, width_mm))
            elif block.tag == "figure":
                written.append(self._figure(block, width_mm, level))
            else:
                written.append(self._paragraph(block, level, item))
                item = ""
        return "".join(written)

    def _paragraph(self, block: Element, level: int, item: str) -> str:
        style = f"{self.item_style if item else styles.NEXT}{level}" if level else self.plain_style
        return self.paragraph(self.inline(block.children), style, item)

    def inline(self, children: Iterable[Element | str], *properties: str) -> str:
        """Runs with their marks."""
        runs = []
        ordered = [value for value in PROPERTY.values() if value in properties]
        for child in children:
            if isinstance(child, str):
                runs.append(self.run(child, *ordered))
            elif child.tag == "br":
                runs.append(run("\n", *ordered))
            else:
                runs.append(self.inline(child.children, *properties, PROPERTY[child.tag]))
        return "".join(runs)

    def _list(self, block: Element, width_mm: float, level: int) -> str:
        start = block.attributes.get("start", "1")
        marker = block.attributes.get("class", "")
        number = self.numbering.new_list(block.tag, marker, int(start) if start.isdigit() else 1, level)
        item = el("numPr", el("ilvl", val=level), el("numId", val=number))
        style = styles.THAI_ITEM if marker == "marker-thai" else styles.ITEM
        written = ""
        for child in block.children:
            if isinstance(child, Element):
                self.item_style = style
                written += self._item(child, width_mm, level + 1, item)
        return written

    def _item(self, element: Element, width_mm: float, level: int, item: str) -> str:
        """An item that begins with a figure or a list gets a line of its own for its marker."""
        first = next(_blocks_of(element.children), None)
        alone = (
            ""
            if first is not None and first.tag == "p"
            else self.paragraph("", f"{self.item_style}{level}", item)
        )
        return alone + self._blocks(element.children, width_mm - 7, level, "" if alone else item)

    # --- tables --------------------------------------------------------------------------------------

    def _table(self, block: Element, width_mm: float) -> str:
        rows = [_cells(row) for row in _descend(block, "tr")]
        columns = _column_count(rows)
        width = int(width_mm * TWIPS_PER_MM / columns)
        pending_rows: dict[int, tuple[int, int]] = {}
        written = [self._row(row, columns, width, pending_rows) for row in rows]
        properties = el(
            "tblPr",
            el("tblW", w=width * columns, type="dxa"),
            borders(),
            el("tblLayout", type="fixed"),
            el("tblCellMar", el("left", w=57, type="dxa"), el("right", w=57, type="dxa")),
        )
        grid = el("tblGrid", *(el("gridCol", w=width) for _ in range(columns)))
        return el("tbl", properties, grid, *written) + self.gap()

    def _row(self, row: list[Element], columns: int, width: int, merged: dict[int, tuple[int, int]]) -> str:
        """One row; `merged` holds by column how many rows and columns a cell above still takes."""
        cells, column, waiting = [], 0, list(row)
        while column < columns:
            if column in merged:
                left, span = merged.pop(column)
                cells.append(self.cell("<w:p/>", width * span, span, merge="continue"))
                if left > 1:
                    merged[column] = (left - 1, span)
            elif waiting:
                element = waiting.pop(0)
                span = min(_span(element, "colspan"), _free(column, columns, merged))
                below = _span(element, "rowspan") - 1
                content = self._cell_content(element, width * span / TWIPS_PER_MM - 2)
                shade = styles.SHADE if element.tag == "th" else ""
                merge = "restart" if below else ""
                cells.append(self.cell(content, width * span, span, merge=merge, shade=shade))
                if below:
                    merged[column] = (below, span)
            else:
                span = 1
                cells.append(self.cell("<w:p/>", width))
            column += span
        return el("tr", *cells)

    def _cell_content(self, element: Element, width_mm: float) -> str:
        self.plain_style = styles.TABLE_HEAD if element.tag == "th" else ""
        content = self._blocks(element.children, width_mm, 0) or self.paragraph("", self.plain_style)
        self.plain_style = ""
        return content

    def cell(self, content: str, width: int, span: int = 1, merge: str = "", shade: str = "") -> str:
        """A cell of so many twips; `merge` is restart or continue for cells over several rows."""
        properties = el(
            "tcPr",
            el("tcW", w=width, type="dxa"),
            el("gridSpan", val=span) if span > 1 else "",
            el("vMerge", val=merge) if merge else "",
            el("shd", val="clear", color="auto", fill=shade) if shade else "",
        )
        return el("tc", properties, content or self.paragraph())

    def gap(self) -> str:
        """The paragraph that has to stand after a table; as low as possible."""
        return el("p", el("pPr", el("pStyle", val=styles.GAP)))

    # --- pictures ------------------------------------------------------------------------------------

    def _grid(self, figures: list[Element], width_mm: float) -> str:
        """Two or more figures beside each other, three in a row."""
        column = width_mm / GRID_COLUMNS
        rows = [figures[index : index + GRID_COLUMNS] for index in range(0, len(figures), GRID_COLUMNS)]
        width = int(column * TWIPS_PER_MM)
        written = []
        for row in rows:
            cells = [self.cell(self._figure(figure, column - 2, 0), width) for figure in row]
            blank = self.cell(self.paragraph("", f"{styles.FIGURE}0"), width)
            written.append(
                el("tr", el("trPr", el("cantSplit")), *cells, *[blank] * (GRID_COLUMNS - len(row)))
            )
        properties = el(
            "tblPr",
            el("tblW", w=width * GRID_COLUMNS, type="dxa"),
            el("tblLayout", type="fixed"),
            el("tblCellMar", el("left", w=40, type="dxa"), el("right", w=40, type="dxa")),
        )
        grid = el("tblGrid", *(el("gridCol", w=width) for _ in range(GRID_COLUMNS)))
        return el("tbl", properties, grid, *written) + self.gap()

    def _figure(self, block: Element, width_mm: float, level: int) -> str:
        image = next(_descend(block, "img"), None)
        match = FIGURE_SOURCE.fullmatch(image.attributes.get("src", "")) if image else None
        if image is None or match is None:
            return ""
        drawing = self.drawing(match[1], image.attributes.get("alt", ""), width_mm, FIGURE_HEIGHT_MM)
        written = self.paragraph(drawing, f"{styles.FIGURE}{level}")
        for caption in _descend(block, "figcaption"):
            written += self.paragraph(self.inline(caption.children), f"{styles.CAPTION}{level}")
        return written

    def drawing(self, uid: str, alternative: str, width_mm: float, height_mm: float) -> str:
        """A picture in its natural size where that fits; a picture that is gone leaves its description."""
        picture = self.pictures.get(uid)
        if picture is None:
            return self.run(f"[{alternative}]")
        if uid not in self.used_pictures:
            self.used_pictures.append(uid)
        self.drawings += 1
        wide, high = picture.width * EMU_PER_PIXEL, picture.height * EMU_PER_PIXEL
        scale = min(1, width_mm * EMU_PER_MM / wide, height_mm * EMU_PER_MM / high)
        return _drawing(
            uid=uid,
            relation=f"rIdPicture{self.used_pictures.index(uid) + 1}",
            number=self.drawings,
            alternative=escape(self.words(alternative)),
            wide=int(wide * scale),
            high=int(high * scale),
        )


def _drawing(*, uid: str, relation: str, number: int, alternative: str, wide: int, high: int) -> str:
    named = f'id="{number}" name="pmqa-{uid}" descr="{alternative}"'
    extent = f'cx="{wide}" cy="{high}"'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f"<wp:extent {extent}/><wp:docPr {named}/>"
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
        f"<pic:pic><pic:nvPicPr><pic:cNvPr {named}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def _blocks_of(children: Iterable[Element | str]) -> Iterator[Element]:
    """Blocks; text that stands directly in an item or a cell is a paragraph."""
    inline: list[Element | str] = []
    for child in children:
        if isinstance(child, str) or child.tag in INLINE:
            inline.append(child)
            continue
        if inline:
            yield Element("p", {}, inline)
            inline = []
        yield child
    if inline:
        yield Element("p", {}, inline)


def _with_grids(blocks: list[Element]) -> Iterator[Element | list[Element]]:
    """The blocks, two or more figures in a row as one."""
    figures: list[Element] = []
    for block in (*blocks, None):
        if block is not None and block.tag == "figure":
            figures.append(block)
            continue
        if figures:
            yield figures if len(figures) > 1 else figures[0]
            figures = []
        if block is not None:
            yield block


def _descend(element: Element, tag: str) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, Element):
            if child.tag == tag:
                yield child
            else:
                yield from _descend(child, tag)


def _cells(row: Element) -> list[Element]:
    return [child for child in row.children if isinstance(child, Element) and child.tag in ("td", "th")]


def _span(element: Element, name: str) -> int:
    value = element.attributes.get(name, "1")
    return max(int(value), 1) if value.isdigit() else 1


def _free(column: int, columns: int, merged: Mapping[int, tuple[int, int]]) -> int:
    """How many columns are free from this one on."""
    taken = min((other for other in merged if other > column), default=columns)
    return taken - column


def _column_count(rows: list[list[Element]]) -> int:
    """The columns that the widest row needs, cells from rows above included."""
    most = 1
    carried: list[tuple[int, int]] = []  # rows that a cell still takes, and its columns
    for row in rows:
        own = sum(_span(cell, "colspan") for cell in row)
        most = max(most, own + sum(columns for _, columns in carried))
        carried = [(left - 1, columns) for left, columns in carried if left > 1]
        carried += [(_span(c, "rowspan") - 1, _span(c, "colspan")) for c in row if _span(c, "rowspan") > 1]
    return min(most, MAX_COLUMNS)
