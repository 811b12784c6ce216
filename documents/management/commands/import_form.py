"""`manage.py import_form`: an exchange file into this installation, for scripts and for moving a whole year."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.services.locks import SheetLocked
from documents.exchange.faults import ExchangeRefused
from documents.exchange.parsing import MAX_BYTES
from documents.exchange.taking import Outcome, bring_in
from documents.exchange.writing import RoundChanged
from feedback.services import FeedbackLocked
from texts.services import TextLocked
from thai.dates import year_fault


class Command(BaseCommand):
    """Takes in one file, all or nothing."""

    help = "นำเข้าแบบฟอร์มประจำปีจากไฟล์ข้อมูลแลกเปลี่ยน (JSON)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and for whom it is taken where that is not whom it names."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--agency", metavar="CODE", help="รหัสหน่วยงาน หากไม่ใช่หน่วยงานในไฟล์")
        parser.add_argument("--year", type=int, help="ปี พ.ศ. หากไม่ใช่ปีในไฟล์")
        parser.add_argument("--dry-run", action="store_true", help="แสดงสิ่งที่จะนำเข้าโดยไม่บันทึก")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it in or say why not."""
        if options["year"] and (fault := year_fault(options["year"])):
            raise CommandError(fault)
        content = self._content(options["file"])
        try:
            outcome = bring_in(
                content, code=options["agency"], year=options["year"], dry_run=options["dry_run"]
            )
        except ExchangeRefused as refused:
            raise CommandError(f"นำเข้าไม่ได้ ยังไม่มีการบันทึกใด ๆ\n{refused}") from refused
        except SheetLocked as locked:
            number = locked.sheet.number
            raise CommandError(f"หมวด {number} เห็นชอบแล้ว จึงนำเข้าไม่ได้ กรุณาเปิดหมวดนี้ให้แก้อีกครั้งก่อน") from locked
        except TextLocked as locked:
            raise CommandError("แบบฟอร์มปีนี้ปิดแล้ว จึงนำเข้าไม่ได้") from locked
        except FeedbackLocked as locked:
            raise CommandError(str(locked)) from locked
        except RoundChanged as changed:
            raise CommandError("มีผู้แก้ไขแบบฟอร์มระหว่างนำเข้า กรุณาลองอีกครั้ง") from changed
        self._tell(outcome, options["dry_run"])

    def _content(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"เปิดไฟล์ไม่ได้: {path} ({error.strerror})") from error

    def _tell(self, outcome: Outcome, dry_run: bool) -> None:
        plan = outcome.plan
        if outcome.new_agency:
            self.stdout.write(f"หน่วยงานใหม่: {plan.target.agency}")
        if outcome.new_round:
            self.stdout.write(f"แบบฟอร์มใหม่: ปี {plan.target.round.year}")
        for unit in plan.units:
            kind = "เพิ่ม" if unit.adds else "มีผู้แก้ไขแล้ว" if unit.conflict else "เปลี่ยน"
            self.stdout.write(f"{kind} {unit.place}")
        for note in plan.notes:
            self.stdout.write(note)
        for place in outcome.source.cleaned:
            self.stdout.write(f"ตัดรูปแบบที่ไม่รับออก: {place}")
        counts = Counter("adds" if unit.adds else "changes" for unit in plan.units)
        figures = len(plan.document["figures"])
        verb = "จะนำเข้า (ยังไม่ได้บันทึก)" if dry_run else "นำเข้าแล้ว"
        self.stdout.write(f"{verb}: เพิ่ม {counts['adds']} เปลี่ยน {counts['changes']} ภาพใหม่ {figures}")
