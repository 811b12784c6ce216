"""Input about feedback: points, files of them, and whole letters."""

from .letters import LetterForm, LetterRowForm, LetterRows, LetterScanForm
from .points import LONGEST_TEXT, FeedbackPointForm, FeedbackSheetForm, criterion_choices

__all__ = [
    "LONGEST_TEXT",
    "FeedbackPointForm",
    "FeedbackSheetForm",
    "LetterForm",
    "LetterRowForm",
    "LetterRows",
    "LetterScanForm",
    "criterion_choices",
]
