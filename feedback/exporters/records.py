"""The one reading of feedback for files: every point that stands, with what belongs to it anywhere.

What belongs to this installation stays here: who entered and decided when, the received papers, the activities that
answer a point, and what people found in points of other years.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedback.importers.markup import as_markup
from feedback.models import FeedbackPoint
from framework.enums import LevelCode
from framework.services import wordings_of_year
from organizations.models import Agency


@dataclass(frozen=True)
class Record:
    """One point as files have it: `criterion` is the code in the edition of its year, `declined` the reason."""

    year: int
    step: int
    criterion: str
    text: str
    strength: str
    gap: str
    level: str
    sub_item: str
    declined: str
    position: int
    uid: str


def records_of(agency: Agency, *, year: int | None = None, step: int | None = None) -> list[Record]:
    """The points in the order of years, of the edition, and of the list."""
    points = FeedbackPoint.objects.filter(agency=agency).current().select_related("criterion")
    points = points.filter(year=year) if year else points
    points = points.filter(step=step) if step else points
    ordered = sorted(points, key=lambda point: (point.year, point.position, str(point.uid)))
    places = {each: _places(each) for each in {point.year for point in ordered}}
    rows = [(*places[point.year].get(point.criterion_id, _lost(point)), point) for point in ordered]
    # the sort is stable: inside a criterion the order of the list stays
    rows.sort(key=lambda row: (row[2].year, row[0], row[1]))
    return [_record(code, point) for _, code, point in rows]


def _places(year: int) -> dict[int, tuple[int, str]]:
    """Place and code of every criterion in that year; one that its edition does not have goes by its identity."""
    wordings = wordings_of_year(year)
    return {
        wording.criterion_id: (
            place,
            wording.code if wording.edition_id == wordings[0].edition_id else wording.criterion.identity,
        )
        for place, wording in enumerate(wordings)
    }


def _lost(point: FeedbackPoint) -> tuple[int, str]:
    return 10_000, point.criterion.identity


def _record(code: str, point: FeedbackPoint) -> Record:
    return Record(
        year=point.year,
        step=point.step,
        criterion=code,
        text=as_markup(point.text),
        strength=as_markup(point.strength),
        gap=as_markup(point.gap),
        level=dict(LevelCode.choices).get(point.level, point.level),
        sub_item=point.sub_item,
        declined=point.declined_reason,
        position=point.position,
        uid=str(point.uid),
    )
