"""How a feedback point is shown: OPDC's words with what is good and what is lacking marked in them."""

from __future__ import annotations

from typing import Protocol

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from feedback.grammar import passages

register = template.Library()


class Marked(Protocol):
    """A feedback point, or a form that holds what will become one."""

    text: str
    strength: str
    gap: str


@register.filter
def marked_html(point: Marked) -> SafeString:
    """The text, escaped, its lines kept, with <mark class="good"> and <mark class="gap">."""
    return format_html_join(
        "",
        "{}",
        ((_marked(kind, text),) for kind, text in passages(point.text, point.strength, point.gap)),
    )


def _marked(kind: str, text: str) -> SafeString:
    # escaped before the line breaks are put in, so nothing of the text is taken as markup
    lines = mark_safe(escape(text).replace("\n", "<br>"))  # noqa: S308
    return format_html('<mark class="{}">{}</mark>', kind, lines) if kind else lines
