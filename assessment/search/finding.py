"""Answering a question: which entries, in which order, and by what they can be narrowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, Final, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from assessment.models import SearchEntry
from assessment.models.search import SearchEntryQuerySet
from organizations.models import User
from thai.search import words_of_query

from .entries import SHORT
from .index import holding, inside_of_words
from .reading import with_words, within

# More words than this is a pasted text, not a question.
MAX_WORDS: Final = 8
# Nobody reads further, and no database has to look at more texts; filters narrow before this limit.
MOST: Final = 500

# Where the words were found, the best place first.
_WHOLE_LINE, _TITLE, _HEADING, _BODY = range(4)


@dataclass(frozen=True)
class Wanted:
    """What the results are narrowed to; None and empty narrow nothing. `year` is a Buddhist-era year."""

    kind: str = ""
    category: int | None = None
    criterion: int | None = None
    agency: int | None = None
    award: str = ""
    year: int | None = None


# The values of a Hit; thousands of them are looked through, and five hundred are made into Hits.
Row = tuple[Any, ...]


class Hit(NamedTuple):
    """The narrow columns of an entry in which the words occur, and how well."""

    pk: int
    kind: str
    object_id: int
    part: str
    about_id: int
    year: int | None
    award: str
    criteria: str
    categories: str
    place: int
    inside: int
    """1 when a short word occurs only inside of others."""


COLUMNS: Final = Hit._fields[: Hit._fields.index("place")]


@dataclass(frozen=True)
class Facet:
    """A filter: the column that it reads, and the values in it; most rows share a few, so each is read once."""

    column: str
    values: Callable[[Any], Iterable[Any]] = lambda stored: [stored] if stored else []

    @property
    def stored(self) -> itemgetter[int]:
        """What gets the column from a row."""
        return itemgetter(Hit._fields.index(self.column))

    def counted(self, rows: list[Row]) -> Counter[Any]:
        """How many of the rows have each value."""
        counts: Counter[Any] = Counter()
        for stored, number in Counter(map(self.stored, rows)).items():
            for value in self.values(stored):
                counts[value] += number
        return counts

    def present(self, rows: list[Row]) -> set[Any]:
        """The values that any of the rows has."""
        return {value for stored in set(map(self.stored, rows)) for value in self.values(stored)}

    def having(self, rows: list[Row], value: object) -> list[Row]:
        """The rows with this value."""
        stored = self.stored
        wanted = {one for one in set(map(stored, rows)) if value in self.values(one)}
        return [row for row in rows if stored(row) in wanted]


def _numbers(stored: str) -> list[int]:
    return [int(number) for number in stored.split()]


FACETS = {
    "kind": Facet("kind"),
    "category": Facet("categories", _numbers),
    "criterion": Facet("criteria", _numbers),
    "agency": Facet("about_id"),
    "award": Facet("award"),
    "year": Facet("year"),
}


@dataclass(frozen=True)
class Found:
    """The best hits in order; `facets` has for each filter the values that it can be set to, with their numbers.

    `more` says that there are more than MOST hits; numbers are then not known and None.
    """

    words: list[str]
    hits: list[Hit]
    more: bool
    facets: dict[str, dict[Any, int | None]]


def find(*, user: User, typed: str, wanted: Wanted) -> Found:
    """What the person may see in which every typed word occurs."""
    words = words_of_query(typed, MAX_WORDS)
    if not words:
        return Found(words, [], False, {name: {} for name in FACETS})
    entries, sure = holding(connection, SearchEntry.objects.visible_to(user), words)
    rows = _rows(entries, words)
    if not sure and len(rows) <= MOST:
        rows, sure = _checked(rows, words), True
    facets = {name: _facet(rows, wanted, name) for name in FACETS}
    left = _narrowed(rows, wanted)
    left = left if sure else _first_checked(left, words)
    best = _phrases_first(left[:MOST], words)
    return Found(words, list(map(Hit._make, best)), len(left) > MOST, facets)


def _rows(entries: SearchEntryQuerySet, words: Sequence[str]) -> list[Row]:
    """The narrow columns of these entries, the best place first, then the newest; the rest makes the order firm."""
    phrase = "".join(words)
    short = len(phrase) <= SHORT
    ranked = entries.annotate(
        place=_place(words, phrase), inside=inside_of_words(connection, phrase) if short else Value(0)
    )
    newest = F("year").desc(nulls_last=True)
    ordered = ranked.order_by("place", "inside", newest, "kind", "object_id", "part")
    return _fetched(ordered.values_list(*COLUMNS, "place", "inside"))


def _fetched(ordered: QuerySet[Any, Any]) -> list[Row]:
    """The rows as the database gives them: they are numbers and texts, and Django would convert each of them."""
    try:
        statement, values = ordered.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _place(words: Sequence[str], phrase: str) -> Case:
    """The best of the places in which all words occur. Most rows have none of them in their names: asked first."""
    line = f"\n{phrase}\n"
    return Case(
        When(~_all_in(["in_title", "in_heading"], words), then=Value(_BODY)),
        When(within("in_title", line) | within("in_heading", line), then=Value(_WHOLE_LINE)),
        When(_all_in(["in_title"], words), then=Value(_TITLE)),
        default=Value(_HEADING),
        output_field=IntegerField(),
    )


def _all_in(columns: Sequence[str], words: Iterable[str]) -> Q:
    condition = Q()
    for word in words:
        anywhere = Q()
        for column in columns:
            anywhere |= within(column, word)
        condition &= anywhere
    return condition


def _facet(rows: list[Row], wanted: Wanted, name: str) -> dict[Any, int | None]:
    """The values of the filter among what the other filters leave."""
    others = replace(wanted, **{name: getattr(Wanted(), name)})
    facet, left = FACETS[name], _narrowed(rows, others)
    return dict(facet.counted(left)) if len(rows) <= MOST else dict.fromkeys(facet.present(left))


def _narrowed(rows: list[Row], wanted: Wanted) -> list[Row]:
    for name, facet in FACETS.items():
        if value := getattr(wanted, name):
            rows = facet.having(rows, value)
    return rows


def _checked(rows: list[Row], words: Sequence[str]) -> list[Row]:
    """Those whose text really holds the words."""
    entries = SearchEntry.objects.filter(pk__in=[row[0] for row in rows])
    sure = set(with_words(entries, words).order_by().values_list("pk", flat=True))
    return [row for row in rows if row[0] in sure]


def _first_checked(rows: list[Row], words: Sequence[str]) -> list[Row]:
    """The first ones that really hold the words, one more than anybody is shown."""
    sure: list[Row] = []
    for start in range(0, len(rows), MOST + 1):
        sure += _checked(rows[start : start + MOST + 1], words)
        if len(sure) > MOST:
            break
    return sure


def _phrases_first(rows: list[Row], words: Sequence[str]) -> list[Row]:
    """Within each place, texts in which the words follow each other before those where they are scattered."""
    if len(words) == 1 or not rows:
        return rows
    place = Hit._fields.index("place")
    together = {row[0] for row in _checked(rows, ["".join(words)])}
    return sorted(rows, key=lambda row: (row[place], row[0] not in together))
