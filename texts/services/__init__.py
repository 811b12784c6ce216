"""Changes of texts: saving, what came late, and what lost a conflict."""

from .proposals import AlreadyDecided, accept_proposal, dismiss_proposal, keep_proposal
from .saving import (
    KeyReused,
    SavedText,
    TextConflict,
    TextLocked,
    new_text,
    save_text,
    saved_before,
    set_aside,
)

__all__ = [
    "AlreadyDecided",
    "KeyReused",
    "SavedText",
    "TextConflict",
    "TextLocked",
    "accept_proposal",
    "dismiss_proposal",
    "keep_proposal",
    "new_text",
    "save_text",
    "saved_before",
    "set_aside",
]
