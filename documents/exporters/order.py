"""What is asked of an exporter and what it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils import timezone

from assessment.models import Round
from documents.enums import Format, Purpose
from documents.form import Form
from documents.models import Issue
from documents.reading import one_moment, read_form
from documents.remarks import RemarkCategory, read_remarks, with_own_foot


@dataclass(frozen=True)
class Step:
    """How far an exporter is: in words for the person who waits, and in steps."""

    words: str
    done: int
    total: int


def nobody_waits(step: Step) -> None:
    """The progress of an export that no page shows."""


@dataclass(frozen=True)
class Order:
    """One file of a round: the whole form or one category of it, in one format and for one purpose.

    `thai_digits=None` follows the round's setting. With `whole_numbering` the pages of a category bear the numbers that
    they have in the whole form. An issue is made of its frozen data, whatever the round says today. `on_progress` may
    raise to stop the exporter.
    """

    round: Round
    format: Format = Format.PDF
    category: int | None = None
    thai_digits: bool | None = None
    purpose: Purpose = Purpose.FORM
    issue: Issue | None = None
    whole_numbering: bool = False
    on_progress: Callable[[Step], None] = nobody_waits

    def read(self, *, whole: bool = False) -> Form:
        """The form, or what was asked of it, as it is at this moment, with the digits that were asked for.

        Of an issue the form as it was.
        """
        if self.issue:
            return replace(self.issue.form, footer=self.issue.footer)
        numbers = None if self.category is None or whole else {self.category}
        with one_moment():
            form = read_form(self.round, numbers, at=timezone.localtime())
        return form if self.thai_digits is None else replace(form, thai_digits=self.thai_digits)

    def read_remarks(self) -> tuple[Form, tuple[RemarkCategory, ...]]:
        """The remarks that were sent, with the form that gives names and settings, both of one moment."""
        numbers = None if self.category is None else {self.category}
        with one_moment():
            return with_own_foot(self.read()), read_remarks(self.round, numbers)

    @property
    def filename(self) -> str:
        """ASCII, because old Windows programs garble anything else."""
        if self.issue:
            return self.issue.filename
        part = "" if self.category is None else f"-category-{self.category}"
        part += f"-{self.purpose.value}" if self.purpose in (Purpose.MEETING, Purpose.COMMENTS) else ""
        return f"pmqa-{self.round.agency.code}-{self.round.year}{part}.{self.format.value}"


@dataclass(frozen=True)
class Export:
    """A finished file.

    `sha256` names the data that it was made of, not the file; `pages` is 0 where a format has no pages.
    """

    filename: str
    media_type: str
    content: bytes
    sha256: str
    pages: int = 0
