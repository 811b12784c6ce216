"""Who may bring something into the texts of an agency."""

from __future__ import annotations

import rules

from organizations.enums import Role
from organizations.models import Agency, User
from organizations.permissions import roles_in


@rules.predicate
def writes_somewhere(user: User, agency: Agency) -> bool:
    """Has a text that may hold pictures to write in this agency.

    Executives only read, and what unit officers write goes into a form of another system that takes none.
    """
    return bool(roles_in(user, agency) - {Role.UNIT_OFFICER, Role.EXECUTIVE})
