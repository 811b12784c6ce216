"""Template filters of the agency's year."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from assessment.models import ActivityOwner
from assessment.owner_line import owner_line_text

register = template.Library()


@register.filter
def owner_line(lines: Iterable[ActivityOwner]) -> str:
    """The owner line as one string."""
    return owner_line_text(lines)
