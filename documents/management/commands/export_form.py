"""`manage.py export_form`: the annual form as a file, for scripts and for people without a browser."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessment.models import Round
from documents.enums import Format
from documents.exporters import EXPORTERS, Order, export
from documents.pdf.child import RenderError


class Command(BaseCommand):
    """Writes one file of a round."""

    help = "ส่งออกแบบฟอร์มประจำปีเป็นไฟล์ เช่น PDF Word Excel"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The round, what of it, and where to."""
        parser.add_argument("--agency", required=True, metavar="CODE")
        parser.add_argument("--year", required=True, type=int, help="ปี พ.ศ.")
        parser.add_argument("--format", choices=sorted(EXPORTERS), default=Format.PDF.value)
        parser.add_argument("--category", type=int, choices=range(1, 7))
        parser.add_argument("--thai-digits", action="store_true")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the file or say why not."""
        rounds = Round.objects.select_related("agency", "edition")
        round = rounds.filter(agency__code=options["agency"], year=options["year"]).first()
        if round is None:
            raise CommandError(f"ไม่พบแบบฟอร์มปี {options['year']} ของหน่วยงาน {options['agency']}")
        try:
            made = export(
                Order(
                    round=round,
                    format=Format(options["format"]),
                    category=options["category"],
                    thai_digits=options["thai_digits"] or None,
                )
            )
            options["output"].write_bytes(made.content)
        except RenderError as error:
            raise CommandError(f"จัดหน้าไม่สำเร็จ: {error}") from error
        except OSError as error:
            raise CommandError(f"เขียนไฟล์ไม่ได้: {error}") from error
        self.stdout.write(f"เขียน {options['output']} แล้ว ({len(made.content):,} ไบต์)")
