"""`load_feedback FILE…`: OPDC's feedback of one agency from JSON, Excel or CSV."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from feedback.importers.plan import Plan, plan_feedback
from feedback.importers.reading import read_feedback
from feedback.importers.writing import write_feedback
from feedback.services import FeedbackLocked
from organizations.importers.tables import RowState, Table
from organizations.importers.workbook import RefusedWorkbook
from organizations.models import Agency, User
from organizations.permissions import runs_agency
from texts.models import StaleVersion

NEEDS_A_PERSON = "มีข้อที่ระบุว่าไม่ดำเนินการ ซึ่งต้องมีผู้ตัดสินใจ กรุณาเพิ่ม --by ชื่อผู้ใช้"


class Command(BaseCommand):
    """Loads or, with --dry-run, only says what loading would do; with any fault nothing is written."""

    help = "นำเข้าข้อเสนอแนะของสำนักงาน ก.พ.ร. จากไฟล์ JSON Excel หรือ CSV นำเข้าไฟล์เดิมซ้ำไม่เปลี่ยนสิ่งใด"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, whose they are, and who takes them in."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--agency", required=True, metavar="CODE")
        parser.add_argument("--by", metavar="USERNAME", help="ผู้นำเข้า ต้องเป็นผู้ดูแลปีของหน่วยงานนี้")
        parser.add_argument("--dry-run", action="store_true", help="แสดงสิ่งที่จะนำเข้าโดยไม่บันทึก")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and report in Thai."""
        agency = hosted_agency(options["agency"])
        by = self._person(options["by"], agency)
        tables = [(path, self._read(path)) for path in options["files"]]
        plans = [(path, plan_feedback(table, agency=agency)) for path, table in tables]
        self._refuse_faults(plans)
        for (path, plan), (_, table) in zip(plans, tables, strict=True):
            self._tell(path, plan, table)
        if by is None and any(plan.declines for _, plan in plans):
            raise CommandError(NEEDS_A_PERSON)
        if options["dry_run"]:
            self.stdout.write("เป็นการตรวจเท่านั้น ยังไม่ได้บันทึกสิ่งใด")
        else:
            self._write(tables, agency, by)

    def _person(self, username: str | None, agency: Agency) -> User | None:
        if username is None:
            return None
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None or not runs_agency(user, agency):
            raise CommandError(f"{username} ไม่ใช่ผู้ดูแลปีของ{agency.name}")
        return user

    def _read(self, path: Path) -> Table:
        try:
            with path.open("rb") as file:
                return read_feedback(file, size=path.stat().st_size)
        except OSError as error:
            raise CommandError(f"เปิดไฟล์ไม่ได้: {path} ({error.strerror})") from error
        except RefusedWorkbook as refused:
            raise CommandError(f"{path}: {refused} ยังไม่ได้บันทึกสิ่งใด") from refused

    def _refuse_faults(self, plans: list[tuple[Path, Plan]]) -> None:
        faults = [
            f"  {path}: {fault.place}: {fault.message}" for path, plan in plans for fault in plan.faults
        ]
        if faults:
            lines = "\n".join(faults)
            raise CommandError(f"พบข้อผิดพลาด {len(faults)} แห่ง ยังไม่ได้บันทึกสิ่งใด\n{lines}")

    def _tell(self, path: Path, plan: Plan, table: Table) -> None:
        for row in plan.points:
            if row.state in (RowState.NEW, RowState.CHANGED):
                about = f"ปี {row.year} ขั้นตอนที่ {row.step} ข้อ {row.wording.code}"
                self.stdout.write(f"{row.state.value} {about} {row.text[:60]!r}")
            for change in row.changes:
                self.stdout.write(f"    {change.label}: {change.old} → {change.new}")
        for note in plan.notes:
            self.stdout.write(f"{note.place}: {note.message}")
        if table.hidden:
            self.stdout.write(f"ไม่ได้อ่านแผ่นงานที่ซ่อนไว้: {', '.join(table.hidden)}")
        counts = plan.counts
        words = {"new": "ใหม่", "changed": "เปลี่ยน", "same": "คงเดิม", "withdrawn": "ถอนแล้ว ข้ามไป"}
        self.stdout.write(f"{path}: {' '.join(f'{word} {counts[state]}' for state, word in words.items())}")

    @transaction.atomic
    def _write(self, tables: list[tuple[Path, Table]], agency: Agency, by: User | None) -> None:
        """All files or none; each on top of what the one before has written."""
        for path, table in tables:
            plan = plan_feedback(table, agency=agency)
            self._refuse_faults([(path, plan)])
            if not plan.does_something:
                continue
            try:
                write_feedback(plan=plan, agency=agency, by=by)
            except FeedbackLocked as locked:
                raise CommandError(str(locked)) from locked
            except (StaleVersion, ValidationError) as fault:
                raise CommandError("มีผู้แก้ไขข้อเสนอแนะระหว่างนำเข้า ยังไม่ได้บันทึกสิ่งใด กรุณาลองอีกครั้ง") from fault


def hosted_agency(code: str) -> Agency:
    """The tenant with this code. Raises CommandError."""
    agency = Agency.objects.filter(code=code, hosted=True).first()
    if agency is None:
        raise CommandError(f"ไม่พบหน่วยงาน {code} ที่ใช้งานระบบนี้")
    return agency
