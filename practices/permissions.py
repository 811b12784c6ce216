"""Who curates which cases: pure predicates, no request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from organizations.permissions import RUNNERS

if TYPE_CHECKING:
    from organizations.models import User

    from .models import Practice


def curated_agencies(user: User) -> set[int]:
    """The agencies for which this person curates cases, as primary keys."""
    return {m.agency_id for m in user.current_memberships if m.role in RUNNERS}


@rules.predicate
def writes_practices(user: User) -> bool:
    """May add a case: for an agency whose year this person runs, or for the whole installation."""
    return user.is_installation_admin or bool(curated_agencies(user))


@rules.predicate
def curates_practice(user: User, practice: Practice) -> bool:
    """May change this case: one's agency's own, or a shared one as installation administrator."""
    if practice.kept_to_id is None:
        return user.is_installation_admin
    return practice.kept_to_id in curated_agencies(user)
