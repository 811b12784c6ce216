"""An exact text layer: what is printed is what can be copied, searched and read aloud.

WeasyPrint writes one text per glyph into /ToUnicode: the cluster in which the glyph was first seen. Thai
clusters have several glyphs, so after one น้ำ every later า of the file may read as ้ำ. Three repairs, all
applied to WeasyPrint's objects before they are written (its public ``finisher`` hook):

1. Every glyph gets its own text, from the font's character map, glyph names and substitution rules.
2. Some fonts draw the tone before the vowel below it (Laksaman: ป ่ ู for ปู่), and readers take the
   order of drawing for the order of the text. The two marks change places in the content stream; each
   keeps its position on paper.
3. Sara am (ำ) has no glyph of its own on paper: the shaper draws nikhahit, a tone mark if there is one,
   and sara aa. Those two or three glyphs are wrapped in a marked-content span whose /ActualText is
   (tone +) ำ. Readers that ignore /ActualText see nikhahit + tone + aa, which is the same syllable.

A span opens and closes inside one text object, so it nests inside whatever WeasyPrint has marked there
(tagged PDF) and draws nothing by itself.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from typing import Any

import pydyf
from fontTools import agl
from fontTools.ttLib import TTFont, TTLibError
from weasyprint.text.fonts import get_hb_object_data

from .mark_widths import MARK_WIDTH, tag_of, widen_marks

NIKHAHIT = "\u0e4d"
SARA_AA = "\u0e32"
SARA_AM = "\u0e33"
MARKS_BELOW = "\u0e38-\u0e3a"
# Tones, thanthakhat and maitaikhu: the marks above a consonant that the shaper steps over.
MARKS_ABOVE = "\u0e47-\u0e4c"

_SWAPPED_MARKS = re.compile(f"[{MARKS_ABOVE}{NIKHAHIT}][{MARKS_BELOW}]")
_DRAWN_SARA_AM = re.compile(f"{NIKHAHIT}([{MARKS_ABOVE}]?){SARA_AA}")
_PRIVATE_USE = range(0xE000, 0xF900)
_TTX_GENERATED_NAME = re.compile(r"glyph\d{5}$")
_LATIN_LIGATURES = range(0xFB00, 0xFB07)
_MAX_SUBSTITUTION_CHAIN = 4

# The forms in which pydyf writes the operators that matter here.
_SHOW = re.compile(rb"\[(.*)\] TJ$", re.DOTALL)
_SHOWN_PART = re.compile(rb"<([0-9a-f]*)>|(-?[0-9.]+(?:e-?[0-9]+)?)")
_SELECT_FONT = re.compile(rb"/(\S+) \S+ Tf$")
_TEXT_RISE = re.compile(rb"(\S+) Ts$")
_CMAP_ENTRY = re.compile(rb"<([0-9a-f]{4})> <[0-9a-f]*>$")

GlyphTexts = Mapping[int, str]


@dataclass(frozen=True)
class _Font:
    """What a font of this PDF says about its glyphs; widths in thousandths of the font size."""

    texts: GlyphTexts
    widths: dict[int, float]
    widened: frozenset[int] = frozenset()


class TextLayerError(RuntimeError):
    """WeasyPrint wrote text in a form this module does not know; the text layer would be wrong."""


def exact_text_layer(document: Any, pdf: pydyf.PDF) -> None:
    """WeasyPrint finisher: make the text of ``pdf`` extractable exactly as it was written.

    Raises TextLayerError when WeasyPrint's output has changed its form.
    """
    fonts: dict[str, _Font] = {}
    for font in document.fonts.values():
        if not font.bitmap:
            texts = glyph_texts(get_hb_object_data(font.hb_face), font.index)
            fonts.setdefault(font.hash, _Font(texts, {})).widths.update(font.widths)
    for tag, glyphs in widen_marks(pdf).items():
        if tag in fonts:
            fonts[tag].widths.update(dict.fromkeys(glyphs, MARK_WIDTH))
            fonts[tag] = replace(fonts[tag], widened=glyphs)
    _rewrite_to_unicode(pdf, fonts)
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream) and b"BT" in item.stream:
            item.stream = list(_rewrite_runs(item.stream, fonts))


# --- glyph -> text -------------------------------------------------------------------------------------


@lru_cache(maxsize=16)
def glyph_texts(font_file: bytes, index: int = 0) -> GlyphTexts:
    """The text each glyph of a font stands for, by glyph id.

    The character map comes first (a glyph that stands for a character is that character), then the glyph
    name (uni0E48.low is a shifted mai ek), then the font's substitutions. A font that cannot be read
    gives an empty mapping, which leaves WeasyPrint's own guess in place.
    """
    try:
        font = TTFont(BytesIO(font_file), fontNumber=index, lazy=True)
    except TTLibError:
        return {}
    ids = font.getReverseGlyphMap()
    by_name: dict[str, str] = {}
    for code_point, name in sorted(font.getBestCmap().items()):
        if code_point in _LATIN_LIGATURES:
            # The glyph that the shaper draws for "ffi" is usually mapped to U+FB03 as well.
            by_name.setdefault(name, unicodedata.normalize("NFKC", chr(code_point)))
        elif code_point not in _PRIVATE_USE:
            by_name.setdefault(name, chr(code_point))
    for name in font.getGlyphOrder():
        if name not in by_name and not _TTX_GENERATED_NAME.match(name) and (text := agl.toUnicode(name)):
            # A ligature without a code point of its own may still be named like one ("fi").
            by_name[name] = unicodedata.normalize("NFKC", text) if ord(text[0]) in _LATIN_LIGATURES else text
    if "GSUB" in font:
        _add_substituted(by_name, font["GSUB"].table)
    return {ids[name]: text for name, text in by_name.items() if name in ids}


def _add_substituted(by_name: dict[str, str], gsub: Any) -> None:
    """Give glyphs that only substitutions produce the text of the glyphs they replace."""
    pairs = [pair for lookup in gsub.LookupList.Lookup for pair in _substitutions(lookup)]
    for _ in range(_MAX_SUBSTITUTION_CHAIN):
        before = len(by_name)
        for inputs, output in pairs:
            if output not in by_name and all(name in by_name for name in inputs):
                by_name[output] = "".join(by_name[name] for name in inputs)
        if len(by_name) == before:
            return


def _substitutions(lookup: Any) -> Iterator[tuple[list[str], str]]:
    """(input glyphs, output glyph) of the single, alternate and ligature substitutions of a lookup."""
    for subtable in lookup.SubTable:
        subtable = getattr(subtable, "ExtSubTable", subtable)
        match subtable.LookupType:
            case 1:
                yield from (([old], new) for old, new in subtable.mapping.items())
            case 3:
                yield from (([old], new) for old, many in subtable.alternates.items() for new in many)
            case 4:
                for first, ligatures in subtable.ligatures.items():
                    yield from (([first, *item.Component], item.LigGlyph) for item in ligatures)


# --- /ToUnicode ----------------------------------------------------------------------------------------


def _rewrite_to_unicode(pdf: pydyf.PDF, fonts: Mapping[str, _Font]) -> None:
    streams = {item.reference: item for item in pdf.objects if isinstance(item, pydyf.Stream)}
    for item in pdf.objects:
        if not isinstance(item, pydyf.Dictionary) or "ToUnicode" not in item:
            continue
        tag = tag_of(item)
        stream = streams[item["ToUnicode"]]
        if tag in fonts:
            stream.stream = [_cmap_line(line, fonts[tag].texts) for line in stream.stream]


def _cmap_line(line: bytes, known: GlyphTexts) -> bytes:
    entry = _CMAP_ENTRY.match(line)
    if entry is None or (text := known.get(int(entry[1], 16))) is None:
        return line
    return b"<%s> <%s>" % (entry[1], text.encode("utf-16-be").hex().encode())


# --- content streams -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Glyph:
    """One glyph as it is shown: the spacing number before it, the text rise, its text and width."""

    id: int
    spacing: float
    rise: bytes
    text: str
    width: float


@dataclass
class _Run:
    """Glyphs shown with nothing but spacing and text rise between them, and the lines that show them."""

    lines: list[bytes]
    glyphs: list[_Glyph]
    end_spacing: float = 0.0
    has_widened: bool = False

    def text(self) -> str:
        return "".join(glyph.text for glyph in self.glyphs)


def _rewrite_runs(stream: list[Any], fonts: Mapping[str, _Font]) -> Iterator[Any]:
    """The content stream with marks in reading order and a span around every drawn sara am."""
    run = _Run([], [])
    font = unknown = _Font({}, {})
    rise = b"0"
    for line in stream:
        if isinstance(line, bytes) and (risen := _TEXT_RISE.match(line)):
            rise = risen[1]
            run.lines.append(line)
        elif isinstance(line, bytes) and (show := _SHOW.match(line)):
            run.lines.append(line)
            _read_glyphs(run, show[1], rise, font)
        else:
            yield from _rewritten(run)
            run = _Run([], [])
            yield line
            if isinstance(line, bytes) and (selected := _SELECT_FONT.match(line)):
                font = fonts.get(selected[1].decode(), unknown)
            elif isinstance(line, bytes) and line.endswith((b" Tj", b" TJ")):
                raise TextLayerError(f"Unknown form of a text operator: {line[:60]!r}")
    yield from _rewritten(run)


def _read_glyphs(run: _Run, shown: bytes, rise: bytes, font: _Font) -> None:
    for part in _SHOWN_PART.finditer(shown):
        if part[2]:
            run.end_spacing += float(part[2])
            continue
        for start in range(0, len(part[1]), 4):
            glyph = int(part[1][start : start + 4], 16)
            text = font.texts.get(glyph, "\ufffd")
            run.glyphs.append(_Glyph(glyph, run.end_spacing, rise, text, font.widths.get(glyph, 0)))
            run.end_spacing = 0.0
            if glyph in font.widened:
                run.has_widened, run.end_spacing = True, MARK_WIDTH


def _rewritten(run: _Run) -> Iterator[bytes]:
    text = run.text()
    changes = run.has_widened or any(glyph.rise != b"0" for glyph in run.glyphs)
    if not (changes or _DRAWN_SARA_AM.search(text) or _SWAPPED_MARKS.search(text)):
        yield from run.lines
        return
    _put_marks_in_reading_order(run)
    yield from _show(run)


def _put_marks_in_reading_order(run: _Run) -> None:
    """Let a mark below come before the mark above that the font drew first; no mark moves on paper."""
    glyphs = run.glyphs
    for place in range(len(glyphs) - 1):
        above, below = glyphs[place : place + 2]
        if not _SWAPPED_MARKS.fullmatch(above.text + below.text):
            continue
        # Spacing is subtracted from the pen. Before: above at -a, below at -a + w(above) - b.
        a, b = above.spacing, below.spacing
        glyphs[place] = replace(below, spacing=a - above.width + b)
        glyphs[place + 1] = replace(above, spacing=above.width - b + below.width)
        _add_spacing_after(run, place + 1, b - below.width)


def _add_spacing_after(run: _Run, place: int, spacing: float) -> None:
    if place + 1 < len(run.glyphs):
        following = run.glyphs[place + 1]
        run.glyphs[place + 1] = replace(following, spacing=following.spacing + spacing)
    else:
        run.end_spacing += spacing


def _spans(run: _Run) -> dict[int, int]:
    """First -> last glyph of every stretch whose text has to be said by /ActualText."""
    owner = [place for place, glyph in enumerate(run.glyphs) for _ in glyph.text]
    drawn = [(owner[m.start()], owner[m.end() - 1]) for m in _DRAWN_SARA_AM.finditer(run.text())]
    spans: dict[int, int] = {}
    last = -1
    for first, end in sorted([*drawn, *_backward_starts(run, {end + 1 for _, end in drawn})]):
        if spans and first <= last:
            spans[next(reversed(spans))] = last = max(last, end)
        else:
            spans[first] = last = end
    return spans


def _backward_starts(run: _Run, cuts: set[int]) -> Iterator[tuple[int, int]]:
    """Stretches that PDFium would read in the wrong order.

    A change of text rise (or the end of a span) ends one text object and starts another, and PDFium sorts
    the objects of a line by where they start. After a raised mark that hangs over to the right, the next
    object starts to the left of it. Inside one span their order does not matter.
    """
    pen = start = 0.0
    first = 0
    for place, glyph in enumerate(run.glyphs):
        pen -= glyph.spacing
        if place and (place in cuts or glyph.rise != run.glyphs[place - 1].rise):
            if pen < start:
                yield first, place
            start, first = pen, place
        pen += glyph.width


def _show(run: _Run) -> Iterator[bytes]:
    """Operators that show the run. The text rise is 0 before and after, as WeasyPrint leaves it."""
    spans = _spans(run)
    rise, pending, closing = b"0", bytearray(), -1
    for place, glyph in enumerate(run.glyphs):
        if place in spans or glyph.rise != rise:
            yield from _flush(pending)
        if place in spans:
            closing = spans[place]
            yield _actual_text("".join(spoken.text for spoken in run.glyphs[place : closing + 1]))
        if glyph.rise != rise:
            rise = glyph.rise
            yield rise + b" Ts"
        if glyph.spacing:
            pending += b"%.10g" % glyph.spacing
        pending += b"<%04x>" % glyph.id
        if place == closing:
            yield from _flush(pending)
            yield b"EMC"
    if run.end_spacing:
        pending += b"%.10g" % run.end_spacing
    yield from _flush(pending)
    if float(rise):
        yield b"0 Ts"


def _actual_text(drawn: str) -> bytes:
    text = _DRAWN_SARA_AM.sub(rf"\1{SARA_AM}", drawn)
    return b"/Span <</ActualText <feff%s>>> BDC" % text.encode("utf-16-be").hex().encode()


def _flush(pending: bytearray) -> Iterator[bytes]:
    if pending:
        yield b"[" + bytes(pending).replace(b"><", b"") + b"] TJ"
        pending.clear()
