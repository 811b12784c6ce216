"""Looking for words by reading the texts, where no index is sure."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from assessment.models.search import SearchEntryQuerySet


def within(column: str, word: str) -> Q:
    """The word occurs in the column."""
    return Q(GreaterThan(StrIndex(F(column), Value(word)), Value(0)))


def with_words(entries: SearchEntryQuerySet, words: Iterable[str]) -> SearchEntryQuerySet:
    """The entries in whose text all these folded words occur."""
    for word in words:
        entries = entries.filter(within("text__folded", word))
    return entries
