"""`manage.py load_demonstration`: the demonstration data and its accounts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from assessment.demonstration import Account, load_demonstration


class Command(BaseCommand):
    """Idempotent; new passwords go to a file that only its owner can read."""

    help = "นำเข้าข้อมูลสาธิตและบัญชีสาธิต"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and write the accounts."""
        made = load_demonstration()
        if made:
            path = Path(settings.VAR_DIR) / "demo-accounts.txt"
            append_accounts(path, made)
            self.stdout.write(f"สร้างบัญชีสาธิต {len(made)} บัญชี รหัสผ่านอยู่ใน {path.name}")
        self.stdout.write("ข้อมูลสาธิตพร้อมใช้")


def append_accounts(path: Path, made: list[tuple[Account, str]]) -> None:
    """One line per account: role, user name, password, separated by tabs; mode 0600 from the first byte."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a", encoding="utf-8") as file:
        for account, password in made:
            file.write(f"{account.display_name}\t{account.username}\t{password}\n")
