"""A Word document as blocks: paragraphs with their runs, lists, pictures and identities, and tables.

It takes bytes that were checked before. What was inserted under «track changes» counts, what was deleted does not.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from texts.blocks import Inline

from .identity import Mark, mark_named
from .lists import ListItem, Lists
from .named_styles import NamedStyles
from .styles import SHADE
from .xml import DRAWING, MAIN, OFFICE, PLACED

W = f"{{{MAIN}}}"
VARIANT = "{http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes}lpwstr"
COMPATIBLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
PICTURE_NAME = re.compile(r"pmqa-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
MAX_DEPTH = 60
MAX_PART = 100 * 1024 * 1024
# Read of any file that may be ours, before anything else was checked.
MAX_PROPERTIES = 1024 * 1024
SKIPPED = frozenset({f"{W}del", f"{W}moveFrom", f"{W}instrText", f"{W}delText", f"{W}rPr", f"{W}pPr"})


class UnreadableDocument(ValueError):
    """The file is no Word document that can be read."""


@dataclass
class ReadPicture:
    """A picture: the uid that its name tells and the SHA-256 of its bytes, by which it is found again."""

    uid: str
    sha256: str
    alternative: str


@dataclass
class ReadParagraph:
    """A paragraph; `style` is the name of its style, `inline` its runs."""

    style: str = ""
    inline: Inline = field(default_factory=Inline)
    item: ListItem | None = None
    pictures: list[ReadPicture] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words without marks, a line end for each line break."""
        return "".join("\n" if text is None else text for text, _ in self.inline.runs).strip()

    @property
    def is_empty(self) -> bool:
        """Nothing to see in it."""
        return not self.text and not self.pictures


@dataclass
class ReadCell:
    """A cell; `continues` when it is only the lower part of a merged one."""

    blocks: list[ReadBlock]
    columns: int = 1
    continues: bool = False
    starts_merge: bool = False
    is_head: bool = False


@dataclass
class ReadTable:
    """A table."""

    rows: list[list[ReadCell]]

    @property
    def marks(self) -> list[Mark]:
        """The identities of the paragraphs in its cells."""
        return [mark for row in self.rows for cell in row for block in cell.blocks for mark in block.marks]

    @property
    def is_empty(self) -> bool:
        """A table is never nothing."""
        return False


ReadBlock = ReadParagraph | ReadTable


@dataclass
class ReadDocument:
    """The blocks of the body, the properties by name, and what a person should know about the file."""

    blocks: list[ReadBlock]
    properties: dict[str, str]
    tracked_changes: bool = False
    comments: int = 0
    text_boxes: bool = False


def read_properties(content: bytes) -> dict[str, str]:
    """The document's own properties; empty for anything that cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            root = _part(archive, "docProps/custom.xml", MAX_PROPERTIES)
    except (zipfile.BadZipFile, KeyError, UnreadableDocument, OSError, RuntimeError, NotImplementedError):
        return {}
    named = ((row.get("name", ""), row.find(VARIANT)) for row in root)
    return {name: value.text or "" for name, value in named if value is not None}


def read_document(content: bytes) -> ReadDocument:
    """Read checked bytes. Raises UnreadableDocument."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _Reader(archive).read(read_properties(content))
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError, NotImplementedError) as error:
        raise UnreadableDocument from error


def _part(archive: zipfile.ZipFile, name: str, limit: int = MAX_PART) -> Element:
    if archive.getinfo(name).file_size > limit:
        raise UnreadableDocument
    try:
        root: Element = fromstring(archive.read(name), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise UnreadableDocument from error
    return root


def _optional(archive: zipfile.ZipFile, name: str) -> Element | None:
    return _part(archive, name) if name in archive.namelist() else None


class _Reader:
    """Reads the main part with the parts that it names."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.body = _part(archive, "word/document.xml").find(f"{W}body")
        if self.body is None:
            raise UnreadableDocument
        self.styles = NamedStyles(_optional(archive, "word/styles.xml"))
        self.lists = Lists(_optional(archive, "word/numbering.xml"))
        self.targets = self._targets()
        self.found = ReadDocument([], {})
        self.joined: ReadParagraph | None = None

    def _targets(self) -> dict[str, str]:
        relations = _optional(self.archive, "word/_rels/document.xml.rels")
        if relations is None:
            return {}
        inside = (row for row in relations if row.get("TargetMode") != "External")
        return {row.get("Id", ""): posixpath.normpath(f"word/{row.get('Target', '')}") for row in inside}

    def read(self, properties: dict[str, str]) -> ReadDocument:
        assert self.body is not None
        self.found.properties = properties
        self.found.blocks = self._blocks(self.body, 0)
        comments = _optional(self.archive, "word/comments.xml")
        self.found.comments = 0 if comments is None else len(comments.findall(f"{W}comment"))
        return self.found

    def _blocks(self, parent: Element, depth: int) -> list[ReadBlock]:
        """Paragraphs and tables, whatever wraps them. Raises UnreadableDocument for a tower of tables."""
        if depth > MAX_DEPTH:
            raise UnreadableDocument
        blocks: list[ReadBlock] = []
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child, blocks)
            elif child.tag == f"{W}tbl":
                blocks.append(ReadTable([self._row(row, depth) for row in _rows(child)]))
            elif child.tag not in SKIPPED and child.tag not in (f"{W}tcPr", f"{W}sectPr", f"{W}sdtPr"):
                blocks += self._blocks(child, depth + 1)
        return blocks

    def _row(self, row: Element, depth: int) -> list[ReadCell]:
        cells = []
        for cell in _children(row, f"{W}tc"):
            self.joined = None
            span = cell.find(f"{W}tcPr/{W}gridSpan")
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            kind = None if merge is None else merge.get(f"{W}val", "continue")
            shade = cell.find(f"{W}tcPr/{W}shd")
            columns = "1" if span is None else span.get(f"{W}val", "1")
            cells.append(
                ReadCell(
                    blocks=self._blocks(cell, depth + 1),
                    columns=int(columns) if columns.isdigit() else 1,
                    continues=kind == "continue",
                    starts_merge=kind == "restart",
                    is_head=shade is not None and shade.get(f"{W}fill", "").upper() == SHADE,
                )
            )
        return cells

    def _paragraph(self, element: Element, blocks: list[ReadBlock]) -> None:
        properties = element.find(f"{W}pPr")
        paragraph = self.joined or ReadParagraph()
        if paragraph is not self.joined:
            blocks.append(paragraph)
            self._describe(paragraph, properties)
        self.joined = None
        self._runs(element, paragraph, 0)
        if properties is not None and properties.find(f"{W}rPr/{W}del") is not None:
            # its end was deleted under «track changes»: the next paragraph goes on in it
            self.found.tracked_changes = True
            self.joined = paragraph

    def _describe(self, paragraph: ReadParagraph, properties: Element | None) -> None:
        if properties is None:
            return
        named = properties.find(f"{W}pStyle")
        style = "" if named is None else named.get(f"{W}val", "")
        paragraph.style = self.styles.name(style)
        paragraph.item = self.lists.item(properties.find(f"{W}numPr"), self.styles.numbering(style))

    def _runs(self, parent: Element, paragraph: ReadParagraph, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise UnreadableDocument
        for child in parent:
            if child.tag == f"{W}r":
                self._run(child, paragraph)
            elif child.tag == f"{W}bookmarkStart":
                mark = mark_named(child.get(f"{W}name", ""))
                paragraph.marks += [mark] if mark else []
            elif child.tag in (f"{W}del", f"{W}moveFrom"):
                self.found.tracked_changes = True
            elif child.tag not in SKIPPED:
                self.found.tracked_changes |= child.tag == f"{W}ins"
                self._runs(child, paragraph, depth + 1)

    def _run(self, element: Element, paragraph: ReadParagraph) -> None:
        marks = self.styles.marks_of_run(element.find(f"{W}rPr"))
        for child in element:
            if child.tag == f"{W}t":
                paragraph.inline.add(child.text or "", marks)
            elif (
                child.tag in (f"{W}br", f"{W}cr") and child.get(f"{W}type", "textWrapping") == "textWrapping"
            ):
                paragraph.inline.add(None, marks)
            elif child.tag == f"{W}tab":
                paragraph.inline.add(" ", marks)
            elif child.tag == f"{W}noBreakHyphen":
                paragraph.inline.add("-", marks)
            elif child.tag in (f"{W}drawing", f"{COMPATIBLE}AlternateContent", f"{W}pict"):
                self._drawing(child, paragraph)

    def _drawing(self, element: Element, paragraph: ReadParagraph) -> None:
        if element.find(f".//{W}txbxContent") is not None:
            self.found.text_boxes = True
            return
        for blip in element.iter(f"{{{DRAWING}}}blip"):
            properties = element.find(f".//{{{PLACED}}}docPr")
            named = "" if properties is None else properties.get("name", "")
            match = PICTURE_NAME.search(named)
            paragraph.pictures.append(
                ReadPicture(
                    uid=match[1] if match else "",
                    sha256=self._digest(blip.get(f"{{{OFFICE}}}embed", "")),
                    alternative="" if properties is None else properties.get("descr", ""),
                )
            )

    def _digest(self, relation: str) -> str:
        name = self.targets.get(relation, "")
        if name not in self.archive.namelist():
            return ""
        return hashlib.sha256(self.archive.read(name)).hexdigest()


def _rows(table: Element) -> list[Element]:
    """The rows that are there; one that was deleted under «track changes» is not."""
    return [row for row in _children(table, f"{W}tr") if row.find(f"{W}trPr/{W}del") is None]


def _children(parent: Element, tag: str) -> list[Element]:
    """The children with this tag, also inside content controls and insertions."""
    found = []
    for child in parent:
        if child.tag == tag:
            found.append(child)
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml"):
            found += _children(child, tag)
    return found
