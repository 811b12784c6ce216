"""`manage.py check_export`: every format made and read back, every stored field looked for in it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.models import Round
from documents.enums import Format
from documents.exporters import EXPORTERS, Order, export
from documents.fidelity.fields import Field, stored_fields
from documents.fidelity.finding import Page, missing_lines, page_of
from documents.fidelity.readers import READERS, ReaderMissing
from documents.pdf.child import RenderError

SHOWN = 80


class Command(BaseCommand):
    """Ends with an error and the list of what is missing."""

    help = "ตรวจว่าทุกข้อความของแบบฟอร์มอยู่ครบในไฟล์ทุกรูปแบบที่ส่งออก"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The round."""
        parser.add_argument("--agency", required=True, metavar="CODE")
        parser.add_argument("--year", required=True, type=int, help="ปี พ.ศ.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make, read and compare; one table for all, then what is missing."""
        rounds = Round.objects.select_related("agency", "edition")
        round = rounds.filter(agency__code=options["agency"], year=options["year"]).first()
        if round is None:
            raise CommandError(f"ไม่พบแบบฟอร์มปี {options['year']} ของหน่วยงาน {options['agency']}")
        fields = stored_fields(round)
        faults: list[str] = []
        missing = {format: self._missing(round, format, fields, faults) for format in EXPORTERS}
        self._table(fields, missing)
        for format, found in missing.items():
            for field, line in found:
                faults.append(f"{format.value}: {field.kind} {field.place} ไม่พบ “{line[:SHOWN]}”")
        if faults:
            raise CommandError("\n".join(faults), returncode=1)
        self.stdout.write(f"ครบ: {len(fields)} ช่อง ใน {len(missing)} รูปแบบ ขาด 0")

    @staticmethod
    def _missing(
        round: Round, format: Format, fields: list[Field], faults: list[str]
    ) -> list[tuple[Field, str]]:
        """The fields that are not whole in this format, with the first line that is missing."""
        pages: list[Page] = []
        if format not in READERS:
            faults.append(f"{format.value}: ไม่มีตัวอ่านสำหรับรูปแบบนี้")
        else:
            try:
                content = export(Order(round=round, format=format)).content
                pages = [page_of(page) for page in READERS[format](content)]
            except (RenderError, ReaderMissing) as error:
                faults.append(f"{format.value}: {error}")
        lost = ((field, missing_lines(field.text, pages)) for field in fields)
        return [(field, lines[0]) for field, lines in lost if lines]

    def _table(self, fields: list[Field], missing: dict[Format, list[tuple[Field, str]]]) -> None:
        """One line per kind of field: how many were found in each format."""
        total = Counter(field.kind for field in fields)
        lost = {format: Counter(field.kind for field, _ in found) for format, found in missing.items()}
        self.stdout.write("\t".join(["ช่อง", *(format.value for format in missing)]))
        for kind, count in total.items():
            cells = [f"{count - lost[format][kind]}/{count}" for format in missing]
            self.stdout.write("\t".join([kind, *cells]))
