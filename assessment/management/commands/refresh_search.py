"""`manage.py refresh_search`: makes what changed findable without waiting for the worker."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

from assessment.models import SearchEntry
from assessment.search.installing import install_search
from assessment.search.refreshing import refresh_everything
from assessment.search.triggers import note_everything


class Command(BaseCommand):
    """The worker does the same by itself; this is for scripts and for repairs."""

    help = "จัดทำดัชนีการค้นหาของข้อความที่เปลี่ยนไป"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to begin from scratch."""
        parser.add_argument("--all", action="store_true", help="จัดทำใหม่ทั้งหมด")

    def handle(self, *args: Any, **options: Any) -> None:
        """Install what is missing, then go on until nothing waits."""
        install_search(connection)
        if options["all"]:
            note_everything(connection)
        refresh_everything()
        self.stdout.write(f"ค้นหาได้ {SearchEntry.objects.count()} รายการ")
