"""Models of what people write, one file per noun."""

from organizations.models import Claimed, StaleVersion, Versioned

from .figure import Figure
from .text import Revision, SaveKey, Text
from .thread import MAX_BODY, Comment, CommentQuerySet, Thread

__all__ = [
    "MAX_BODY",
    "Claimed",
    "Comment",
    "CommentQuerySet",
    "Figure",
    "Revision",
    "SaveKey",
    "StaleVersion",
    "Text",
    "Thread",
    "Versioned",
]
