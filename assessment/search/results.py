"""What the page of a search shows: results as people read them, and the values of its filters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from assessment.enums import SearchKind, SearchPart
from assessment.models import ActivityPlace, CriterionAnalysis, SearchEntry
from assessment.models.search import SHEET_PARTS
from organizations.models import Agency
from thai.collation import sort_key

from .criteria import CriterionName
from .finding import Found, Hit, Wanted
from .snippets import Piece, marked, snippet


@dataclass(frozen=True)
class Result:
    """One line of the list."""

    kind: str
    label: str
    url: str
    title: list[Piece]
    about: str
    facts: list[str]
    snippet: list[Piece]


@dataclass(frozen=True)
class Option:
    """One value that a filter can be set to."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True)
class Filter:
    """One filter of the page."""

    name: str
    label: str
    everything: str
    options: list[Option]
    chosen: bool


def results_of(hits: Sequence[Hit], words: Sequence[str], names: dict[int, CriterionName]) -> list[Result]:
    """The hits of one page, which the search has just found visible."""
    rows = SearchEntry.objects.filter(pk__in=[hit.pk for hit in hits])
    entries = {entry.pk: entry for entry in rows.select_related("about", "text")}
    shown = [entries[hit.pk] for hit in hits if hit.pk in entries]
    places = _Places(shown)
    return [_result(entry, words, names, places) for entry in shown]


def _result(
    entry: SearchEntry, words: Sequence[str], names: dict[int, CriterionName], places: _Places
) -> Result:
    criteria = [names[int(pk)] for pk in entry.criteria.split() if int(pk) in names]
    facts = [criterion.label for criterion in criteria]
    if not criteria:
        facts = [f"หมวด {number}" for number in entry.categories.split()]
    title = entry.text.title or ", ".join(facts)
    return Result(
        kind=entry.kind,
        label=_label(entry),
        url=places.address(entry),
        title=marked(title, words),
        about=entry.about.name,
        facts=[*(facts if entry.text.title else []), *_award(entry)],
        snippet=snippet(entry.text.body, words),
    )


def _label(entry: SearchEntry) -> str:
    kind = SearchKind(entry.kind)
    return SearchPart(entry.part).label if kind == SearchKind.ANSWER else kind.label


def _award(entry: SearchEntry) -> list[str]:
    year = f"ปี {entry.year}" if entry.year else ""
    return [text for text in (entry.award, year) if text]


class _Places:
    """Where the objects of entries stand: at most two queries for a page."""

    def __init__(self, entries: Iterable[SearchEntry]) -> None:
        activities = [entry.object_id for entry in entries if entry.kind == SearchKind.ACTIVITY]
        places = ActivityPlace.objects.filter(activity__in=activities).order_by(
            "-analysis__wording__position"
        )
        columns = ("activity_id", "activity__uid", "analysis__wording__code")
        self.activities = {pk: (uid, code) for pk, uid, code in places.values_list(*columns)}
        answers = [entry.object_id for entry in entries if entry.kind == SearchKind.ANSWER]
        analyses = CriterionAnalysis.objects.filter(pk__in=answers).order_by()
        self.codes = dict(analyses.values_list("pk", "wording__code"))

    def address(self, entry: SearchEntry) -> str:
        """The page on which the text stands, at its place."""
        agency, year = entry.about.code, entry.year
        if entry.kind == SearchKind.CASE:
            return reverse("practice", args=[entry.object_id])
        if entry.kind == SearchKind.FEEDBACK:
            criterion = entry.criteria.strip()
            return f"{reverse('feedback_list', args=[agency])}?year={year}#criterion-{criterion}"
        if entry.part in SHEET_PARTS:
            return reverse("sheet", args=[agency, year, entry.categories.strip()])
        if entry.kind == SearchKind.ANSWER:
            return reverse("criterion", args=[agency, year, self.codes[entry.object_id]])
        if entry.object_id not in self.activities:
            return reverse("round", args=[agency, year])
        uid, code = self.activities[entry.object_id]
        return f"{reverse('criterion', args=[agency, year, code])}#card-{uid}"


def filters_of(found: Found, wanted: Wanted, names: dict[int, CriterionName]) -> list[Filter]:
    """The filters that can narrow these results, and those that are set."""
    agencies = {
        agency.pk: agency
        for agency in Agency.objects.filter(pk__in=[*found.facets["agency"], wanted.agency or 0])
    }
    years = {year: f"พ.ศ. {year}" for year in sorted(found.facets["year"], reverse=True)}
    labels: dict[str, dict[Any, str]] = {
        "kind": {str(kind): kind.label for kind in SearchKind},
        "category": {number: f"หมวด {number}" for number in range(1, 8)},
        "criterion": {pk: criterion.label for pk, criterion in names.items()},
        "agency": {pk: agencies[pk].name for pk in _in_thai_order(agencies, lambda pk: agencies[pk].name)},
        "award": {award: award for award in _in_thai_order(found.facets["award"], str)},
        "year": years,
    }
    values = {"agency": {pk: agency.code for pk, agency in agencies.items()}}
    filters = [
        Filter(name, label, everything, *_options(name, labels[name], found, wanted, values.get(name, {})))
        for name, label, everything in FILTERS
    ]
    # one value that nobody chose narrows nothing
    return [one for one in filters if one.chosen or len(one.options) > 1]


FILTERS = (
    ("kind", "ประเภท", "ทุกประเภท"),
    ("category", "หมวด", "ทุกหมวด"),
    ("criterion", "เกณฑ์", "ทุกข้อ"),
    ("agency", "หน่วยงาน", "ทุกหน่วยงาน"),
    ("award", "รางวัล", "ทุกรางวัล"),
    ("year", "ปี พ.ศ.", "ทุกปี"),
)


def _in_thai_order(values: Iterable[Any], name: Any) -> list[Any]:
    return sorted(values, key=lambda value: sort_key(name(value)))


def _options(
    name: str, labels: dict[Any, str], found: Found, wanted: Wanted, values: dict[Any, str]
) -> tuple[list[Option], bool]:
    counts, chosen = found.facets[name], getattr(wanted, name)
    offered = [key for key in labels if key in counts or key == chosen]
    if chosen and chosen not in labels and name != "agency":
        labels, offered = labels | {chosen: str(chosen)}, [*offered, chosen]
    options = [
        Option(str(values.get(key, key)), labels[key], counts.get(key, 0), key == chosen) for key in offered
    ]
    return options, bool(chosen)
