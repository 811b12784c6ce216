"""`load_practices FILE…`: cases of the best-practice library from readable files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from framework.files import FileRefused
from practices.importers import Report, load_practices
from practices.sheet_loading import load_case_sheet


class Command(BaseCommand):
    """Loads or, with --dry-run, only says what loading would do; with any fault nothing is written."""

    help = "Load cases of the library from YAML files or one .xlsx; loading the same files twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, and the dry run."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and report in Thai."""
        try:
            report = self._load(options["files"], dry_run=options["dry_run"])
        except FileRefused as refused:
            lines = "\n".join(f"  {fault}" for fault in refused.faults)
            raise CommandError(f"พบข้อผิดพลาด {len(refused.faults)} แห่ง ยังไม่ได้บันทึกสิ่งใด\n{lines}") from refused
        self._report(report, all_of_it=options["verbosity"] > 1)
        if options["dry_run"]:
            self.stdout.write("เป็นการตรวจเท่านั้น ยังไม่ได้บันทึกสิ่งใด")

    @staticmethod
    def _load(files: list[Path], *, dry_run: bool) -> Report:
        if not any(path.suffix.lower() == ".xlsx" for path in files):
            return load_practices(files, dry_run=dry_run)
        if len(files) > 1:
            raise CommandError("ไฟล์ Excel นำเข้าได้ครั้งละหนึ่งไฟล์ และไม่รวมกับไฟล์ชนิดอื่น")
        return load_case_sheet(files[0], dry_run=dry_run)

    def _report(self, report: Report, *, all_of_it: bool) -> None:
        for outcome in report.outcomes:
            if outcome.is_change or all_of_it:
                self.stdout.write(str(outcome))
        for warning in report.warnings:
            self.stdout.write(f"คำเตือน {warning}")
        for kind, label in (("agency", "หน่วยงาน"), ("practice", "ตัวอย่างที่เป็นเลิศ")):
            count = report.count(kind)
            self.stdout.write(f"{label}: ใหม่ {count['ใหม่']} เปลี่ยน {count['เปลี่ยน']} คงเดิม {count['คงเดิม']}")
