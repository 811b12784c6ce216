"""`./pmqa bench pdf`: the print of this installation's form beside a cold headless Chromium on the same HTML.

In one run, in turn, at the same priority (nobody else's page has to wait here, so the renders are not niced):

* full: a warm worker with nothing kept lays out the whole form;
* one edit: one category changed, the others are kept (mean over the categories, and the dearest one);
* unchanged: nothing changed but the time at the foot;
* 16 times: every category with 16 times its rows, and 16 forms in one file;
* memory: the peak of all processes together.

On a busy machine the seconds say little; our own processor time (the lines named "processor") holds there, too.
Chromium's cannot be taken: its processes are not waited for. It gets the same HTML, style, fonts and pictures from
files and begins with an empty profile each time.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import django

from bench.memory import PeakMemory

if TYPE_CHECKING:
    from documents.form import CategoryBlock, Form

RUNS = 5
TIMES = 16


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock and of processor time, children included."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Line:
    """One line of the table; ``limit`` is what the ratio may be, or the figure where nothing is beside it."""

    name: str
    ours: float
    beside: float | None
    limit: float | None = None

    @property
    def measure(self) -> float:
        """The ratio, or the figure where there is nothing to compare with."""
        return self.ours / self.beside if self.beside else self.ours

    @property
    def is_over(self) -> bool:
        """The limit is passed."""
        return self.limit is not None and self.measure > self.limit


def main() -> int:
    """Measure and print; 1 when a limit is passed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmqa_site.settings")
    django.setup()
    from django.conf import settings

    form = _form()
    if form is None:
        print("ยังไม่มีข้อมูลให้วัด กรุณาเปิดระบบด้วยข้อมูลสาธิตก่อน: ./pmqa run")
        return 1
    with tempfile.TemporaryDirectory(prefix="pmqa-bench-") as folder:
        # The installation's own files stay untouched.
        settings.EXPORT_DIR = Path(folder) / "exports"
        return _print(_measure(form, Path(folder)))


def _form() -> Form | None:
    from django.utils import timezone

    from assessment.models import Round
    from documents.reading import read_form

    round = Round.objects.select_related("agency", "edition").order_by("year").first()
    return read_form(round, at=timezone.localtime()) if round else None


def _measure(form: Form, folder: Path) -> Iterator[Line]:
    """The lines of the table, each as soon as it is known."""
    from documents import print_parts
    from documents.pdf.child import preload

    print_parts.PART_LIMITS = replace(print_parts.PART_LIMITS, niceness=0)
    preload()
    _printed(form)  # the letters of the foot, the templates
    full, chromium = _in_turn(form, folder, RUNS)
    yield from _lines("full", full, chromium, 1.0)
    edits = [_after_edit(form, place) for place in range(len(form.categories))]
    yield from [
        Line("one edit, mean", statistics.mean(spent.wall for spent in edits), chromium.wall, 0.35),
        Line("one edit, mean, processor", statistics.mean(spent.cpu for spent in edits), None),
        Line("one edit, dearest", max(spent.wall for spent in edits), chromium.wall),
    ]
    unchanged = _unchanged(form)
    yield from [
        Line("unchanged", unchanged.wall, None, 0.02),
        Line("unchanged, processor", unchanged.cpu, None),
        _memory("memory, MiB", form, folder),
    ]
    for name, larger in (("long categories", _longer(form)), ("forms in one", _repeated(form))):
        many, beside = _in_turn(larger, folder, 1)
        yield from [
            *_lines(f"{TIMES} x {name}", many, beside),
            Line(f"{TIMES} x {name} / full", many.wall, full.wall, 18),
            Line(f"{TIMES} x {name} / full, processor", many.cpu, full.cpu, 18),
            _memory(f"{TIMES} x {name}, memory, MiB", larger, folder),
        ]


def _lines(name: str, ours: Spent, beside: Spent, limit: float | None = None) -> list[Line]:
    return [
        Line(name, ours.wall, beside.wall, limit),
        Line(f"{name}, processor", ours.cpu, None),
    ]


def _in_turn(form: Form, folder: Path, runs: int) -> tuple[Spent, Spent]:
    """The medians of the full print and of Chromium."""
    page = _page(form, folder)
    pairs = [(_spent(partial(_printed, form)), _spent(partial(_chromium, page))) for _ in range(runs)]
    ours, chromium = zip(*pairs, strict=True)
    return _median(ours), _median(chromium)


def _memory(name: str, form: Form, folder: Path) -> Line:
    """Peaks, measured apart because the watching costs time."""
    with PeakMemory(os.getpid()) as ours:
        _printed(form)
    return Line(name, ours.mebibytes, _chromium(_page(form, folder), watch=True), 1.0)


def _printed(form: Form, *, keep: bool = False) -> bytes:
    from documents.part_store import part_folder
    from documents.print_parts import print_form

    if not keep:
        for part in part_folder().glob("*"):
            part.unlink()
    return print_form(form, lambda *_how_far: None).content


def _after_edit(form: Form, place: int) -> Spent:
    """One edit in one category, the others kept; the median over several edits."""
    _printed(form)
    return _median([_spent(partial(_printed, _edited(form, place, run), keep=True)) for run in range(RUNS)])


def _edited(form: Form, place: int, run: int) -> Form:
    categories = list(form.categories)
    categories[place] = replace(categories[place], remedies=f"<p>แก้ไขครั้งที่ {run}</p>")
    return replace(form, categories=tuple(categories))


def _unchanged(form: Form) -> Spent:
    _printed(form)
    later = [replace(form, read_at=form.read_at + timedelta(minutes=run)) for run in range(1, 4 * RUNS)]
    return _median([_spent(partial(_printed, one, keep=True)) for one in later])


def _longer(form: Form) -> Form:
    """Every category with 16 times its rows."""
    return replace(form, categories=tuple(replace(c, rows=c.rows * TIMES) for c in form.categories))


def _repeated(form: Form) -> Form:
    """Sixteen forms one after the other, each a little different so that no part serves twice."""

    def copy(category: CategoryBlock, number: int) -> CategoryBlock:
        return replace(category, name=f"{category.name} ({number})")

    return replace(
        form, categories=tuple(copy(c, number) for number in range(TIMES) for c in form.categories)
    )


def _spent(work: Callable[[], object]) -> Spent:
    before, start = _cpu(), time.perf_counter()
    work()
    return Spent(time.perf_counter() - start, _cpu() - before)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _median(spent: Sequence[Spent]) -> Spent:
    return Spent(statistics.median(one.wall for one in spent), statistics.median(one.cpu for one in spent))


# --- Chromium --------------------------------------------------------------------------------------------


def _page(form: Form, folder: Path) -> Path:
    """The same HTML as a page on disk with its style, fonts and pictures."""
    from documents.pdf.fetcher import RULE_URL, ClosedFetcher
    from documents.pdf.fonts import find_fonts
    from documents.pdf.render import STYLESHEETS, _packaged_css
    from documents.printing import prepare_print

    job, fonts = prepare_print(form), find_fonts()
    html, style = job.html, "\n".join([fonts.css(), *map(_packaged_css, STYLESHEETS), job.css])
    for number, (address, content) in enumerate(ClosedFetcher(job.images, fonts).images.items()):
        picture = folder / f"picture-{number}"
        picture.write_bytes(content)
        html, style = html.replace(address, picture.name), style.replace(address, picture.name)
    assert RULE_URL not in style
    page = folder / "form.html"
    head = f'<meta charset="utf-8"><title>{job.title}</title><style>{style}</style>'
    page.write_text(f'<!doctype html><html lang="th"><head>{head}</head><body>{html}</body></html>')
    return page


def _chromium(page: Path, *, watch: bool = False) -> float:
    """Let a cold Chromium print the page; its peak in MiB when watched."""
    with tempfile.TemporaryDirectory(prefix="pmqa-chromium-") as profile:
        command = [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"),
            *(f"--user-data-dir={profile}", "--no-pdf-header-footer", f"--print-to-pdf={profile}/form.pdf"),
            page.as_uri(),
        ]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
        with PeakMemory(process.pid) if watch else nullcontext() as watched:
            if process.wait() or not Path(f"{profile}/form.pdf").stat().st_size:
                raise SystemExit("Chromium did not print the page.")
        return watched.mebibytes if watched else 0.0


def _print(lines: Iterable[Line]) -> int:
    over = []
    print(f"{'what':<42}{'ours':>10}{'beside':>10}{'ratio':>8}{'limit':>8}")
    for line in lines:
        over += [line.name] if line.is_over else []
        beside = f"{line.beside:>10.3f}{line.measure:>8.2f}" if line.beside else " " * 18
        limit = f"{line.limit:>8.2f}" if line.limit is not None else ""
        print(
            f"{line.name:<42}{line.ours:>10.3f}{beside}{limit}{'  over' if line.is_over else ''}", flush=True
        )
    print("over the limit: " + ", ".join(over) if over else "all within their limits")
    return int(bool(over))


if __name__ == "__main__":
    sys.exit(main())
