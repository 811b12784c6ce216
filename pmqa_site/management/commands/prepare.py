"""`./pmqa setup` and `./pmqa run` call this before anything else."""

from typing import Any

from django.core.management.base import BaseCommand

from pmqa_site.preparing import prepare


class Command(BaseCommand):
    """Bring database, framework, demonstration and static files up to date."""

    help = "ปรับฐานข้อมูล เกณฑ์ ข้อมูลสาธิต และไฟล์ของหน้าเว็บให้เป็นปัจจุบัน"
    # The checks of the loading commands run on their own; a start without work should cost nothing.
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps that are needed."""
        prepare(self.stdout.write)
