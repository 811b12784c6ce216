"""The one read model of the form: page, PDF, Word and Excel render these frozen values, and nothing else."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from thai.dates import format_date, format_time


@dataclass(frozen=True)
class PracticeBlock:
    """One case: the agency's name is printed underlined, then its award, then the text.

    `uid` is the chosen copy's, `version` that of its text, `key` the case's in the library.
    """

    agency_name: str
    award_line: str
    html: str
    uid: str = ""
    version: int = 0
    key: str = ""


@dataclass(frozen=True)
class PointBlock:
    """One point of OPDC's feedback; `strength` and `gap` are passages of `text`, `year` is Buddhist-era."""

    uid: str
    year: int
    step: int
    text: str
    strength: str
    gap: str
    level: str


@dataclass(frozen=True)
class CriterionBlock:
    """The first two columns of one criterion; `uid` is the one of its analysis."""

    code: str
    name: str
    points: tuple[PointBlock, ...]
    practices: tuple[PracticeBlock, ...]
    uid: str = ""

    @property
    def feedback(self) -> tuple[str, ...]:
        """The verbatim texts of its points."""
        return tuple(point.text for point in self.points)


@dataclass(frozen=True)
class OwnerBlock:
    """One name of an owner line with what joins it to the name before and its note."""

    name: str
    joiner: str
    note: str


@dataclass(frozen=True)
class ActivityBlock:
    """One activity; `owner_line` is empty where the next activity prints the same line.

    `version` is that of its text, `serves` are the codes of the criteria that it completes.
    """

    html: str
    owner_line: str
    missing_owner: bool
    uid: str = ""
    version: int = 0
    owners: tuple[OwnerBlock, ...] = ()
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    serves: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextVersions:
    """The versions of the optional texts of a criterion or of a category."""

    analysis: int = 0
    obstacles: int = 0
    remedies: int = 0


@dataclass(frozen=True)
class Row:
    """One table row: a criterion, or adjacent criteria that share their activities.

    `notice` says that its texts are printed in plain words because they could not be laid out.
    """

    criteria: tuple[CriterionBlock, ...]
    analysis: str
    activities: tuple[ActivityBlock, ...]
    obstacles: str
    remedies: str
    # codes of the criteria where activities of this one are printed already
    see: tuple[str, ...]
    # of the texts above, which belong to the first criterion of the row
    versions: TextVersions = TextVersions()
    notice: str = ""

    @property
    def owner_lines(self) -> tuple[str, ...]:
        """The lines of the fourth column, each once."""
        return tuple(dict.fromkeys(block.owner_line for block in self.activities if block.owner_line))


@dataclass(frozen=True)
class FigureBlock:
    """A full-width figure; with a `notice` only its caption is printed."""

    uid: str
    caption: str
    alternative: str
    notice: str = ""


@dataclass(frozen=True)
class CategoryBlock:
    """One category: the table and what stands after it."""

    number: int
    name: str
    print_title: bool
    headings: tuple[str, ...]
    criterion_label: str
    feedback_label: str
    rows: tuple[Row, ...]
    obstacles: str
    remedies: str
    figures: tuple[FigureBlock, ...]
    versions: TextVersions = TextVersions()

    @property
    def has_owner_column(self) -> bool:
        """Owners stand apart in a fourth column."""
        return len(self.headings) == 4

    @property
    def band(self) -> str:
        """The first heading row."""
        return f"หมวด {self.number} {self.name}"


@dataclass(frozen=True)
class Form:
    """The whole form of a round, or some of its categories. Years are Buddhist-era."""

    title: str
    agency_code: str
    agency_name: str
    year: int
    font_points: int
    binding_margin_mm: int
    thai_digits: bool
    read_at: datetime.datetime
    categories: tuple[CategoryBlock, ...]
    # printed on both sides: the binding margin of every second page is on the right
    duplex: bool = False
    # what the foot of every page says, or None for a draft, whose foot says when it was read
    footer: str | None = None

    @property
    def foot(self) -> str:
        """What stands at the foot of every page, in Arabic digits."""
        if self.footer is not None:
            return self.footer
        return f"ร่าง ณ วันที่ {format_date(self.read_at)} เวลา {format_time(self.read_at)}"
