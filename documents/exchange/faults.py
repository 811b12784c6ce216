"""What is wrong in an exchange file, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# A person corrects a few things at a time; a file that is wrong everywhere says so in the first lines.
MOST_SHOWN: Final = 30


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong; `place` is a path such as sheets[0].criteria[1].uid, or a line and a column."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class ExchangeRefused(Exception):
    """A file that cannot be taken, with every fault that was found; nothing was written."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        lines = [str(fault) for fault in self.faults[:MOST_SHOWN]]
        if len(self.faults) > MOST_SHOWN:
            lines.append(f"และอีก {len(self.faults) - MOST_SHOWN} จุด")
        super().__init__("\n".join(lines))


class Faults:
    """Collects faults, so that a person sees all of them at once."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, place: str, message: str) -> None:
        """Note a fault."""
        self.found.append(Fault(place, message))

    def raise_if_any(self) -> None:
        """Raises ExchangeRefused with all of them when there is any."""
        if self.found:
            raise ExchangeRefused(self.found)
