"""HTML to PDF in this process. Untrusted or long texts go through child.py, which calls this."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from weasyprint import CSS, HTML
from weasyprint.css.counters import CounterStyle

from .fetcher import ClosedFetcher
from .fonts import FontSet, find_fonts
from .line_breaks import cutting_what_is_too_wide, set_breaks
from .pictures import picture_cache
from .tags import mark_pages, write_tree
from .text_layer import exact_text_layer

MAX_LIST_START = 9999
STYLESHEETS = ("page.css", "lists.css", "form.css")


def render(
    html: str,
    images: Mapping[str, bytes],
    *,
    title: str,
    lang: str = "th",
    css: str = "",
    fonts: FontSet | None = None,
    terms: frozenset[str] = frozenset(),
    tagged: bool = False,
) -> bytes:
    """Lay out ``html`` (a document or the inside of its body) and return the PDF file.

    ``images`` are served under exactly the addresses that are their keys; nothing else is loaded. ``css``
    is the caller's own style (column widths, page side), never a user's text. No line ends inside one of
    ``terms``, nor inside a term of the project's dictionary (line_breaks.py). ``tagged`` writes a
    structure tree (tags.py); assembly.py makes a file of such parts that may claim conformance. Headings
    h1–h6 become bookmarks.

    Raises FontMissing, PictureRefused, TextLayerError, and whatever WeasyPrint raises on hostile input
    (RecursionError, MemoryError). TagError comes with ``tagged`` only.
    """
    fonts = fonts or find_fonts()
    fetcher = ClosedFetcher(images, fonts)
    shared: dict[str, Any] = {"font_config": fonts.configuration(), "counter_style": CounterStyle()}
    style = "\n".join([fonts.css(), *map(_packaged_css, STYLESHEETS), css])
    page = HTML(string=html, url_fetcher=fetcher)
    _describe(page.etree_element, title, lang)
    _continue_lists(page.etree_element)
    set_breaks(page.etree_element, terms)
    with cutting_what_is_too_wide():
        document = page.render(
            **shared,
            cache=picture_cache(fetcher.images),
            stylesheets=[CSS(string=style, url_fetcher=fetcher, **shared)],
            # Presentational attributes of user HTML reach the style engine otherwise (CVE-2026-49452).
            presentational_hints=False,
        )
        return _write(document, tagged=tagged)


def _write(document: Any, *, tagged: bool) -> bytes:
    if tagged:
        mark_pages(document)

    def finish(document: Any, pdf: Any) -> None:
        exact_text_layer(document, pdf)
        if tagged:
            write_tree(document, pdf)

    pdf: bytes = document.write_pdf(finisher=finish, pdf_tags=tagged)
    return pdf


@cache
def _packaged_css(name: str) -> str:
    return (files(__package__) / "css" / name).read_text(encoding="utf-8")


def _describe(root: Element, title: str, lang: str) -> None:
    """Put title and language where WeasyPrint takes the PDF's metadata from."""
    root.set("lang", lang)
    head = root.find("head")
    if head is None:
        head = Element("head")
        root.insert(0, head)
    for old in head.findall("title"):
        head.remove(old)
    SubElement(head, "title").text = title


def _continue_lists(root: Element) -> None:
    """Let <ol start="4"> begin at 4: WeasyPrint takes the attribute for a presentational hint."""
    for ordered in root.iter("ol"):
        start = ordered.get("start", "")
        if start.isascii() and start.isdigit():
            ordered.set("style", f"counter-reset: list-item {min(int(start), MAX_LIST_START) - 1}")
