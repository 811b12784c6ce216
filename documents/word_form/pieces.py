"""What a line of the form turned out to be: pieces, in the order of the document."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .numbering import BULLETS
from .patterns import MARKER
from .source import Line, Run


class PieceKind(StrEnum):
    """What a piece is in the form."""

    FEEDBACK = "feedback"
    PRACTICE = "practice"
    ACTIVITY = "activity"
    OWNERS = "owners"
    ANALYSIS = "analysis"
    OBSTACLES = "obstacles"
    REMEDIES = "remedies"
    NOTE = "note"
    # titles, column headings, labels, page numbers: the form prints them by itself
    HEADING = "heading"


@dataclass
class Piece:
    """Some lines that belong together.

    `code` is the criterion («3.1»), or for obstacles and remedies of a whole category its number («3»); `also` are
    further criteria of a merged cell. `head` are the characters that named agency and award. `why` says, in Thai,
    why a note could not be placed, `place` where the piece begins.
    """

    kind: PieceKind
    code: str
    lines: list[Line] = field(default_factory=list)
    also: tuple[str, ...] = ()
    head: str = ""
    agency: str = ""
    award: str = ""
    award_year: int | None = None
    own_column: bool = False
    why: str = ""
    place: str = ""

    @property
    def text(self) -> str:
        """Its lines as plain text, with the numbers that Word prints before them."""
        lines = (
            f"{line.label} {line.text.strip()}" if line.label else line.text.strip() for line in self.lines
        )
        return "\n".join(line for line in lines if line)

    @property
    def characters(self) -> str:
        """The characters of the file that it holds."""
        return self.head + "".join(line.text for line in self.lines)


# --- as markup of the allow-list ------------------------------------------------------------------------------


_LISTS = {
    "bullet": ("ul", ""),
    "dot": ("ol", ""),
    "paren": ("ol", "marker-paren"),
    "bracket": ("ol", "marker-bracket"),
    "circle": ("ol", "marker-circle"),
}


def as_html(lines: Iterable[Line], pictures: Mapping[str, str]) -> str:
    """The lines as paragraphs, Word's lists as lists; `pictures` are the addresses of those that were stored.

    Markers that somebody typed stay typed, so that no character of the file is lost.
    """
    out: list[str] = []
    open_list = ""
    for line in lines:
        tag, start = _list_tag(line)
        if open_list and tag != open_list:
            out.append(f"</{open_list.split()[0]}>")
        if tag and tag != open_list:
            out.append(f"<{tag}{start}>")
        open_list = tag
        words = _words(line)
        out.append(f"<li>{words}</li>" if tag else f"<p>{words}</p>" if words else "")
        if line.pictures:
            out.append(f"</{open_list.split()[0]}>" if open_list else "")
            open_list = ""
            out += [_picture(pictures.get(name)) for name in line.pictures]
    out.append(f"</{open_list.split()[0]}>" if open_list else "")
    return "".join(out)


def _list_tag(line: Line) -> tuple[str, str]:
    """The opening tag of the list that the line's label makes, without its brackets, and its start."""
    if not line.label or line.level > 0:
        return "", ""
    marker = MARKER.match(f"{line.label} ")
    if marker is None or marker.lastgroup is None:
        return "", ""
    tag, name = _LISTS[marker.lastgroup]
    if line.label in ("-", "–"):
        name = "marker-dash"
    if marker.lastgroup == "dot" and line.label[0] in "๐๑๒๓๔๕๖๗๘๙":
        name = "marker-thai"
    digits = "".join(str(int(sign)) for sign in line.label if sign.isdecimal())
    opening = f'{tag} class="{name}"' if name else tag
    return opening, f' start="{digits}"' if tag == "ol" and digits else ""


def _words(line: Line) -> str:
    words = "".join(_run(run) for run in line.runs).strip()
    plain = line.label and not _list_tag(line)[0]
    label = BULLETS.get(line.label, line.label)
    return f"{html.escape(label, quote=False)} {words}" if plain else words


def _run(run: Run) -> str:
    text = html.escape(run.text, quote=False)
    for mark in ("u", "em", "strong"):
        if mark in run.marks:
            text = f"<{mark}>{text}</{mark}>"
    return text


def _picture(address: str | None) -> str:
    if address is None:
        return "<p>[ภาพในไฟล์นำเข้าไม่ได้ กรุณาแทรกภาพ]</p>"
    return f'<figure><img src="{address}" alt=""></figure>'
