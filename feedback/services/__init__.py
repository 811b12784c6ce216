"""Changes of feedback: points, the letters that they came in, and the locks of closed forms."""

from .decisions import decline_point, relate_points, take_up_point
from .letters import NothingToEnter, enter_points, keep_letter, withdraw_letter
from .locks import FeedbackLocked, Locks, lock_feedback, locks_of, unlock_feedback
from .points import (
    OrderChanged,
    PointFields,
    add_point,
    change_point,
    reorder,
    withdraw_point,
)

__all__ = [
    "FeedbackLocked",
    "Locks",
    "NothingToEnter",
    "OrderChanged",
    "PointFields",
    "add_point",
    "change_point",
    "decline_point",
    "enter_points",
    "keep_letter",
    "lock_feedback",
    "locks_of",
    "relate_points",
    "reorder",
    "take_up_point",
    "unlock_feedback",
    "withdraw_letter",
    "withdraw_point",
]
