"""Writing WordprocessingML as text: one function for an element, one for a text."""

from __future__ import annotations

import re

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
PLACED = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
NAMESPACES = (
    f'xmlns:w="{MAIN}" xmlns:r="{OFFICE}" xmlns:wp="{PLACED}" xmlns:a="{DRAWING}" xmlns:pic="{PICTURE}"'
)

# What XML 1.0 cannot hold, whatever a row came to hold.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """A text as content or attribute."""
    text = _IMPOSSIBLE.sub("", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def el(name: str, /, *children: str, **attributes: str | int) -> str:
    """One element of WordprocessingML: `el("jc", val="center")` is <w:jc w:val="center"/>."""
    named = "".join(f' w:{key}="{escape(str(value))}"' for key, value in attributes.items())
    inside = "".join(children)
    return f"<w:{name}{named}>{inside}</w:{name}>" if inside else f"<w:{name}{named}/>"


def run(text: str, *properties: str) -> str:
    """A run of text; line ends become line breaks."""
    inside = el("br").join(
        f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else "" for part in text.split("\n")
    )
    return el("r", el("rPr", *properties) if any(properties) else "", inside)


BOLD = el("b") + el("bCs")
ITALIC = el("i") + el("iCs")
UNDERLINE = el("u", val="single")
