"""The list of those who can be responsible for an activity."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from organizations.models import Agency, AuditEvent, Owner, User

from .saving import save_checked, save_on_top


@transaction.atomic
def create_owner(*, owner: Owner, agency: Agency, by: User) -> Owner:
    """Add an owner to the agency's list. Raises ValidationError when the name is taken."""
    owner.agency = agency
    save_checked(owner)
    AuditEvent.record("owner.created", owner, by=by, agency=agency)
    return owner


@transaction.atomic
def change_owner(*, owner: Owner, base_version: int, by: User) -> Owner:
    """Store a new name, abbreviation or kind on top of `base_version`.

    Raises ValidationError when the name is taken, StaleVersion when somebody changed the owner meanwhile.
    """
    if changed := save_on_top(owner, base_version, ["kind", "name", "abbreviation"]):
        AuditEvent.record("owner.changed", owner, by=by, agency=owner.agency, fields=changed)
    return owner


@transaction.atomic
def withdraw_owner(*, owner: Owner, by: User) -> None:
    """Take the owner out of every list to choose from; where it already stands, it stays."""
    if owner.withdrawn_at is None:
        owner.withdrawn_at = timezone.now()
        owner.save(update_fields=["withdrawn_at"])
        AuditEvent.record("owner.withdrawn", owner, by=by, agency=owner.agency)


@transaction.atomic
def restore_owner(*, owner: Owner, by: User) -> None:
    """Let the owner be chosen again."""
    if owner.withdrawn_at is not None:
        owner.withdrawn_at = None
        owner.save(update_fields=["withdrawn_at"])
        AuditEvent.record("owner.restored", owner, by=by, agency=owner.agency)
