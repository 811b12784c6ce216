"""Pages of feedback: read by the agency's members, entered by those who run its year."""

from .imports import feedback_import, feedback_import_confirm, feedback_template
from .points import feedback_edit, feedback_list, feedback_move, feedback_new, feedback_withdraw

__all__ = [
    "feedback_edit",
    "feedback_import",
    "feedback_import_confirm",
    "feedback_list",
    "feedback_move",
    "feedback_new",
    "feedback_template",
    "feedback_withdraw",
]
