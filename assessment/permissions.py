"""What a person may do in a round, and what the round's state allows – kept apart."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import rules

from organizations.permissions import categories_in, is_member, runs_agency, units_in

if TYPE_CHECKING:
    from organizations.models import User

    from .models import CategorySheet, GapUnit, Round


@rules.predicate
def sees_round(user: User, round: Round) -> bool:
    """Every member of the agency reads its rounds."""
    return is_member(user, round.agency)


@rules.predicate
def runs_round(user: User, round: Round) -> bool:
    """Sets the round up, opens and closes it, writes for others."""
    return runs_agency(user, round.agency)


@rules.predicate
def writes_sheet(user: User, sheet: CategorySheet) -> bool:
    """Writes in a category: its committee, and the secretariat for them."""
    agency = sheet.round.agency
    return sheet.number in categories_in(user, agency) or runs_agency(user, agency)


@rules.predicate
def reviews_sheet(user: User, sheet: CategorySheet) -> bool:
    """Starts the review, returns, approves, opens again, gives more time."""
    return runs_agency(user, sheet.round.agency)


def writes_on_behalf(user: User, sheet: CategorySheet) -> bool:
    """Writes in a category without sitting on its committee: «บันทึกแทน»."""
    agency = sheet.round.agency
    return runs_agency(user, agency) and sheet.number not in categories_in(user, agency)


def round_allows_writing(user: User, round: Round) -> bool:
    """An open round takes changes; one being prepared takes those of the secretariat only."""
    if round.is_closed:
        return False
    return round.is_open or runs_round(user, round)


def sheet_takes_changes(sheet: CategorySheet, *, runs: bool) -> bool:
    """A submitted category takes changes of those who run the year only, an approved one of nobody."""
    return not sheet.is_approved and (runs or not sheet.is_submitted)


def state_allows_writing(user: User, sheet: CategorySheet) -> bool:
    """The states of the round and of the category let this person write."""
    round = sheet.round
    return round_allows_writing(user, round) and sheet_takes_changes(sheet, runs=runs_round(user, round))


def can_write(user: User, sheet: CategorySheet) -> bool:
    """May write here now: the right and the state together."""
    return writes_sheet(user, sheet) and state_allows_writing(user, sheet)


@rules.predicate
def comments_on(user: User, sheet: CategorySheet) -> bool:
    """Starts threads of remarks about a category, answers and settles them: its committee and the secretariat."""
    agency = sheet.round.agency
    return sheet.number in categories_in(user, agency) or runs_agency(user, agency)


def answers_in(user: User, sheet: CategorySheet, mentioned: Collection[int]) -> bool:
    """Answers in one thread: also whoever was asked there by name (`mentioned` are primary keys)."""
    return comments_on(user, sheet) or (user.pk in mentioned and is_member(user, sheet.round.agency))


# Reviewers collect their remarks before anybody sees them, and enter what an office or a meeting has said.
keeps_drafts = runs_round
speaks_for_others = runs_round


def state_allows_comments(round: Round) -> bool:
    """A closed year is only read; a sheet that was handed in is still talked over."""
    return not round.is_closed


@rules.predicate
def writes_summary(user: User, gap_unit: GapUnit) -> bool:
    """Writes what a unit has to say about a development gap: its officer, and the secretariat for it."""
    agency = gap_unit.gap.round.agency
    return gap_unit.unit_id in units_in(user, agency) or runs_agency(user, agency)


@rules.predicate
def writes_some_summary(user: User, round: Round) -> bool:
    """Could write for some unit of the agency."""
    return bool(units_in(user, round.agency)) or runs_agency(user, round.agency)


def writes_summary_on_behalf(user: User, gap_unit: GapUnit) -> bool:
    """Writes for a unit without being its officer: «บันทึกแทน»."""
    agency = gap_unit.gap.round.agency
    return runs_agency(user, agency) and gap_unit.unit_id not in units_in(user, agency)


# Chooses development gaps, sets their units, joins the summaries and says which text is final.
runs_gaps = runs_round
