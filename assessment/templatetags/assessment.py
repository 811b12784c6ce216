"""Template filters of the agency's year."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from assessment.case_uses import uses_of
from assessment.models import Activity, ActivityOwner, DevelopmentGap
from assessment.owner_line import owner_line_text
from feedback.models import FeedbackPoint
from organizations.models import User
from practices.models import Practice

register = template.Library()


@register.filter
def owner_line(lines: Iterable[ActivityOwner]) -> str:
    """The owner line as one string."""
    return owner_line_text(lines)


@register.simple_tag
def answers(activity: Activity, point: FeedbackPoint, linked: set[tuple[int, int]]) -> bool:
    """Whether the activity answers the point; `linked` are all such pairs of the round."""
    return (activity.pk, point.pk) in linked


@register.inclusion_tag("assessment/_case_uses.html")
def case_uses(practice: Practice, user: User) -> dict[str, Any]:
    """Where the forms of the person's own agencies use the case; nothing at all about others."""
    return {"uses": uses_of(practice, user)}


@register.filter
def of_point(gaps: Mapping[int, DevelopmentGap], point: FeedbackPoint) -> DevelopmentGap | None:
    """The development gap that rests on the point; `gaps` are those of the round by point."""
    return gaps.get(point.pk)


@register.filter
def grouped(number: int) -> str:
    """1,234."""
    return f"{number:,}"
