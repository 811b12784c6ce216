"""Brings an installation up to what the program needs: tables, framework, demonstration, static files.

Every step first looks whether it is needed, so that a second start costs nothing. For steps that load files the
checksum of those files is remembered beside the database; it is forgotten when the database is a new one.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from assessment.search.installing import install_search
from organizations.guards import raise_guards
from organizations.models import AuditEvent

PASSING = "passing"


class Stamps:
    """Which inputs were last loaded, by step; kept in a small file in the folder of changing files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.sums: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def is_current(self, step: str, inputs: str) -> bool:
        """Whether this step was done with these very inputs."""
        return self.sums.get(step) == inputs

    def remember(self, step: str, inputs: str) -> None:
        """Note that the step was done."""
        self.sums[step] = inputs
        self.path.write_text(json.dumps(self.sums, indent=1), encoding="utf-8")

    def forget(self) -> None:
        """Another database: nothing was loaded into it."""
        self.sums = {}
        self.path.unlink(missing_ok=True)


def checksum(files: Iterable[Path]) -> str:
    """One sum over the names and contents of files, whatever their order."""
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(str(path.relative_to(settings.BASE_DIR)).encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def files_under(*folders: Path) -> list[Path]:
    """All files below the folders."""
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def is_new(executor: MigrationExecutor) -> bool:
    """Whether no migration was ever applied to the database."""
    return not executor.loader.applied_migrations


def migrate(stamps: Stamps) -> bool:
    """Bring the tables up to date; true when there was something to do."""
    executor = MigrationExecutor(connections["default"])
    if is_new(executor):
        stamps.forget()
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


@transaction.atomic
def guard_tables() -> list[str]:
    """Put back triggers that somebody took off the append-only tables, and write that into the trail; the tables."""
    tables = sorted({table for table, _ in raise_guards()})
    if tables:
        AuditEvent.record("audit.guards_missing", by=None, tables=tables)
    return tables


def make_cache_table() -> bool:
    """Make the cache's table in the file that may be lost; true when it was missing."""
    table = settings.CACHES["default"].get("LOCATION")
    if PASSING not in settings.DATABASES or table in connections[PASSING].introspection.table_names():
        return False
    call_command("createcachetable", database=PASSING, verbosity=0)
    return True


def load(stamps: Stamps, step: str, command: str, folder: Path, *arguments: str) -> bool:
    """Run a loading command when its files changed; true when it ran."""
    inputs = checksum(files_under(folder))
    if stamps.is_current(step, inputs):
        return False
    call_command(command, *arguments)
    stamps.remember(step, inputs)
    return True


def collect_static(stamps: Stamps) -> bool:
    """Gather and compress the static files when any changed; true when it ran.

    The requirement file stands for the static files that come inside installed packages.
    """
    base = settings.BASE_DIR
    inputs = checksum([*files_under(*settings.STATICFILES_DIRS), base / "requirements.txt"])
    if stamps.is_current("static", inputs) and (settings.STATIC_ROOT / "staticfiles.json").exists():
        return False
    call_command("collectstatic", interactive=False, verbosity=0)
    stamps.remember("static", inputs)
    return True


def prepare(tell: Callable[[str], object]) -> None:
    """Do all steps that are needed; `tell` gets one Thai sentence per step that was done."""
    stamps = Stamps(settings.VAR_DIR / "prepared.json")
    fixtures = settings.BASE_DIR / "fixtures"
    if migrate(stamps):
        tell("ปรับฐานข้อมูลให้เป็นรุ่นปัจจุบันแล้ว")
    if tables := guard_tables():
        tell(
            f"คำเตือน: ตาราง {', '.join(tables)} ไม่มีตัวป้องกันการแก้ไข จึงใส่กลับให้แล้ว "
            "กรุณาตรวจบันทึกเหตุการณ์ด้วย ./pmqa manage verify_audit"
        )
    if install_search(connections["default"]):
        tell("ปรับดัชนีการค้นหาแล้ว")
    make_cache_table()
    editions = sorted(str(path) for path in (fixtures / "framework").glob("*.yaml"))
    try:
        if load(stamps, "framework", "load_framework", fixtures / "framework", *editions):
            tell("นำเข้าเกณฑ์ PMQA 4.0 แล้ว")
    except CommandError as refused:
        # An update may correct a wording that an opened round already uses. That wording stays as it was agreed,
        # and the agency must still be able to start its system.
        tell(f"ไม่ได้ปรับถ้อยคำของเกณฑ์ ใช้ถ้อยคำเดิมต่อไป: {refused}")
    if settings.DEMONSTRATION and load(stamps, "demonstration", "load_demonstration", fixtures):
        tell("นำเข้าข้อมูลสาธิตแล้ว")
    if collect_static(stamps):
        tell("รวบรวมไฟล์ของหน้าเว็บแล้ว")
