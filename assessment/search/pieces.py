"""Words on PostgreSQL: an array of the pieces of every text under a GIN index, kept by the worker.

pg_trgm would need an extension, silently leaves Thai out where LC_CTYPE is C, and reads every text again to check it.
Pieces of one, two, three and five letters are exact for short words, and for longer ones leave so few texts over that
looking at those that are shown is enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.db.models.expressions import RawSQL

from assessment.models import SearchText
from assessment.models.search import SearchEntryQuerySet

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

TEXTS: Final = SearchText._meta.db_table
# A table of its own: every new version of a row is indexed again, and the other columns of an entry change as well.
TABLE: Final = "assessment_searchpieces"
INDEX: Final = f"{TABLE}_pieces"
SHORT: Final = 3
# Kilobytes; more than comes together before `tidy`, so that no transaction has to sort them in.
_PENDING = 65_536
FUNCTION: Final = "assessment_search_having"
# The planner does not know that an array lies outside of its row, and would rather read all of them than the index.
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION {FUNCTION}(wanted integer[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SET enable_seqscan = off
AS $$ SELECT entry_id FROM {TABLE} WHERE pieces @> wanted $$
"""  # noqa: S608
_WRITE = f"""
INSERT INTO {TABLE} (entry_id, pieces) VALUES (%s, %s::integer[])
ON CONFLICT (entry_id) DO UPDATE SET pieces = EXCLUDED.pieces WHERE {TABLE}.pieces <> EXCLUDED.pieces
"""  # noqa: S608

# An integer has room for three letters beside their number; five, and whole words, share it with few others.
_LONG_PIECE, _LONG_PRIME = 1 << 30, 1_073_741_789
_WHOLE_WORD, _WHOLE_PRIME = 1 << 29, 268_435_399


def is_there(cursor: CursorWrapper) -> bool:
    """Whether the table, its index and the function that asks it stand."""
    cursor.execute("SELECT to_regclass(%s), to_regprocedure(%s)", [INDEX, f"{FUNCTION}(integer[])"])
    return None not in cursor.fetchone()


def make(cursor: CursorWrapper) -> None:
    """Make what is missing; the worker fills it."""
    columns = "entry_id bigint PRIMARY KEY, pieces integer[] NOT NULL"
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} ({columns})")
    # read as a whole or not at all: packing them would only cost time
    cursor.execute(f"ALTER TABLE {TABLE} ALTER COLUMN pieces SET STORAGE EXTERNAL")
    cursor.execute(f"ALTER TABLE {TEXTS} ALTER COLUMN folded SET STORAGE EXTERNAL")
    cursor.execute(_FUNCTION)
    options = f"fastupdate = on, gin_pending_list_limit = {_PENDING}"
    cursor.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON {TABLE} USING gin (pieces) WITH ({options})")


def fill(cursor: CursorWrapper, texts: Iterable[SearchText], gone: Sequence[int]) -> None:
    """Bring the index up to date with these texts and without those entries."""
    cursor.execute(f"DELETE FROM {TABLE} WHERE entry_id = ANY(%s)", [list(gone)])  # noqa: S608
    arrays = [(text.pk, _array(pieces_of(text.folded) | whole_words(text.short_words))) for text in texts]
    cursor.executemany(_WRITE, arrays)


def tidy(cursor: CursorWrapper) -> None:
    """Sort in what came last, in one go: every search reads all that has not been sorted in."""
    cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [INDEX])


def holding(entries: SearchEntryQuerySet, words: Sequence[str]) -> tuple[SearchEntryQuerySet, bool]:
    """The entries in which all pieces of these words occur, and whether that is sure of the words as well."""
    pieces = {piece for word in words for piece in pieces_of(word, longest_only=True)}
    return entries.filter(_having(pieces)), all(len(word) <= SHORT for word in words)


def standing_alone(word: str) -> Q:
    """Entries in which this short word stands between others."""
    return _having(whole_words(word))


def _having(pieces: set[int]) -> Q:
    rows = f"SELECT {FUNCTION}(%s::integer[])"
    return Q(pk__in=RawSQL(rows, [_array(pieces)]))  # noqa: S611


def _array(numbers: Iterable[int]) -> str:
    return f"{{{','.join(map(str, sorted(numbers)))}}}"


def whole_words(short_words: str) -> set[int]:
    """The words between blanks as numbers."""
    return {
        _WHOLE_WORD | int.from_bytes(word.encode("utf-16-be"), "big") % _WHOLE_PRIME
        for word in short_words.split()
    }


def pieces_of(folded: str, *, longest_only: bool = False) -> set[int]:
    """The pieces of each line as numbers; of a word the longest are enough to ask for.

    Letters of Thai and of English keep apart; others may share a number, which costs a look at the text.
    """
    found: set[int] = set()
    for line in folded.split("\n"):
        letters = [ord(letter) & 0x7F | (0x80 if ord(letter) > 0x7F else 0) for letter in line]
        pairs = [a << 8 | b for a, b in pairwise(letters)]
        threes = [pair << 8 | c for pair, c in zip(pairs, letters[2:], strict=False)]
        fives = [three << 16 | pair for three, pair in zip(threes, pairs[3:], strict=False)]
        runs = [
            {1 << 24 | letter for letter in letters},
            {2 << 24 | pair for pair in pairs},
            {3 << 24 | three for three in threes},
            {_LONG_PIECE | five % _LONG_PRIME for five in fives},
        ]
        filled = [run for run in runs if run]
        found.update(*(filled[-1:] if longest_only else filled))
    return found
