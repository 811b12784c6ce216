"""`load_practices PATH…`: cases of the best-practice library from files, folders or archives."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, OutputWrapper

from organizations.models import Agency
from practices.enums import LoadState
from practices.loading import LoadBusy, LoadRefused, LoadStopped, reading_of, write
from practices.loading.report import lines, totals

BAR: Final = 30
LINE_EVERY: Final = 5.0


class Progress:
    """A bar on a terminal, a line every few seconds elsewhere."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.is_terminal = out.isatty()
        self.step = ""
        self.next_at = time.monotonic() + LINE_EVERY

    def __call__(self, step: str, done: int, total: int) -> None:
        """Say how far it is."""
        if self.is_terminal:
            self.out.write(f"\r\x1b[K{self._bar(step, done, total)}", str, ending="")
            self.out.flush()
        elif time.monotonic() >= self.next_at:
            self.out.write(f"{step} {self._figures(done, total)}", str)
            self.next_at = time.monotonic() + LINE_EVERY

    def end(self) -> None:
        """Leave a clean line."""
        if self.is_terminal:
            self.out.write("\r\x1b[K", str, ending="")

    @staticmethod
    def _figures(done: int, total: int) -> str:
        return f"{done:,} / {total:,}" if total else f"{done:,}"

    def _bar(self, step: str, done: int, total: int) -> str:
        filled = BAR * min(done, total) // total if total else 0
        bar = f"[{'█' * filled}{'·' * (BAR - filled)}] " if total else ""
        return f"{bar}{step} {self._figures(done, total)}"


class Command(BaseCommand):
    """Loads or, with --dry-run, only says what loading would do; with any fault nothing is written."""

    help = "Load cases of the library from YAML, JSON, .xlsx, .csv, a folder or .zip of them; twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, for whom, and the dry run."""
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")
        parser.add_argument("--for", dest="agency", metavar="CODE", help="keep the cases to this tenant")
        parser.add_argument("--drafts", action="store_true", help="leave new cases as drafts")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and report in Thai."""
        progress = Progress(self.stderr)
        try:
            self._load(options, progress)
        except LoadRefused as refused:
            progress.end()
            faults = "\n".join(f"  {fault}" for fault in refused.faults)
            raise CommandError(f"พบข้อผิดพลาด {refused.count:,} แห่ง ยังไม่ได้บันทึกสิ่งใด\n{faults}") from refused
        except (LoadBusy, LoadStopped) as stopped:
            progress.end()
            raise CommandError(str(stopped) or "การนำเข้านี้ถูกยกเลิก ยังไม่ได้บันทึกสิ่งใด") from stopped

    def _load(self, options: dict[str, Any], progress: Progress) -> None:
        kept_to = self._agency(options["agency"])
        publish = not options["drafts"]
        with reading_of(options["paths"], kept_to=kept_to, publish=publish, on_progress=progress) as pace:
            progress.end()
            self._say(lines(pace.load, all_of_it=options["verbosity"] > 1, passages=options["dry_run"]))
            self._say(f"คำเตือน {': '.join(filter(None, warning))}" for warning in pace.load.warnings)
            if pace.load.state == LoadState.READ and not options["dry_run"]:
                write(pace)
            progress.end()
            self._say(totals(pace.load))
        if options["dry_run"]:
            self.stdout.write("เป็นการตรวจเท่านั้น ยังไม่ได้บันทึกสิ่งใด")

    def _say(self, said: Iterable[str]) -> None:
        for line in said:
            self.stdout.write(line)

    @staticmethod
    def _agency(code: str | None) -> Agency | None:
        if code is None:
            return None
        if found := Agency.objects.hosted().filter(code=code).first():
            return found
        known = ", ".join(Agency.objects.hosted().order_by("code").values_list("code", flat=True))
        raise CommandError(f"ไม่มีหน่วยงานที่ใช้งานระบบรหัส “{code}” ที่มีคือ {known}")
