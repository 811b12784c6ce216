"""From paths to a finished load, in one process: what the command and the demonstration use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from organizations.models import Agency, User
from practices.enums import LoadState
from practices.formats import CaseReading, read_cases
from practices.models import Load

from .clearing import clear_staged, drop, take_over_abandoned
from .pace import Pace, sleep_as_long
from .running import LoadRefused, read_load, write_load
from .states import start_load, step


def described(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """The files by name, with what proves later which ones they were; a folder stands for the files in it."""
    files = [file for path in paths for file in (_inside(path) if path.is_dir() else [path])]
    return [{"name": file.name, "sha256": _sha256(file)} for file in files if file.is_file()]


def _inside(folder: Path) -> Iterator[Path]:
    """Files of cases; their pictures are named by their own hashes where they are stored."""
    yield from sorted(path for path in folder.iterdir() if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def reading_of(
    paths: Sequence[Path],
    *,
    by: User | None = None,
    kept_to: Agency | None = None,
    publish: bool = True,
    on_progress: Callable[[str, int, int], object] = lambda step, done, total: None,
    breathe: Callable[[float], object] = sleep_as_long,
) -> Iterator[Pace]:
    """The load of these files, read and waiting for a decision; whoever does not decide has it dropped.

    Raises FileRefused with every fault of every file, and LoadStopped.
    """
    take_over_abandoned()
    load = start_load(files=described(paths), kept_to=kept_to, by=by, publish=publish)
    pace = Pace(load, on_progress=on_progress, breathe=breathe)
    with CaseReading() as reading:
        read_load(read_cases(paths, reading), reading=reading, pace=pace)
        if load.state == LoadState.REFUSED:
            raise LoadRefused(load)
        try:
            yield pace
        finally:
            if load.state == LoadState.READ:
                drop(load)
            elif load.state == LoadState.NOTHING:
                clear_staged(load)


def write(pace: Pace) -> None:
    """Publish a load that was read. Raises FileRefused when it was overtaken, LoadBusy, LoadStopped."""
    step(pace.load, LoadState.CONFIRMED)
    write_load(pace)
    if pace.load.state == LoadState.REFUSED:
        raise LoadRefused(pace.load)


def load_practices(paths: Sequence[Path], **options: Any) -> Load:
    """Read the files and write what is new or changed, all or nothing; `options` are those of `reading_of`.

    Raises FileRefused with every fault of every file, LoadBusy, LoadStopped.
    """
    with reading_of(paths, **options) as pace:
        if pace.load.state == LoadState.READ:
            write(pace)
    return pace.load
