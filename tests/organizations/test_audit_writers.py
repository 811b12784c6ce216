"""Several processes write into the same chains at once, on the database of this run; none of them forks a chain."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from organizations.models import AuditEvent, AuditHead
from proof.audit import write_together
from tests.guards import without_guards
from tests.world import make_agency, make_user

WRITERS, EVENTS = 3, 40


@pytest.fixture
def database(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The environment in which another process meets the rows of this test.

    SQLite's test database lies in the memory of this process, so the others get a file with the same content.
    """
    agency, person = make_agency("senate", "สำนักงานเลขาธิการวุฒิสภา"), make_user("writer")
    for chain in (agency, None):
        AuditEvent.record("settings.saved", agency, by=person, agency=chain)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "pmqa_site.settings",
        "PMQA_VAR_DIR": str(tmp_path),
        "PMQA_SECRET_KEY": "x" * 60,
    }
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(tmp_path / "pmqa.sqlite3")])
    else:
        at = connection.settings_dict
        environment["DATABASE_URL"] = f"postgres://{at['USER']}@/{quote(str(at['HOST']))}/{at['NAME']}"
    return environment


def verified(environment: dict[str, str]) -> tuple[int, list[str]]:
    """What the command of the workbench says, in a process of its own."""
    command = [sys.executable, "manage.py", "verify_audit"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, text=True, capture_output=True, check=False
    )
    return done.returncode, [line.partition(" ปลาย ")[0] for line in (done.stdout + done.stderr).splitlines()]


def test_writers_at_the_same_time_do_not_fork_a_chain(database: dict[str, str]):
    assert write_together(database, writers=WRITERS, times=EVENTS) == [0] * WRITERS
    events = 1 + WRITERS * EVENTS // 2
    assert verified(database) == (
        0,
        [f"ส่วนกลางของระบบ: ครบถ้วน {events} เหตุการณ์", f"senate: ครบถ้วน {events} เหตุการณ์"],
    )


def test_without_the_lock_they_would_but_for_the_unique_place(database: dict[str, str]):
    """The control: on PostgreSQL the lock, and behind it the constraint, is what keeps the chain in one piece.

    On SQLite an IMMEDIATE transaction lets one writer in at a time, lock or no lock.
    """
    codes = write_together(database, writers=WRITERS, times=EVENTS, way="unlocked")
    if connection.vendor == "sqlite":
        assert (codes, verified(database)[0]) == ([0] * WRITERS, 0)
        return
    assert any(codes), "nobody collided"
    assert verified(database)[0] == 0
    constraints = AuditEvent._meta.constraints
    with connection.schema_editor() as editor:
        for constraint in constraints:
            editor.remove_constraint(AuditEvent, constraint)
    try:
        assert write_together(database, writers=WRITERS, times=EVENTS, way="unlocked") == [0] * WRITERS
        code, lines = verified(database)
        assert code == 1
        assert any("ถูกแทรก" in line for line in lines)
    finally:
        empty_chains()
        with connection.schema_editor() as editor:
            for constraint in constraints:
                editor.add_constraint(AuditEvent, constraint)


def empty_chains() -> None:
    """A forked chain cannot have its constraint back."""
    with without_guards():
        AuditEvent.objects.all().delete()
        AuditHead.objects.all().delete()
