"""Models of what people write, one file per noun."""

from organizations.models import Claimed, StaleVersion, Versioned

from .figure import Figure
from .text import Revision, SaveKey, Text

__all__ = ["Claimed", "Figure", "Revision", "SaveKey", "StaleVersion", "Text", "Versioned"]
