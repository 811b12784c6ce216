"""`./pmqa run`: serve the installation and tell where it is."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from pmqa_site.serving import (
    LOWEST_PRIORITY,
    START_WITHIN,
    BrokenStart,
    Child,
    Supervisor,
    is_live,
    lan_environment,
    port_is_free,
    web_command,
    worker_command,
)


class Command(BaseCommand):
    """Run web server and worker until Ctrl-C or SIGTERM."""

    help = "เปิดเว็บเซิร์ฟเวอร์และตัวทำงานเบื้องหลัง"
    # The web server loads everything anyway; checking it here too would double the start.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen."""
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--lan", action="store_true", help="ให้เครื่องอื่นในเครือข่ายเข้าใช้ได้")

    def handle(self, *args: Any, port: int, lan: bool, **options: Any) -> None:
        """Check the port, make the first administrator where needed, then supervise."""
        host = "0.0.0.0" if lan else "127.0.0.1"  # noqa: S104  (asked for with --lan)
        if not 1 <= port <= 65535:
            raise CommandError(f"เลขพอร์ตต้องเป็น 1–65535 ไม่ใช่ {port}")
        if not port_is_free(host, port):
            raise CommandError(f"พอร์ต {port} มีโปรแกรมอื่นใช้อยู่ กรุณาเลือกพอร์ตอื่น เช่น ./pmqa run --port {port + 1}")
        if not settings.DEMONSTRATION:
            call_command("create_admin", stdout=self.stdout)
        # The children open their own connections; one held here would keep the file's lock state for days.
        connections.close_all()
        environment = self.environment(port, lan)
        children = [
            Child("เว็บเซิร์ฟเวอร์", web_command(host, port), environment, settings.BASE_DIR),
            Child("ตัวทำงานเบื้องหลัง", worker_command(), environment, settings.BASE_DIR, LOWEST_PRIORITY),
        ]
        supervisor = Supervisor(children, self.tell)
        try:
            started = supervisor.run(lambda: is_live(port), lambda: self.welcome(port, environment, lan))
        except BrokenStart as error:
            raise CommandError("ระบบเริ่มทำงานไม่สำเร็จ กรุณาดูข้อความด้านบน") from error
        if not started:
            raise CommandError(f"เว็บเซิร์ฟเวอร์ไม่ตอบภายใน {START_WITHIN:.0f} วินาที กรุณาดูข้อความด้านบน")

    def tell(self, sentence: str) -> None:
        """Say something now: the output of a supervised service goes to a file or a journal."""
        self.stdout.write(sentence)
        self.stdout.flush()

    def environment(self, port: int, lan: bool) -> dict[str, str]:
        """What the children see: this process's variables and the address that people type."""
        present = dict(os.environ)
        own = {"PMQA_PUBLIC_ADDRESS": present.get("PMQA_PUBLIC_ADDRESS", f"http://127.0.0.1:{port}")}
        return present | (lan_environment(port, settings.ALLOWED_HOSTS, present) if lan else own)

    def welcome(self, port: int, environment: dict[str, str], lan: bool) -> None:
        """The address, and the demonstration accounts where there are some."""
        self.tell(f"\nPMQA 4.0 พร้อมใช้งานที่ http://127.0.0.1:{port}  (กด Ctrl-C เพื่อปิด)")
        if lan:
            self.tell(f"เพื่อนร่วมงานเปิดที่ {environment['PMQA_PUBLIC_ADDRESS']}")
        accounts = settings.VAR_DIR / "demo-accounts.txt"
        if settings.DEMONSTRATION and accounts.exists():
            self.tell(f"\nบัญชีสำหรับทดลอง (เก็บไว้ที่ {accounts})")
            self.tell(accounts.read_text(encoding="utf-8").rstrip() + "\n")
