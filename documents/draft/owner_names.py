"""Reading a line of owners: names of the agency's list, joiners, notes in brackets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assessment.enums import Joiner
from assessment.services.activities import OwnerLine
from organizations.models import Agency, Owner
from thai.text import normalise, to_arabic_digits

NOTE = re.compile(r"\s*\(([^()]{1,200})\)")
BETWEEN = re.compile(r"[\s,;]*")
JOINERS = (Joiner.AND.value, Joiner.OR.value, Joiner.SLASH.value)


@dataclass(frozen=True)
class ReadLine:
    """The owners of a line in their order, and the words that name nobody."""

    owners: tuple[OwnerLine, ...]
    unknown: tuple[str, ...]


class OwnerNames:
    """The names of one agency; an abbreviation names its owner, too."""

    def __init__(self, agency: Agency) -> None:
        owners = Owner.objects.filter(agency=agency)
        named = {_plain(owner.name): owner for owner in owners}
        short = {_plain(o.abbreviation): o for o in owners if o.abbreviation and not o.withdrawn_at}
        self.by_name: dict[str, Owner] = short | named
        self.longest_first = sorted(self.by_name, key=len, reverse=True)

    def read(self, line: str, present: Sequence[int] = ()) -> ReadLine:
        """The owners that the line names; who was withdrawn counts only when `present` has the person already."""
        typed = " ".join(normalise(line).split())
        # the same length, so that a note keeps its digits
        text = to_arabic_digits(typed)
        found: list[OwnerLine] = []
        unknown: list[str] = []
        position, joiner = 0, ""
        while position < len(text):
            position = _skip(text, position)
            name = self._name_at(text, position)
            if name is not None:
                end, note = _note(typed, position + len(name))
                owner = self.by_name[name]
                if owner.withdrawn_at and owner.pk not in present:
                    unknown.append(name)
                else:
                    found.append(OwnerLine(owner, joiner if found else "", note))
                position, joiner = end, ""
            elif word := next((j for j in JOINERS if text.startswith(j, position)), ""):
                position, joiner = position + len(word), word
            elif position < len(text):
                end = self._next_known(text, position)
                unknown.append(text[position:end].strip(" ,;"))
                position, joiner = end, ""
        return ReadLine(tuple(found), tuple(word for word in unknown if word))

    def _name_at(self, text: str, position: int) -> str | None:
        return next((name for name in self.longest_first if text.startswith(name, position)), None)

    def _next_known(self, text: str, position: int) -> int:
        """Where the next name begins that we know, with the joiner before it."""
        ends = [found for name in self.longest_first if (found := text.find(name, position + 1)) > 0]
        end = min(ends, default=len(text))
        head = text[position:end].rstrip()
        joiner = next((j for j in JOINERS if head.endswith(j) and head != j), "")
        return position + len(head) - len(joiner) if joiner else end


def _plain(text: str) -> str:
    return to_arabic_digits(" ".join(normalise(text).split()))


def _skip(text: str, position: int) -> int:
    match = BETWEEN.match(text, position)
    return match.end() if match else position


def _note(text: str, position: int) -> tuple[int, str]:
    match = NOTE.match(text, position)
    return (match.end(), match[1].strip()) if match else (position, "")
