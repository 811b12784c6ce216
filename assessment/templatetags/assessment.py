"""Template filters of the agency's year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import template

from assessment.models import Activity, ActivityOwner, DevelopmentGap
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


@register.filter
def of_point(gaps: Mapping[int, DevelopmentGap], point: FeedbackPoint) -> DevelopmentGap | None:
    """The development gap that rests on the point; `gaps` are those of the round by point."""
    return gaps.get(point.pk)


@register.filter
def grouped(number: int) -> str:
    """1,234."""
    return f"{number:,}"
