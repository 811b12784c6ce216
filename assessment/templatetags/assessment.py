"""Template filters of the agency's year."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from assessment.models import Activity, ActivityOwner
from assessment.owner_line import owner_line_text
from feedback.models import FeedbackPoint

register = template.Library()


@register.filter
def owner_line(lines: Iterable[ActivityOwner]) -> str:
    """The owner line as one string."""
    return owner_line_text(lines)


@register.simple_tag
def answers(activity: Activity, point: FeedbackPoint, linked: set[tuple[int, int]]) -> bool:
    """Whether the activity answers the point; `linked` are all such pairs of the round."""
    return (activity.pk, point.pk) in linked
