"""The foot of the pages: which draft this is, and «หน้า 3 จาก 34».

It cannot be laid out together with the text, because parts of a form are laid out once and then used in many
prints, at other times and between other parts. So the few words that a foot is made of are set once, each by
itself, and a foot is put together from them: the same letters with the same exact text layer, for the price
of joining some bytes.

The left foot is one object that all pages share, of fixed size and not compressed: ``with_foot`` exchanges
its words in the finished file, so that printing an unchanged form again costs next to nothing and still says
the right time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from weasyprint import CSS, HTML

from .fetcher import ClosedFetcher
from .fonts import find_fonts
from .text_layer import exact_text_layer

PAGE_WORD, OF_WORD = "หน้า", "จาก"
# fmt: off
WORDS = (
    PAGE_WORD, OF_WORD, "ร่าง", "ณ", "วันที่", "เวลา", "น", ":", ".", *"0123456789", *"๐๑๒๓๔๕๖๗๘๙",
    "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
    "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
)
# fmt: on
FONT_PREFIX = "Foot"
SPACE = 0.3  # of the font size
FOOT_BYTES = 4096
_FOOT_START = b"% foot of the page\n"
_PIECE = re.compile(r"[0-9๐-๙:.]|[^\s0-9๐-๙:.]+")
_SELECT_FONT = re.compile(rb"^/(\S+) (\S+) Tf$")


class FootTooLong(ValueError):
    """The words of a foot do not fit into the room that the file keeps for them."""


@dataclass(frozen=True)
class Word:
    """A word as it is drawn: operators of a text object, and its width in points."""

    operators: bytes
    width: float


@dataclass(frozen=True)
class Foundry:
    """Words set in one size, and the file that holds their fonts (on its first page)."""

    words: dict[str, Word]
    file: bytes
    points: float

    def set_text(self, text: str, x: float, y: float, *, to_the_right: bool = False) -> bytes:
        """Operators that draw ``text`` from ``x`` on, or ending there; ``y`` is its base line, in points."""
        places, width = self._places(text)
        start = x - width if to_the_right else x
        lines = [b"BT 0 g"]
        for place, word in places:
            lines.append(b"0.75 0 0 0.75 %.2f %.2f Tm %s" % (start + place, y, self.words[word].operators))
        return b"\n".join([*lines, b"ET"])

    def _places(self, text: str) -> tuple[list[tuple[float, str]], float]:
        places: list[tuple[float, str]] = []
        pen, last = 0.0, 0
        for match in _PIECE.finditer(text):
            pen += SPACE * self.points if places and match.start() > last else 0
            places.append((pen, match[0]))
            pen += self.words[match[0]].width
            last = match.end()
        return places, pen


@dataclass(frozen=True)
class Foot:
    """What stands below each page. Lengths in mm from the edges of the paper, ``points`` is the size of the letters.

    ``numbers`` are the digits of the page numbers from 0 to 9. A part printed by itself may be numbered within
    the whole: then ``first_page`` and ``pages`` say where it stands; ``pages=0`` counts the pages of the file.
    """

    left: str
    points: float
    left_mm: float
    right_mm: float
    baseline_mm: float
    numbers: str = "0123456789"
    first_page: int = 1
    pages: int = 0

    @cached_property
    def foundry(self) -> Foundry:
        """The words of this foot and of every other draft."""
        own = frozenset(_PIECE.findall(self.left)) - frozenset(WORDS)
        return cast_words(self.points, own)

    @property
    def shape(self) -> str:
        """Everything but the words on the left: what stays when ``with_foot`` exchanges them."""
        own = sorted(frozenset(_PIECE.findall(self.left)) - frozenset(WORDS))
        lengths = (self.points, self.left_mm, self.right_mm, self.baseline_mm)
        return repr((lengths, self.numbers, self.first_page, self.pages, own))

    def page_number(self, page: int, pages: int, width: float) -> bytes:
        """Operators that draw the number of the ``page``-th page (from 0) of a file on paper ``width`` points wide."""
        number, of = page + self.first_page, self.pages or pages
        text = f"{PAGE_WORD} {self._digits(number)} {OF_WORD} {self._digits(of)}"
        return self.foundry.set_text(text, width - mm(self.right_mm), mm(self.baseline_mm), to_the_right=True)

    def draft(self) -> bytes:
        """The shared object's content: the words on the left, filled up to its fixed size. Raises FootTooLong."""
        drawn = self.foundry.set_text(self.left, mm(self.left_mm), mm(self.baseline_mm)) if self.left else b""
        content = _FOOT_START + drawn + b"\n"
        if len(content) > FOOT_BYTES:
            raise FootTooLong(f"{self.left!r} needs {len(content)} bytes")
        return content.ljust(FOOT_BYTES)

    def _digits(self, number: int) -> str:
        return "".join(self.numbers[int(digit)] for digit in str(number))


def mm(length: float) -> float:
    """Points of a length in mm."""
    return length * 72 / 25.4


def with_foot(file: bytes, foot: Foot) -> bytes:
    """The finished ``file`` with the words of ``foot`` on the left; its shape must be that of the file's own foot.

    Raises FootTooLong, and ValueError for a file without such a foot.
    """
    start = file.index(_FOOT_START)
    return b"".join([file[:start], foot.draft(), file[start + FOOT_BYTES :]])


@lru_cache(maxsize=16)
def cast_words(points: float, extra: frozenset[str] = frozenset()) -> Foundry:
    """Set every known word and the ``extra`` ones, in this process: they are ours, not a user's."""
    fonts = find_fonts()
    fetcher = ClosedFetcher({}, fonts)
    words = [*WORDS, *sorted(extra)]
    style = (
        f"{fonts.css()} @page {{ size: 400mm 40mm; margin: 5mm }}"
        f" p {{ font-size: {points}pt; margin: 0; break-after: page }}"
    )
    configuration = fonts.configuration()
    page = HTML(string="<html lang='th'>" + "".join(f"<p>{_escaped(word)}</p>" for word in words))
    document = page.render(
        font_config=configuration,
        stylesheets=[CSS(string=style, url_fetcher=fetcher, font_config=configuration)],
    )
    found: dict[str, Word] = {}

    def collect(document: Any, pdf: Any) -> None:
        exact_text_layer(document, pdf)
        for word, sheet, reference in zip(words, document.pages, pdf.page_references, strict=False):
            contents = pdf.objects[int(pdf.objects[int(reference.split()[0])]["Contents"].split()[0])]
            found[word] = Word(b" ".join(_operators(contents.stream)), _width(sheet._page_box))

    return Foundry(found, document.write_pdf(finisher=collect), points)


def _escaped(word: str) -> str:
    return word.replace("&", "&amp;").replace("<", "&lt;")


def _operators(stream: list[Any]) -> Iterator[bytes]:
    """What stands inside the text objects, without their places; fonts under names of our own."""
    inside = False
    for line in stream:
        if line in (b"BT", b"ET"):
            inside = line == b"BT"
        elif inside and isinstance(line, bytes) and not line.endswith((b" Tm", b" Td")):
            yield _SELECT_FONT.sub(rb"/%s\1 \2 Tf" % FONT_PREFIX.encode(), line)


def _width(box: Any) -> float:
    """The width of the text below ``box``, in points."""
    if hasattr(box, "text"):
        width: float = box.width * 0.75
        return width
    return sum(_width(child) for child in getattr(box, "children", ()))
