"""Pages of feedback: read by the agency's members, entered by those who run its year."""

from .decisions import feedback_decline, feedback_relate, feedback_relations
from .exports import feedback_export
from .imports import feedback_import, feedback_import_confirm, feedback_template
from .letters import (
    feedback_letter,
    feedback_letter_enter,
    feedback_paper,
    feedback_paper_new,
    feedback_paper_withdraw,
)
from .points import feedback_edit, feedback_list, feedback_move, feedback_new, feedback_withdraw

__all__ = [
    "feedback_decline",
    "feedback_edit",
    "feedback_export",
    "feedback_import",
    "feedback_import_confirm",
    "feedback_letter",
    "feedback_letter_enter",
    "feedback_list",
    "feedback_move",
    "feedback_new",
    "feedback_paper",
    "feedback_paper_new",
    "feedback_paper_withdraw",
    "feedback_relate",
    "feedback_relations",
    "feedback_template",
    "feedback_withdraw",
]
