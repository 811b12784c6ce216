"""The owner line of an activity as one string: the words that the form prints."""

from __future__ import annotations

from collections.abc import Iterable

from .enums import Joiner
from .models import ActivityOwner


def owner_line_text(lines: Iterable[ActivityOwner]) -> str:
    """«สำนักนโยบายและแผน และทุกสำนัก», «ก/ข», «ก หรือ ข (หมายเหตุ)»; empty without owners."""
    text = ""
    for line in lines:
        name = f"{line.owner.name} ({line.note})" if line.note else line.owner.name
        if not text:
            text = name
        elif line.joiner == Joiner.SLASH:
            text += f"/{name}"
        elif line.joiner:
            # «และทุกสำนัก» stands together in Thai; the blank comes before the joiner.
            text += f" {line.joiner}{name}"
        else:
            text += f" {name}"
    return text
