"""What a person may do in an agency: pure predicates, no request.

"May this person" stands here; "does the state allow it" stands with the object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from .enums import Role

if TYPE_CHECKING:
    from .models import Agency, Membership, User

RUNNERS = frozenset({Role.AGENCY_ADMIN, Role.SECRETARIAT})


def roles_in(user: User, agency: Agency) -> set[str]:
    """The roles that this person holds in this agency today."""
    return {m.role for m in user.current_memberships if m.agency_id == agency.pk}


def categories_in(user: User, agency: Agency) -> set[int]:
    """The category numbers on whose committees this person sits."""
    return {
        m.category for m in user.current_memberships if m.agency_id == agency.pk and m.category is not None
    }


def units_in(user: User, agency: Agency) -> set[int]:
    """Primary keys of the units for which this person is the officer."""
    return {m.unit_id for m in user.current_memberships if m.agency_id == agency.pk and m.unit_id is not None}


@rules.predicate
def is_installation_admin(user: User) -> bool:
    """Loads frameworks and fixtures, creates agencies, invites their first people; sees no round."""
    return user.is_installation_admin


@rules.predicate
def is_member(user: User, agency: Agency) -> bool:
    """Holds any role in the agency."""
    return bool(roles_in(user, agency))


@rules.predicate
def runs_agency(user: User, agency: Agency) -> bool:
    """Runs the year: secretariat or agency administrator."""
    return bool(roles_in(user, agency) & RUNNERS)


@rules.predicate
def administers_agency(user: User, agency: Agency) -> bool:
    """May appoint the secretariat and other administrators."""
    return user.is_installation_admin or Role.AGENCY_ADMIN in roles_in(user, agency)


manages_members = runs_agency | administers_agency
manages_owners = runs_agency
manages_terms = runs_agency
reads_trail = runs_agency


def can_appoint(user: User, agency: Agency, role: str) -> bool:
    """The secretariat appoints everybody below itself; administrators appoint everybody."""
    if administers_agency(user, agency):
        return True
    return runs_agency(user, agency) and role not in RUNNERS


def manages_account(user: User, agency: Agency, person: User) -> bool:
    """May change the name of this account and see its e-mail address.

    Only while every role of the account lies in this agency and below the one who asks: whoever holds an
    account's password holds all of its roles, in other agencies too. Other accounts are left to the
    installation administrator, whose own account nobody changes from a page.
    """
    if person.is_installation_admin or not is_member(person, agency):
        return False
    if user.is_installation_admin:
        return True
    # also roles in an agency that is closed today, because it may be opened again
    roles = person.memberships.current()
    return all(m.agency_id == agency.pk and can_appoint(user, agency, m.role) for m in roles)


def renews_slip(user: User, agency: Agency, person: User) -> bool:
    """May give a new one-time password to an account whose owner has not chosen a password yet.

    Whoever holds the slip of such an account holds every role that it gets. So a further role is given together
    with a new slip, and only by somebody above all roles of the account, none of which lies in another agency.
    """
    roles = [m for m in person.memberships.all() if m.ended_at is None]
    ours = all(m.agency_id == agency.pk and can_appoint(user, agency, m.role) for m in roles)
    return ours and not person.is_installation_admin


def resets_password(user: User, agency: Agency, person: User) -> bool:
    """May give this account a new password; for one's own there is the page for changing it."""
    return person.pk != user.pk and manages_account(user, agency, person)


def ends_membership(user: User, membership: Membership) -> bool:
    """May end this role; nobody leaves an agency without its runners by ending the own role by mistake."""
    own = membership.user_id == user.pk and membership.role in RUNNERS and not user.is_installation_admin
    return not own and can_appoint(user, membership.agency, membership.role)
