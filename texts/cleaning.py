"""The one allow-list of rich text, applied on every way in.

nh3 takes out everything dangerous; `texts.canonical` then writes what is left anew in the one stored form.
nh3 below 0.3.8 lets a forbidden CSS property through and fails open when a callback raises
(RUSTSEC-2021-0157), so there is no style attribute and no callback here.
"""

from __future__ import annotations

import html as html_module
import re
from collections.abc import Callable
from functools import cache
from typing import Final

import nh3

from thai.text import normalise

from .canonical import (
    FIGURE_SOURCE,
    LIST_MARKERS,
    LOST_IMAGE,
    TOO_DEEP,
    Block,
    UncleanText,
    build_blocks,
    read_tree,
)

__all__ = [
    "LIST_MARKERS",
    "LOST_IMAGE",
    "MAX_HTML",
    "UncleanText",
    "blocks_of",
    "clean_html",
    "figure_uids",
    "plain_text",
    "sanitise",
    "text_to_html",
    "typed_to_html",
]

# 200 KB of markup is some forty pages; longer texts come from pasting a whole book.
MAX_HTML = 200_000
# Far above what the tree may hold (`canonical.MAX_DEPTH`), because dropped tags such as <span> nest too.
MAX_OPEN_TAGS = 1_000

# fmt: off
ALLOWED = {
    "p", "br", "strong", "em", "u", "ul", "ol", "li", "figure", "img", "figcaption",
    "table", "tbody", "tr", "th", "td",
}
# Kept only until the stored form is built, because they tell where lines begin or what was emphasised.
READ_ONLY = {
    "b", "i", "ins", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "article",
    "header", "footer", "main", "aside", "nav", "address", "center", "dl", "dt", "dd", "thead", "tfoot", "caption",
}
DROPPED_WHOLE = {
    "script", "style", "title", "iframe", "noframes", "noembed", "template", "svg", "math", "textarea",
}
# fmt: on

_BLOCK_TAG = re.compile(
    r"<(?:p|div|br|ul|ol|li|table|tr|td|th|figure|h[1-6]|blockquote|pre)\b", re.IGNORECASE
)
_TAG_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_NEVER_CLOSED = {"br", "img", "hr", "meta", "link", "input", "col", "wbr"}
# Only tags that mean something to us: <someone@example.go.th> typed as text is text.
_ANY_TAG = re.compile(
    rf"</?(?:{'|'.join(sorted(ALLOWED | READ_ONLY))}|span|font|a)(?:[\s/][^<>]*)?>", re.IGNORECASE
)
_LINE_START = re.compile(r"<br>|</?(?:p|li|ul|ol|figure|figcaption|table|tr|td|th)\b[^>]*>")


def _cleaner(tags: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        clean_content_tags=DROPPED_WHOLE,
        attributes={
            "ol": {"start"},
            "img": {"src", "alt"},
            "td": {"colspan", "rowspan"},
            "th": {"colspan", "rowspan"},
        },
        allowed_classes={tag: set(names) for tag, names in LIST_MARKERS.items()},
        url_schemes=set(),
        link_rel=None,
        strip_comments=True,
    )


@cache
def _reader() -> nh3.Cleaner:
    return _cleaner(ALLOWED | READ_ONLY)


@cache
def _guard() -> nh3.Cleaner:
    return _cleaner(ALLOWED)


def clean_html(html: str) -> str:
    """The text as it may be stored: normalised, only the allow-list, one canonical form.

    Cleaning twice gives the same as cleaning once. A text without any content gives "".
    Raises UncleanText for texts too long, too deep or with too large a table.
    """
    return "".join(block.html() for block in _blocks(html))


def blocks_of(html: str) -> list[str]:
    """The top-level blocks of a text, for files that hold one block per line. Raises UncleanText."""
    return [block.html() for block in _blocks(html)]


def _blocks(html: str) -> list[Block]:
    _refuse_long(html)
    _refuse_towers(html)
    blocks = build_blocks(read_tree(_reader().clean(normalise(html))))
    # "<" is stored as "&lt;", so a text can grow past the limit that it must meet again when it comes back.
    _refuse_long("".join(block.html() for block in blocks))
    return blocks


def _refuse_long(html: str) -> None:
    if len(html) > MAX_HTML:
        raise UncleanText(f"ข้อความยาวเกินไป (เกิน {MAX_HTML:,} อักขระรวมรูปแบบ) กรุณาแบ่งเป็นหลายกิจกรรม")


def _refuse_towers(html: str) -> None:
    """Before parsing: a tower of tags costs the parser time in the square of its height."""
    depth = 0
    for match in _TAG_NAME.finditer(html):
        if match[1]:
            depth = max(depth - 1, 0)
        elif match[2].lower() not in _NEVER_CLOSED:
            depth += 1
        if depth > MAX_OPEN_TAGS:
            raise UncleanText(TOO_DEEP)


def sanitise(html: str) -> str:
    """Stored markup once more through the allow-list, for rows that another way may have written.

    Markup that `clean_html` made comes out unchanged.
    """
    return _guard().clean(html)


def plain_text(html: str) -> str:
    """The text content of a clean text, one line per block; what counting and search see.

    `static/texts/normalise.js` does the same for the counter beside the editor.
    """
    text = html_module.unescape(re.sub(r"<[^>]+>", "", _LINE_START.sub("\n", html)))
    lines = (re.sub("[ \t\xa0]+", " ", line).strip(" ") for line in normalise(text).split("\n"))
    return "\n".join(line for line in lines if line)


def text_to_html(text: str) -> str:
    """Plain text as paragraphs, one per line."""
    lines = (line.strip() for line in normalise(text).split("\n"))
    return "".join(f"<p>{html_module.escape(line, quote=False)}</p>" for line in lines if line)


def typed_to_html(typed: str) -> str:
    """What came in a text area: markup from the editor, or lines that a person typed without it.

    Lines without any tag are plain text, where «ก < ข» means what it says; lines with only inline tags
    are paragraphs.
    """
    if not _ANY_TAG.search(typed):
        return text_to_html(typed)
    if not _BLOCK_TAG.search(typed):
        return "".join(f"<p>{line}</p>" for line in normalise(typed).split("\n") if line.strip())
    return typed


_FIGURE: Final = re.compile(rf'(?<=<img src="){FIGURE_SOURCE.pattern}(?=")')


def figure_uids(html: str) -> list[str]:
    """The uids of the figures in a clean text, in their order."""
    return [match[1] for match in _FIGURE.finditer(html)]


def with_figure_addresses(html: str, address: Callable[[str], str]) -> str:
    """A clean text whose figures stand under other addresses, each made from the uid of the figure."""
    return _FIGURE.sub(lambda match: address(match[1]), html)
