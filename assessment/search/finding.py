"""Answering a question: which entries, in which order, and by what they can be narrowed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from assessment.models import SearchEntry
from assessment.models.search import SearchEntryQuerySet
from organizations.models import User
from thai.search import words_of_query

from .entries import SHORT
from .index import holding, really_holding

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


class Hit(NamedTuple):
    """The narrow columns of an entry in which the words occur, and how well."""

    pk: int
    kind: str
    object_id: int
    part: str
    agency: int
    year: int | None
    award: str
    criteria: str
    categories: str
    place: int
    inside: int
    """1 when a short word occurs only inside of others."""


@dataclass(frozen=True)
class Facet:
    """A filter: the column that it reads, and the values in it; most rows share a few, so each is read once."""

    column: str
    values: Callable[[Any], Iterable[Any]] = lambda stored: [stored] if stored else []

    def counted(self, hits: list[Hit]) -> Counter[Any]:
        """How many of the hits have each value."""
        counts: Counter[Any] = Counter()
        for stored, number in Counter(map(attrgetter(self.column), hits)).items():
            for value in self.values(stored):
                counts[value] += number
        return counts

    def having(self, hits: list[Hit], value: object) -> list[Hit]:
        """The hits with this value."""
        stored = set(map(attrgetter(self.column), hits))
        wanted = {one for one in stored if value in self.values(one)}
        return [hit for hit in hits if getattr(hit, self.column) in wanted]


def _numbers(stored: str) -> list[int]:
    return [int(number) for number in stored.split()]


FACETS = {
    "kind": Facet("kind"),
    "category": Facet("categories", _numbers),
    "criterion": Facet("criteria", _numbers),
    "agency": Facet("agency"),
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
    rows, sure = holding(connection, SearchEntry.objects.visible_to(user), words)
    hits = _hits(rows, words)
    if not sure and len(hits) <= MOST:
        hits, sure = _checked(hits, words), True
    facets = {name: _facet(hits, wanted, name) for name in FACETS}
    left = _narrowed(hits, wanted)
    left = left if sure else _first_checked(left, words)
    best = _phrases_first(left[:MOST], words)
    return Found(words, best, len(left) > MOST, facets)


def _hits(rows: SearchEntryQuerySet, words: Sequence[str]) -> list[Hit]:
    phrase = "".join(words)
    """The narrow columns of these entries, the best place first, then the newest; the rest makes the order firm."""
    columns = ("pk", "kind", "object_id", "part", "about_id", "year", "award", "criteria", "categories")
    ranked = rows.annotate(
        place=_place(words, phrase), inside=_inside(phrase) if len(phrase) <= SHORT else Value(0)
    )
    newest = F("year").desc(nulls_last=True)
    ordered = ranked.order_by("place", "inside", newest, "kind", "object_id", "part")
    return list(map(Hit._make, ordered.values_list(*columns, "place", "inside")))


def _place(words: Sequence[str], phrase: str) -> Case:
    """The best of the places in which all words occur."""
    line = f"\n{phrase}\n"
    return Case(
        When(_in("in_title", line) | _in("in_heading", line), then=Value(_WHOLE_LINE)),
        When(_all_in(["in_title"], words), then=Value(_TITLE)),
        When(_all_in(["in_title", "in_heading"], words), then=Value(_HEADING)),
        default=Value(_BODY),
        output_field=IntegerField(),
    )


def _inside(phrase: str) -> Case:
    return Case(
        When(_in("short_words", f" {phrase} "), then=Value(0)), default=Value(1), output_field=IntegerField()
    )


def _all_in(columns: Sequence[str], words: Iterable[str]) -> Q:
    condition = Q()
    for word in words:
        anywhere = Q()
        for column in columns:
            anywhere |= _in(column, word)
        condition &= anywhere
    return condition


def _in(column: str, word: str) -> Q:
    return Q(GreaterThan(StrIndex(F(column), Value(word)), Value(0)))


def _facet(hits: list[Hit], wanted: Wanted, name: str) -> dict[Any, int | None]:
    """The values of the filter among what the other filters leave."""
    others = replace(wanted, **{name: getattr(Wanted(), name)})
    counts = FACETS[name].counted(_narrowed(hits, others))
    return dict(counts) if len(hits) <= MOST else dict.fromkeys(counts)


def _narrowed(hits: list[Hit], wanted: Wanted) -> list[Hit]:
    for name, facet in FACETS.items():
        if value := getattr(wanted, name):
            hits = facet.having(hits, value)
    return hits


def _checked(hits: list[Hit], words: Sequence[str]) -> list[Hit]:
    """Those whose text really holds the words."""
    rows = SearchEntry.objects.filter(pk__in=[hit.pk for hit in hits])
    sure = set(really_holding(rows, words).order_by().values_list("pk", flat=True))
    return [hit for hit in hits if hit.pk in sure]


def _first_checked(hits: list[Hit], words: Sequence[str]) -> list[Hit]:
    """The first ones that really hold the words, one more than anybody is shown."""
    sure: list[Hit] = []
    for start in range(0, len(hits), MOST):
        sure += _checked(hits[start : start + MOST], words)
        if len(sure) > MOST:
            break
    return sure


def _phrases_first(hits: list[Hit], words: Sequence[str]) -> list[Hit]:
    """Within each place, texts in which the words follow each other before those where they are scattered."""
    if len(words) == 1 or not hits:
        return hits
    together = {hit.pk for hit in _checked(hits, ["".join(words)])}
    return sorted(hits, key=lambda hit: (hit.place, hit.pk not in together))
