"""Where finished files lie. Apart from the making of them, so that web processes need not load WeasyPrint."""

from __future__ import annotations

import datetime
import os
from pathlib import Path

from django.conf import settings

from .models import Job


def export_path(job: Job) -> Path:
    """Where the file of a job lies."""
    return Path(settings.EXPORT_DIR) / f"{job.uid.hex}.{job.format}"


def store_export(job: Job, content: bytes) -> None:
    """Write the file so that it is there whole or not at all, also after a power cut."""
    path = export_path(job)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # a name of its own for each attempt: two workers never write into one file
    partial = path.with_suffix(f".{job.attempts}.part")
    with partial.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def remove_partial_files(before: datetime.datetime) -> None:
    """Remove what a worker that died while writing has left."""
    for partial in Path(settings.EXPORT_DIR).glob("*.part"):
        if partial.stat().st_mtime < before.timestamp():
            partial.unlink(missing_ok=True)
