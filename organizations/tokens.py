"""The keys of reset links."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator

from .models import User


class RoleAwareTokenGenerator(PasswordResetTokenGenerator):
    """A link is void once the person's roles have changed.

    Otherwise a secretariat could make a link for a committee member, wait until that member is appointed
    administrator, and take over the account.
    """

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        roles = user.memberships.filter(ended_at=None).order_by("pk").values_list("pk", flat=True)
        return f"{super()._make_hash_value(user, timestamp)}{list(roles)}"
