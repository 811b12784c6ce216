"""`./pmqa prove audit`: every tampering with the audit trail is found, and no writer forks a chain, on both databases.

Tampering: one hand of `proof.tampering` is laid on a chain whose guards are down, the proof must see it, and everything
is rolled back; between them the untouched chain must hold. Writing: several processes write into the same chains at
once; afterwards every chain must be whole and have as many events as were written. The control on PostgreSQL writes
without lock and constraint, and must fork.

`--quick` takes a twentieth of everything. One line of JSON per database; exit code 1 when anything failed. The suite
holds a short form of both (tests/organizations/test_audit_chain.py and test_audit_writers.py).
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TAMPERS, WRITES, WRITERS = 1000, 100_000, 8
# How long the chain is that is tampered with, and of how many pieces its proof consists.
LENGTH, PIECE = 40, 7


# --- what one process does, with Django set up ----------------------------------------------------


def seed() -> None:
    """Two agencies and a person; the trail of each begins."""
    from organizations.models import Agency, AuditEvent, User

    person = User.objects.create(username="writer")
    for code in ("one", "two"):
        agency = Agency.objects.create(code=code, name=code)
        AuditEvent.record("agency.created", agency, by=person, agency=agency)
    AuditEvent.record("agency.created", by=person)


def tamper(times: int) -> dict[str, int]:
    """Lay this many hands on a chain; how many were not seen, and how often an untouched chain was called broken."""
    from django.db import transaction

    from organizations.guards import lower_guards, raise_guards
    from organizations.models import Agency, AuditEvent, User
    from organizations.services import audit_proof
    from proof.tampering import TAMPERINGS

    audit_proof.CHUNK = PIECE
    agency, person = Agency.objects.get(code="one"), User.objects.get()
    for number in range(LENGTH):
        AuditEvent.record("round.reopened", agency, by=person, agency=agency, reason=f"เหตุผลที่ {number}")
    places = list(
        AuditEvent.objects.filter(agency=agency).order_by("sequence").values_list("sequence", flat=True)
    )
    chance = random.Random("audit")
    found = {"tampered": 0, "unseen": 0, "false": 0}
    lower_guards()
    for number in range(times):
        hand = TAMPERINGS[number % len(TAMPERINGS)]
        with transaction.atomic():
            hand(chance, agency, places)
            found["unseen"] += audit_proof.verify_chain(agency.pk).holds
            transaction.set_rollback(True)
        found["tampered"] += 1
        found["false"] += not audit_proof.verify_chain(agency.pk).holds
    raise_guards()
    return found


def write(times: int, way: str) -> None:
    """Write into every chain by turns, each event at the end of a transaction of its own; starts at a line of input.

    A busy database is asked again, as browsers do after a 503. `way` "unlocked" leaves out the lock of the chain:
    what the control needs.
    """
    from django.db import OperationalError, transaction

    from organizations.models import Agency, AuditEvent, AuditHead, User

    if way == "unlocked":
        AuditHead.hold = classmethod(lambda cls, agency: cls.objects.get(agency=agency))  # type: ignore[method-assign,assignment]
    chains, by = [None, *Agency.objects.order_by("pk")], User.objects.get(username="writer")
    print("ready", flush=True)
    sys.stdin.readline()
    number = 0
    while number < times:
        try:
            with transaction.atomic():
                AuditEvent.record(
                    "settings.saved", by, by=by, agency=chains[number % len(chains)], fields=[number]
                )
            number += 1
        except OperationalError:
            time.sleep(0.1)


def count() -> int:
    """How many events the writers have written."""
    from organizations.models import AuditEvent

    return AuditEvent.objects.filter(verb="settings.saved").count()


def unconstrained() -> None:
    """Take the unique places away, for the control."""
    from django.db import connection

    from organizations.models import AuditEvent

    with connection.schema_editor() as editor:
        for constraint in AuditEvent._meta.constraints:
            editor.remove_constraint(AuditEvent, constraint)


# --- the whole ------------------------------------------------------------------------------------


def run(environment: dict[str, str], *arguments: str) -> str:
    """One step in a process of its own; its output. Raises CalledProcessError."""
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def write_together(
    environment: dict[str, str], *, writers: int, times: int, way: str = "locked"
) -> list[int]:
    """Let the writers go at the same moment; their exit codes."""
    command = [sys.executable, "-m", "proof.audit", "write", str(times), way]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    started = [
        subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes) for _ in range(writers)
    ]
    if not all(writer.stdout and writer.stdout.readline() == "ready\n" for writer in started):
        for writer in started:
            writer.kill()
        raise RuntimeError("".join(writer.communicate()[1] for writer in started))
    for writer in started:
        writer.stdin.write("\n")  # type: ignore[union-attr]
        writer.stdin.flush()  # type: ignore[union-attr]
    for writer in started:
        writer.communicate()
    return [writer.returncode for writer in started]


def prove(name: str, environment: dict[str, str], *, tampers: int, writes: int) -> bool:
    """Both parts on one database, and the control where there is one."""
    began = time.monotonic()
    run(environment, "manage.py", "migrate", "--verbosity", "0")
    run(environment, "-m", "proof.audit", "seed")
    result: dict[str, Any] = {"database": name}
    result |= json.loads(run(environment, "-m", "proof.audit", "tamper", str(tampers)))
    at = time.monotonic()
    codes = write_together(environment, writers=WRITERS, times=writes // WRITERS)
    result |= {"writes": writes // WRITERS * WRITERS, "per_second": round(writes / (time.monotonic() - at))}
    whole = subprocess.run(
        [sys.executable, "manage.py", "verify_audit"],
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.DEVNULL,
    )
    lost = result["writes"] - int(run(environment, "-m", "proof.audit", "count"))
    result |= {"writers_failed": sum(map(bool, codes)), "lost": lost, "broken": whole.returncode}
    good = not lost and not any(result[key] for key in ("unseen", "false", "writers_failed", "broken"))
    if name == "postgresql":
        run(environment, "-m", "proof.audit", "unconstrained")
        write_together(environment, writers=WRITERS, times=100, way="unlocked")
        forked = subprocess.run(
            [sys.executable, "manage.py", "verify_audit"],
            cwd=ROOT,
            env=environment,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        result["control_forks"] = forked.returncode == 1
        good = good and result["control_forks"]
    print(json.dumps(result | {"seconds": round(time.monotonic() - began), "proved": good}), flush=True)
    return good


def main(arguments: list[str]) -> int:
    """Prove on SQLite, then on PostgreSQL."""
    from pmqa_site.setup import postgres
    from pmqa_site.setup.checks import environment

    parser = argparse.ArgumentParser(prog="./pmqa prove audit")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tamper", type=int, default=TAMPERS)
    parser.add_argument("--writes", type=int, default=WRITES)
    asked = parser.parse_args(arguments)
    share = 20 if asked.quick else 1
    good = True
    for name in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder:
            server = postgres.cluster(Path(folder) / "pg") if name == "postgresql" else nullcontext("")
            with server as url:
                variables = environment(Path(folder), url) | {"DJANGO_SETTINGS_MODULE": "pmqa_site.settings"}
                good &= prove(name, variables, tampers=asked.tamper // share, writes=asked.writes // share)
    return 0 if good else 1


STEPS = {"seed": seed, "tamper": tamper, "write": write, "count": count, "unconstrained": unconstrained}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in STEPS:
        import django

        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmqa_site.settings")
        django.setup()
        values = [int(value) if value.isdigit() else value for value in sys.argv[2:]]
        answer = STEPS[sys.argv[1]](*values)  # type: ignore[operator]
        if answer is not None:
            print(json.dumps(answer))
    else:
        sys.exit(main(sys.argv[1:]))
