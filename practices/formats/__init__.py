"""One reader per file format of the case library; what they read is the same `CaseRow` whatever the format.

with CaseReading() as reading:
    for row in read_cases(paths, reading):
        ...
    reading.faults.raise_if_any()
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from practices.rows import CaseRow

from .reading import CaseReading, Limits

__all__ = ["CaseReading", "Limits", "read_cases"]


def read_cases(paths: Sequence[Path], reading: CaseReading) -> Iterator[CaseRow]:
    """The cases of all files in their order, one at a time; a case with a fault is not among them.

    `paths` are files, folders (every file of a known kind in them) or .zip archives of such folders. Each file is
    read to its end whatever is wrong with the others: faults go to `reading.faults`, what a person should know to
    `reading.warnings`.
    """
    raise NotImplementedError
    yield
