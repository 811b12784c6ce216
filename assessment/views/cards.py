"""What stands on the page of one criterion: cards of activities, with what became of the last save."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from assessment.enums import LOCKED_STATES, ReviewState
from assessment.forms.activity import (
    ActivityForm,
    BaseOwnerLineFormSet,
    OwnerLineFormSet,
    OwnerNames,
    initial_of,
    owner_initial,
)
from assessment.late_texts import CRITERION_TEXTS, late_places_in
from assessment.models import Activity, ActivityOwner, ActivityPlace, CriterionAnalysis, PointLink, Round
from assessment.permissions import can_write, runs_round, sheet_takes_changes, writes_sheet
from assessment.progress import progress_of, sheet_progress
from assessment.refusals import shared_words
from assessment.review import review_of
from assessment.services.details import stored_details
from assessment.sources import chosen_cases
from feedback.models import FeedbackPoint
from organizations.access import SignedInRequest
from organizations.models import Owner, User
from organizations.permissions import categories_in, runs_agency
from texts.forms import present_versions
from texts.models import Text

from .comments import panel_context


@dataclass(frozen=True)
class ServeChoice:
    """One criterion that an activity may also serve."""

    value: int
    label: str
    checked: bool


@dataclass
class Card:
    """One activity as it is written: its form, its owner line, and what became of the last save.

    `newer_text` and `newer_details` tell of a saved card that it shows what somebody else wrote meanwhile, in
    parts that this person had not touched. `also_in` are the codes of the other criteria that it serves, `shut` says
    which other category keeps it from being changed, `url` is where the card is found as it is stored.
    """

    activity: Activity | None
    form: ActivityForm
    owners: BaseOwnerLineFormSet
    saved_at: datetime.datetime | None = None
    conflict: Text | None = None
    refusal: str = ""
    newer_text: bool = False
    newer_details: bool = False
    also_in: Sequence[str] = ()
    shut: str = ""
    url: str = ""

    @property
    def uid(self) -> str:
        """Names the card in the page."""
        return str(self.form["uid"].value())

    @property
    def is_refused(self) -> bool:
        """Whether what was just posted is not saved: the card still holds it."""
        faults = self.form.errors or self.owners.total_error_count()
        return bool(faults or self.refusal or self.conflict)

    @property
    def has_more(self) -> bool:
        """Whether the optional part must stand open: it holds something or has a fault."""
        names = ("starts_on", "ends_on")
        if any(self.form[name].value() or self.form[name].errors for name in names):
            return True
        if self.form.is_bound:
            return bool(self.form["serves"].value())
        return self.activity is not None and len(self.activity.places.all()) > 1

    @property
    def serve_choices(self) -> list[ServeChoice]:
        """The criteria on offer; plain values, because a widget per box costs more than the rest of the page."""
        field = self.form["serves"]
        chosen = {str(value) for value in field.value() or []}
        choices = self.form.fields["serves"].choices  # type: ignore[attr-defined]
        return [ServeChoice(pk, label, str(pk) in chosen) for pk, label in choices]

    def rebase(self, **versions: int | str) -> None:
        """Let the next press of «บันทึก» be a decision: it carries the versions that the person is shown now."""
        present_versions(self.form, key=uuid.uuid4(), **versions)


# An activity's places as cards and lines read them.
PLACES = Prefetch(
    "places", ActivityPlace.objects.select_related("analysis__wording", "analysis__sheet__category")
)


@dataclass(frozen=True)
class WithdrawnLine:
    """An activity that was taken out of a criterion, with the codes of those that it still serves."""

    activity: Activity
    also_in: Sequence[str]


def withdrawn_line(activity: Activity, analysis: CriterionAnalysis) -> WithdrawnLine:
    """The line that stays in its place."""
    return WithdrawnLine(activity, () if activity.withdrawn_at else other_codes(activity, analysis))


def other_codes(activity: Activity, analysis: CriterionAnalysis) -> list[str]:
    """The codes of the other criteria that it serves, in the order of the form."""
    wordings = [place.analysis.wording for place in activity.places.all() if place.analysis_id != analysis.pk]
    return [wording.code for wording in sorted(wordings, key=lambda wording: wording.position)]


def activities_of(analysis: CriterionAnalysis) -> list[Activity]:
    """The criterion's activities in their order, with everything a card shows."""
    places = (
        ActivityPlace.objects.filter(analysis=analysis, activity__withdrawn_at=None)
        .select_related("activity__text__updated_by")
        .prefetch_related(
            Prefetch("activity__places", PLACES.queryset),
            Prefetch("activity__owner_lines", ActivityOwner.objects.select_related("owner")),
        )
    )
    return [place.activity for place in places]


def other_criteria(user: User, analysis: CriterionAnalysis) -> list[CriterionAnalysis]:
    """The criteria of the round that this person may also write to now."""
    round = analysis.sheet.round
    others = (
        CriterionAnalysis.objects.filter(sheet__round=round).exclude(pk=analysis.pk).select_related("wording")
    )
    if runs_agency(user, round.agency):
        others = others.exclude(sheet__review_state=ReviewState.APPROVED)
    else:
        others = others.filter(sheet__category__number__in=categories_in(user, round.agency))
        others = others.exclude(sheet__review_state__in=LOCKED_STATES)
    return list(others.order_by("wording__position"))


def make_card(
    analysis: CriterionAnalysis,
    activity: Activity | None,
    others: list[CriterionAnalysis],
    data: Any = None,
) -> Card:
    """A card with its form, bound to `data` when something was posted; `others` are the criteria on offer."""
    agency = analysis.sheet.round.agency
    shown = stored_details(activity, analysis, others).mark()
    form = ActivityForm(
        data, initial=initial_of(activity, shown), agency=agency, others=others, auto_id=False
    )
    # Several cards stand on one page: every id carries the uid of its activity. A posted one may be anything.
    uid = str(form["uid"].value()).replace("%", "")
    form.auto_id = f"a-{uid}-%s"
    present = {line.owner_id for line in activity.owner_lines.all()} if activity else set()
    owners = OwnerLineFormSet(
        data,
        # a posted row equal to a stored one would count as an empty one and be left out
        initial=owner_initial(activity) if data is None else None,
        prefix="owners",
        form_kwargs={"names": OwnerNames(agency, present)},
        auto_id=f"o-{uid}-%s",
    )
    if data is None and present:
        owners.extra = 0
    also_in = other_codes(activity, analysis) if activity else ()
    card = Card(activity, form, cast(BaseOwnerLineFormSet, owners), also_in=also_in)
    _name_addresses(card, analysis)
    return card


def _name_addresses(card: Card, analysis: CriterionAnalysis) -> None:
    """Where its text is saved while one writes; a posted uid may be anything, and then there is no such place."""
    round = analysis.sheet.round
    try:
        place = (round.agency.code, round.year, analysis.wording.code, uuid.UUID(card.uid))
    except ValueError:
        return
    card.url = reverse("activity_card", args=place)
    card.form.fields["html"].widget.save_url = reverse("activity_text_save", args=place)


def page_context(
    request: SignedInRequest, analysis: CriterionAnalysis, replaced: Card | None = None
) -> dict[str, Any]:
    """Everything of the criterion page; `replaced` is the card that was just posted without JavaScript."""
    sheet, round, user = analysis.sheet, analysis.sheet.round, request.user
    writable = can_write(user, sheet)
    progress = sheet_progress(sheet)
    activities = activities_of(analysis)
    others = other_criteria(user, analysis)
    chosen = chosen_cases(analysis)
    points = FeedbackPoint.objects.current().of_year(round.agency, round.feedback_year)
    return {
        "page_round": round,
        "round": round,
        "sheet": sheet,
        "analysis": analysis,
        "wording": analysis.wording,
        "category": analysis.wording.category,
        "activities": activities,
        "cards": _cards(request, analysis, activities if writable else [], others, replaced)
        if writable or replaced
        else [],
        "writable": writable,
        "reads_only": not writes_sheet(user, sheet),
        "proposes": writes_sheet(user, sheet),
        "review": review_of(progress, user),
        "progress": progress,
        "here": next(c for c in progress.criteria if c.analysis.pk == analysis.pk),
        "neighbours": _neighbours(progress.criteria, analysis),
        "points": points.filter(step=round.feedback_step, criterion=analysis.wording.criterion_id).order_by(
            "position"
        ),
        "linked": _linked(round),
        "chosen": chosen,
        "owner_names": Owner.objects.current().filter(agency=round.agency).in_thai_order(),
        "runs": runs_round(user, round),
        "optional_texts": _optional_texts(analysis),
        "withdrawn": _withdrawn(analysis) if writable else [],
        **panel_context(request, analysis, activities),
        "late": late_places_in(analysis, activities, [case for case, _ in chosen]),
    }


def _cards(
    request: SignedInRequest,
    analysis: CriterionAnalysis,
    activities: list[Activity],
    others: list[CriterionAnalysis],
    replaced: Card | None,
) -> list[Card]:
    """The cards in their order; the one that was just posted takes the place of its stored self."""
    runs, another = runs_round(request.user, analysis.sheet.round), bool(request.GET.get("new"))
    cards = [make_card(analysis, activity, others) for activity in activities]
    for card, activity in zip(cards, activities, strict=True):
        card.shut = _shut_elsewhere(activity, runs=runs)
    if replaced is not None:
        known = [card.uid for card in cards]
        if replaced.uid in known:
            cards[known.index(replaced.uid)] = replaced
        else:
            cards.append(replaced)
    if not cards or (another and replaced is None):
        cards.append(make_card(analysis, None, others))
    return cards


def _shut_elsewhere(activity: Activity, *, runs: bool) -> str:
    """Why another category keeps the activity from being changed; empty where none does."""
    sheets = (place.analysis.sheet for place in activity.places.all())
    shut = next((sheet for sheet in sheets if not sheet_takes_changes(sheet, runs=runs)), None)
    return shared_words(shut) if shut else ""


def _neighbours(criteria: tuple[Any, ...], analysis: CriterionAnalysis) -> dict[str, str]:
    codes = [criterion.code for criterion in criteria]
    here = codes.index(analysis.wording.code)
    return {
        "previous": codes[here - 1] if here else "",
        "next": codes[here + 1] if here + 1 < len(codes) else "",
    }


def _linked(round: Round) -> set[tuple[int, int]]:
    """(activity, point) of everything that answers a point of the feedback."""
    links = PointLink.objects.filter(activity__round=round)
    return set(links.values_list("activity_id", "point_id"))


def _optional_texts(analysis: CriterionAnalysis) -> list[tuple[str, str, Text]]:
    return [(kind, label, getattr(analysis, kind)) for kind, label in CRITERION_TEXTS.items()]


def _withdrawn(analysis: CriterionAnalysis) -> list[WithdrawnLine]:
    activities = Activity.objects.out_of(analysis).select_related("text").prefetch_related(PLACES)
    return [withdrawn_line(activity, analysis) for activity in activities.order_by("pk")]


def card_response(
    request: SignedInRequest, analysis: CriterionAnalysis, card: Card, *, status: int = 200
) -> HttpResponse:
    """One card for htmx; the whole page for a browser without JavaScript."""
    if not request.htmx:  # type: ignore[attr-defined]
        context = page_context(request, analysis, card)
        return render(request, "assessment/criterion.html", context, status=status)
    fresh = CriterionAnalysis.objects.with_names().get(pk=analysis.pk)
    context = {
        "card": card,
        "analysis": fresh,
        "round": fresh.sheet.round,
        "writable": True,
        "here": progress_of(fresh),
    }
    return render(request, "assessment/_card_answer.html", context, status=status)
