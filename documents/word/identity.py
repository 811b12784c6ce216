"""The hidden names by which a piece of text is known again when its document comes back.

A piece bears a bookmark around its first paragraph. Names that begin with an underscore are hidden in Word; they may
have 40 characters of letters, digits and underscores. What the name cannot hold stands in the document's properties.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from dataclasses import dataclass
from enum import StrEnum

from thai.text import normalise, to_arabic_digits

NAME = re.compile(r"_pmqa_([a-z])_([a-z2-7]{26}|[1-6])_([a-z0-9]{1,5})")


class Kind(StrEnum):
    """What a piece of text is in the form."""

    ACTIVITY = "a"
    OWNERS = "o"
    PRACTICE = "p"
    PRACTICE_HEAD = "h"
    ANALYSIS = "n"
    OBSTACLES = "b"
    REMEDIES = "r"
    SHEET_OBSTACLES = "c"
    SHEET_REMEDIES = "d"


@dataclass(frozen=True)
class Mark:
    """The identity of one piece: `key` is the uid of its row or the number of its category.

    `state` is the version of its text when it was exported; of owners, who have no versions of their words,
    `line_digest` of the line.
    """

    kind: Kind
    key: str
    state: str

    @property
    def name(self) -> str:
        """The name of the bookmark."""
        short = self.key if self.key.isdigit() else _short(uuid.UUID(self.key))
        return f"_pmqa_{self.kind.value}_{short}_{self.state}"

    @property
    def version(self) -> int | None:
        """The version of the text that was exported."""
        return int(self.state) if self.state.isdigit() else None


def mark_named(name: str) -> Mark | None:
    """The identity in the name of a bookmark; None for every other bookmark."""
    match = NAME.fullmatch(name)
    if not match or match[1] not in set(Kind):
        return None
    key = match[2] if len(match[2]) == 1 else _long(match[2])
    return Mark(Kind(match[1]), key, match[3]) if key else None


def line_digest(line: str) -> str:
    """Tells whether a line of owners is still the exported one; blanks and the kind of digits do not count."""
    plain = "".join(to_arabic_digits(normalise(line)).split())
    # Letters and digits 2–7; the first is kept a letter, so that it never looks like a version.
    digest = base64.b32encode(hashlib.sha256(plain.encode()).digest()).decode().lower()
    return f"x{digest[:4]}"


def _short(uid: uuid.UUID) -> str:
    return base64.b32encode(uid.bytes).decode().rstrip("=").lower()


def _long(short: str) -> str:
    try:
        return str(uuid.UUID(bytes=base64.b32decode(f"{short.upper()}======")))
    except (ValueError, binascii.Error):
        return ""
