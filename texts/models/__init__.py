"""Models of what people write, one file per noun."""

from .figure import Figure
from .text import Revision, SaveKey, Text
from .versioned import StaleVersion, Versioned

__all__ = ["Figure", "Revision", "SaveKey", "StaleVersion", "Text", "Versioned"]
