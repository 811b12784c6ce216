"""Where the lines of a print may end: between words, and where no word is cut.

WeasyPrint leaves line breaks to Pango, and Pango leaves Thai to libthai, which knows neither the terms of this
field nor that no line ends with an opening quotation mark. So the breaks are ours (``thai.words``), and Pango is
told by characters that draw nothing and that the text layer never sees:

* U+200B stands where a line may end between two words;
* U+2060 and U+180E stand where Pango would end a line and we would not. The first holds also after a hyphen, where
  no other glue does; libthai would cut behind it, but not across the second, which belongs to another script. Where
  they are needed is measured with Pango itself, so nothing here depends on the rules of one version;
* libthai is given a dictionary without words. It only ever cut words; what remains of its breaks is local
  (between an opening mark and a letter, say) and falls under the second rule.

A term may be wider than its column. Only when a line is laid out is that known, so one function of WeasyPrint is
wrapped for the time of a render, in both places that call it: a first piece that does not fit is cut between the
words inside it.
"""

import os
import re
import struct
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from html import unescape
from itertools import accumulate, pairwise
from math import inf
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from weasyprint.layout import inline, preferred
from weasyprint.text.line_break import get_log_attrs, split_first_line

from thai.words import NO_BREAK_SPACE, ZERO_WIDTH_SPACE, inner_breaks, unbreakable_parts

WORD_JOINER = "\u2060"
GLUE = WORD_JOINER + "\u180e"
INVISIBLE = re.compile(f"[{ZERO_WIDTH_SPACE}{GLUE}]")

# What stands inside a line; the text on both sides of any other element is on different lines.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "cite",
        "code",
        "em",
        "i",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    ]
)
_TAG = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
_BLOCK_TAG = re.compile(rf'<(?!/?(?:{"|".join(sorted(_INLINE))})\b)(?:[^<>"]|"[^"]*")*>')
_UNPRINTED = frozenset(("head", "script", "style", "title"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLANK_INSIDE = re.compile(r"\s+(?=\S)")
# CSS pixels, some 20 mm.
_KEPT_IN_TABLES = 76
# Characters of a first piece that are looked at: more than a page is wide.
_LONGEST_PIECE = 600
# Characters that no line of any page has room for, marks that draw nothing included.
_MORE_THAN_A_LINE = 4_000
# libdatrie's file of a trie without keys over the Thai letters: alphabet, double array, tails.
_NO_WORDS = struct.pack(
    ">IiIIIiiiiiIii",
    *(0xD9FCD9FC, 1, 0x0E01, 0x0E5B),
    *(0xDAFCDAFC, 3, -1, -1, 3, 0),
    *(0xDFFCDFFC, 0, 0),
)


class _Slot(NamedTuple):
    """One text of the tree: before the first child of an element, or behind the element."""

    element: Element
    place: str


def set_breaks(root: Element, terms: frozenset[str]) -> None:
    """Mark in every text below ``root`` where its lines may end; attributes stay as they are.

    ``terms`` are kept whole beside those of ``thai/dictionary.txt``. The text of headings, which becomes bookmarks,
    is kept without marks in their attribute ``data-bookmark``.
    """
    for heading in root.iter():
        if heading.tag in _HEADINGS:
            heading.set("data-bookmark", " ".join("".join(heading.itertext()).split()))
    stretch: list[_Slot] = []
    for slot in _slots(root):
        if slot:
            stretch.append(slot)
        elif stretch:
            _mark_stretch(stretch, terms)
            stretch = []
    _mark_stretch(stretch, terms)


def _slots(element: Element) -> Iterator[_Slot | None]:
    """The printed texts in reading order, None where the line ends by itself."""
    if isinstance(element.tag, str) and element.tag not in _UNPRINTED:
        if element.text:
            yield _Slot(element, "text")
        for child in element:
            inside_line = child.tag in _INLINE
            if not inside_line:
                yield None
            yield from _slots(child)
            if not inside_line:
                yield None
            if child.tail:
                yield _Slot(child, "tail")


def _mark_stretch(stretch: list[_Slot], terms: frozenset[str]) -> None:
    texts = [getattr(slot.element, slot.place) for slot in stretch]
    for slot, marked in zip(stretch, mark(texts, terms), strict=True):
        setattr(slot.element, slot.place, marked)


def mark(texts: Sequence[str], terms: frozenset[str] = frozenset()) -> list[str]:
    """The texts that follow each other inside one line, with marks where the line may or must not end."""
    texts = [INVISIBLE.sub("", text) for text in texts]
    whole = "".join(texts)
    written = list(whole)
    for position, character in _marks(whole, terms):
        written[position] = character
    ends = list(accumulate(map(len, texts), initial=0))
    return ["".join(written[start:end]) for start, end in pairwise(ends)]


def learn(html: str, terms: frozenset[str]) -> None:
    """Cut the words of ``html`` in this process, so that a child forked from it finds them cut already.

    What is cut differently there, because a parser reads faulty markup in its own way, only takes its time again.
    """
    for stretch in _BLOCK_TAG.split(html):
        _marks(unescape(_TAG.sub("", stretch)), terms)


@lru_cache(maxsize=8192)
def _marks(whole: str, terms: frozenset[str]) -> tuple[tuple[int, str], ...]:
    """(position, what to write there): the character with a mark behind it, or another blank."""
    if not whole or whole.isspace():
        return ()
    _quiet_libthai()
    written = list(whole)
    ends = _write_our_breaks(written, whole, terms)
    _glue_other_breaks(written, ends)
    return tuple((i, new) for i, (old, new) in enumerate(zip(whole, written, strict=True)) if old != new)


def _write_our_breaks(written: list[str], whole: str, terms: frozenset[str]) -> set[int]:
    """Mark where a line may end; gives these positions. Blanks where none may end do not break any more."""
    ends: set[int] = set()
    position = 0
    for part in unbreakable_parts(whole, terms):
        if position and not (whole[position - 1].isspace() or part[0].isspace()):
            written[position - 1] += ZERO_WIDTH_SPACE
        ends.add(position)
        for blank in _BLANK_INSIDE.finditer(part):
            if blank.start():
                kept = [NO_BREAK_SPACE, *[""] * (len(blank[0]) - 1)]
                written[position + blank.start() : position + blank.end()] = kept
        position += len(part)
    return ends


def _glue_other_breaks(written: list[str], ends: set[int]) -> None:
    """Put glue wherever Pango would end a line and we would not."""
    # A line end of the source is a blank in print.
    attributes = get_log_attrs("".join(written).replace("\n", " "), "th")
    place = 0
    for position, character in enumerate(written):
        blank = character != NO_BREAK_SPACE and character.isspace()
        breaks = place and character and not blank and attributes[place].is_line_break
        if breaks and position not in ends:
            written[position - 1] += GLUE
        place += len(character)


# --- terms wider than their column ---------------------------------------------------------------------


@contextmanager
def cutting_what_is_too_wide() -> Iterator[None]:
    """While it lasts, WeasyPrint cuts a piece that is wider than its line between the words inside the piece."""
    inline.split_first_line = _split_first_line
    preferred.split_first_line = _split_narrowest_line
    try:
        yield
    finally:
        inline.split_first_line = preferred.split_first_line = split_first_line


def _split_first_line(
    text: str, style: Any, context: Any, max_width: float | None, spacing: float, **options: Any
) -> Any:
    """WeasyPrint's own function on no more of the text than a line can hold.

    Otherwise a long text without blanks would be measured to its end for each of its lines.
    """
    if max_width is not None and max_width != inf and len(text) > _MORE_THAN_A_LINE:
        line = _split_or_cut(text[:_MORE_THAN_A_LINE], style, context, max_width, spacing, **options)
        if line[2] is not None:
            return line
    return _split_or_cut(text, style, context, max_width, spacing, **options)


def _split_or_cut(
    text: str, style: Any, context: Any, max_width: float | None, spacing: float, **options: Any
) -> Any:
    """WeasyPrint's own function; only where its line is too wide and holds no break, ours is given."""
    line = split_first_line(text, style, context, max_width, spacing, **options)
    resume_at, width = line[2], line[3]
    if (
        max_width is None
        or max_width == inf
        or width <= max_width
        or not options.get("is_line_start", True)
        or style["white_space"] not in ("normal", "pre-wrap", "pre-line")
    ):
        return line
    piece = text if resume_at is None else text.encode()[:resume_at].decode()
    if _width(piece.rstrip(), style, context, spacing) <= max_width:
        return line
    for cuts in _cuts(piece[:_LONGEST_PIECE]):
        # The widest one that fits; they grow from cut to cut.
        fitting = bisect_right(cuts, max_width, key=lambda cut: _width(piece[:cut], style, context, spacing))
        if fitting:
            return _line_of(piece[: cuts[fitting - 1]], style, context, spacing)
    return line


def _split_narrowest_line(
    text: str, style: Any, context: Any, max_width: float | None, spacing: float, **options: Any
) -> Any:
    """WeasyPrint's own function where it asks how narrow a column of a table inside a text may become.

    Without this a table of long terms would be wider than its cell; with short ones its columns keep them whole.
    """
    line = split_first_line(text, style, context, max_width, spacing, **options)
    resume_at, width = line[2], line[3]
    if max_width is None or width <= _KEPT_IN_TABLES:
        return line
    piece = text if resume_at is None else text.encode()[:resume_at].decode()
    between_words = _cuts(piece[:_LONGEST_PIECE])[1]
    return _line_of(piece[: between_words[0]], style, context, spacing) if between_words else line


def _line_of(text: str, style: Any, context: Any, spacing: float) -> Any:
    """The whole text as one line that is followed by another."""
    line = split_first_line(text, style, context, None, spacing)
    return (*line[:2], len(text.encode()), *line[3:])


def _width(text: str, style: Any, context: Any, spacing: float) -> float:
    width: float = split_first_line(text, style, context, None, spacing)[3]
    return width


@lru_cache(maxsize=512)
def _cuts(piece: str) -> list[list[int]]:
    """Where to cut a piece, the best kind of places first; positions among marks that are not seen."""
    seen = [place for place, character in enumerate(piece) if not INVISIBLE.match(character)]
    plain = "".join(piece[place] for place in seen)
    return [[seen[cut] for cut in cuts] for cuts in inner_breaks(plain)]


# --- libthai -------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _quiet_libthai() -> None:
    """Let libthai, which Pango loads once per process, read a dictionary without words.

    Where it has been loaded before, its breaks stay and cost glue; the lines end at the same places mostly.
    """
    before = os.environ.get("LIBTHAI_DICTDIR")
    with tempfile.TemporaryDirectory(prefix="pmqa-libthai-") as folder:
        (Path(folder) / "thbrk.tri").write_bytes(_NO_WORDS)
        os.environ["LIBTHAI_DICTDIR"] = folder
        try:
            get_log_attrs("กข", "th")
        finally:
            os.environ.pop("LIBTHAI_DICTDIR")
            if before is not None:
                os.environ["LIBTHAI_DICTDIR"] = before
