"""The command line of the proof: which databases, how long, with which protection switched off."""

from __future__ import annotations

import argparse
import json
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pmqa_site.setup import postgres
from pmqa_site.setup.checks import environment

from . import figures, verdict
from .server import ROOT
from .weakened import PROTECTIONS

SQLITE, POSTGRES = "sqlite", "postgresql"
# Seconds of calm, seconds of bad weather, answers at least in the latter.
SHORT, LONG, CONTROL = (3.0, 9.0, 150), (20.0, 60.0, 1500), (0.0, 6.0, 120)
CLIENTS = 40
# What the proof has to find when a protection is off.
MUST_FIND = {
    "version-check": {verdict.OVERWRITTEN},
    "idempotency": {verdict.DOUBLED, verdict.FALSE_CONFLICT},
}


@dataclass(frozen=True)
class Command:
    """One trial as it was asked for."""

    database: str
    clients: int
    calm: float
    storm: float
    answers: int
    seed: int
    without: str = ""


@contextmanager
def _variables(database: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment of a trial; PostgreSQL with the durable settings of a real server."""
    with postgres.cluster(folder, durable=True) if database == POSTGRES else nullcontext("") as url:
        yield environment(folder, url) | {"PYTHONUTF8": "1"}


def trial(command: Command, shared: Path) -> dict[str, Any]:
    """Run one trial in a folder of its own and give its figures; static files are collected once for all."""
    with tempfile.TemporaryDirectory(prefix="trial-", dir=shared, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (shared / "static").mkdir(exist_ok=True)
        (folder / "static").symlink_to(shared / "static")
        words = [
            f"--{field}={getattr(command, field)}"
            for field in ("clients", "calm", "storm", "answers", "without", "seed")
        ]
        with _variables(command.database, folder) as variables:
            done = subprocess.run(
                [sys.executable, "-m", "proof.edits.trial", *words],
                cwd=ROOT,
                env=variables,
                stdout=subprocess.PIPE,
                text=True,
                check=False,
            )
    if done.returncode:
        raise SystemExit(f"the trial on {command.database} broke off ({done.returncode})")
    return json.loads(done.stdout.splitlines()[-1])


def prove(commands: Sequence[Command], shared: Path) -> int:
    """All trials; 1 when any found a fault."""
    results = {command.database: trial(command, shared) for command in commands}
    print(json.dumps({"proof": "edits", "results": results}, ensure_ascii=False))
    print(figures.table(results))
    for database, result in results.items():
        for line in (*result["told"], *result["log"]):
            print(f"{database}: {line}")
    return int(any(result["faults"] for result in results.values()))


def prove_controls(commands: Sequence[Command], shared: Path) -> int:
    """Each protection switched off in turn; 1 when the proof did not notice."""
    missed = 0
    for command in commands:
        found = set(trial(command, shared)["faults"])
        noticed = bool(found & MUST_FIND[command.without])
        missed += not noticed
        verb = "noticed" if noticed else "NOT NOTICED"
        print(
            f"without {command.without} on {command.database}: {verb} ({', '.join(sorted(found)) or 'no fault'})"
        )
    return int(missed > 0)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./pmqa prove edits", description=__doc__)
    parser.add_argument("--long", action="store_true", help="60 s of bad weather instead of 9")
    parser.add_argument("--seconds", type=float, help="of bad weather")
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--db", choices=(SQLITE, POSTGRES), help="one database only")
    parser.add_argument("--without", choices=tuple(PROTECTIONS), default="", help="must end with a fault")
    parser.add_argument(
        "--controls", action="store_true", help="every protection off in turn; 0 when all noticed"
    )
    parser.add_argument(
        "--seed", type=int, help="the same course of events as another run, as far as clocks allow"
    )
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Read the command line and run."""
    options = _options(arguments)
    # so that servers and folders end with a run that is told to end
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    calm, storm, answers = CONTROL if options.controls or options.without else LONG if options.long else SHORT
    storm = options.seconds or storm
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    databases = [options.db] if options.db else [SQLITE, POSTGRES]
    protections = tuple(PROTECTIONS) if options.controls else (options.without,)
    commands = [
        Command(database, options.clients, calm, storm, answers, seed, without)
        for without in protections
        for database in databases
    ]
    (ROOT / "var").mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="proof-", dir=ROOT / "var", ignore_cleanup_errors=True) as name:
        return (prove_controls if options.controls else prove)(commands, Path(name))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
