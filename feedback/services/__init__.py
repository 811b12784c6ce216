"""Changes of feedback: points, the letters that they came in, and the locks of closed forms."""

from .letters import NothingToEnter, enter_points, keep_letter, withdraw_letter
from .points import (
    FeedbackLocked,
    OrderChanged,
    PointFields,
    add_point,
    change_point,
    lock_feedback,
    locked_steps,
    reorder,
    unlock_feedback,
    withdraw_point,
)

__all__ = [
    "FeedbackLocked",
    "NothingToEnter",
    "OrderChanged",
    "PointFields",
    "add_point",
    "change_point",
    "enter_points",
    "keep_letter",
    "lock_feedback",
    "locked_steps",
    "reorder",
    "unlock_feedback",
    "withdraw_letter",
    "withdraw_point",
]
