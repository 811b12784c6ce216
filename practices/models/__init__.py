"""The best-practice library, and what stands between a file of cases and the library."""

from .load import Load, LoadQuerySet, StagedAgency, StagedCase, StagedPicture
from .practice import Practice, PracticeQuerySet, PracticeStatus, Tag, TagQuerySet

__all__ = [
    "Load",
    "LoadQuerySet",
    "Practice",
    "PracticeQuerySet",
    "PracticeStatus",
    "StagedAgency",
    "StagedCase",
    "StagedPicture",
    "Tag",
    "TagQuerySet",
]
