"""What taking a document in would change, piece by piece: each with how it stands, how it would be, and its write.

A document adds and changes, it never takes anything out. What stands nowhere yet is added; what differs is a
change that the person sees; what somebody saved here after the document was written is a conflict, and the person
says which of the two stays.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from . import Document
from .matching import Target
from .writing import Writing

Write = Callable[[Writing], None]


@dataclass(frozen=True)
class Unit:
    """One piece: `old` and `new` are HTML of the allow-list, `old` is empty where nothing stands yet.

    `category` is 0 for what belongs to the whole round.
    """

    name: str
    category: int
    place: str
    old: str
    new: str
    write: Write
    conflict: bool = False

    @property
    def adds(self) -> bool:
        """Nothing stands there, so nothing can be overwritten."""
        return not self.old


@dataclass(frozen=True)
class Plan:
    """Every piece in the order in which it is written, and what is left alone."""

    document: Document
    target: Target
    units: tuple[Unit, ...]
    notes: tuple[str, ...]

    @property
    def additions(self) -> list[Unit]:
        """Pieces for which nobody is asked."""
        return [unit for unit in self.units if unit.adds]

    @property
    def changes(self) -> list[Unit]:
        """Pieces that replace something; conflicts first."""
        found = [unit for unit in self.units if not unit.adds]
        return sorted(found, key=lambda unit: not unit.conflict)

    @property
    def conflicts(self) -> list[Unit]:
        """Pieces that somebody saved here after the document was written."""
        return [unit for unit in self.units if unit.conflict]

    @cached_property
    def fingerprint(self) -> str:
        """Names what the person was shown, so that a decision holds for that and nothing newer."""
        digest = hashlib.sha256()
        for unit in self.units:
            digest.update(f"{unit.name}\0{unit.old}\0{unit.new}\0".encode())
        return digest.hexdigest()


def merged(stored: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """The order of the document, then what only stands here, each behind what it stood behind."""
    result = list(wanted)
    before = ""
    for uid in stored:
        if uid not in result:
            result.insert(result.index(before) + 1 if before else 0, uid)
        before = uid
    return result
