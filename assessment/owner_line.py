"""The owner line of an activity as one string: the words that the form prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .enums import Joiner
from .models import ActivityOwner


class OwnerName(NamedTuple):
    """One name of an owner line, what joins it to the name before, and its note."""

    name: str
    joiner: str
    note: str


def owner_line_text(lines: Iterable[ActivityOwner]) -> str:
    """The owner line of stored rows, whose owners were read with them."""
    return join_owners(OwnerName(line.owner.name, line.joiner, line.note) for line in lines)


def join_owners(lines: Iterable[OwnerName]) -> str:
    """«สำนักนโยบายและแผน และทุกสำนัก», «ก/ข», «ก หรือ ข (หมายเหตุ)»; empty without owners."""
    text = ""
    for line in lines:
        name = f"{line.name} ({line.note})" if line.note else line.name
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
