"""Tenants of the installation."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from organizations.models import Agency, AuditEvent, User
from organizations.permissions import is_installation_admin, runs_agency

from .accounts import Slip
from .members import Invitation, invite_member
from .saving import save_checked, save_on_top


@transaction.atomic
def create_agency(*, agency: Agency, administrator: Invitation, by: User) -> Slip | None:
    """Store a new tenant together with its first administrator; return the slip of a new account.

    Raises PermissionDenied, and ValidationError when code or name is taken: neither is stored then.
    """
    if not is_installation_admin(by):
        raise PermissionDenied
    agency.hosted = True
    save_checked(agency)
    AuditEvent.record("agency.created", agency, by=by, agency=agency, code=agency.code)
    return invite_member(agency=agency, invitation=administrator, by=by)


@transaction.atomic
def change_agency(*, agency: Agency, base_version: int, by: User) -> None:
    """Store new particulars; `hosted` opens or closes the agency's pages for its members.

    Raises as above, and StaleVersion when somebody changed the agency meanwhile.
    """
    if not is_installation_admin(by):
        raise PermissionDenied
    if save_on_top(agency, base_version, ["name", "short_name", "code", "kind", "hosted"]):
        facts = {"code": agency.code, "hosted": agency.hosted}
        AuditEvent.record("agency.changed", agency, by=by, agency=agency, **facts)


@transaction.atomic
def change_agency_settings(*, agency: Agency, base_version: int, by: User) -> None:
    """Store what the agency decides about its own work. Raises PermissionDenied, ValidationError, StaleVersion."""
    if not runs_agency(by, agency):
        raise PermissionDenied
    if save_on_top(agency, base_version, ["four_eyes"]):
        AuditEvent.record("agency.settings", agency, by=by, agency=agency, four_eyes=agency.four_eyes)
