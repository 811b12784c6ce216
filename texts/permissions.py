"""Who may bring something into the texts of an agency."""

from __future__ import annotations

import rules

from organizations.enums import Role
from organizations.models import Agency, User
from organizations.permissions import roles_in


@rules.predicate
def writes_somewhere(user: User, agency: Agency) -> bool:
    """Has a text of some kind to write in this agency; unit officers and executives only read."""
    return bool(roles_in(user, agency) - {Role.UNIT_OFFICER, Role.EXECUTIVE})
