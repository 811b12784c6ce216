"""Models of what people write, one file per noun."""

from organizations.models import Claimed, StaleVersion, Versioned

from .figure import Figure
from .text import Proposal, Revision, SaveKey, Text
from .thread import MAX_BODY, Comment, CommentQuerySet, Thread

__all__ = [
    "MAX_BODY",
    "Claimed",
    "Comment",
    "CommentQuerySet",
    "Figure",
    "Proposal",
    "Revision",
    "SaveKey",
    "StaleVersion",
    "Text",
    "Thread",
    "Versioned",
]
