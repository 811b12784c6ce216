"""Laid-out parts and whole prints, kept so that an unchanged text is not laid out again.

They lie in EXPORT_DIR/parts under names that say what they were made of, so a name never means two things; readable by
their owner only, at most MAX_BYTES together. A file that was damaged or cut off is as good as none.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings

MAX_BYTES = 200 * 1024 * 1024
_DIGEST = 32


def part_folder() -> Path:
    """Where the parts lie."""
    return Path(settings.EXPORT_DIR) / "parts"


def find_part(name: str) -> bytes | None:
    """The part of that name, unless it is missing or damaged."""
    path = part_folder() / name
    try:
        stored = path.read_bytes()
        os.utime(path)  # the longest unused go first
    except OSError:
        return None
    digest, content = stored[:_DIGEST], stored[_DIGEST:]
    return content if hashlib.sha256(content).digest() == digest else None


def keep_part(name: str, content: bytes) -> None:
    """Keep a part. A disk that is full costs the next print time, not this one."""
    folder = part_folder()
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # mkstemp: readable by the owner only, and of a name that no other worker has
        handle, partial = tempfile.mkstemp(dir=folder, suffix=".new")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(content).digest() + content)
            Path(partial).replace(folder / name)
        except OSError:
            Path(partial).unlink()
            raise
        _make_room(folder)


def forget_parts(before: datetime.datetime) -> None:
    """Remove what nobody printed since then."""
    for path, stat in _by_last_use(part_folder()):
        if stat.st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def _make_room(folder: Path) -> None:
    used = list(_by_last_use(folder))
    total = sum(stat.st_size for _, stat in used)
    for path, stat in used:
        if total <= MAX_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= stat.st_size


def _by_last_use(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The files of the folder with what is known of them, the longest unused first."""
    found = []
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):  # another worker made room meanwhile
            found.append((path, path.stat()))
    return iter(sorted(found, key=lambda item: item[1].st_mtime))
