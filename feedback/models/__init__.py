"""Models of feedback, one file per noun."""

from .letter import FeedbackLetter
from .point import FeedbackLock, FeedbackPoint, FeedbackQuerySet
from .relation import PointRelation

__all__ = ["FeedbackLetter", "FeedbackLock", "FeedbackPoint", "FeedbackQuerySet", "PointRelation"]
