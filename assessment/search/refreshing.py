"""Bringing the entries up to date with the rows that the triggers noted, in short batches.

The worker calls this: cutting a text into words needs the dictionary, which web processes are spared.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import reduce
from itertools import groupby
from operator import itemgetter, or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from assessment.enums import SearchKind, SearchSource
from assessment.models import (
    Activity,
    ActivityOwner,
    ActivityPlace,
    CategorySheet,
    CriterionAnalysis,
    SearchEntry,
    SearchText,
)
from assessment.models import SearchPending as Pending
from assessment.models.search import SHEET_PARTS
from feedback.models import FeedbackPoint
from practices.models import Practice

from .entries import SHEET, Source, entry_of, read_sources
from .index import fill_index, tidy_index

log = logging.getLogger("pmqa.search")

# So many objects are written in one transaction: colleagues' saves wait for the shortest time.
BATCH = 10
# So many notes are taken at a time, so that files that somebody waits for come in between.
NOTES = 250
# SQLite takes some thousands of values in one statement.
_VALUES = 5000
# One worker refreshes at a time, wherever it runs.
_LOCK = 4_027_184_466

IDENTITY = ["kind", "object_id", "part"]
CONTENT = [field.name for field in SearchEntry._meta.fields if field.name not in {"id", *IDENTITY}]
WORDS = [field.name for field in SearchText._meta.fields if field.name != "entry"]

Target = tuple[str, int]


def refresh_search() -> int:
    """Make the entries of the rows that were noted longest ago; gives how many notes were taken."""
    with _alone() as alone:
        notes = list(Pending.objects.order_by("pk")[:NOTES]) if alone else []
        changed: dict[str, set[int]] = {}
        for note in notes:
            changed.setdefault(note.source, set()).add(note.object_id)
        # asked before the rows are read: what is noted from now on is of a later change
        taken = _notes_of(changed)
        for kind, members in groupby(sorted(_targets(changed)), key=itemgetter(0)):
            object_ids = [object_id for _, object_id in members]
            for start in range(0, len(object_ids), BATCH):
                _refresh(kind, object_ids[start : start + BATCH])
        for start in range(0, len(taken), _VALUES):
            Pending.objects.filter(pk__in=taken[start : start + _VALUES]).delete()
        if taken:
            tidy_index(connection)
    return len(taken)


def _notes_of(changed: dict[str, set[int]]) -> list[int]:
    """All notes of these rows: a row that was written many times is read once."""
    same = [Q(source=source, object_id__in=keys) for source, keys in changed.items()]
    return list(Pending.objects.filter(reduce(or_, same)).values_list("pk", flat=True)) if same else []


def refresh_everything() -> None:
    """Go on until nothing waits, or another process is at it."""
    while refresh_search():
        pass


def _refresh(kind: str, object_ids: Collection[int]) -> None:
    """Read and cut outside the transaction, write inside."""
    texts = [text for source in read_sources(kind, object_ids) if (text := _entry_or_none(source))]
    entries = [text.entry for text in texts]
    fresh = {(entry.object_id, entry.part) for entry in entries}
    former = _entries_of(kind).filter(object_id__in=object_ids)
    with transaction.atomic():
        places = former.values_list("pk", "object_id", "part")
        gone = [pk for pk, object_id, part in places if (object_id, part) not in fresh]
        SearchEntry.objects.filter(pk__in=gone).delete()
        SearchEntry.objects.bulk_create(
            entries, update_conflicts=True, unique_fields=IDENTITY, update_fields=CONTENT
        )
        for text in texts:
            text.entry_id = text.entry.pk
        SearchText.objects.bulk_create(
            texts, update_conflicts=True, unique_fields=["entry"], update_fields=WORDS
        )
        fill_index(connection, texts, gone)


def _entry_or_none(source: Source) -> SearchText | None:
    """The search goes on whatever one text does to the dictionary; the trace is for the administrator."""
    try:
        return entry_of(source)
    except Exception:
        log.exception("no search entry for %s %s", source.kind, source.object_id)
        return None


def _entries_of(kind: str) -> QuerySet[SearchEntry]:
    of_sheets = SearchEntry.objects.filter(kind=SearchKind.ANSWER, part__in=SHEET_PARTS)
    if kind == SHEET:
        return of_sheets
    return SearchEntry.objects.filter(kind=kind).exclude(part__in=SHEET_PARTS)


def _targets(changed: dict[str, set[int]]) -> set[Target]:
    """The objects whose entries the changed rows stand in."""
    return {target for source, keys in changed.items() for target in TARGETS[SearchSource(source)](keys)}


def _themselves(kind: str) -> Callable[[set[int]], Iterator[Target]]:
    return lambda keys: ((kind, key) for key in keys)


def _rows(kind: str, rows: QuerySet[Any], column: str = "pk") -> Iterator[Target]:
    return ((kind, key) for key in rows.order_by().values_list(column, flat=True).distinct())


def _of_texts(keys: set[int]) -> Iterator[Target]:
    obstacles = Q(obstacles__in=keys) | Q(remedies__in=keys)
    yield from _rows(SearchKind.CASE, Practice.objects.filter(text__in=keys))
    yield from _rows(SearchKind.ACTIVITY, Activity.objects.filter(text__in=keys))
    analyses = CriterionAnalysis.objects.filter(obstacles | Q(analysis__in=keys))
    yield from _rows(SearchKind.ANSWER, analyses)
    yield from _rows(SHEET, CategorySheet.objects.filter(obstacles))


def _of_agencies(keys: set[int]) -> Iterator[Target]:
    return _rows(SearchKind.CASE, Practice.objects.filter(agency__in=keys))


def _of_owners(keys: set[int]) -> Iterator[Target]:
    return _rows(SearchKind.ACTIVITY, ActivityOwner.objects.filter(owner__in=keys), "activity_id")


def _of_criteria(keys: set[int]) -> Iterator[Target]:
    yield from _rows(SearchKind.CASE, Practice.objects.filter(criteria__in=keys))
    yield from _rows(SearchKind.FEEDBACK, FeedbackPoint.objects.filter(criterion__in=keys))
    places = ActivityPlace.objects.filter(analysis__wording__criterion__in=keys)
    yield from _rows(SearchKind.ACTIVITY, places, "activity_id")
    yield from _rows(SearchKind.ANSWER, CriterionAnalysis.objects.filter(wording__criterion__in=keys))


TARGETS: dict[SearchSource, Callable[[set[int]], Iterator[Target]]] = {
    SearchSource.PRACTICE: _themselves(SearchKind.CASE),
    SearchSource.POINT: _themselves(SearchKind.FEEDBACK),
    SearchSource.ACTIVITY: _themselves(SearchKind.ACTIVITY),
    SearchSource.ANALYSIS: _themselves(SearchKind.ANSWER),
    SearchSource.SHEET: _themselves(SHEET),
    SearchSource.TEXT: _of_texts,
    SearchSource.AGENCY: _of_agencies,
    SearchSource.OWNER: _of_owners,
    SearchSource.CRITERION: _of_criteria,
}


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether no other process refreshes; on SQLite there is one worker, on PostgreSQL perhaps one per machine."""
    if connection.vendor != "postgresql":
        yield True
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        (alone,) = cursor.fetchone()
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
