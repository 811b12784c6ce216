"""Which stretches of two sequences are the same, at a bounded cost.

difflib needs time in the cube of a sequence that repeats itself: five hundred times «ก ข » in one paragraph, two
kilobytes that anybody can paste, keep a processor busy for a minute.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import Match, SequenceMatcher
from itertools import accumulate
from typing import Final, Literal

Operation = Literal["equal", "insert", "delete", "replace"]
Opcode = tuple[Operation, int, int, int, int]

# Pairs of equal tokens that are looked at, some tenths of a second; two different texts of five pages need fewer.
MOST_STEPS: Final = 2_000_000


def opcodes(before: Sequence[str], after: Sequence[str]) -> list[Opcode]:
    """As `SequenceMatcher.get_opcodes`; where that would cost too much, only what both begin and end with is equal."""
    try:
        return _Bounded(before, after).get_opcodes()
    except _TooDear:
        return _ends(before, after)


class _TooDear(Exception):
    """The budget is spent."""


class _Bounded(SequenceMatcher[str]):
    """Counts what the innermost loop does, from above, and gives up beyond the budget."""

    def __init__(self, before: Sequence[str], after: Sequence[str]) -> None:
        super().__init__(None, before, after, autojunk=False)
        counts = Counter(after)
        self._spent = 0
        self._pairs = list(accumulate((counts[token] for token in before), initial=0))

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """As the base class. Raises _TooDear."""
        end = len(self._pairs) - 1 if ahi is None else ahi
        self._spent += self._pairs[end] - self._pairs[alo] + end - alo
        if self._spent > MOST_STEPS:
            raise _TooDear
        return super().find_longest_match(alo, ahi, blo, bhi)


def _ends(before: Sequence[str], after: Sequence[str]) -> list[Opcode]:
    room = min(len(before), len(after))
    head = next((i for i in range(room) if before[i] != after[i]), room)
    room -= head
    tail = next((i for i in range(room) if before[-1 - i] != after[-1 - i]), room)
    old_end, new_end = len(before) - tail, len(after) - tail
    found: list[Opcode] = []
    if head:
        found.append(("equal", 0, head, 0, head))
    if old_end > head or new_end > head:
        operation: Operation = "replace" if old_end > head and new_end > head else "insert"
        found.append(("delete" if new_end == head else operation, head, old_end, head, new_end))
    if tail:
        found.append(("equal", old_end, len(before), new_end, len(after)))
    return found
