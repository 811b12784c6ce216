"""`./pmqa test`: every check of a change, stage by stage, stopping at the first that fails.

Called by the launcher as ``python -m pmqa_site.setup.checks``. Stages run with a folder of settings and data
of their own, so the installation's secrets, database and files stay untouched. The last line of output sums
up the tests of all stages: ``1234 passed, 0 failed, 2 skipped``.
"""

import argparse
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from . import postgres

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = sys.executable
MANAGE = (PYTHON, "manage.py")
# Both cores; one file's tests stay together, because they share what their module made.
PYTEST = (PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadfile")


@dataclass(frozen=True)
class Stage:
    """One command of the run; `counts` marks those that leave a JUnit file, `server` those on PostgreSQL.

    One that runs `beside` others uses one core and shares nothing with them.
    """

    name: str
    command: tuple[str, ...]
    counts: bool = False
    server: bool = False
    beside: bool = False


@dataclass
class Sums:
    """How many tests went how, over all stages."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, report: Path) -> None:
        """Add one JUnit file; a run that died before writing it adds nothing."""
        if not report.exists():
            return
        # our own pytest wrote this file a moment ago
        for suite in ElementTree.parse(report).iter("testsuite"):  # noqa: S314
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            self.failed += failed
            self.skipped += skipped
            self.passed += int(suite.get("tests", 0)) - failed - skipped

    def line(self) -> str:
        """The closing line that people and machines read."""
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


# A script is started through this Python, because its own first line breaks when the folder is moved.
LINT_IMPORTS = str(Path(PYTHON).with_name("lint-imports"))
LINT = (
    # takes as long as all others together, so it begins with them
    Stage("types", (PYTHON, "-m", "mypy"), beside=True),
    Stage("format", (PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."), beside=True),
    Stage("lint", (PYTHON, "-m", "ruff", "check", "--quiet", "."), beside=True),
    Stage("package direction", (PYTHON, LINT_IMPORTS), beside=True),
    Stage("templates", (PYTHON, "-m", "djlint", "--lint", "--quiet", "templates"), beside=True),
    Stage("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run"), beside=True),
    Stage("deployment", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), beside=True),
)
SQLITE = Stage("tests on SQLite", (*PYTEST, "-m", "not browser"), counts=True)
SERVER = Stage("tests on PostgreSQL", (*PYTEST, "-m", "not browser"), counts=True, server=True)
# The other proofs have their short form in the suite; this one needs the real server.
PROOFS = (
    Stage("short proof of edits", (PYTHON, "-m", "proof.edits")),
    Stage("controls of that proof", (PYTHON, "-m", "proof.edits", "--controls", "--db", "sqlite")),
)
# Its folder alone: finding all the others as well takes each worker seconds. tests/conftest.py sees to it that no
# browser test stands elsewhere.
BROWSER = Stage("tests in the browser", (*PYTEST, "-m", "browser", "tests/browser"), counts=True)


def stages(*, fast: bool, pytest_arguments: Sequence[str]) -> list[Stage]:
    """What to run: everything, lint and SQLite only, or nothing but pytest with the given arguments."""
    if pytest_arguments:
        return [Stage("pytest", (PYTHON, "-m", "pytest", *pytest_arguments), counts=True)]
    return [*LINT, SQLITE] if fast else [*LINT, SQLITE, SERVER, *PROOFS, BROWSER]


def environment(folder: Path, database_url: str = "") -> dict[str, str]:
    """The variables of a stage: no installation's settings, a secret of its own, the database given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PMQA_")}
    kept.pop("DATABASE_URL", None)
    # what the first worker compiled, assertions of the tests included, is read by all that come after it
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    own = {"PMQA_VAR_DIR": str(folder), "PMQA_SECRET_KEY": secrets.token_urlsafe(50)}
    return kept | own | ({"DATABASE_URL": database_url} if database_url else {})


def run_stage(stage: Stage, sums: Sums, folder: Path) -> bool:
    """Run one stage, count its tests, tell its time; true when it succeeded."""
    print(f"\n== {stage.name}", flush=True)
    began = time.monotonic()
    report = folder / "junit.xml"
    report.unlink(missing_ok=True)
    command = [*stage.command, f"--junitxml={report}"] if stage.counts else list(stage.command)
    with postgres.cluster(folder) if stage.server else nullcontext("") as database_url:
        code = subprocess.run(
            command, cwd=ROOT, env=environment(folder, database_url), check=False
        ).returncode
    sums.add(report)
    print(closing(stage, code, began), flush=True)
    return code == 0


def closing(stage: Stage, code: int, began: float) -> str:
    """The line that closes a stage."""
    return f"== {stage.name}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - began:.1f} s"


def run_beside(stage: Stage, folder: Path) -> bool:
    """Run one of several stages at a time; what it says is shown in one piece when it has ended."""
    began = time.monotonic()
    done = subprocess.run(
        stage.command,
        cwd=ROOT,
        env=environment(folder),
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    print(f"\n== {stage.name}\n{done.stdout}{closing(stage, done.returncode, began)}", flush=True)
    return done.returncode == 0


def run_together(chosen: Sequence[Stage], folder: Path) -> Stage | None:
    """Run these on both cores; all of them, so that one run shows everything. Gives the first that failed."""
    with ThreadPoolExecutor(2) as pool:
        good = list(pool.map(run_beside, chosen, [folder] * len(chosen)))
    return next((stage for stage, was_good in zip(chosen, good, strict=True) if not was_good), None)


def first_failure(chosen: Sequence[Stage], sums: Sums, folder: Path) -> Stage | None:
    """Run the stages up to the first that fails."""
    together = [stage for stage in chosen if stage.beside]
    if failed := run_together(together, folder):
        return failed
    alone = (stage for stage in chosen if not stage.beside)
    return next((stage for stage in alone if not run_stage(stage, sums, folder)), None)


def run(chosen: Sequence[Stage], folder: Path) -> bool:
    """Run the stages up to the first failure; the last line printed is the sum."""
    sums = Sums()
    began = time.monotonic()
    if failed := first_failure(chosen, sums, folder):
        # A failed lint stage counts too: the closing line must never look clean after a failure.
        sums.failed = max(sums.failed, 1)
        print(f"\nstopped at: {failed.name}")
    print(f"total {time.monotonic() - began:.1f} s")
    print(sums.line(), flush=True)
    return failed is None


def split_at_dashes(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Our own words, and those after the first `--`, which are pytest's."""
    words = list(arguments)
    place = words.index("--") if "--" in words else len(words)
    return words[:place], words[place + 1 :]


def main(arguments: Sequence[str]) -> int:
    """Read the command line of `./pmqa test` and run."""
    own, pytest_arguments = split_at_dashes(arguments)
    parser = argparse.ArgumentParser(prog="./pmqa test", usage="./pmqa test [--fast] [-- pytest arguments]")
    parser.add_argument("--fast", action="store_true", help="lint and the suite on SQLite only")
    options = parser.parse_args(own)
    # So that the PostgreSQL server ends with a run that is told to end.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = stages(fast=options.fast, pytest_arguments=pytest_arguments)
    (ROOT / "var").mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="test-", dir=ROOT / "var", ignore_cleanup_errors=True) as folder:
        return 0 if run(chosen, Path(folder)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
