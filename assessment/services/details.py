"""What stands around an activity's text: owners, dates and criteria served, each compared with what was shown.

A page carries a mark of what it showed. A part that comes back as it was shown was not touched by the person, so
whatever stands there by now stays, and two people who work on different parts do not disturb one another.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields

from assessment.models import Activity, CriterionAnalysis


@dataclass(frozen=True)
class Details:
    """The three parts; `owners` are (primary key, joiner, note) in their order, `serves` primary keys of criteria.

    `serves` holds only criteria that the person can choose from: a committee that saves an activity shared with
    another category must not take it out there.
    """

    owners: tuple[tuple[int, str, str], ...] = ()
    dates: tuple[datetime.date | None, datetime.date | None] = (None, None)
    serves: frozenset[int] = frozenset()

    def marks(self) -> dict[str, str]:
        """A short mark per part; equal parts have equal marks."""
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        parts["serves"] = sorted(self.serves)
        return {name: hashlib.sha256(repr(value).encode()).hexdigest()[:16] for name, value in parts.items()}

    def mark(self) -> str:
        """The marks of all parts, for a hidden field."""
        return ".".join(self.marks().values())

    def touched(self, shown: str) -> set[str]:
        """The parts that differ from what was shown; without a readable mark all of them may."""
        marks = self.marks()
        seen = shown.split(".")
        if len(seen) != len(marks):
            return set(marks)
        return {name for (name, mark), old in zip(marks.items(), seen, strict=True) if mark != old}

    def on_top_of(self, stored: Details, shown: str) -> Details:
        """What shall stand: the parts that the person touched, everything else as it is stored."""
        touched = self.touched(shown)
        return Details(
            **{p.name: getattr(self if p.name in touched else stored, p.name) for p in fields(self)}
        )

    def mark_after_refusal(self, stored: Details, shown: str) -> str:
        """The mark for the next press, after the person was told what is stored.

        A touched part is now judged against that; the others are still what the page shows.
        """
        touched = self.touched(shown)
        return Details(
            **{p.name: getattr(stored if p.name in touched else self, p.name) for p in fields(self)}
        ).mark()


def stored_details(
    activity: Activity | None, home: CriterionAnalysis, offered: Iterable[CriterionAnalysis] | None = None
) -> Details:
    """The parts as they are stored; `home` is the criterion of the page, `offered` the others to choose from.

    Without `offered` all criteria of the round are on offer.
    """
    if activity is None:
        return Details()
    # .all() and not a filter: cards read many activities with their lines and places at once
    lines = sorted(activity.owner_lines.all(), key=lambda line: (line.position, line.pk))
    serves = frozenset(place.analysis_id for place in activity.places.all()) - {home.pk}
    if offered is not None:
        serves &= {analysis.pk for analysis in offered}
    return Details(
        owners=tuple((line.owner_id, line.joiner, line.note) for line in lines),
        dates=(activity.starts_on, activity.ends_on),
        serves=serves,
    )
