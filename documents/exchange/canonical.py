"""The one spelling of a document, so that equal data are equal bytes."""

from __future__ import annotations

import json
from typing import Any, Final

from . import Document

# Grows with every save and means something in one installation only.
VERSION_NAMES: Final = frozenset({"version", "source_version"})


def dump(document: Document) -> bytes:
    """Sorted names, one value per line, UTF-8, a line end at the end."""
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def comparable(document: Document) -> Document:
    """The document without what may differ between two installations that hold the same round.

    The format's own version stays: it stands at the top and says how to read the rest.
    """
    bare: Document = {name: _without_versions(value) for name, value in document.items() if name != "about"}
    return bare


def _without_versions(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_versions(v) for k, v in value.items() if k not in VERSION_NAMES}
    if isinstance(value, list):
        return [_without_versions(item) for item in value]
    return value
