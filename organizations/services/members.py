"""Roles given and ended: one person at a time, or a whole sheet at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from organizations.enums import Role
from organizations.models import Agency, AuditEvent, Membership, Owner, User
from organizations.permissions import can_appoint, ends_membership

from .accounts import Slip, one_time_password
from .existing import Accounts, check_claimed

CHANGED_MEANWHILE = "ข้อมูลสมาชิกเพิ่งเปลี่ยนไป ยังไม่ได้บันทึกรายการใด กรุณาตรวจสอบแล้วลองอีกครั้ง"


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """One role for one person, who may have an account already; name and address in lower case."""

    display_name: str
    username: str
    email: str
    role: str
    category: int | None = None
    unit: Owner | None = None


def role_faults(role: str, category: int | None, unit: Owner | None) -> list[tuple[str, str]]:
    """What does not fit together in one role, as (field, message)."""
    faults = []
    if role == Role.COMMITTEE and category is None:
        faults.append(("category", "คณะทำงานต้องระบุหมวด 1–7"))
    if role != Role.COMMITTEE and category is not None:
        faults.append(("category", "บทบาทนี้ไม่ต้องระบุหมวด"))
    if role == Role.UNIT_OFFICER and unit is None:
        faults.append(("unit", "เจ้าหน้าที่หน่วยงานย่อยต้องระบุหน่วยงานย่อย"))
    if role != Role.UNIT_OFFICER and unit is not None:
        faults.append(("unit", "บทบาทนี้ไม่ต้องระบุหน่วยงานย่อย"))
    return faults


def invite_member(*, agency: Agency, invitation: Invitation, by: User) -> Slip | None:
    """Give one role; return the slip of an account without a password of its own. Raises as invite_members."""
    slips = invite_members(agency=agency, invitations=[invitation], by=by)
    return slips[0] if slips else None


def invite_members(*, agency: Agency, invitations: Sequence[Invitation], by: User) -> list[Slip]:
    """Give every role or none; return the slips to hand out, in the order of the invitations.

    An existing account gets the role and nothing else: its name, address and password stay as they are,
    otherwise an invitation would be a way to take over a colleague's account. Only an account that nobody
    has signed in to gets another one-time password: the old slip must not open the new role.
    Raises PermissionDenied for a role that `by` may not give, ValidationError for a role that exists and for
    an account that nobody has signed in to and that others than `by` gave roles to.
    """
    if not all(can_appoint(by, agency, invitation.role) for invitation in invitations):
        raise PermissionDenied
    accounts = Accounts([i.username for i in invitations], [i.email for i in invitations])
    found = {i.username: accounts.find(i.username, i.email) for i in invitations}
    slips = _slips(agency, invitations, found, by)
    # Hashing takes its time on purpose, so all of it happens before the write lock is taken.
    hashes = {username: make_password(slip.password) for username, slip in slips.items()}
    try:
        _give_roles(agency, invitations, found, hashes, by)
    except IntegrityError as collision:
        raise ValidationError(CHANGED_MEANWHILE) from collision
    return list(slips.values())


def _slips(
    agency: Agency, invitations: Sequence[Invitation], found: dict[str, User | None], by: User
) -> dict[str, Slip]:
    """One slip for every account that has no password of its own; the user name of the invitation is the key."""
    slips = {}
    for invitation in invitations:
        account, name = found[invitation.username], invitation.username
        if account is None:
            slips[name] = Slip(invitation.display_name, name, one_time_password())
        elif account.must_change_password:
            check_claimed(account, agency, by)
            slips[name] = Slip(account.display_name, account.username, one_time_password(), renewed=True)
    return slips


@transaction.atomic
def _give_roles(
    agency: Agency,
    invitations: Sequence[Invitation],
    found: dict[str, User | None],
    hashes: dict[str, str],
    by: User,
) -> None:
    held = _held([account for account in found.values() if account])
    people: dict[str, User] = {}
    for invitation in invitations:
        name = invitation.username
        if name not in people:
            account = found[name]
            people[name] = (
                _checked(account, held[account.pk], hashes.get(name), agency, by)
                if account
                else _create_account(invitation, hashes[name], agency, by)
            )
        membership = Membership(
            user=people[name],
            agency=agency,
            role=invitation.role,
            category=invitation.category,
            unit=invitation.unit,
            started_by=by,
        )
        membership.full_clean()
        membership.save()
        AuditEvent.record(
            "member.invited", membership, by=by, agency=agency, user=people[name].pk, role=invitation.role
        )


def _held(accounts: Sequence[User]) -> dict[int, User]:
    """The accounts, locked, before the first event locks the agency's trail."""
    rows = User.objects.select_for_update().filter(pk__in=[account.pk for account in accounts])
    return {account.pk: account for account in rows.order_by("pk")}


def _checked(account: User, held: User, password_hash: str | None, agency: Agency, by: User) -> User:
    """The locked account, with the new one-time password where it gets one; looked at once more before."""
    if held.must_change_password != account.must_change_password:
        raise ValidationError(CHANGED_MEANWHILE)
    check_claimed(held, agency, by)
    if password_hash:
        held.password = password_hash
        held.save(update_fields=["password"])
        AuditEvent.record("password.one_time", held, by=by, agency=agency)
    return held


def _create_account(invitation: Invitation, password_hash: str, agency: Agency, by: User) -> User:
    user = User(
        username=invitation.username,
        email=invitation.email,
        display_name=invitation.display_name,
        password=password_hash,
        must_change_password=True,
    )
    user.full_clean()
    user.save()
    AuditEvent.record("account.created", user, by=by, agency=agency)
    return user


@transaction.atomic
def end_membership(*, membership: Membership, by: User) -> None:
    """End one role; the person loses its rights with the next request. Raises PermissionDenied."""
    if not ends_membership(by, membership):
        raise PermissionDenied
    membership.ended_at, membership.ended_by = timezone.now(), by
    membership.save(update_fields=["ended_at", "ended_by"])
    AuditEvent.record(
        "member.ended",
        membership,
        by=by,
        agency=membership.agency,
        user=membership.user_id,
        role=membership.role,
    )


@transaction.atomic
def end_memberships(*, person: User, agency: Agency, by: User) -> None:
    """End all roles of a person in an agency, or none. Raises PermissionDenied."""
    roles = Membership.objects.current().filter(user=person, agency=agency).select_related("agency")
    # all of them before the first event locks the agency's trail
    for membership in list(roles.select_for_update(of=("self",)).order_by("pk")):
        end_membership(membership=membership, by=by)
