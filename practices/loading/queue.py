"""Loads that came in by the page: the worker takes them one after the other, and finishes what was left half way."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from practices.enums import LoadState
from practices.formats import CaseReading, read_cases
from practices.formats.reading import Limits
from practices.models import Load

from .clearing import clear_staged, take, take_over_abandoned
from .pace import LoadStopped, Pace, sleep_as_long
from .publishing import settle
from .running import read_load, write_load
from .states import LoadBusy, refuse, step

log = logging.getLogger("pmqa.practices")
FAILED: Final = "ตรวจหรือบันทึกไฟล์ไม่สำเร็จ ยังไม่ได้บันทึกสิ่งใด กรุณาลองอีกครั้งหรือแจ้งผู้ดูแลระบบ"
# What a page takes: an upload of some thousand cases with pictures. The command takes more.
LIMITS: Final = Limits(file=200 * 1024 * 1024, unpacked=400 * 1024 * 1024, entries=10_000, rows=20_000)


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
    folder: Path = settings.VAR_DIR / "loads" / load.uid.hex
    return folder


def work_on_loads(breathe: Callable[[float], object] = sleep_as_long) -> bool:
    """Do the next step of one load; gives whether there was something to do."""
    take_over_abandoned()
    for load in Load.objects.abandoned(timezone.now()).filter(state=LoadState.PUBLISHED):
        if take(load, timezone.now()):
            settle(Pace(load, breathe=breathe))
            return True
    waiting = Load.objects.filter(uploaded=True, state__in=(LoadState.CONFIRMED, LoadState.QUEUED))
    return any(_work(load, breathe) for load in waiting.order_by("started_at"))


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
    except (LoadBusy, LoadStopped) as stopped:
        log.info("load %s: %s", load.uid, type(stopped).__name__)
        return False
    return True


def _read(pace: Pace) -> None:
    folder = folder_of(pace.load)
    for left in folder.glob("unpacked-*"):
        shutil.rmtree(left)
    paths = [folder / f"{number}" / file["name"] for number, file in enumerate(pace.load.files)]
    with KeptReading(pace.load) as reading:
        read_load(read_cases(paths, reading), reading=reading, pace=pace)


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


def forget_files() -> None:
    """Remove the uploaded files of loads that have ended."""
    base = settings.VAR_DIR / "loads"
    open_loads = Load.objects.filter(uploaded=True, ended_at=None).values_list("uid", flat=True)
    wanted = {uid.hex for uid in open_loads}
    for folder in base.iterdir() if base.is_dir() else ():
        if folder.name not in wanted:
            shutil.rmtree(folder, ignore_errors=True)
