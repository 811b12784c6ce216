"""The list of those who can be responsible for an activity."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from organizations.models import Agency, AuditEvent, Owner, User


@transaction.atomic
def create_owner(*, owner: Owner, agency: Agency, by: User) -> Owner:
    """Add an owner to the agency's list. Raises ValidationError when the name is taken."""
    owner.agency = agency
    owner.full_clean()
    owner.save()
    AuditEvent.record("owner.created", owner, by=by, agency=agency, name=owner.name)
    return owner


@transaction.atomic
def change_owner(*, owner: Owner, by: User) -> Owner:
    """Store a new name, abbreviation or kind. Raises ValidationError when the name is taken."""
    owner.full_clean()
    owner.save()
    AuditEvent.record("owner.changed", owner, by=by, agency=owner.agency, name=owner.name)
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
