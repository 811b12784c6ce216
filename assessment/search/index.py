"""What each database looks words up in, both exact from the first letter on and made from `folded` alone.

SQLite: FTS5 with its trigram tokeniser over the entries, kept by three triggers. Words of one or two letters have
no trigram; their entries are read one after the other.

PostgreSQL: an array column of all pieces of one, two and three letters under a GIN index. pg_trgm would need an
extension, silently leaves Thai out where LC_CTYPE is C, and reads every text again to check it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from django.db.models import BooleanField, F, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex

from assessment.models import SearchEntry
from assessment.models.search import SearchEntryQuerySet

from .triggers import PREFIX, trigger_names

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

TABLE: Final = SearchEntry._meta.db_table
FTS: Final = "assessment_searchindex"
PIECE: Final = 3

_INTO = f"INSERT INTO {FTS} (rowid, folded) VALUES (NEW.id, NEW.folded)"  # noqa: S608
_OUT = f"INSERT INTO {FTS} ({FTS}, rowid, folded) VALUES ('delete', OLD.id, OLD.folded)"  # noqa: S608
_SQLITE_TRIGGERS = {
    f"{PREFIX}_index_insert": f"AFTER INSERT ON {TABLE} BEGIN {_INTO}; END",
    f"{PREFIX}_index_delete": f"AFTER DELETE ON {TABLE} BEGIN {_OUT}; END",
    f"{PREFIX}_index_update": f"AFTER UPDATE OF folded ON {TABLE} BEGIN {_OUT}; {_INTO}; END",
}


def index_is_there(connection: BaseDatabaseWrapper) -> bool:
    """Whether the database has everything that this module asks."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT to_regclass(%s)", [f"{TABLE}_pieces"])
            return cursor.fetchone() != (None,)
        return trigger_names(connection, cursor).issuperset(_SQLITE_TRIGGERS)


def make_index(connection: BaseDatabaseWrapper) -> None:
    """Make the index where it is missing, and fill it with the entries that are there."""
    if index_is_there(connection):
        return
    if connection.vendor == "postgresql":
        _make_postgres_index(connection)
    else:
        _make_sqlite_index(connection)


def _make_sqlite_index(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        for name in _SQLITE_TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        options = f"folded, content='{TABLE}', content_rowid='id', tokenize='trigram'"
        cursor.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} USING fts5({options})")
        for name, body in _SQLITE_TRIGGERS.items():
            cursor.execute(f"CREATE TRIGGER {name} {body}")
        cursor.execute(f"INSERT INTO {FTS} ({FTS}) VALUES ('rebuild')")  # noqa: S608


def _make_postgres_index(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS pieces integer[]")
        # without fastupdate no search has to read a list of what came last
        index = f"{TABLE}_pieces ON {TABLE} USING gin (pieces) WITH (fastupdate = off)"
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {index}")


def fill_index(connection: BaseDatabaseWrapper, entries: Iterable[SearchEntry]) -> None:
    """Bring the index up to date with these entries, which were just written; SQLite does it by itself."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {TABLE} SET pieces = %s WHERE id = %s",  # noqa: S608
            [(sorted(pieces_of(entry.folded)), entry.pk) for entry in entries],
        )


def holding(
    connection: BaseDatabaseWrapper, entries: SearchEntryQuerySet, words: Sequence[str]
) -> tuple[SearchEntryQuerySet, bool]:
    """The entries in which all these folded words occur, and whether that is sure.

    When it is not, they are those in which all pieces of the words occur: `really_holding` looks at the texts.
    """
    if connection.vendor == "postgresql":
        wanted: set[int] = set()
        for word in words:
            wanted |= pieces_of(word, longest_only=True)
        condition = RawSQL(f"{TABLE}.pieces @> %s", [sorted(wanted)], output_field=BooleanField())  # noqa: S611
        return entries.filter(condition), all(len(word) <= PIECE for word in words)
    long = [f'"{word}"' for word in words if len(word) >= PIECE]
    if long:
        rows = f"SELECT rowid FROM {FTS} WHERE {FTS} MATCH %s"  # noqa: S608
        entries = entries.filter(pk__in=RawSQL(rows, [" AND ".join(long)]))  # noqa: S611
    return really_holding(entries, [word for word in words if len(word) < PIECE]), True


def really_holding(entries: SearchEntryQuerySet, words: Iterable[str]) -> SearchEntryQuerySet:
    """The entries in whose text all these words occur, by reading it."""
    for number, word in enumerate(words):
        place = {f"place_{number}": StrIndex(F("folded"), Value(word))}
        entries = entries.alias(**place).filter(**{f"place_{number}__gt": 0})
    return entries


def pieces_of(folded: str, *, longest_only: bool = False) -> set[int]:
    """The pieces of one to three letters of each line as numbers; of a word the longest are enough to ask for.

    Letters of Thai and of English keep apart; others may share a number, which costs a look at the text.
    """
    found: set[int] = set()
    for line in folded.split("\n"):
        letters = [ord(letter) & 0x7F | (0x80 if ord(letter) > 0x7F else 0) for letter in line]
        runs = [
            {1 << 24 | a for a in letters},
            {2 << 24 | a << 8 | b for a, b in pairwise(letters)},
            {
                3 << 24 | a << 16 | b << 8 | c
                for a, b, c in zip(letters, letters[1:], letters[2:], strict=False)
            },
        ]
        found.update(*(runs[min(PIECE, len(line)) - 1 :][:1] if longest_only else runs))
    return found
