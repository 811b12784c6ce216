"""Proves the audit trail unbroken, or names every place where somebody laid hands on it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from organizations.guards import missing_guards
from organizations.models import Agency
from organizations.services.audit_proof import (
    Break,
    Head,
    chains,
    current_heads,
    heads_from_data,
    heads_to_data,
    verify_chain,
)


class Command(BaseCommand):
    """Recompute every chain; exit code 1 when one is broken."""

    help = "ตรวจว่าบันทึกเหตุการณ์ทุกสายครบถ้วนและไม่ถูกแก้ไข แจ้งทุกตำแหน่งที่ผิด และจบด้วยรหัส 1 เมื่อพบ"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Heads to compare with, and where to write those of today."""
        parser.add_argument("--head", metavar="FILE", help="เทียบกับปลายบันทึกที่เคยเขียนไว้ด้วย --write-head")
        parser.add_argument(
            "--write-head", metavar="FILE", help="เมื่อครบถ้วน เขียนปลายบันทึกลงไฟล์ (- คือหน้าจอ) เพื่อเก็บไว้นอกเครื่องนี้"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify all chains and say what came of it."""
        exported = self.read_heads(options["head"]) if options["head"] else {}
        # read before the chains, so that everything in the file has been proved below
        heads = current_heads()
        agencies = {str(agency.uid): agency for agency in Agency.objects.all()}
        broken = sum(self.report_guard(table, event) for table, event in missing_guards())
        broken += sum(self.report_unknown(uid) for uid in exported if uid and uid not in agencies)
        known = {agency.pk: uid for uid, agency in agencies.items()}
        places = [
            *chains(),
            *(agencies[uid].pk if uid else None for uid in exported if not uid or uid in agencies),
        ]
        for pk in dict.fromkeys(places):
            uid = known[pk] if pk else ""
            name = agencies[uid].code if uid else "ส่วนกลางของระบบ"
            broken += self.verify(pk, name, exported.get(uid), quiet=options["write_head"] == "-")
        if broken:
            raise CommandError(f"บันทึกเหตุการณ์ไม่สมบูรณ์ พบ {broken} ตำแหน่ง")
        if options["write_head"]:
            self.write_heads(options["write_head"], heads)

    def verify(self, agency_id: int | None, name: str, exported: Head | None, *, quiet: bool) -> int:
        """Verify one chain, name its broken places as they are found, and count them.

        `quiet` leaves the standard output to the heads.
        """

        def found(place: Break) -> None:
            self.stderr.write(f"{name}: {place}")

        proof = verify_chain(agency_id, exported=exported, found=found)
        if proof.holds:
            tell = self.stderr if quiet else self.stdout
            tell.write(f"{name}: ครบถ้วน {proof.count} เหตุการณ์ ปลาย {proof.head.sequence} {proof.head.hash}")
        return proof.broken

    def report_guard(self, table: str, event: str) -> int:
        """A trigger that should stand and does not."""
        self.stderr.write(f"ตาราง {table} ไม่มีตัวป้องกัน {event}")
        return 1

    def report_unknown(self, uid: str) -> int:
        """A chain of the file whose agency is gone."""
        self.stderr.write(f"ไม่มีหน่วยงาน {uid} ที่อยู่ในไฟล์ปลายบันทึก")
        return 1

    def read_heads(self, path: str) -> dict[str, Head]:
        """The heads of a file. Raises CommandError."""
        try:
            return heads_from_data(json.loads(Path(path).read_text(encoding="utf-8")))
        except (OSError, ValueError) as fault:
            raise CommandError(f"อ่านไฟล์ปลายบันทึก {path} ไม่ได้: {fault}") from fault

    def write_heads(self, path: str, heads: dict[str, Head]) -> None:
        """Write the heads for a place outside this machine."""
        data = heads_to_data(heads) | {"at": timezone.now().isoformat(timespec="seconds")}
        text = json.dumps(data, indent=1) + "\n"
        if path == "-":
            self.stdout.write(text)
        else:
            Path(path).write_text(text, encoding="utf-8")
