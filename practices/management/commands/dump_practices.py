"""`dump_practices DIR [--format yaml|json|xlsx|csv]`: the shared cases as the files that `load_practices` reads."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from framework.models import Edition
from practices.exporters import ExportFormat, NotExportable, export_practices


class Command(BaseCommand):
    """Writes the cases and DIR/figures/*; files of other names are left alone."""

    help = "Write the shared, published cases with their pictures, as YAML by category or as one file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and in whose codes."""
        parser.add_argument("directory", type=Path, metavar="DIR")
        parser.add_argument(
            "--format",
            choices=ExportFormat.values,
            default=ExportFormat.YAML,
            help="yaml unless told otherwise",
        )
        parser.add_argument(
            "--edition", metavar="CODE", help="edition in whose codes criteria are written (newest)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and report in Thai."""
        edition = self._edition(options["edition"])
        written = 0
        try:
            for exported in export_practices(edition, ExportFormat(options["format"])):
                path = options["directory"] / exported.name
                path.parent.mkdir(parents=True, exist_ok=True)
                with path.open("wb") as file:
                    exported.write(file)
                written += 1
        except NotExportable as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            raise CommandError(f"เขียนไฟล์ {error.filename} ไม่ได้ ({error.strerror})") from error
        self.stdout.write(f"เขียนแล้ว {written} ไฟล์ ตามเกณฑ์ฉบับ {edition.code}")

    @staticmethod
    def _edition(code: str | None) -> Edition:
        editions = Edition.objects.newest_first()
        if edition := (editions.filter(code=code) if code else editions).first():
            return edition
        known = ", ".join(editions.values_list("code", flat=True)) or "ยังไม่มีฉบับใด"
        raise CommandError(f"ไม่รู้จักเกณฑ์ฉบับ “{code or ''}” ฉบับที่มีในระบบ: {known}")
