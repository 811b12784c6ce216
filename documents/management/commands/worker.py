"""`manage.py worker`: the one process that makes files."""

from __future__ import annotations

import os
import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from documents.pdf.child import preload
from documents.worker import run_worker


class Command(BaseCommand):
    """Runs until SIGTERM; the job under way is finished or, when killed, taken up again after its lease."""

    help = "สร้างไฟล์ที่ผู้ใช้ขอ (ทำงานเบื้องหลัง)"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the print engine once, then work."""
        stopping: list[int] = []

        def stop(number: int, frame: FrameType | None) -> None:
            stopping.append(number)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        if os.nice(0) < 19:
            os.nice(19 - os.nice(0))
        preload()
        run_worker(lambda: bool(stopping))
