"""«เปลี่ยนอะไรไปบ้าง»: what became of a form, or of one category, since a moment.

Compared are the form as it stood then and as it stands now: what was changed and changed back is no change. The number
of queries is fixed, and words are compared only in texts that differ.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse

from texts.differences import Stretch, stretches

from .change_sources import Happened, Standing, happened_since
from .enums import ChangeKind
from .history import DetailLine, detail_lines
from .late_texts import CRITERION_TEXTS, SHEET_TEXTS
from .models import ActivityChange, CategorySheet, ChosenPractice, CriterionAnalysis, Round


@dataclass(frozen=True)
class Change:
    """One text, case or activity that came, went or was rewritten.

    What came or went is shown whole (`html`), what was rewritten by its words (`words`); `lines` are owners, dates and
    criteria of an activity. `people` have changed it since, `at` is the last time.
    """

    label: str
    kind: ChangeKind
    html: str = ""
    words: tuple[Stretch, ...] = ()
    lines: tuple[DetailLine, ...] = ()
    people: tuple[str, ...] = ()
    at: datetime.datetime | None = None
    history_url: str = ""


@dataclass(frozen=True)
class CriterionChanges:
    """What changed in one criterion."""

    analysis: CriterionAnalysis
    changes: tuple[Change, ...]

    @property
    def code(self) -> str:
        """The code of the criterion."""
        return self.analysis.wording.code


@dataclass(frozen=True)
class SheetChanges:
    """What changed in one category: in its criteria, and in the texts below its table."""

    sheet: CategorySheet
    criteria: tuple[CriterionChanges, ...]
    texts: tuple[Change, ...]

    @property
    def count(self) -> int:
        """How many places changed."""
        return len(self.texts) + sum(len(criterion.changes) for criterion in self.criteria)

    @property
    def changed(self) -> list[CriterionChanges]:
        """The criteria in which something changed."""
        return [criterion for criterion in self.criteria if criterion.changes]

    @property
    def unchanged_codes(self) -> list[str]:
        """The codes of the others."""
        return [criterion.code for criterion in self.criteria if not criterion.changes]


def changes_since(
    round: Round, since: datetime.datetime, numbers: Collection[int] | None = None
) -> list[SheetChanges]:
    """What changed in the round, or in some of its categories, after the moment; unchanged categories too."""
    happened = happened_since(round, since)
    sheets = [sheet for sheet in happened.sheets if numbers is None or sheet.number in numbers]
    return [_sheet_changes(happened, sheet) for sheet in sheets]


def _sheet_changes(happened: Happened, sheet: CategorySheet) -> SheetChanges:
    analyses = happened.analyses[sheet.pk]
    by_home: dict[int, list[Change]] = {analysis.pk: [] for analysis in analyses}
    for standing in happened.standings:
        _add_activity(happened, standing, analyses, by_home)
    criteria = tuple(
        CriterionChanges(
            analysis,
            (*_criterion_texts(happened, analysis), *by_home[analysis.pk], *_cases(happened, analysis)),
        )
        for analysis in analyses
    )
    parts = (happened.round.agency.code, happened.round.year, sheet.number)
    texts = (
        _text_change(
            happened,
            getattr(sheet, f"{kind}_id"),
            CRITERION_TEXTS[kind],
            reverse("sheet_text_history", args=[*parts, kind]),
        )
        for kind in SHEET_TEXTS
    )
    return SheetChanges(sheet, criteria, tuple(change for change in texts if change))


def _criterion_texts(happened: Happened, analysis: CriterionAnalysis) -> Iterable[Change]:
    for kind, label in CRITERION_TEXTS.items():
        url = reverse("criterion_text_history", args=[*_address(happened, analysis), kind])
        if change := _text_change(happened, getattr(analysis, f"{kind}_id"), label, url):
            yield change


def _address(happened: Happened, analysis: CriterionAnalysis) -> tuple[str, int, str]:
    return happened.round.agency.code, happened.round.year, analysis.wording.code


def _text_change(happened: Happened, text: int, label: str, url: str) -> Change | None:
    """A text that stands at one place for the whole year."""
    was, stands = happened.was(text), happened.stands(text)
    if was == stands:
        return None
    about = _About(label, url, *_who(happened, text))
    if not was:
        return about.change(ChangeKind.ADDED, html=stands)
    if not stands:
        return about.change(ChangeKind.REMOVED, html=was)
    return about.change(ChangeKind.REWRITTEN, words=stretches(was, stands))


class _About(NamedTuple):
    """What every change tells."""

    label: str
    history_url: str
    people: tuple[str, ...]
    at: datetime.datetime | None

    def change(
        self,
        kind: ChangeKind,
        *,
        html: str = "",
        words: tuple[Stretch, ...] = (),
        lines: tuple[DetailLine, ...] = (),
    ) -> Change:
        return Change(self.label, kind, html, words, lines, self.people, self.at, self.history_url)


def _who(
    happened: Happened, text: int, details: Sequence[ActivityChange] = ()
) -> tuple[tuple[str, ...], datetime.datetime | None]:
    """People in the order of their last change, and when that was."""
    saves = [(save.at, happened.name_of(save.author)) for save in happened.saves.get(text, ())]
    saves += [(change.at, happened.name_of(change.author_id)) for change in details]
    saves.sort(key=lambda save: save[0])
    names = dict.fromkeys(name for _, name in reversed(saves))
    return tuple(names), saves[-1][0] if saves else None


def _add_activity(
    happened: Happened,
    standing: Standing,
    analyses: Sequence[CriterionAnalysis],
    by_home: dict[int, list[Change]],
) -> None:
    """Put the change of an activity into the first criterion of this category in which it stands or stood."""
    here = [analysis for analysis in analyses if analysis.pk in standing.before | standing.after]
    if not here:
        return
    home = next((analysis for analysis in here if analysis.pk in standing.after), here[0])
    url = reverse("activity_history", args=[*_address(happened, home), standing.uid])
    pks = {analysis.pk for analysis in here}
    if change := _activity_change(happened, standing, pks, url):
        by_home[home.pk].append(change)


def _activity_change(happened: Happened, standing: Standing, here: set[int], url: str) -> Change | None:
    was, stands = happened.was(standing.text), happened.stands(standing.text)
    about = _About("กิจกรรม", url, *_who(happened, standing.text, standing.changes))
    if not standing.before & here:
        return about.change(ChangeKind.ADDED, html=stands, lines=detail_lines(None, standing.changes[-1]))
    if not standing.after & here:
        return about.change(ChangeKind.REMOVED, html=was)
    lines = detail_lines(standing.base, standing.changes[-1]) if standing.changes else ()
    if was == stands and not lines:
        return None
    words = stretches(was, stands) if was != stands else ()
    return about.change(ChangeKind.REWRITTEN, words=words, lines=lines)


def _cases(happened: Happened, analysis: CriterionAnalysis) -> Iterable[Change]:
    for chosen in happened.cases.get(analysis.pk, ()):
        if change := _case_change(happened, chosen, analysis):
            yield change


def _case_change(happened: Happened, chosen: ChosenPractice, analysis: CriterionAnalysis) -> Change | None:
    label = f"ตัวอย่างที่เป็นเลิศ {chosen.agency_name}"
    url = reverse("chosen_text_history", args=[*_address(happened, analysis), chosen.uid])
    if chosen.withdrawn_at is None:
        return _text_change(happened, chosen.text_id, label, url)
    was = happened.was(chosen.text_id)
    if chosen.withdrawn_at <= happened.since or not was:
        return None
    about = _About(label, url, (happened.name_of(chosen.withdrawn_by_id),), chosen.withdrawn_at)
    return about.change(ChangeKind.REMOVED, html=was)
