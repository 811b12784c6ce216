"""Template filters of the agency's year."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template

from assessment.case_uses import uses_of
from assessment.models import Activity, ActivityOwner
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
