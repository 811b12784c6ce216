"""Markup in OPDC's words: feedback is plain text, so what a web page or a program put around it is taken off."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from texts.cleaning import (
    ALLOWED,
    DROPPED_WHOLE,
    READ_ONLY,
    UncleanText,
    clean_html,
    plain_text,
    text_to_html,
)

_OTHERS: Final = frozenset(
    ["a", "body", "button", "font", "form", "hr", "html", "input", "link", "meta", "object", "span", "video"]
)
_NAMES: Final = "|".join(sorted(ALLOWED | READ_ONLY | DROPPED_WHOLE | _OTHERS, key=len, reverse=True))
# Only tags that mean something to browsers: <someone@example.go.th> and «ก < ข» are text.
_TAG: Final = re.compile(rf"</?({_NAMES})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_BLOCK: Final = re.compile(r"<(?:p|div|br|li|tr|h[1-6]|blockquote|pre)(?=[\s/>])", re.IGNORECASE)


class Stripped(NamedTuple):
    """The plain text, and the names of the tags that were taken off, for the person; "" where there were none."""

    text: str
    tags: str


def without_markup(text: str) -> Stripped:
    """The words of a text without its markup; scripts and styles go with what is in them."""
    names = dict.fromkeys(match[1].lower() for match in _TAG.finditer(text))
    if not names:
        return Stripped(text, "")
    # pictures say nothing, and the line ends inside of a tag are none
    html = _TAG.sub(lambda tag: "" if tag[1].lower() == "img" else tag[0].replace("\n", " "), text)
    # without tags of lines its own line ends are those of the text
    html = html if _BLOCK.search(html) else html.replace("\n", "<br>")
    try:
        plain = plain_text(clean_html(html))
    except UncleanText:
        plain = _TAG.sub("", text).strip()
    # a text that holds the signs of a tag is exported as markup, and comes back as the text that it was
    return Stripped(plain, "" if text == as_markup(plain) else " ".join(f"<{name}>" for name in names))


def as_markup(text: str) -> str:
    """A text as a file holds it: as it is, or as markup where it would be taken for some."""
    return text_to_html(text) if _TAG.search(text) else text
