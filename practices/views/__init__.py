"""Pages of the best-practice library."""

from .editing import practice_edit, practice_new
from .exports import practice_export
from .imports import (
    practice_import,
    practice_load,
    practice_load_confirm,
    practice_load_drop,
    practice_template,
)
from .library import practice, practice_list
from .state import practice_publish, practice_unpublish, practice_withdraw

__all__ = [
    "practice",
    "practice_edit",
    "practice_export",
    "practice_import",
    "practice_list",
    "practice_load",
    "practice_load_confirm",
    "practice_load_drop",
    "practice_new",
    "practice_publish",
    "practice_template",
    "practice_unpublish",
    "practice_withdraw",
]
