"""`load_framework FILE…`: bring editions into the state of their files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from framework.data import ADDED, Difference
from framework.files import FileRefused
from framework.importers import read_edition
from framework.services import CriterionInUse, EditionLocked, load_edition


class Command(BaseCommand):
    """All or nothing per file; the exit code tells whether every file could be taken."""

    help = "นำเข้าเกณฑ์ PMQA จากไฟล์ YAML หรือ JSON (นำเข้าซ้ำได้ ไฟล์ที่ผิดจะไม่ถูกบันทึกเลย)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files, in the order in which they are loaded: older editions first."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load file by file and report each in Thai."""
        refused = [path for path in options["files"] if not self._load(path)]
        if refused:
            names = ", ".join(path.name for path in refused)
            raise CommandError(f"ไม่ได้บันทึก {len(refused)} ไฟล์: {names}")

    def _load(self, path: Path) -> bool:
        """Whether the file could be taken; what was wrong is written to stderr."""
        try:
            data = read_edition(path)
            self._report(path.name, load_edition(data=data, by=None))
        except FileRefused as refusal:
            for fault in refusal.faults:
                self.stderr.write(str(fault))
        except EditionLocked as locked:
            self.stderr.write(
                f"{path.name}: {locked.edition.name} มีแบบฟอร์มใช้อยู่แล้ว แก้ไขไม่ได้ ไฟล์ต่างจากฉบับที่นำเข้าไว้ดังนี้"
            )
            for change in locked.difference.changes:
                self.stderr.write(f"  {change}")
        except CriterionInUse:
            self.stderr.write(f"{path.name}: ไฟล์ตัดเกณฑ์ที่มีผู้เริ่มเขียนแล้วออก จึงไม่ได้บันทึก")
        else:
            return True
        return False

    def _report(self, name: str, found: Difference) -> None:
        added = sum(1 for change in found.changes if change.kind == ADDED)
        if not found:
            self.stdout.write(f"{name}: ไม่มีการเปลี่ยนแปลง ({found.unchanged} รายการ)")
        elif added == len(found.changes) and not found.unchanged:
            self.stdout.write(f"{name}: นำเข้าฉบับใหม่ ({added} รายการ)")
        else:
            changed = len(found.changes) - added
            self.stdout.write(f"{name}: เพิ่ม {added} เปลี่ยนหรือตัดออก {changed} คงเดิม {found.unchanged} รายการ")
            for change in found.changes:
                self.stdout.write(f"  {change}")
