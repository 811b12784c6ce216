"""Where cases of the library are used: what the forms of one's own agencies have taken, and of others nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from organizations.models import User
from practices.models import Practice
from thai.collation import sort_key

from .models import Activity, ChosenPractice, CriterionAnalysis, Round
from .sources import source_changes

# What a use is read with, and what of the cases' texts is not needed for it.
_READ = ("practice__agency", "practice__text", "analysis__wording", "analysis__sheet__round__agency")
_UNREAD = ("practice__text__html", "practice__text__plain")


@dataclass(frozen=True)
class Use:
    """One criterion in which a case stands, and what of the case has changed since it was copied."""

    chosen: ChosenPractice
    changes: tuple[str, ...]

    @property
    def code(self) -> str:
        """The code of the criterion."""
        return self.chosen.analysis.wording.code

    @property
    def name(self) -> str:
        """The name of the criterion."""
        return self.chosen.analysis.wording.short_name

    @property
    def round(self) -> Round:
        """The form."""
        return self.chosen.analysis.sheet.round


@dataclass(frozen=True)
class UsedCase:
    """One case and where the form uses it; `readable` says whether the library still shows it to this person."""

    practice: Practice
    uses: tuple[Use, ...]
    readable: bool

    @property
    def agency_name(self) -> str:
        """The agency as the form names it."""
        return self.uses[0].chosen.agency_name


@dataclass(frozen=True)
class Proposed:
    """An activity that was proposed as a case; `readable` says whether the library shows the case to this person."""

    activity: Activity
    practice: Practice
    readable: bool

    @property
    def state(self) -> str:
        """What has become of it."""
        return "ถอนจากคลังแล้ว" if self.practice.withdrawn_at else str(self.practice.get_status_display())


def proposed_in(round: Round, user: User) -> list[Proposed]:
    """The activities of a form that were proposed as cases, what waits for its curator first."""
    rows = Activity.objects.filter(round=round)
    activities = {activity.case_uid: activity for activity in rows.select_related("text")}
    cases = list(Practice.objects.filter(uid__in=list(activities)).order_by("status", "pk"))
    shown = Practice.objects.visible_to(user).filter(pk__in=[case.pk for case in cases]).order_by()
    readable = set(shown.values_list("pk", flat=True))
    return [Proposed(activities[case.uid], case, case.pk in readable) for case in cases]


def uses_of(practice: Practice, user: User) -> list[Use]:
    """The criteria of the forms of the person's own agencies that have this case, the newest year first."""
    chosen = ChosenPractice.objects.current().filter(
        practice=practice, analysis__in=CriterionAnalysis.objects.visible_to(user)
    )
    ordered = chosen.order_by(
        "-analysis__sheet__round__year", "analysis__sheet__round__agency__code", "analysis__wording__position"
    )
    return _uses(ordered.select_related(*_READ).defer(*_UNREAD))


def used_in(round: Round, user: User) -> list[UsedCase]:
    """The cases of one form, in dictionary order of their agencies."""
    rows = ChosenPractice.objects.current().filter(analysis__sheet__round=round)
    uses: dict[Practice, list[Use]] = {}
    ordered = rows.order_by("analysis__wording__position", "position")
    for use in _uses(ordered.select_related(*_READ).defer(*_UNREAD)):
        uses.setdefault(use.chosen.practice, []).append(use)
    shown = Practice.objects.visible_to(user).filter(pk__in=[practice.pk for practice in uses])
    readable = set(shown.order_by().values_list("pk", flat=True))
    cases = [UsedCase(practice, tuple(found), practice.pk in readable) for practice, found in uses.items()]
    return sorted(cases, key=lambda case: (sort_key(case.agency_name), case.practice.pk))


def _uses(rows: Iterable[ChosenPractice]) -> list[Use]:
    return [Use(chosen, tuple(source_changes(chosen))) for chosen in rows]
