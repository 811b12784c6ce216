"""What each database looks words up in, exact from the first letter on: `trigrams` (SQLite), `pieces` (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db.models import Case, IntegerField, Value, When

from assessment.models import SearchText
from assessment.models.search import SearchEntryQuerySet

from . import pieces, trigrams

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def index_is_there(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database has everything that is asked of it."""
    with connection.cursor() as cursor:
        return (pieces if connection.vendor == "postgresql" else trigrams).is_there(cursor)


def make_index(connection: BaseDatabaseWrapper) -> None:
    """Make the index where it is missing."""
    if index_is_there(connection):
        return
    with connection.cursor() as cursor:
        (pieces if connection.vendor == "postgresql" else trigrams).make(cursor)


def fill_index(connection: BaseDatabaseWrapper, texts: Iterable[SearchText], gone: Sequence[int]) -> None:
    """Bring the index up to date with these texts, which were just written, and without the entries that are gone.

    SQLite does it by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            pieces.fill(cursor, texts, gone)


def tidy_index(connection: BaseDatabaseWrapper) -> None:
    """Have the index ready for searches after a number of writes; nobody waits for it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            pieces.tidy(cursor)


def holding(
    connection: BaseDatabaseWrapper, entries: SearchEntryQuerySet, words: Sequence[str]
) -> tuple[SearchEntryQuerySet, bool]:
    """The entries in which all these folded words occur, and whether that is sure.

    When it is not, a few may hold all parts of a word but not the word: `reading.with_words` tells.
    """
    if connection.vendor == "postgresql":
        return pieces.holding(entries, words)
    return trigrams.holding(entries, words), True


def inside_of_words(connection: BaseDatabaseWrapper, word: str) -> Case:
    """0 for entries in which this short word stands alone, 1 for those where it occurs inside of others only."""
    alone = (pieces if connection.vendor == "postgresql" else trigrams).standing_alone(word)
    return Case(When(alone, then=Value(0)), default=Value(1), output_field=IntegerField())
