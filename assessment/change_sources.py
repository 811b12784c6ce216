"""What a comparison with an earlier moment reads: the rows that changed since, and what stood before."""

from __future__ import annotations

import datetime
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max, Q, QuerySet

from organizations.models import User
from texts.history import NEVER_STOOD, Save
from texts.models import Revision, Text

from .enums import ActivityStep
from .models import (
    Activity,
    ActivityChange,
    ActivityPlace,
    CategorySheet,
    ChosenPractice,
    CriterionAnalysis,
    Round,
)


@dataclass(frozen=True)
class Standing:
    """Where an activity stood and stands: primary keys of criteria, none while it is out of the form.

    `base` is what stood around its text at the moment, `changes` all changes of that since, the oldest first.
    """

    uid: uuid.UUID
    text: int
    before: frozenset[int]
    after: frozenset[int]
    base: ActivityChange | None
    changes: Sequence[ActivityChange]


@dataclass(frozen=True)
class Happened:
    """Everything that a comparison needs, read in a fixed number of queries."""

    round: Round
    since: datetime.datetime
    sheets: Sequence[CategorySheet]
    analyses: Mapping[int, Sequence[CriterionAnalysis]]
    standings: Sequence[Standing]
    cases: Mapping[int, Sequence[ChosenPractice]]
    saves: Mapping[int, Sequence[Save]]
    people: Mapping[int, User]
    html_before: Mapping[int, str]
    html_now: Mapping[int, str]

    def was(self, text: int) -> str:
        """The text at the moment; of one that nobody has saved since, as it stands."""
        return self.html_before.get(text, "") if text in self.saves else self.html_now.get(text, "")

    def stands(self, text: int) -> str:
        """The text now; "" also where nothing was read because nothing changed."""
        return self.html_now.get(text, "")

    def name_of(self, user: int | None) -> str:
        """Who it was."""
        return str(self.people[user]) if user else "ระบบ"


def happened_since(round: Round, since: datetime.datetime) -> Happened:
    """Read what changed in the round after the moment."""
    sheets = list(_sheets(round))
    analyses: dict[int, list[CriterionAnalysis]] = defaultdict(list)
    for analysis in CriterionAnalysis.objects.filter(sheet__round=round).select_related("wording"):
        analyses[analysis.sheet_id].append(analysis)
    standings = _standings(round, since)
    cases: dict[int, list[ChosenPractice]] = defaultdict(list)
    for chosen in ChosenPractice.objects.filter(analysis__sheet__round=round):
        cases[chosen.analysis_id].append(chosen)
    texts = {sheet.obstacles_id for sheet in sheets} | {sheet.remedies_id for sheet in sheets}
    for analysis in (analysis for group in analyses.values() for analysis in group):
        texts |= {analysis.analysis_id, analysis.obstacles_id, analysis.remedies_id}
    texts |= {chosen.text_id for group in cases.values() for chosen in group}
    texts |= {standing.text for standing in standings}
    # what came or went is shown whole, also where its text is older
    moved = {standing.text for standing in standings if standing.before != standing.after}
    moved |= {
        chosen.text_id
        for group in cases.values()
        for chosen in group
        if chosen.withdrawn_at and chosen.withdrawn_at > since
    }
    html_now = dict(
        Text.objects.filter(pk__in=texts)
        .filter(Q(updated_at__gt=since) | Q(pk__in=moved))
        .values_list("pk", "html")
    )
    saves = _saves(html_now, since)
    return Happened(
        round=round,
        since=since,
        sheets=sheets,
        analyses=analyses,
        standings=standings,
        cases=cases,
        saves=saves,
        people=_people(saves, standings, cases),
        html_before=_html_before(saves, since),
        html_now=html_now,
    )


def _sheets(round: Round) -> QuerySet[CategorySheet]:
    sheets = CategorySheet.objects.filter(round=round).select_related("category")
    return sheets.order_by("category__number")


def _saves(texts: Mapping[int, str], since: datetime.datetime) -> dict[int, list[Save]]:
    """Of each text what was saved after the moment."""
    saves: dict[int, list[Save]] = defaultdict(list)
    rows = Revision.objects.filter(text__in=list(texts), at__gt=since).order_by("version")
    for text, version, author, at, kind, behalf in rows.values_list(
        "text", "version", "author", "at", "kind", "on_behalf"
    ):
        saves[text].append(Save(version, author, at, kind, behalf))
    return dict(saves)


def _html_before(texts: Mapping[int, object], since: datetime.datetime) -> dict[int, str]:
    """Of each text what stood at the moment; nothing of those that were blank then."""
    stood = Revision.objects.filter(text__in=list(texts), at__lte=since).exclude(kind__in=NEVER_STOOD)
    last = stood.order_by().values("text").annotate(last=Max("pk")).values("last")
    return dict(Revision.objects.filter(pk__in=last).values_list("text", "html"))


def _standings(round: Round, since: datetime.datetime) -> list[Standing]:
    """Every activity of the round in the order of the form."""
    changes: dict[int, list[ActivityChange]] = defaultdict(list)
    for change in ActivityChange.objects.filter(activity__round=round, at__gt=since).order_by("at", "pk"):
        changes[change.activity_id].append(change)
    before = ActivityChange.objects.filter(activity__in=list(changes), at__lte=since)
    last = before.order_by().values("activity").annotate(last=Max("pk")).values("last")
    bases = {change.activity_id: change for change in ActivityChange.objects.filter(pk__in=last)}
    now: dict[int, set[int]] = defaultdict(set)
    places = ActivityPlace.objects.filter(activity__round=round, activity__withdrawn_at=None)
    order: dict[int, int] = {}
    for activity, analysis, position in places.values_list("activity", "analysis", "position"):
        now[activity].add(analysis)
        order[activity] = min(position, order.get(activity, position))
    rows = Activity.objects.filter(round=round).order_by("pk").values_list("pk", "uid", "text")
    return [
        _standing(uid, text, frozenset(now.get(pk, ())), bases.get(pk), changes.get(pk, []))
        for pk, uid, text in sorted(rows, key=lambda row: (order.get(row[0], 0), row[0]))
    ]


def _standing(
    uid: uuid.UUID,
    text: int,
    after: frozenset[int],
    base: ActivityChange | None,
    changes: Sequence[ActivityChange],
) -> Standing:
    if base is None and changes and changes[0].step == ActivityStep.FOUND:
        # older than its history: what was found is the first that is known
        base = changes[0]
    if base is not None:
        before = base.criteria
    else:
        before = frozenset() if changes else after
    return Standing(uid, text, before, after, base, changes)


def _people(
    saves: Mapping[int, Sequence[Save]],
    standings: Sequence[Standing],
    cases: Mapping[int, Sequence[ChosenPractice]],
) -> dict[int, User]:
    found = {save.author for group in saves.values() for save in group}
    found |= {change.author_id for standing in standings for change in standing.changes}
    found |= {chosen.withdrawn_by_id for group in cases.values() for chosen in group}
    return User.objects.in_bulk(found - {None})
