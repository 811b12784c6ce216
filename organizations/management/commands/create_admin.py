"""The first administrator of an installation without demonstration data."""

import os
import sys
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from organizations.models import AuditEvent, User

USERNAME = "PMQA_ADMIN_USERNAME"
PASSWORD = "PMQA_ADMIN_PASSWORD"


class Command(BaseCommand):
    """Make the first installation administrator, from two environment variables or at the prompt."""

    help = "สร้างผู้ดูแลระบบคนแรก จาก PMQA_ADMIN_USERNAME และ PMQA_ADMIN_PASSWORD หรือถามที่หน้าจอ"

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the account unless there is one; a weak password is refused with the reasons."""
        administrator = User.objects.filter(is_installation_admin=True, is_active=True).first()
        if administrator:
            self.stdout.write(f"มีผู้ดูแลระบบอยู่แล้ว: {administrator.username}")
            return
        username, password = self.from_environment() or self.from_prompt()
        self.create(username, password)
        self.stdout.write(f"สร้างผู้ดูแลระบบ {username} แล้ว")

    def from_environment(self) -> tuple[str, str] | None:
        """Name and password from the environment; nothing when neither is set."""
        username, password = os.environ.get(USERNAME, ""), os.environ.get(PASSWORD, "")
        if bool(username) != bool(password):
            raise CommandError(f"กรุณากำหนด {USERNAME} และ {PASSWORD} ให้ครบทั้งสองค่า")
        return (username, password) if username else None

    def from_prompt(self) -> tuple[str, str]:
        """Name and password from the person at the screen, asked again until both passwords agree."""
        if not sys.stdin.isatty():
            raise CommandError(f"กรุณากำหนด {USERNAME} และ {PASSWORD} หรือเรียกคำสั่งนี้จากหน้าจอที่พิมพ์ตอบได้")
        self.stdout.write("กรุณาตั้งบัญชีผู้ดูแลระบบคนแรก")
        username = input("ชื่อผู้ใช้: ").strip()
        while True:
            password = getpass("รหัสผ่าน (อย่างน้อย 12 ตัวอักษร): ")
            if password == getpass("รหัสผ่านอีกครั้ง: "):
                return username, password
            self.stdout.write("รหัสผ่านสองครั้งไม่ตรงกัน กรุณาพิมพ์ใหม่")

    def create(self, username: str, password: str) -> None:
        """Check both as every other account is checked, then make the account."""
        user = User(
            username=User.normalize_username(username), display_name=username, is_installation_admin=True
        )
        try:
            validate_password(password, user)
            user.set_password(password)
            user.full_clean()
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        with transaction.atomic():
            user.save()
            AuditEvent.record("user.administrator_created", user, by=None)
