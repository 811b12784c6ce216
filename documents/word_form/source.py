"""A Word document as lines and tables: every character that a reader sees, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from thai.text import NIKHAHIT, SARA_AA, TONE_MARKS, normalise

from .numbering import Numbering, list_of
from .package import Package, Part, attribute, child, local, value

Marks = frozenset[str]
NONE: Marks = frozenset()
# b and u of Word; the «Cs» ones are those that apply to Thai letters.
_SWITCHES = {"b": "strong", "bCs": "strong", "i": "em", "iCs": "em"}
_SKIPPED = {
    "del",
    "moveFrom",
    "Fallback",
    "rPr",
    "pPr",
    "sdtPr",
    "sdtEndPr",
    "instrText",
    "delText",
    "txbxContent",
}
# bounded, because a hostile line is one word of a million letters
_SPLIT_AM = re.compile(f"[ก-๎]{{0,20}}{NIKHAHIT}[{TONE_MARKS}]?{SARA_AA}[ก-๎]{{0,20}}")
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes", "commentReference": "comments"}
_NOTE_WORDS = {"footnotes": "เชิงอรรถ", "endnotes": "อ้างอิงท้ายเรื่อง", "comments": "ความเห็น"}


@dataclass(frozen=True)
class Run:
    """A stretch of text with its marks: strong, em, u."""

    text: str
    marks: Marks = NONE


@dataclass(frozen=True)
class Line:
    """One line that a person sees as one: a paragraph, or a part of it between soft line breaks.

    `label` is what Word's numbering prints before it; `pictures` are names of parts.
    """

    runs: tuple[Run, ...]
    place: str
    label: str = ""
    level: int = 0
    pictures: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The characters of the file."""
        return "".join(run.text for run in self.runs)

    def cut(self, start: int, end: int | None = None) -> Line:
        """The characters from `start` to `end` with their marks; pictures and label stay with the first part."""
        runs, position = [], 0
        stop = len(self.text) if end is None else end
        for run in self.runs:
            piece = run.text[max(start - position, 0) : max(stop - position, 0)]
            if piece:
                runs.append(Run(piece, run.marks))
            position += len(run.text)
        if start:
            return Line(tuple(runs), self.place)
        return replace(self, runs=tuple(runs))

    def marked(self, start: int, end: int) -> Marks:
        """The marks that all visible characters from `start` to `end` carry."""
        runs = [run for run in self.cut(start, end).runs if run.text.strip()]
        return frozenset.intersection(*(run.marks for run in runs)) if runs else NONE


@dataclass
class Cell:
    """One cell; `left` and `right` are parts of the table's width (0–1), `rows` how many rows it spans downwards."""

    left: float
    right: float
    lines: list[Line] = field(default_factory=list)
    continues: bool = False
    rows: int = 1

    @property
    def text(self) -> str:
        """Its text on one line."""
        return " ".join(line.text.strip() for line in self.lines if line.text.strip())


@dataclass
class Table:
    """A table of the document; rows of cells."""

    number: int
    rows: list[list[Cell]] = field(default_factory=list)


Item = Line | Table


@dataclass
class Source:
    """Everything that a document says, in its order: page heads first, then the body, then page feet.

    `split_am` are the words in which ำ was typed as its two halves; the lines have it as one character already.
    """

    items: list[Item]
    package: Package
    split_am: list[str]

    def lines(self) -> Iterator[Line]:
        """Every line, also those in tables."""
        for item in self.items:
            if isinstance(item, Line):
                yield item
            else:
                yield from (line for row in item.rows for cell in row for line in cell.lines)


def read_document(content: bytes) -> Source:
    """Read a document that has passed the gate. Raises KeyError, ParseError, ValueError for damaged parts."""
    reader = _Reader(Package(content))
    return Source(list(reader.items()), reader.package, reader.split_am)


class _Reader:
    def __init__(self, package: Package) -> None:
        self.package = package
        self.numbering = Numbering(next((part.root for part in package.related("numbering")), None))
        self.styles = _Styles(next((part.root for part in package.related("styles")), None))
        self.notes = {kind: _by_id(part) for kind in _NOTE_WORDS for part in package.related(kind)}
        self.part: Part = package.main
        self.tables = self.paragraphs = 0
        self.split_am: list[str] = []

    def items(self) -> Iterator[Item]:
        yield from self._around("header", "หัวกระดาษ")
        self.part = self.package.main
        yield from self._flow(child(self.package.main.root, "body"))
        yield from self._around("footer", "ท้ายกระดาษ")

    def _around(self, kind: str, place: str) -> Iterator[Item]:
        seen: set[str] = set()
        for part in self.package.related(kind):
            self.part = part
            for line in self._lines(part.root, place):
                if line.text not in seen:
                    seen.add(line.text)
                    yield line

    def _flow(self, root: Element | None) -> Iterator[Item]:
        for element in root if root is not None else ():
            name = local(element)
            if name == "p":
                self.paragraphs += 1
                yield from self._paragraph(element, f"ย่อหน้า {self.paragraphs}")
            elif name == "tbl":
                self.tables += 1
                yield self._table(element)
            elif name not in _SKIPPED:
                yield from self._flow(child(element, "sdtContent") if name == "sdt" else element)

    def _lines(self, root: Element, place: str) -> Iterator[Line]:
        """All lines below an element; tables inside are read cell by cell."""
        for element in root:
            if local(element) == "p":
                yield from self._paragraph(element, place)
            elif local(element) not in _SKIPPED:
                yield from self._lines(element, place)

    # --- tables ---

    def _table(self, element: Element) -> Table:
        table = Table(self.tables)
        edges = _edges(element)
        for number, row in enumerate(_descend(element, "tr"), start=1):
            table.rows.append(list(self._cells(row, edges, f"ตาราง {self.tables} แถว {number}")))
        _count_spans(table)
        return table

    def _cells(self, row: Element, edges: list[float], place: str) -> Iterator[Cell]:
        column = _number(value(row, "trPr", "gridBefore"), 0)
        for number, element in enumerate(_descend(row, "tc"), start=1):
            properties = child(element, "tcPr")
            span = _number(value(properties, "gridSpan"), 1)
            merged = child(properties, "vMerge")
            left, right = _edge(edges, column), _edge(edges, column + span)
            lines = [*self._lines(element, f"{place} คอลัมน์ {number}")]
            continues = merged is not None and attribute(merged, "val") != "restart"
            yield Cell(left, right, lines, continues)
            column += span

    # --- paragraphs ---

    def _paragraph(self, element: Element, place: str) -> Iterator[Line]:
        properties = child(element, "pPr")
        style = value(properties, "pStyle")
        listed = list_of(properties) or self.styles.list_of(style)
        text = _Text(self, self.styles.marks(style, NONE))
        text.read(element)
        label, level = (self.numbering.label(*listed), listed[1]) if listed and listed[0] != "0" else ("", 0)
        for index, runs in enumerate(text.lines()):
            pictures = tuple(text.pictures) if index == 0 else ()
            if pictures or any(run.text.strip() for run in runs):
                self.split_am += _SPLIT_AM.findall("".join(run.text for run in runs))
                yield Line(_joined(runs), place, label, level, pictures)
                label = ""
        for box in text.boxes:
            yield from self._lines(box, f"{place} (กล่องข้อความ)")
        for kind, number in text.notes:
            if (note := self.notes.get(kind, {}).get(number)) is not None:
                yield from self._lines(note, f"{place} ({_NOTE_WORDS[kind]})")


class _Text:
    """The runs of one paragraph, cut at its soft line breaks."""

    def __init__(self, reader: _Reader, base: Marks) -> None:
        self.reader = reader
        self.base = base
        self.runs: list[list[Run]] = [[]]
        self.pictures: list[str] = []
        self.boxes: list[Element] = []
        self.notes: list[tuple[str, str]] = []

    def lines(self) -> list[list[Run]]:
        """At least one, maybe empty."""
        return self.runs

    def read(self, element: Element, marks: Marks | None = None) -> None:
        """Take in everything below an element."""
        for each in element:
            name = local(each)
            if name == "r":
                self.read(each, self._marks(child(each, "rPr")))
            elif name in ("t", "sym"):
                text = (each.text or "") if name == "t" else "•"
                self.runs[-1].append(Run(text, self.base if marks is None else marks))
            elif name in ("br", "cr"):
                self.runs.append([])
            elif name in ("tab", "ptab", "noBreakHyphen"):
                self.runs[-1].append(Run("-" if name == "noBreakHyphen" else " "))
            elif name in ("drawing", "pict", "object", "AlternateContent"):
                self._drawn(each)
            elif name in _NOTES:
                self.notes.append((_NOTES[name], attribute(each, "id") or ""))
            elif name not in _SKIPPED:
                self.read(each, marks)

    def _drawn(self, element: Element) -> None:
        """Pictures and text boxes; of two ways to draw the same one, the first."""
        choice = child(element, "Choice")
        for each in (choice if choice is not None else element).iter():
            if local(each) == "txbxContent":
                self.boxes.append(each)
            elif local(each) in ("blip", "imagedata"):
                self.pictures.append(self._target(each, "embed") or self._target(each, "id"))
            elif local(each) == "relIds" and (diagram := self._target(each, "dm")):
                self.boxes.append(self.reader.package.part(diagram).root)

    def _target(self, element: Element, name: str) -> str:
        return self.reader.part.targets.get(attribute(element, name) or "", "")

    def _marks(self, properties: Element | None) -> Marks:
        base = self.reader.styles.marks(value(properties, "rStyle"), self.base)
        return _switched(properties, base)


class _Styles:
    """Bold, italic, underline and numbering that paragraphs and runs take from their styles."""

    def __init__(self, root: Element | None) -> None:
        self._styles = {
            attribute(each, "styleId") or "": each
            for each in (root if root is not None else ())
            if local(each) == "style"
        }

    def marks(self, style: str | None, base: Marks) -> Marks:
        """The marks after this style and those that it is based on."""
        for each in reversed(self._chain(style)):
            base = _switched(child(each, "rPr"), base)
        return base

    def list_of(self, style: str | None) -> tuple[str, int] | None:
        """The list that a style such as «List Bullet» belongs to."""
        for each in self._chain(style):
            if found := list_of(child(each, "pPr")):
                return found
        return None

    def _chain(self, style: str | None) -> list[Element]:
        chain: list[Element] = []
        while style in self._styles and len(chain) < 20:
            chain.append(self._styles[style])
            style = value(chain[-1], "basedOn")
        return chain


def _switched(properties: Element | None, base: Marks) -> Marks:
    for each in properties if properties is not None else ():
        if mark := _SWITCHES.get(local(each)):
            off = attribute(each, "val") in ("0", "false", "off")
            base = base - {mark} if off else base | {mark}
        elif local(each) == "u":
            base = base - {"u"} if attribute(each, "val") == "none" else base | {"u"}
    return base


def _joined(runs: list[Run]) -> tuple[Run, ...]:
    """Neighbours with equal marks as one, in the stored form of Thai; Word cuts runs at every spelling mark."""
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].marks == run.marks:
            joined[-1] = Run(joined[-1].text + run.text, run.marks)
        elif run.text:
            joined.append(run)
    cleaned: list[Run] = []
    after_blank = False
    for run in joined:
        # rows of blanks mean nothing in a form, and patterns would walk through them again and again
        text = re.sub(r"\s+", " ", normalise(run.text))
        text = text.lstrip(" ") if after_blank else text
        after_blank = text.endswith(" ") or (after_blank and not text)
        if text:
            cleaned.append(Run(text, run.marks))
    return tuple(cleaned)


def _by_id(part: Part) -> dict[str, Element]:
    """Footnotes and comments; the separators that Word keeps among them hold no text."""
    return {attribute(each, "id") or "": each for each in part.root}


def _edges(table: Element) -> list[float]:
    """The borders of the table's grid as parts of its width."""
    grid = child(table, "tblGrid")
    columns = grid if grid is not None else ()
    widths = [_number(attribute(column, "w"), 0) or 1 for column in columns]
    total = sum(widths) or 1
    return [sum(widths[:index]) / total for index in range(len(widths) + 1)]


def _edge(edges: list[float], column: int) -> float:
    return edges[min(column, len(edges) - 1)] if edges else float(column)


def _number(text: str | None, default: int) -> int:
    try:
        return max(int(float(text or "")), 0) if text and len(text) < 9 else default
    except ValueError:
        return default


def _descend(element: Element, name: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also those wrapped in content controls."""
    for each in element:
        if local(each) == name:
            yield each
        elif local(each) in ("sdt", "sdtContent", "ins", "customXml"):
            yield from _descend(each, name)


def _count_spans(table: Table) -> None:
    """Tell every merged cell how many rows it spans."""
    for index, row in enumerate(table.rows):
        for cell in row:
            if cell.continues:
                continue
            for following in table.rows[index + 1 :]:
                below = next((each for each in following if abs(each.left - cell.left) < 0.005), None)
                if below is None or not below.continues:
                    break
                cell.rows += 1
