"""Pages of the best-practice library."""

from .editing import practice_edit, practice_new
from .library import practice, practice_list
from .state import practice_publish, practice_unpublish, practice_withdraw

__all__ = [
    "practice",
    "practice_edit",
    "practice_list",
    "practice_new",
    "practice_publish",
    "practice_unpublish",
    "practice_withdraw",
]
