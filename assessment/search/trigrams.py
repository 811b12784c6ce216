"""Words on SQLite: FTS5 with its trigram tokeniser over the texts, kept by three triggers.

One or two letters have no trigram, but stand at the beginning of some: a text ends with two line ends, so that its
last letters do as well. For a letter that begins very many, the texts are read, nearly all of which hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from assessment.models import SearchText
from assessment.models.search import SearchEntryQuerySet

from .reading import with_words
from .triggers import PREFIX

if TYPE_CHECKING:
    from django.db.backends.utils import CursorWrapper

TEXTS: Final = SearchText._meta.db_table
FTS: Final = "assessment_searchindex"
# the trigrams of the index in the order of their letters
TERMS: Final = "assessment_searchterms"
COLUMNS: Final = ("short_words", "folded")
TRIGRAM: Final = 3
_LAST = chr(0x10FFFF)
# Looking up more trigrams takes longer than reading the texts.
_MANY = 400


def _values(row: str) -> str:
    return ", ".join(f"{row}.{column}" for column in ("entry_id", *COLUMNS))


_INTO = f"INSERT INTO {FTS} (rowid, {', '.join(COLUMNS)}) VALUES ({_values('NEW')})"  # noqa: S608
_OUT = f"INSERT INTO {FTS} ({FTS}, rowid, {', '.join(COLUMNS)}) VALUES ('delete', {_values('OLD')})"  # noqa: S608
_DIFFERS = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in COLUMNS)
TRIGGERS: Final = {
    f"{PREFIX}_index_insert": f"AFTER INSERT ON {TEXTS} BEGIN {_INTO}; END",
    f"{PREFIX}_index_delete": f"AFTER DELETE ON {TEXTS} BEGIN {_OUT}; END",
    f"{PREFIX}_index_update": f"AFTER UPDATE ON {TEXTS} WHEN {_DIFFERS} BEGIN {_OUT}; {_INTO}; END",
}


def is_there(cursor: CursorWrapper) -> bool:
    """Whether the index, its list of trigrams and its triggers stand."""
    cursor.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'trigger')")
    return {name for (name,) in cursor.fetchall()}.issuperset({FTS, TERMS, *TRIGGERS})


def make(cursor: CursorWrapper) -> None:
    """Make all of it, and fill it with the texts that are there."""
    for name in TRIGGERS:
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
    options = f"{', '.join(COLUMNS)}, content='{TEXTS}', content_rowid='entry_id', tokenize='trigram'"
    cursor.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} USING fts5({options})")
    cursor.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {TERMS} USING fts5vocab({FTS}, 'row')")
    for name, body in TRIGGERS.items():
        cursor.execute(f"CREATE TRIGGER {name} {body}")
    cursor.execute(f"INSERT INTO {FTS} ({FTS}) VALUES ('rebuild')")  # noqa: S608


def holding(entries: SearchEntryQuerySet, words: Sequence[str]) -> SearchEntryQuerySet:
    """The entries in which all these words occur."""
    questions = {word: _question(word) for word in words}
    if asked := " AND ".join(filter(None, questions.values())):
        entries = entries.filter(_matching(f"folded : ({asked})"))
    return with_words(entries, [word for word, question in questions.items() if not question])


def standing_alone(word: str) -> Q:
    """Entries in which this short word stands between others."""
    return _matching(f'short_words : " {word} "')


def _question(word: str) -> str:
    """What FTS5 is asked for a word; nothing when too many trigrams begin with it.

    One that begins no trigram is in no text, and is asked for as no text has it.
    """
    terms = [word] if len(word) >= TRIGRAM else _beginning_with(word) or ["\n" * TRIGRAM]
    quoted = (f'"{term}"' for term in terms)
    return f"({' OR '.join(quoted)})" if len(terms) <= _MANY else ""


def _beginning_with(letters: str) -> list[str]:
    terms = f"SELECT term FROM {TERMS} WHERE term >= %s AND term < %s LIMIT {_MANY + 1}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(terms, [letters, letters + _LAST])
        return [term for (term,) in cursor.fetchall()]


def _matching(question: str) -> Q:
    rows = f"SELECT rowid FROM {FTS} WHERE {FTS} MATCH %s"  # noqa: S608
    return Q(pk__in=RawSQL(rows, [question]))  # noqa: S611
