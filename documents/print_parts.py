"""Printing a form category by category: only what changed is laid out, and what cannot be laid out costs only
itself.

Every category is a part of its own (it begins on its own page anyway), kept under the hash of everything that
it is made of. A print takes the kept parts, lays out the missing ones, two at a time, and joins them. Page
numbers and the time of the draft are stamped on the whole afterwards, so they do not make a part new. The
joined file is kept, too: printing an unchanged form again exchanges nothing but the time at its foot.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path

import weasyprint
from django.apps import apps
from django.conf import settings

from organizations.models import names_to_keep

from . import salvage
from .form import CategoryBlock, Form
from .part_store import find_part, keep_part
from .pdf.assembly import assemble, page_count
from .pdf.child import (
    MIB,
    Limits,
    Progress,
    RenderError,
    RenderTooLarge,
    Work,
    render_in_child,
    render_together,
)
from .pdf.stamps import with_foot
from .printing import PrintJob, document_of, prepare_print

AT_ONCE = 2
WEASYPRINT_STEPS = 7
# One criterion is small; a category gets time by its length, several times what an honest text needs.
PIECE_LIMITS = Limits(cpu_seconds=10, memory_bytes=384 * MIB, wall_seconds=20)
PART_LIMITS = Limits(cpu_seconds=20, memory_bytes=768 * MIB, wall_seconds=60)
SECONDS_PER_MEGABYTE = 100
# All renders of one print together.
PRINT_SECONDS = 480

Tell = Callable[[int, int, int, int], None]
"""Told how far a print is: the number of the category, its page, steps done, steps in all."""


@dataclass(frozen=True)
class Printed:
    """A finished print; ``sha256`` names the data that it was made of, whatever the time."""

    content: bytes
    pages: int
    sha256: str


def print_form(form: Form, tell: Tell, *, front: PrintJob | None = None) -> Printed:
    """Print the form, behind the pages of ``front``. ``tell`` may raise to stop the print, which ends the renders.

    Raises RenderError when even the plain words of a category cannot be laid out, or when it took too long.
    """
    document = document_of(form)
    data = data_hash(form)
    name = _name("whole", data, document.foot.shape, front.sha256 if front else "", _kept_words(form))
    content = find_part(name)
    if content is None:
        parts = _Parts(salvage.within_bounds(form), tell)
        before = [parts.front(front)] if front else []
        document = replace(document, front_pages=sum(map(page_count, before)))
        content = assemble([*before, *parts.make()], document)
        if not parts.salvaged:
            keep_part(name, content)
    content = with_foot(content, document.foot)
    return Printed(content, page_count(content), data)


def print_category(form: Form, number: int, tell: Tell) -> Printed:
    """Print one category of the whole ``form`` with the page numbers that it has there. Raises as ``print_form``.

    All parts have to be there to be counted, but most of them are: the whole was printed before, or will be.
    """
    parts = _Parts(salvage.within_bounds(form), tell).make()
    place = next(at for at, category in enumerate(form.categories) if category.number == number)
    lengths = [page_count(part) for part in parts]
    document = document_of(form)
    foot = replace(document.foot, first_page=1 + sum(lengths[:place]), pages=sum(lengths))
    content = assemble([parts[place]], replace(document, foot=foot))
    return Printed(content, lengths[place], data_hash(replace(form, categories=(form.categories[place],))))


def data_hash(form: Form) -> str:
    """Names the data of a form, whenever it was read. A picture is its uid here: its bytes never change."""
    timeless = replace(form, read_at=datetime.datetime.min)
    return hashlib.sha256(repr(timeless).encode()).hexdigest()


def _kept_words(form: Form) -> str:
    """Names the words that no line of the agency's prints may cut."""
    terms, names = names_to_keep(form.agency_code)
    return repr((sorted(terms), sorted(names)))


def _job(form: Form, category: CategoryBlock | None) -> PrintJob:
    """The print of one category alone; of an empty form where there is none."""
    return prepare_print(replace(form, categories=() if category is None else (category,)))


def _name(*made_of: str) -> str:
    return hashlib.sha256("\n".join([engine_version(), *made_of]).encode()).hexdigest()


@cache
def engine_version() -> str:
    """Names everything besides the data that decides what a print looks like: our code and templates, the engine."""
    digest = hashlib.sha256(weasyprint.__version__.encode())
    templates = Path(settings.BASE_DIR) / "templates" / "documents"
    packages = [Path(apps.get_app_config(label).path) for label in ("documents", "texts", "thai")]
    for folder in (templates, *packages):
        for file in sorted(folder.rglob("*")):
            if file.suffix in (".py", ".css", ".html", ".txt"):
                digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


@dataclass
class _Parts:
    """The parts of one print while they are being made."""

    form: Form
    tell: Tell
    salvaged: bool = False
    deadline: float = field(default_factory=lambda: time.monotonic() + PRINT_SECONDS)
    jobs: Sequence[PrintJob] = ()
    _done: dict[int, int] = field(default_factory=dict)

    def make(self) -> list[bytes]:
        """The parts in the order of the form. Raises RenderError."""
        categories: Sequence[CategoryBlock | None] = self.form.categories or (None,)
        self.jobs = [_job(self.form, category) for category in categories]
        names = [_name("part", job.sha256) for job in self.jobs]
        parts = {place: part for place, name in enumerate(names) if (part := find_part(name))}
        self._done = dict.fromkeys(parts, WEASYPRINT_STEPS)
        # The longest first, so that the last one does not run alone for long.
        missing = sorted(set(range(len(names))) - set(parts), key=lambda place: -len(self.jobs[place].html))
        failed = []
        works = [self._work(self.jobs[place]) for place in missing]
        for number, made in self._render(works, missing):
            if isinstance(made, RenderError):
                failed.append(missing[number])
            else:
                parts[missing[number]] = made
                keep_part(names[missing[number]], made)
        for place in sorted(failed):
            parts[place] = self._salvage(place)
        return [parts[place] for place in range(len(names))]

    def front(self, job: PrintJob) -> bytes:
        """Pages that stand before the form. Raises RenderError."""
        return render_in_child(
            job.html,
            job.images,
            title=job.title,
            css=job.css,
            terms=job.terms,
            tagged=True,
            limits=PART_LIMITS,
        )

    def _salvage(self, place: int) -> bytes:
        """The category with its guilty pieces in plain words. Raises RenderError."""
        self.salvaged = True
        category = self.form.categories[place]
        pieces = salvage.pieces(category)
        works = [self._work(_job(self.form, piece), PIECE_LIMITS) for piece in pieces]
        guilty = [
            number
            for number, made in self._render(works, [place] * len(works))
            if isinstance(made, RenderError)
        ]
        made: bytes | RenderError = RenderTooLarge("time")
        for attempt in (salvage.with_plain_pieces(category, guilty), salvage.plain_category(category)):
            if attempt != category:
                work = self._work(_job(self.form, attempt))
                ((_, made),) = self._render([work], [place])
                if isinstance(made, bytes):
                    return made
        assert isinstance(made, RenderError)
        raise made

    def _work(self, job: PrintJob, limits: Limits | None = None) -> Work:
        if limits is None:
            more = SECONDS_PER_MEGABYTE * len(job.html) // 1_000_000
            limits = replace(
                PART_LIMITS,
                cpu_seconds=PART_LIMITS.cpu_seconds + more,
                wall_seconds=PART_LIMITS.wall_seconds + 3 * more,
            )
        return Work(job.html, job.images, job.title, job.css, job.terms, tagged=True, limits=limits)

    def _render(
        self, works: Sequence[Work], places: Sequence[int]
    ) -> Iterator[tuple[int, bytes | RenderError]]:
        left = max(0.0, self.deadline - time.monotonic())
        works = [
            replace(work, limits=replace(work.limits, wall_seconds=min(left, work.limits.wall_seconds)))
            for work in works
        ]
        at_once = min(AT_ONCE, len(os.sched_getaffinity(0)))
        yield from render_together(works, at_once=at_once, on_progress=partial(self._report, places))

    def _report(self, places: Sequence[int], number: int, progress: Progress) -> None:
        place = places[number]
        self._done[place] = max(self._done.get(place, 0), progress.step)
        total = WEASYPRINT_STEPS * len(self.jobs)
        category = self.form.categories[place].number if self.form.categories else 0
        self.tell(category, progress.page, sum(self._done.values()), total)
