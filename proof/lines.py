"""`./pmqa prove lines`: no term is cut, no line too long, at every column width from 30 to 120 mm.

The terms are those of the project's dictionary, and all agencies and units of the demonstration. They stand in running
text, bare, between quotation marks, in brackets and before ๆ. What was set is read back from the finished file with
PDFium, line by line with its place on paper. The suite runs the same over some of the widths.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdf
import pypdfium2
import yaml

from documents.pdf.render import render
from thai.words import terms, terms_in, unbreakable_parts

WIDTHS_MM = range(30, 121)
POINTS_PER_MM = 72 / 25.4
# PDFium gives the ink: a tone above a vowel (ทั้งนี้) leans over the advance of its letter by 1.1 points.
TOLERANCE_POINTS = 1.2
FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "demo_senate_2565"
HOSTED = ("สำนักงานเลขาธิการวุฒิสภา", "สำนักงานสถิติแห่งชาติ")
FRAMES = (
    "ตามที่{}ได้กำหนดไว้",
    "เสนอ “{}” เพื่อพิจารณา",
    "ระบบ({})ที่ใช้",
    "และ“{}”ต่าง ๆ",
    "ของ{}ฯลฯ ในปี ๒๕๖๗/๒๕๖๘",
    "มี{}ทั้งนี้",
)
NEVER_FIRST = re.compile(r"[ๆฯะ-ฺ็-๎)\]}>”’»›.,:;!?%…]")
NEVER_LAST = re.compile(r"[(\[{<“‘«‹เ-ไ]$")


# A term, where it begins, and the piece between two possible line ends that it stands in.
Place = tuple[str, int, str]


@dataclass(frozen=True)
class Line:
    """A line as it was printed: its text without blanks, and where it ends, in points from the column's left edge."""

    text: str
    end: float


@dataclass(frozen=True)
class Finding:
    """Something that must not be, at one column width."""

    width_mm: int
    what: str
    where: str


def all_terms() -> list[str]:
    """The terms of the dictionary, and the agencies and units of the demonstration, in a fixed order."""
    return sorted(terms() | demonstration_terms())


def demonstration_terms() -> frozenset[str]:
    """The names of the demonstration's agencies and units as a print of the Senate keeps them whole."""
    files = [FIXTURES / "form.yaml", *sorted((FIXTURES / "practices").glob("*.yaml"))]
    names = list(HOSTED)
    for file in files:
        data = yaml.safe_load(file.read_text(encoding="utf-8"))
        for row in [*data.get("agencies", ()), *data.get("owners", ())]:
            names += [row["name"], row.get("short_name") or row.get("abbreviation") or ""]
    return terms_in(names)


def running_text(words: Iterable[str]) -> str:
    """The terms inside sentences, without and with marks around them."""
    return " ".join(FRAMES[number % len(FRAMES)].format(word) for number, word in enumerate(words))


def printed_lines(
    paragraphs: Iterable[str], width_mm: float, kept: frozenset[str] = frozenset()
) -> list[Line]:
    """The lines of a document that is one column of ``width_mm``; what is too long still stands on the paper."""
    style = f"@page {{ size: {width_mm + 200}mm 290mm; margin: 5mm 200mm 5mm 0; @bottom-center {{ content: none }} }}"
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    pdf = render(body, {}, title="", css=style, terms=kept)
    with pypdfium2.PdfDocument(pdf) as document:
        return [line for page in document for line in _lines(page.get_textpage())]


def _lines(page: pypdfium2.PdfTextPage) -> Iterator[Line]:
    """A line's last rectangle ends where the line ends; PDFium counts the characters of a line end, too."""
    position = 0
    for text in page.get_text_range().split("\r\n"):
        first = page.count_rects(0, position)
        right = [
            page.get_rect(number)[2] for number in range(first, page.count_rects(0, position + len(text)))
        ]
        yield Line("".join(text.split()), max(right, default=0))
        position += len(text) + 2


def findings(
    text: str, lines: list[Line], width_mm: int, places: list[Place], widths: dict[str, float]
) -> Iterator[Finding]:
    """What is wrong with ``text`` as it was set; a term may be cut where its whole piece is too wide for a line."""
    column = width_mm * POINTS_PER_MM
    squeezed = re.sub(r"\s", "", text)
    if (printed := "".join(line.text for line in lines)) != squeezed:
        place = next(i for i, (a, b) in enumerate(zip(printed + " ", squeezed + " ", strict=False)) if a != b)
        yield Finding(
            width_mm, "other text", f"{printed[place : place + 20]!r} {squeezed[place : place + 20]!r}"
        )
    ends = set()
    position = 0
    for line in lines:
        if line.end > column + TOLERANCE_POINTS:
            yield Finding(width_mm, "overfull", line.text)
        if NEVER_FIRST.match(line.text) or NEVER_LAST.search(line.text):
            yield Finding(width_mm, "wrong mark", line.text)
        position += len(line.text)
        ends.add(position)
    for word, start, unit in places:
        if not ends.isdisjoint(range(start + 1, start + len(word))) and widths[unit] <= column:
            yield Finding(width_mm, "cut", f"{word} in {unit}")


def occurrences(text: str, words: Iterable[str], kept: frozenset[str]) -> Iterator[Place]:
    """Every term with its places, counted without blanks as the lines are, and what it forms one piece with."""
    before = [0]
    for character in text:
        before.append(before[-1] + (not character.isspace()))
    units = [part for part in unbreakable_parts(text, kept) for _ in part]
    for word in words:
        for match in re.finditer(f"(?={re.escape(word)})", text):
            yield word, before[match.start()], units[match.start()].strip()


def widths_of(units: Iterable[str]) -> dict[str, float]:
    """How wide each piece is in print, in points: as wide as the area of a link around it."""
    ordered = sorted(set(units))
    style = "@page { size: 700mm 290mm } p { white-space: nowrap }"
    body = "".join(f'<p id="p"><a href="#p">{html.escape(unit)}</a></p>' for unit in ordered)
    pages = pypdf.PdfReader(BytesIO(render(body, {}, title="", css=style))).pages
    areas = [pypdf.generic.RectangleObject(link["/Rect"]) for page in pages for link in page["/Annots"]]
    return {unit: float(area.width) for unit, area in zip(ordered, areas, strict=True)}


def examine(widths_mm: Iterable[int]) -> dict[int, list[Finding]]:
    """Set the whole text once for every width."""
    words = all_terms()
    kept = demonstration_terms()
    text = running_text(words)
    places = list(occurrences(text, words, kept))
    widths = widths_of(unit for _, _, unit in places)
    return {
        width: list(findings(text, printed_lines([text], width, kept), width, places, widths))
        for width in widths_mm
    }


def main() -> int:
    """Print what was found; 1 when anything was."""
    results = examine(WIDTHS_MM)
    every = [finding for found in results.values() for finding in found]
    kinds = ("cut", "overfull", "wrong mark", "other text")
    print(
        f"{len(all_terms())} terms at {len(results)} column widths from {min(results)} to {max(results)} mm"
    )
    for kind in kinds:
        print(f"{kind:<12}{sum(finding.what == kind for finding in every):>6}")
    for finding in every[:40]:
        print(f"{finding.width_mm} mm: {finding.what}: {finding.where}")
    return int(bool(every))


if __name__ == "__main__":
    sys.exit(main())
