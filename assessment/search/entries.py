"""Reading rows into entries: what of an object can be found, and under which words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from assessment.enums import SearchKind, SearchPart
from assessment.models import Activity, CategorySheet, CriterionAnalysis, SearchEntry, SearchText
from feedback.models import FeedbackPoint
from practices.models import Practice
from thai.search import fold
from thai.words import ZERO_WIDTH_SPACE, tokens

from .criteria import CriterionName, criterion_names

# Words this short are often parts of others (กพร in «จากพร้อม»), so those that stand alone are kept beside.
SHORT = 4
# newmm takes longer than in proportion for one endless line.
_LONGEST_RUN = 2000
_RUNS = re.compile(r"\S+")
_EDGES = "()[]{}<>“”‘’«»\"',;:/"


@dataclass(frozen=True)
class Source:
    """What an entry is made from; `headings` are names beside the text: criteria, agency, award, owners."""

    kind: SearchKind
    object_id: int
    agency_id: int | None
    about_id: int
    year: int | None
    body: str
    part: str = SearchPart.WHOLE
    title: str = ""
    award: str = ""
    criteria: list[CriterionName] = field(default_factory=list)
    categories: frozenset[int] = frozenset()
    headings: tuple[str, ...] = ()


def entry_of(source: Source) -> SearchText:
    """The words of the entry with the entry, neither saved."""
    categories = sorted(source.categories | {criterion.category for criterion in source.criteria})
    headings = [*source.headings, *(f"หมวด {number}" for number in categories)]
    for criterion in source.criteria:
        headings += [criterion.code, criterion.label]
    in_title, in_heading = _lines([source.title]), _lines(headings)
    body = with_word_breaks(source.body)
    names = " ".join([source.title, *headings])
    words = [*tokens(names), *body.replace("\n", ZERO_WIDTH_SPACE).split(ZERO_WIDTH_SPACE)]
    words += (run.strip(_EDGES) for run in _RUNS.findall(f"{names} {source.body}"))
    entry = SearchEntry(
        kind=source.kind,
        part=source.part,
        object_id=source.object_id,
        agency_id=source.agency_id,
        about_id=source.about_id,
        year=source.year,
        award=source.award,
        criteria=_between_blanks(str(criterion.pk) for criterion in source.criteria),
        categories=_between_blanks(map(str, categories)),
        in_title=in_title,
        in_heading=in_heading,
    )
    return SearchText(
        entry=entry,
        short_words=_between_blanks(_short(words)),
        title=source.title,
        body=body,
        folded=f"{in_title}{in_heading}{fold(source.body)}\n\n",
    )


def _lines(texts: Iterable[str]) -> str:
    """Folded texts, each on a line of its own, so that a whole one can be told from a part."""
    folded = [fold(text) for text in texts]
    return "\n".join(["", *dict.fromkeys(text for text in folded if text), ""])


def _between_blanks(words: Iterable[str]) -> str:
    kept = " ".join(words)
    return f" {kept} " if kept else ""


def _short(words: Iterable[str]) -> list[str]:
    folded = {fold(word) for word in set(words) if len(word) <= 4 * SHORT}
    return sorted(word for word in folded if 0 < len(word) <= SHORT)


def with_word_breaks(text: str) -> str:
    """The text line by line without blanks around the lines, U+200B between words."""
    lines = (line.strip().replace(ZERO_WIDTH_SPACE, "") for line in text.split("\n"))
    return "\n".join(ZERO_WIDTH_SPACE.join(_words(line)) for line in lines if line)


def _words(line: str) -> Iterator[str]:
    for start in range(0, len(line), _LONGEST_RUN):
        yield from tokens(line[start : start + _LONGEST_RUN])


def read_sources(kind: str, object_ids: Collection[int]) -> list[Source]:
    """What there is to find of these objects; nothing of those that were withdrawn or are blank."""
    return [source for source in READERS[kind](object_ids) if source.body.strip() or source.title]


def _cases(object_ids: Collection[int]) -> Iterator[Source]:
    names = criterion_names()
    cases = Practice.objects.current().filter(pk__in=object_ids).select_related("agency", "text")
    for case in cases.prefetch_related("criteria"):
        linked = {criterion.pk for criterion in case.criteria.all()}
        year = f"ปี {case.award_year}" if case.award_year else ""
        yield Source(
            kind=SearchKind.CASE,
            object_id=case.pk,
            agency_id=case.kept_to_id,
            about_id=case.agency_id,
            year=case.award_year,
            body=f"{case.summary}\n{case.text.plain}",
            title=case.title,
            award=case.award,
            criteria=[name for pk, name in names.items() if pk in linked],
            headings=(case.agency.name, case.agency.short_name, case.award, year),
        )


def _points(object_ids: Collection[int]) -> Iterator[Source]:
    names = criterion_names()
    for point in FeedbackPoint.objects.current().filter(pk__in=object_ids):
        yield Source(
            kind=SearchKind.FEEDBACK,
            object_id=point.pk,
            agency_id=point.agency_id,
            about_id=point.agency_id,
            year=point.year,
            body=point.text,
            criteria=[names[point.criterion_id]] if point.criterion_id in names else [],
            headings=(f"ปี {point.year}",),
        )


def _activities(object_ids: Collection[int]) -> Iterator[Source]:
    names = criterion_names()
    rows = Activity.objects.current().filter(pk__in=object_ids).select_related("text", "round")
    for activity in rows.prefetch_related("places__analysis__wording", "owner_lines__owner"):
        served = {place.analysis.wording.criterion_id for place in activity.places.all()}
        owners = [line.owner for line in activity.owner_lines.all()]
        yield Source(
            kind=SearchKind.ACTIVITY,
            object_id=activity.pk,
            agency_id=activity.round.agency_id,
            about_id=activity.round.agency_id,
            year=activity.round.year,
            body=activity.text.plain,
            criteria=[name for pk, name in names.items() if pk in served],
            headings=(
                *(owner.name for owner in owners),
                *(owner.abbreviation for owner in owners),
                *(line.note for line in activity.owner_lines.all()),
                f"ปี {activity.round.year}",
            ),
        )


def _answers(object_ids: Collection[int]) -> Iterator[Source]:
    """Texts of criteria, which are known by the primary key of their analysis."""
    names = criterion_names()
    rows = CriterionAnalysis.objects.filter(pk__in=object_ids).with_names()
    for row in rows:
        round = row.sheet.round
        parts = {
            SearchPart.ANALYSIS: row.analysis,
            SearchPart.OBSTACLES: row.obstacles,
            SearchPart.REMEDIES: row.remedies,
        }
        for part, text in parts.items():
            yield Source(
                kind=SearchKind.ANSWER,
                part=part,
                object_id=row.pk,
                agency_id=round.agency_id,
                about_id=round.agency_id,
                year=round.year,
                body=text.plain,
                criteria=[names[row.wording.criterion_id]] if row.wording.criterion_id in names else [],
                headings=(part.label, f"ปี {round.year}"),
            )


def _sheet_answers(object_ids: Collection[int]) -> Iterator[Source]:
    """Texts of whole categories, which are known by the primary key of their sheet."""
    rows = CategorySheet.objects.filter(pk__in=object_ids)
    for sheet in rows.select_related("round", "category", "obstacles", "remedies"):
        parts = {SearchPart.SHEET_OBSTACLES: sheet.obstacles, SearchPart.SHEET_REMEDIES: sheet.remedies}
        for part, text in parts.items():
            yield Source(
                kind=SearchKind.ANSWER,
                part=part,
                object_id=sheet.pk,
                agency_id=sheet.round.agency_id,
                about_id=sheet.round.agency_id,
                year=sheet.round.year,
                body=text.plain,
                categories=frozenset([sheet.number]),
                headings=(part.label, f"ปี {sheet.round.year}"),
            )


# Answers of criteria and of categories are refreshed apart: their primary keys are those of different tables.
SHEET = "sheet"
READERS: dict[str, Callable[[Collection[int]], Iterator[Source]]] = {
    SearchKind.CASE: _cases,
    SearchKind.FEEDBACK: _points,
    SearchKind.ACTIVITY: _activities,
    SearchKind.ANSWER: _answers,
    SHEET: _sheet_answers,
}
