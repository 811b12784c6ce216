"""Loads that came in by the page: the worker takes them one after the other, and finishes what was left half way."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from organizations.models import Agency, User
from practices.enums import WORKING, LoadState
from practices.formats import CaseReading, read_cases
from practices.formats.reading import Limits
from practices.formats.sources import PICTURES
from practices.models import Load
from thai.text import normalise

from .clearing import clear_staged, take, take_over_abandoned
from .pace import LoadPaused, LoadStopped, Pace, sleep_as_long
from .publishing import settle
from .running import read_load, write_load
from .states import LoadBusy, refuse, step

log = logging.getLogger("pmqa.practices")
FAILED: Final = "ตรวจหรือบันทึกไฟล์ไม่สำเร็จ ยังไม่ได้บันทึกสิ่งใด กรุณาลองอีกครั้งหรือแจ้งผู้ดูแลระบบ"
# What a page takes: an upload of some thousand cases with pictures. The command takes more.
LIMITS: Final = Limits(file=200 * 1024 * 1024, unpacked=400 * 1024 * 1024, entries=10_000, rows=20_000)


MAX_OPEN: Final = 10


class QueueFull(Exception):
    """This person has too many loads that wait for a decision."""


class KeptReading(CaseReading):
    """A reading whose unpacked pictures last until the load has ended, because somebody confirms it later."""

    def __init__(self, load: Load) -> None:
        super().__init__(limits=LIMITS)
        self._load = load

    def folder(self) -> Path:
        """A new folder beside the uploaded files."""
        base = folder_of(self._load)
        number = sum(1 for path in base.iterdir() if path.is_dir())
        made = base / f"unpacked-{number}"
        made.mkdir()
        return made.resolve()


def folder_of(load: Load) -> Path:
    """Where the files of an uploaded load lie."""
    folder: Path = settings.LOADS_DIR / load.uid.hex
    return folder


def queue_upload(*, files: Sequence[UploadedFile], kept_to: Agency | None, by: User) -> Load:
    """Keep the files on the server and let the worker read them. Raises QueueFull."""
    if Load.objects.filter(uploaded=True, ended_at=None, by=by).count() >= MAX_OPEN:
        raise QueueFull
    load = Load(kept_to=kept_to, by=by, uploaded=True)
    folder = folder_of(load) / "files"
    folder.mkdir(parents=True, mode=0o700)
    for number, file in enumerate(files, start=1):
        name = _free_name(folder, file.name or "", number)
        digest = hashlib.sha256()
        with (folder / name).open("wb") as kept:
            for chunk in file.chunks():
                digest.update(chunk)
                kept.write(chunk)
        load.files.append({"name": name, "sha256": digest.hexdigest()})
    load.save()
    return load


def _free_name(folder: Path, name: str, number: int) -> str:
    """The name of an upload as far as a disk takes it; two files of one name stay two."""
    path = PurePath(normalise(name).replace("/", "_").replace("\\", "_"))
    short = f"{path.stem[:60]}{path.suffix[:10]}" or f"{number}"
    return f"{number}-{short}" if (folder / short).exists() or short in (".", "..") else short


def confirm_load(*, load: Load, publish: bool, by: User) -> None:
    """Have the worker write what the person has seen. Raises LoadStopped when somebody else has decided already."""
    step(load, LoadState.CONFIRMED, publish=publish, by=by)


def work_on_loads(breathe: Callable[[float], object] = sleep_as_long) -> bool:
    """Do the next step of one load; gives whether there was something to do."""
    waiting = Load.objects.filter(uploaded=True, state__in=(LoadState.CONFIRMED, LoadState.QUEUED))
    return any(_work(load, breathe) for load in waiting.order_by("started_at"))


def tidy_loads(breathe: Callable[[float], object] = sleep_as_long) -> None:
    """Take up what processes that died have left, and forget the files of loads that have ended."""
    take_over_abandoned()
    for load in Load.objects.abandoned(timezone.now()).filter(state=LoadState.PUBLISHED):
        if take(load, timezone.now()):
            settle(Pace(load, breathe=breathe))
    _forget_files()


def _work(load: Load, breathe: Callable[[float], object]) -> bool:
    """One step of one load; what goes wrong is said on its page, and the queue goes on."""
    pace = Pace(load, breathe=breathe)
    try:
        with _said_on_its_page(pace):
            if load.state == LoadState.QUEUED:
                step(load, LoadState.READING)
                _read(pace)
            else:
                write_load(pace)
    except LoadPaused:
        # the next worker need not wait for the lease to end
        Load.objects.filter(pk=load.pk, state__in=WORKING).update(lease_until=timezone.now())
        return False
    except (LoadBusy, LoadStopped) as stopped:
        log.info("load %s: %s", load.uid, type(stopped).__name__)
        return False
    return True


def _read(pace: Pace) -> None:
    folder = folder_of(pace.load)
    for left in folder.glob("unpacked-*"):
        shutil.rmtree(left)
    names = [name for name in pace.load.names if Path(name).suffix.casefold() not in PICTURES]
    paths = [folder / "files" / name for name in names]
    with KeptReading(pace.load) as reading:
        read_load(read_cases(paths, reading), reading=reading, pace=pace)
    if pace.load.state == LoadState.NOTHING:
        clear_staged(pace.load)


@contextmanager
def _said_on_its_page(pace: Pace) -> Iterator[None]:
    try:
        yield
    except (LoadBusy, LoadStopped):
        raise
    except Exception:
        log.exception("load %s failed", pace.load.uid)
        if pace.load.state != LoadState.PUBLISHED:
            refuse(pace.load, [("", FAILED)], 1)
            clear_staged(pace.load)


def _forget_files() -> None:
    """Remove the uploaded files of loads that have ended."""
    base = settings.LOADS_DIR
    open_loads = Load.objects.filter(uploaded=True, ended_at=None).values_list("uid", flat=True)
    wanted = {uid.hex for uid in open_loads}
    for folder in base.iterdir() if base.is_dir() else ():
        if folder.name not in wanted:
            shutil.rmtree(folder, ignore_errors=True)
