"""What a person is told about the files that were read: bounded, however bad they are."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Self

from framework.files import Fault, Faults, FileRefused, Node
from framework.models import Edition

from .values import Codes, SeenAgencies, SeenCases

MAX_FAULTS: Final = 1_000


class BoundedFaults(Faults):
    """The first MAX_FAULTS faults, and how many more there were."""

    def __init__(self) -> None:
        super().__init__()
        self.more = 0

    def put(self, faults: Iterable[Fault]) -> None:
        """Note these faults."""
        for fault in faults:
            if len(self.found) < MAX_FAULTS:
                self.found.append(fault)
            else:
                self.more += 1

    def add(self, node: Node, message: str) -> None:
        """Note a fault of `node`."""
        self.put([node.fault(message)])

    @property
    def count(self) -> int:
        """How many there were."""
        return len(self.found) + self.more

    @property
    def rest(self) -> str:
        """What stands below those that are shown: และอีก 12 แห่ง, or nothing."""
        return f"และอีก {self.more:,} แห่ง" if self.more else ""

    def raise_if_any(self) -> None:
        """Raises FileRefused with the faults that were kept; the last one says how many more there were."""
        if not self.found:
            return
        refused = FileRefused(self.found)
        if self.more:
            refused.faults.append(UnplacedFault("", 0, "", self.rest))
            refused.args = ("\n".join(map(str, refused.faults)),)
        raise refused


@dataclass(frozen=True)
class UnplacedFault(Fault):
    """A sentence about all files, or about one file as a whole."""

    @property
    def place(self) -> str:
        """The file, where there is one."""
        return self.file

    def __str__(self) -> str:
        return f"{self.file}: {self.message}" if self.file else self.message


@dataclass(frozen=True)
class Limits:
    """How much is taken in at once; sizes in bytes. The command takes all of it, a page may take less."""

    file: int = 500 * 1024 * 1024
    unpacked: int = 1024 * 1024 * 1024
    entries: int = 50_000
    rows: int = 100_000


@dataclass
class CaseReading:
    """One pass over files: what is wrong with them and what they were read against.

    Use it as a context manager: archives are unpacked into folders that last until it ends, because pictures are
    read again when they are stored.
    """

    limits: Limits = field(default_factory=Limits)
    faults: BoundedFaults = field(default_factory=BoundedFaults)
    noted: BoundedFaults = field(default_factory=BoundedFaults)
    rows: int = 0
    seen: SeenCases = field(default_factory=SeenCases)
    seen_agencies: SeenAgencies = field(default_factory=SeenAgencies)
    _editions: dict[str, Codes | None] = field(default_factory=dict)
    _folders: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._folders.close()

    @property
    def warnings(self) -> list[Fault]:
        """What the person should know and what stops nothing; the last one says how many more there are."""
        more = [UnplacedFault("", 0, "", self.noted.rest)] if self.noted.more else []
        return [*self.noted.found, *more]

    def folder(self) -> Path:
        """A new folder that lasts as long as this reading."""
        return Path(self._folders.enter_context(TemporaryDirectory(prefix="pmqa-cases-"))).resolve()

    def codes(self, edition: str) -> Codes | None:
        """The criteria of an edition; None when there is no such edition."""
        if edition not in self._editions:
            found = Edition.objects.filter(code=edition).first()
            self._editions[edition] = _codes_of(found) if found else None
        return self._editions[edition]

    @property
    def nameable(self) -> frozenset[int]:
        """The criteria that the files read so far have codes for."""
        editions = [codes for codes in self._editions.values() if codes]
        return frozenset(criterion for codes in editions for _, criterion in codes.values())

    @cached_property
    def newest_edition(self) -> str:
        """The edition in whose codes a file speaks that names none; "" when there is no edition at all."""
        newest = Edition.objects.newest_first().first()
        return newest.code if newest else ""

    @cached_property
    def known_editions(self) -> str:
        """The editions to choose from, for the person."""
        return ", ".join(Edition.objects.newest_first().values_list("code", flat=True)) or "ยังไม่มีฉบับใด"


def _codes_of(edition: Edition) -> Codes:
    rows = edition.criteria.values_list("code", "position", "criterion_id")
    return {code: (position, criterion) for code, position, criterion in rows}
