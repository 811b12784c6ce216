"""From parts to one file: pages, structure tree and bookmarks with their destinations joined; feet, title and
claims added.

A part is a PDF that ``render`` made with ``tagged=True``. Its pages, content and fonts are taken over
untouched; what is renumbered is the way from the content to the structure (``/StructParents`` and the parent
tree), page by page. The marked content keeps its numbers, because they count anew on every page.

The finished file claims PDF/A-3a and PDF/UA-1: everything both ask for is in the parts (fonts with their
texts, a complete structure tree, no smoothed pictures) or added here (colour profile, metadata with the
description of the PDF/UA property, language, title). ``tests/documents/pdf/test_pdf_conformance.py`` holds
the claims.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from xml.sax.saxutils import escape

from pikepdf import (
    Array,
    Dictionary,
    Name,
    Object,
    ObjectStreamMode,
    OutlineItem,
    Page,
    Pdf,
    Stream,
    StreamDecodeLevel,
    String,
)

from .stamps import FONT_PREFIX, Foot, mm

FOOT_OBJECT = "/PmqaFoot"
PRODUCER = "PMQA 4.0 workbench"
COLOUR_PROFILE = "sRGB2014.icc"
MAX_BOOKMARK_DEPTH = 6


@dataclass(frozen=True)
class Document:
    """What a file says about itself, and what stands at the foot of its pages.

    ``mirror_mm`` moves every second page to the left, for a binding margin on paper printed on both sides. The first
    ``front_pages`` stand before the document: they bear no foot and are not counted.
    """

    title: str
    foot: Foot
    lang: str = "th"
    mirror_mm: float = 0
    front_pages: int = 0


def assemble(parts: Sequence[bytes], document: Document) -> bytes:
    """Join the parts in this order. Equal input gives equal bytes. Raises ValueError for a part with links."""
    with Pdf.new() as pdf:
        structure = _Structure(pdf)
        for part in parts:
            with Pdf.open(BytesIO(part)) as source:
                _refuse_links(source)
                first = len(pdf.pages)
                pdf.pages.extend(source.pages)
                structure.add(source, first)
                _add_bookmarks(pdf, source, first)
        structure.write()
        _stamp(pdf, document)
        _describe(pdf, document)
        return _saved(pdf)


def _refuse_links(source: Pdf) -> None:
    """A form has none; a link that nobody renumbers would lead nowhere and be an untagged annotation."""
    if any("/Annots" in page for page in source.pages):
        raise ValueError("A part with links cannot be joined.")


def page_count(file: bytes) -> int:
    """How many pages a file has."""
    with Pdf.open(BytesIO(file)) as pdf:
        return len(pdf.pages)


def _saved(pdf: Pdf) -> bytes:
    file = BytesIO()
    pdf.save(
        file,
        # The streams are packed already, but for the foot that with_foot exchanges.
        compress_streams=False,
        stream_decode_level=StreamDecodeLevel.none,
        object_stream_mode=ObjectStreamMode.generate,
        deterministic_id=True,
        force_version="1.7",
    )
    return file.getvalue()


# --- structure -----------------------------------------------------------------------------------------


class _Structure:
    """One tree from the trees of the parts."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self._document = pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name.Document, P=self._tree, K=Array())
        )
        self._parents = Array()
        self._heads: list[str] = []

    def add(self, source: Pdf, first: int) -> None:
        """Take over the elements of a part, whose pages stand in the file from ``first`` on."""
        tree = self._pdf.copy_foreign(source.Root.StructTreeRoot)
        for element in tree.K[0].K:
            element.P = self._document
            self._document.K.append(element)
        # Pairs of a page's number in the part and the elements that own its content.
        for number, owners in zip(*[iter(tree.ParentTree.Nums)] * 2, strict=True):
            page = first + int(number)
            self._pdf.pages[page].StructParents = page
            self._parents.append(page)
            self._parents.append(self._pdf.make_indirect(owners))

    def write(self) -> None:
        """Hang the tree into the file."""
        self._tree.K = Array([self._document])
        self._tree.ParentTree = self._pdf.make_indirect(Dictionary(Nums=self._parents))
        self._tree.ParentTreeNextKey = len(self._pdf.pages)
        self._pdf.Root.StructTreeRoot = self._tree
        self._pdf.Root.MarkInfo = Dictionary(Marked=True)


# --- bookmarks ------------------------------------------------------------------------


def _add_bookmarks(pdf: Pdf, source: Pdf, first: int) -> None:
    if "/Outlines" not in source.Root:
        return
    pages = {page.obj.objgen: number for number, page in enumerate(source.pages)}
    with pdf.open_outline(max_depth=MAX_BOOKMARK_DEPTH) as outline:
        outline.root.extend(_bookmarks(source.Root.Outlines, pages, first, depth=1))


def _bookmarks(above: Object, pages: dict[tuple[int, int], int], first: int, depth: int) -> list[OutlineItem]:
    found = []
    item = above.get("/First")
    while item is not None and depth <= MAX_BOOKMARK_DEPTH:
        page, _, left, top, *_ = item.Dest
        bookmark = OutlineItem(
            str(item.Title), first + pages[page.objgen], "XYZ", left=float(left), top=float(top)
        )
        bookmark.children = _bookmarks(item, pages, first, depth + 1)
        found.append(bookmark)
        item = item.get("/Next")
    return found


# --- feet ----------------------------------------------------------------------------------------------


def _stamp(pdf: Pdf, document: Document) -> None:
    foot = document.foot
    with Pdf.open(BytesIO(foot.foundry.file)) as source:
        fonts = {
            f"/{FONT_PREFIX}{name.lstrip('/')}": pdf.copy_foreign(font)
            for name, font in source.pages[0].Resources.Font.items()
        }
    drafts = Stream(
        pdf,
        foot.draft(),
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 2000, mm(20)]),
        Resources=Dictionary(Font=Dictionary(fonts)),
    )
    drafts = pdf.make_indirect(drafts)
    seen: set[tuple[int, int]] = set()
    numbered = list(pdf.pages)[document.front_pages :]
    for number, page in enumerate(numbered):
        if page.Resources.objgen not in seen:
            seen.add(page.Resources.objgen)
            page.Resources.Font.update(fonts)
            page.Resources.XObject[FOOT_OBJECT] = drafts
        words = foot.page_number(number, len(numbered), float(page.MediaBox[2]))
        _stamp_page(pdf, page, number, words, document)


def _stamp_page(pdf: Pdf, page: Page, number: int, words: bytes, document: Document) -> None:
    """Enclose the page's own content, whose coordinates hang downwards, and write the foot after it."""
    shift = -mm(document.mirror_mm) if (number + document.foot.first_page) % 2 == 0 else 0
    before = b"q 1 0 0 1 %.2f 0 cm\n" % shift
    after = (
        b"\nQ q 1 0 0 1 %.2f 0 cm /Artifact <</Type /Pagination /Subtype /Footer>> BDC\n%s Do\n%s\nEMC Q"
        % (shift, FOOT_OBJECT.encode(), words)
    )
    page.Contents = Array([_packed(pdf, before), page.Contents, _packed(pdf, after)])


def _packed(pdf: Pdf, content: bytes) -> Object:
    return pdf.make_indirect(Stream(pdf, zlib.compress(content), Filter=Name.FlateDecode))


# --- what the file says about itself -------------------------------------------------------------------


def _describe(pdf: Pdf, document: Document) -> None:
    root = pdf.Root
    root.Lang = String(document.lang)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.PageMode = Name.UseOutlines
    root.OutputIntents = Array(
        [
            Dictionary(
                Type=Name.OutputIntent,
                S=Name.GTS_PDFA1,
                OutputConditionIdentifier=String("sRGB"),
                Info=String("sRGB"),
                DestOutputProfile=_colour_profile(pdf),
            )
        ]
    )
    pdf.docinfo["/Title"] = document.title
    pdf.docinfo["/Producer"] = PRODUCER
    metadata = METADATA.format(
        title=escape(document.title), lang=escape(document.lang), producer=escape(PRODUCER)
    )
    root.Metadata = pdf.make_indirect(Stream(pdf, metadata.encode(), Type=Name.Metadata, Subtype=Name.XML))


def _colour_profile(pdf: Pdf) -> Object:
    return pdf.make_indirect(Stream(pdf, _packed_profile(), N=3, Filter=Name.FlateDecode))


@cache
def _packed_profile() -> bytes:
    # the profile that comes inside WeasyPrint
    return zlib.compress((files("weasyprint.pdf") / COLOUR_PROFILE).read_bytes())


# PDF/A knows only the properties of its own list; that of PDF/UA has to be described (ISO 19005-3, 6.6.2.3).
METADATA = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"
    xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
    xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
    xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer>
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>A</pdfaid:conformance>
<pdfuaid:part>1</pdfuaid:part>
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>The part of ISO 14289 that this file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>
"""
