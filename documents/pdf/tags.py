"""The structure tree: what a screen reader walks through, and what survives when the file is converted.

WeasyPrint 70 tags box by box and page by page. A table of six pages becomes six tables with six heads, every line of a
paragraph an element of its own, and header cells have no scope. So the tree is built here, from the same boxes, with
one element per element of the HTML, however many pages its boxes are on:

* a row is read cell by cell, each cell to its end, although the cells lie side by side on several pages;
* headings that a table repeats on its later pages, and what stands in the margins, are artifacts;
* headings step down one level at a time and begin with H1, whatever of the form is printed;
* header cells have a scope, list items a label and a body, pictures their alternative text.

WeasyPrint must mark the content (``pdf_tags=True``) but not build its tree: ``MarkedPage`` takes the marks away from it
and shows it an empty page. ``write_tree`` then numbers the marks anew and writes the tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pydyf
from weasyprint.formatting_structure import boxes

from .line_breaks import INVISIBLE

CSS_PIXELS_TO_POINTS = 0.75
# What a picture is called when nobody described it and it has no caption.
UNDESCRIBED = "ภาพ"
TRANSPARENT = {"html", "body", "strong", "em", "u", "b", "i", "span", "br"}
ROLES = {
    "section": "Sect",
    "div": "Div",
    "p": "P",
    "ul": "L",
    "ol": "L",
    "li": "LI",
    "table": "Table",
    "thead": "THead",
    "tbody": "TBody",
    "tfoot": "TFoot",
    "tr": "TR",
    "th": "TH",
    "td": "TD",
    "figure": "Div",
    "img": "Figure",
    "figcaption": "Caption",
    "caption": "Caption",
    "blockquote": "BlockQuote",
    **{f"h{level}": f"H{level}" for level in range(1, 7)},
}
MARKER = "li::before"


class TagError(RuntimeError):
    """WeasyPrint drew something that no element of the document accounts for."""


@dataclass(frozen=True)
class Mark:
    """A stretch of marked content: its page (from 0) and its number there."""

    page: int
    number: int


@dataclass
class Node:
    """One element of the tree; ``source`` is the element of the HTML."""

    role: str
    source: Any = None
    kids: list[Node | Mark] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)
    alternative: str = ""
    first_page: int = 0


class MarkedPage:
    """A page of WeasyPrint that keeps the marks of its content for ``write_tree``."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.marks: dict[Any, int] = {}
        self.stream: Any = None
        self._page_box = page._page_box.copy_with_children([])

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def paint(self, stream: Any, scale: float = 1) -> None:
        """Draw the page; WeasyPrint finds no mark left to build a tree of."""
        self.page.paint(stream, scale)
        self.stream = stream
        self.marks = {box: mark["mcid"] for box, mark in stream._tags.items()}
        stream._tags.clear()


def mark_pages(document: Any) -> None:
    """Let the pages of a rendered document keep their marks."""
    document.pages = [MarkedPage(page) for page in document.pages]


def write_tree(document: Any, pdf: pydyf.PDF) -> None:
    """WeasyPrint finisher, after ``mark_pages``: write the structure tree. Raises TagError."""
    reader = _Reader()
    for number, page in enumerate(document.pages):
        reader.read_page(number, page)
    _settle_headings(reader.root)
    _describe_pictures(reader.root)
    _Writer(pdf, document.pages).write(reader.root)


# --- boxes -> nodes ------------------------------------------------------------------------------------


class _Reader:
    """Walks the boxes of one page after the other."""

    def __init__(self) -> None:
        self.root = Node("Document")
        self._nodes: dict[tuple[Any, str], Node] = {}
        self._marks: dict[Any, int] = {}
        self._page = 0
        self._height = 0.0

    def read_page(self, number: int, page: MarkedPage) -> None:
        """Add what stands on this page. Raises TagError for content without a box."""
        self._page, self._height = number, page.height
        self._marks = dict(page.marks)
        for child in page.page._page_box.children:
            if isinstance(child, boxes.MarginBox):
                self._leave_out(child)
            else:
                self._read(child, self.root)
        if self._marks:
            raise TagError(f"Page {number + 1} has content outside of every element.")

    def _leave_out(self, box: Any) -> None:
        """Content that is no part of the text: its marks become artifacts because no node holds them."""
        self._marks.pop(box, None)
        for child in _children(box):
            self._leave_out(child)

    def _read(self, box: Any, parent: Node) -> None:
        if isinstance(box, boxes.TextBox):
            self._keep(box, parent)
            return
        tag = None if box.element is None else box.element_tag
        if tag == "thead" and (node := self._nodes.get((box.element, tag))) and node.first_page < self._page:
            self._leave_out(box)
            return
        node = self._node(box, tag, parent)
        if isinstance(box, boxes.ReplacedBox):
            node.attributes.setdefault("BBox", self._rectangle(box))
            self._keep(box, node)
        for child in _children(box):
            self._read(child, node)

    def _keep(self, box: Any, node: Node) -> None:
        # A box without anything to draw, such as a line of blanks, has no mark.
        if (number := self._marks.pop(box, None)) is not None:
            node.kids.append(Mark(self._page, number))

    def _node(self, box: Any, tag: str | None, parent: Node) -> Node:
        """The node that content of ``box`` goes into: its own, made once, or that of what it stands in."""
        if tag == MARKER:
            return self._item_part(box, parent, "Lbl")
        role = ROLES.get(tag or "")
        if role is None or tag in TRANSPARENT:
            return self._body_of(parent)
        if parent.source is box.element and parent.role == role:  # an anonymous box inside
            return self._body_of(parent)
        if known := self._nodes.get((box.element, role)):
            return self._body_of(known)
        node = Node(role, box.element, first_page=self._page)
        self._nodes[box.element, role] = self._nodes[box.element, tag or ""] = node
        _describe(node, box)
        self._body_of(parent).kids.append(node)
        return self._body_of(node)

    def _body_of(self, node: Node) -> Node:
        """Inside a list item everything but the marker is its body."""
        return self._item_part(None, node, "LBody") if node.role == "LI" else node

    def _item_part(self, box: Any, node: Node, role: str) -> Node:
        item = node if node.role == "LI" else self._nodes[node.source, "LI"]
        if known := self._nodes.get((item.source, role)):
            return known
        part = Node(role, item.source, first_page=self._page)
        self._nodes[item.source, role] = part
        item.kids.insert(0 if role == "Lbl" else len(item.kids), part)
        return part

    def _rectangle(self, box: Any) -> tuple[float, ...]:
        """Where a picture stands, in points from the lower left corner of the page."""
        left, top = box.content_box_x(), box.content_box_y()
        edges = (left, self._height - top - box.height, left + box.width, self._height - top)
        return tuple(round(edge * CSS_PIXELS_TO_POINTS, 2) for edge in edges)


def _children(box: Any) -> Sequence[Any]:
    """The boxes inside; a positioned one stands behind a placeholder."""
    return [getattr(child, "_box", child) for child in getattr(box, "children", ())]


def _describe(node: Node, box: Any) -> None:
    element = box.element
    if node.role in ("TH", "TD"):
        for name, span in (("ColSpan", box.colspan), ("RowSpan", box.rowspan)):
            if span != 1:
                node.attributes[name] = span
    if node.role == "TH":
        node.attributes["Scope"] = "/Row" if element.get("scope") == "row" else "/Column"
    elif node.role == "L":
        node.attributes["ListNumbering"] = "/Disc" if element.tag == "ul" else "/Decimal"
    elif node.role == "Figure":
        node.alternative = (element.get("alt") or "").strip()


def _settle_headings(root: Node) -> None:
    """Headings begin with H1 and never skip a level: a category without its title begins one level down."""
    shift: int | None = None
    previous = 0
    for node in _walk(root):
        if len(node.role) == 2 and node.role[0] == "H":
            level = int(node.role[1])
            shift = level - 1 if shift is None else shift
            previous = max(1, min(level - shift, previous + 1))
            node.role = f"H{previous}"


def _describe_pictures(root: Node) -> None:
    """A picture without alternative text is called by its caption."""
    for node in _walk(root):
        figures = [kid for kid in node.kids if isinstance(kid, Node) and kid.role == "Figure"]
        caption = next((kid for kid in node.kids if isinstance(kid, Node) and kid.role == "Caption"), None)
        for figure in figures:
            words = " ".join(INVISIBLE.sub("", "".join(caption.source.itertext())).split()) if caption else ""
            figure.alternative = figure.alternative or words or UNDESCRIBED


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for kid in node.kids:
        if isinstance(kid, Node):
            yield from _walk(kid)


# --- nodes -> objects of the file -----------------------------------------------------------------------

_OWNERS = {"TH": "/Table", "TD": "/Table", "L": "/List", "Figure": "/Layout"}


class _Writer:
    """Numbers the marks in reading order and writes the elements."""

    def __init__(self, pdf: pydyf.PDF, pages: Sequence[MarkedPage]) -> None:
        self._pdf = pdf
        self._references = pdf.page_references
        self._numbers: list[dict[int, int]] = [{} for _ in pages]
        self._owners: list[list[bytes]] = [[] for _ in pages]
        self._streams = [page.stream for page in pages]

    def write(self, root: Node) -> None:
        """Fill the empty tree that WeasyPrint has made."""
        tree = self._object(self._pdf.catalog["StructTreeRoot"])
        document = self._object(tree["K"][0])
        document["K"] = pydyf.Array(self._kids(root, document))
        parents = pydyf.Array()
        for page, owners in enumerate(self._owners):
            parents.extend([page, pydyf.Array(owners)])
        self._object(tree["ParentTree"])["Nums"] = parents
        for numbers, stream in zip(self._numbers, self._streams, strict=True):
            _renumber(stream, numbers)

    def _object(self, reference: bytes) -> Any:
        return self._pdf.objects[int(reference.split()[0])]

    def _kids(self, node: Node, element: pydyf.Dictionary) -> list[Any]:
        kids: list[Any] = []
        for kid in node.kids:
            if isinstance(kid, Mark):
                kids.append(self._mark(kid, node, element.reference))
            elif kid.kids:
                kids.append(self._element(kid, element.reference))
        return kids

    def _mark(self, mark: Mark, node: Node, owner: bytes) -> Any:
        owners = self._owners[mark.page]
        number = self._numbers[mark.page][mark.number] = len(owners)
        owners.append(owner)
        if mark.page == _page_of(node):
            return number
        page = self._references[mark.page]
        return pydyf.Dictionary({"Type": "/MCR", "Pg": page, "MCID": number})

    def _element(self, node: Node, parent: bytes) -> bytes:
        element = pydyf.Dictionary({"Type": "/StructElem", "S": f"/{node.role}", "P": parent})
        if (page := _page_of(node)) is not None:
            element["Pg"] = self._references[page]
        if node.attributes:
            element["A"] = pydyf.Dictionary({"O": _OWNERS[node.role]})
            for name, value in node.attributes.items():
                element["A"][name] = pydyf.Array(value) if isinstance(value, tuple) else value
        if node.role == "Figure":
            element["Alt"] = pydyf.String(node.alternative)
            element["A"]["Placement"] = "/Block"
        self._pdf.add_object(element)
        element["K"] = pydyf.Array(self._kids(node, element))
        reference: bytes = element.reference
        return reference


def _page_of(node: Node) -> int | None:
    """The page of the first content that stands in the node itself."""
    return next((kid.page for kid in node.kids if isinstance(kid, Mark)), None)


def _renumber(stream: Any, numbers: dict[int, int]) -> None:
    """Give the marks of a page their new numbers; those that no element holds become artifacts."""
    items = stream.stream
    for place, item in enumerate(items):
        if isinstance(item, pydyf.Dictionary) and "MCID" in item:
            if (number := numbers.get(item["MCID"])) is not None:
                item["MCID"] = number
            else:
                items[place - 1] = "/Artifact"
                items[place] = pydyf.Dictionary({"Type": "/Pagination"})
