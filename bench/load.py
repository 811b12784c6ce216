"""`./pmqa bench load`: 10,000 generated cases come in while a colleague saves every 100 ms, on both databases.

Each database is made anew in a temporary folder and thrown away; PostgreSQL is as durable as in an agency. Files of
cases are loaded by the command in a process of its own: 1,000 new ones, 10,000 new ones, the same again, one cell
corrected, and every text corrected. Another process saves one text all the time with `save_text`. A line says how long
the load took, how much of that it computed, the peak of its memory, and how long the colleague's saves took meanwhile.

The budget: 10,000 cases in 60 s, a p95 of 500 ms for the saves during any load, and no more memory for 10,000 cases
than for 1,000 beyond a fifth. `./pmqa bench load sqlite` measures one of the databases.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.databases import Environment, on_each

ROOT = Path(__file__).resolve().parent.parent
FEW, MANY = 1_000, 10_000
AGENCIES, WORDS = 100, 300
EVERY_SECONDS = 0.1
SECONDS, SAVE_MS, GROWTH = 60, 500, 1.2


def main() -> int:
    """Measure each database in a process of its own; 1 when a budget is passed."""
    task = os.environ.get("PMQA_BENCH_LOAD", "")
    if task:
        return TASKS[task](*sys.argv[1:])
    return on_each(sys.argv[1:], _measured)


def _measured(environment: Environment) -> int:
    return _start("measure", environment["PMQA_VAR_DIR"], environment=environment).wait()


def _start(task: str, *arguments: str, environment: Environment | None = None) -> subprocess.Popen[str]:
    environment = {**(environment or os.environ), "PMQA_BENCH_LOAD": task}
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "bench.load", *arguments], env=environment, cwd=ROOT, text=True
    )


# --- measuring ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Phase:
    """One load, and the saves of the colleague while it ran."""

    name: str
    seconds: float
    computing: float
    mebibytes: float
    saves: list[float]

    def __str__(self) -> str:
        median, p95, longest = _figures(self.saves)
        load = f"{self.name:<26}{self.seconds:>8.1f}{self.computing:>8.1f}{self.mebibytes:>8.0f}"
        return f"{load}{len(self.saves):>8}{median:>9.0f}{p95:>8.0f}{longest:>9.0f}"


def _figures(saves: list[float]) -> tuple[float, float, float]:
    if len(saves) < 2:
        return (0.0, 0.0, 0.0)
    return statistics.median(saves), statistics.quantiles(saves, n=20)[-1], max(saves)


def _measure(folder: str) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("prepare", verbosity=0)
    vendor = connection.vendor
    files = _write_files(Path(folder) / "files")
    times, ready = Path(folder) / "saves", Path(folder) / "ready"
    saver = _start("save", str(times), str(ready))
    while not ready.exists():
        time.sleep(0.1)
    print(
        f"{vendor:<26}{'seconds':>8}{'CPU s':>8}{'MiB':>8}{'saves':>8}{'median':>9}{'p95 ms':>8}{'longest':>9}",
        flush=True,
    )
    try:
        phases = [_phase("no load", lambda: time.sleep(10), times)]
        print(phases[0], flush=True)
        for name, path in files.items():
            phases.append(_phase(name, lambda path=path: _load(path), times))  # type: ignore[misc]
            print(phases[-1], flush=True)
    finally:
        saver.send_signal(signal.SIGTERM)
        saver.wait()
    return _judge(vendor, phases)


def _phase(name: str, work: Callable[[], tuple[float, float] | None], times: Path) -> Phase:
    start = time.time()
    computing, mebibytes = work() or (0.0, 0.0)
    end = time.time()
    # a save that was waiting when the load ended counts as well
    time.sleep(1)
    rows = [json.loads(line) for line in times.read_text("utf-8").splitlines()]
    return Phase(name, end - start, computing, mebibytes, [ms for at, ms in rows if start <= at <= end])


def _load(path: Path) -> tuple[float, float]:
    """Load by the command in a process of its own; gives what it computed and its peak memory."""
    result = path.with_suffix(".peak")
    if _start("load", str(path), str(result)).wait():
        raise SystemExit("the load has failed")
    computing, mebibytes = json.loads(result.read_text("utf-8"))
    return computing, mebibytes


def _judge(vendor: str, phases: list[Phase]) -> int:
    named = {phase.name: phase for phase in phases}
    loads = phases[1:]
    few, many = named[f"{FEW:,} new"], named[f"{MANY:,} new"]
    over = [f"{phase.name}: {phase.seconds:.0f} s" for phase in loads if phase.seconds > SECONDS]
    slow = [(phase, _figures(phase.saves)[1]) for phase in loads]
    over += [f"{phase.name}: p95 {p95:.0f} ms" for phase, p95 in slow if p95 > SAVE_MS]
    if many.mebibytes > GROWTH * few.mebibytes:
        over.append(f"memory grows from {few.mebibytes:.0f} to {many.mebibytes:.0f} MiB")
    print(f"{vendor}: {'over: ' + ', '.join(over) if over else 'within the budget'}\n", flush=True)
    return int(bool(over))


# --- the files ------------------------------------------------------------------------------------


def _write_files(folder: Path) -> dict[str, Path]:
    """One file for each load, in the order in which they are loaded."""
    from bench.library import Generator

    folder.mkdir()
    generator = Generator(ROOT / "fixtures")
    names = [f"กรม{generator.text(3)} {number}" for number in range(AGENCIES)]
    cases = list(_cases(generator, 0, MANY))
    corrected = [
        case | {"award_year": 2569} if number == MANY // 2 else case for number, case in enumerate(cases)
    ]
    rewritten = [case | {"text": f"<p>แก้ไขแล้ว</p>{case['text']}"} for case in corrected]
    files = {
        f"{FEW:,} new": list(_cases(generator, MANY, MANY + FEW)),
        f"{MANY:,} new": cases,
        "the same again": cases,
        "one cell corrected": corrected,
        "every text corrected": rewritten,
    }
    made = {}
    for number, (name, content) in enumerate(files.items()):
        made[name] = folder / f"{number}.json"
        made[name].write_text(_as_json(names, content), encoding="utf-8")
    size = made[f"{MANY:,} new"].stat().st_size
    print(f"{MANY:,} cases, {size / 1e6:.0f} MB", flush=True)
    return made


def _cases(generator: Any, start: int, end: int) -> Iterator[dict[str, Any]]:
    from framework.models import Edition

    edition = Edition.objects.newest_first().first()
    codes = list(edition.criteria.values_list("code", flat=True)) if edition else []
    for number in range(start, end):
        yield {
            "key": f"bench-{number}",
            "agency": f"bench-{number % AGENCIES}",
            "title": generator.text(8)[:300],
            "award": "รางวัลเลิศรัฐ สาขาบริการภาครัฐ",
            "award_year": generator.random.randint(2558, 2568),
            "criteria": generator.random.sample(codes, 2),
            "summary": generator.text(20),
            "source": "",
            "text": f"<p>{generator.text(WORDS // 2)}</p><p>{generator.text(WORDS // 2)}</p>",
        }


def _as_json(names: list[str], cases: list[dict[str, Any]]) -> str:
    from framework.models import Edition

    edition = Edition.objects.newest_first().first()
    agencies = [
        {"code": f"bench-{number}", "name": name, "short_name": f"กข{number}.", "kind": "department"}
        for number, name in enumerate(names)
    ]
    content = {"edition": edition.code if edition else "", "agencies": agencies, "practices": cases}
    return json.dumps(content, ensure_ascii=False, indent=1)


# --- what the other processes do ------------------------------------------------------------------


def _run_load(path: str, result: str) -> int:
    import django

    django.setup()
    from django.core.management import call_command

    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        call_command("load_practices", path, stdout=nowhere, stderr=nowhere)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    figures = [usage.ru_utime + usage.ru_stime, _peak()]
    Path(result).write_text(json.dumps(figures), encoding="utf-8")
    return 0


def _peak() -> float:
    """The peak of this program; ru_maxrss would be that of the process which started it."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def _run_saves(times: str, ready: str) -> int:
    """Save one text again and again; what a person would wait for is measured from the call to the answer."""
    import django

    django.setup()
    from organizations.models import Agency, User
    from texts.services import new_text, save_text

    agency = Agency.objects.create(code="bench-own", name="หน่วยงานผู้เขียน", hosted=True)
    user = User.objects.create(username="bench-writer")
    text = new_text(agency=agency, html="<p>ก</p>", by=user)
    version, going = text.version, True

    def stop(*_: object) -> None:
        nonlocal going
        going = False

    signal.signal(signal.SIGTERM, stop)
    with Path(times).open("w", encoding="utf-8") as file:
        Path(ready).touch()
        while going:
            at, start = time.time(), time.perf_counter()
            html = f"<p>{'ข้อความของกิจกรรมในปีนี้ ' * 20}{version}</p>"
            version = save_text(text=text, base_version=version, html=html, key=uuid.uuid4(), by=user).version
            took = time.perf_counter() - start
            file.write(json.dumps([at, 1000 * took]) + "\n")
            file.flush()
            time.sleep(max(0.0, EVERY_SECONDS - took))
    return 0


TASKS: dict[str, Callable[..., int]] = {"measure": _measure, "load": _run_load, "save": _run_saves}


if __name__ == "__main__":
    sys.exit(main())
