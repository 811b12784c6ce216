"""Models of what people write, one file per noun."""

from organizations.models import Claimed, StaleVersion, Versioned

from .figure import Figure
from .text import Proposal, Revision, SaveKey, Text

__all__ = ["Claimed", "Figure", "Proposal", "Revision", "SaveKey", "StaleVersion", "Text", "Versioned"]
