"""Models of what people write, one file per noun."""

from .figure import Figure
from .text import Revision, SaveKey, Text
from .versioned import Claimed, StaleVersion, Versioned

__all__ = ["Claimed", "Figure", "Revision", "SaveKey", "StaleVersion", "Text", "Versioned"]
