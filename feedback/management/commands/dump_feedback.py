"""`dump_feedback`: OPDC's feedback of one agency as a file that `load_feedback` reads."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from feedback.exporters import FORMATS, export_feedback
from thai.dates import year_fault

from .load_feedback import hosted_agency


class Command(BaseCommand):
    """Writes one file."""

    help = "ส่งออกข้อเสนอแนะของสำนักงาน ก.พ.ร. เป็นไฟล์ที่นำเข้ากลับได้"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose feedback, what of it, and where to; the suffix of the file is the format."""
        parser.add_argument("output", type=Path, metavar="FILE", help=f"ลงท้ายด้วย .{' .'.join(FORMATS)}")
        parser.add_argument("--agency", required=True, metavar="CODE")
        parser.add_argument("--year", type=int, help="ปี พ.ศ. ไม่ระบุคือทุกปี")
        parser.add_argument("--step", type=int, choices=(1, 2, 3))

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it or say why not."""
        if options["year"] and (fault := year_fault(options["year"])):
            raise CommandError(fault)
        path: Path = options["output"]
        file_format = path.suffix.removeprefix(".").lower()
        if file_format not in FORMATS:
            raise CommandError(f"ชื่อไฟล์ต้องลงท้ายด้วย .{' .'.join(FORMATS)}")
        agency = hosted_agency(options["agency"])
        made = export_feedback(agency, file_format, year=options["year"], step=options["step"])
        try:
            path.write_bytes(made.content)
        except OSError as error:
            raise CommandError(f"เขียนไฟล์ไม่ได้: {path} ({error.strerror})") from error
        self.stdout.write(f"เขียน {path} แล้ว {made.count} ข้อ")
