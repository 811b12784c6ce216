"""Showing rich text, and loading its editor."""

from __future__ import annotations

import re
from typing import Any

from django import forms, template
from django.utils.safestring import SafeString
from js_asset import Media

from texts.cleaning import sanitise
from texts.forms import editor_media
from thai.words import tokens

register = template.Library()

_FIGURE = r"<figure>(?:(?!</figure>).)*</figure>"
_FIGURES = re.compile(f"(?:{_FIGURE}){{2,}}")


@register.filter
def rich_text(html: str | None) -> SafeString:
    """Stored rich text as markup; two or more figures in a row stand in a <div class="figure-grid">.

    Put it into an element with class="rich-text" and hx-disable: {% include "texts/_rich_text.html" %}.
    """
    # safe because sanitise() lets only the allow-list through, whatever way the row was written
    return SafeString(_FIGURES.sub(r'<div class="figure-grid">\g<0></div>', sanitise(html or "")))


@register.filter
def plain_excerpt(text: str | None, length: int = 120) -> str:
    """The beginning of a plain text on one line: at most `length` code points, ended after a word with …."""
    line = " ".join((text or "").split())
    if len(line) <= length:
        return line
    kept = ""
    # words do not depend on what comes pages later, and the dictionary is not free
    for word in tokens(line[: length + 60]):
        if len(kept) + len(word) > length - 1:
            break
        kept += word
    return f"{(kept or line[: length - 1]).rstrip()}…"


@register.simple_tag(takes_context=True)
def editor_scripts(context: dict[str, Any]) -> SafeString:
    """What a page with editors loads in its head, also when the first editor comes later by htmx."""
    return _with_nonce(editor_media(), context)


@register.simple_tag(takes_context=True)
def form_scripts(context: dict[str, Any], form: forms.BaseForm) -> SafeString:
    """What the fields of a form load, with the nonce that the import map of an editor needs."""
    return _with_nonce(Media.from_media(form.media), context)


def _with_nonce(media: Media, context: dict[str, Any]) -> SafeString:
    return media.with_nonce(context.get("csp_nonce") or "").render()
