"""One reader per file format of the case library; what they read is the same `CaseRow` whatever the format.

with CaseReading() as reading:
    for row in read_cases(paths, reading):
        ...
    reading.faults.raise_if_any()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from practices.pictures import PictureFolder
from practices.rows import CaseRow

from .readable import read_json_cases, read_yaml
from .reading import CaseReading, Limits
from .sources import sources_of
from .table import read_table_cases

__all__ = ["CaseReading", "Limits", "read_cases"]


def read_cases(paths: Sequence[Path], reading: CaseReading) -> Iterator[CaseRow]:
    """The cases of all files in their order, one at a time; a case with a fault is not among them.

    `paths` are files, folders (every file of a known kind in them) or .zip archives of such folders. Each file is
    read to its end whatever is wrong with the others: faults go to `reading.faults`, what a person should know to
    `reading.warnings`.
    """
    for source in sources_of(paths, reading):
        pictures = PictureFolder(source.path, source.top)
        yield from _READERS[source.path.suffix.casefold()](source.path, source.name, pictures, reading)


_READERS: Final[dict[str, Callable[[Path, str, PictureFolder, CaseReading], Iterator[CaseRow]]]] = {
    ".yaml": read_yaml,
    ".yml": read_yaml,
    ".json": read_json_cases,
    ".xlsx": read_table_cases,
    ".csv": read_table_cases,
}
