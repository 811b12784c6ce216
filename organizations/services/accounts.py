"""Accounts and the ways to give somebody a first or a new password without a mail server."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from organizations.models import Agency, AuditEvent, User
from organizations.permissions import manages_account, resets_password

# Read off paper and typed by hand: no i, l, o, 0, 1, and no capitals. 31 signs, so 12 of them are 59 bits.
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 3, 4


@dataclass(frozen=True)
class Slip:
    """What a person needs for the first sign-in; the password stands nowhere else.

    `renewed` means that an older slip of this account is void now.
    """

    display_name: str
    username: str
    password: str
    renewed: bool = False


def one_time_password() -> str:
    """Return a password such as `kfm7-wrt4-hpa9`."""
    groups = ("".join(secrets.choice(READABLE) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


@transaction.atomic
def rename_account(*, person: User, agency: Agency, display_name: str, by: User) -> None:
    """Change the name that pages show. Raises PermissionDenied."""
    if not manages_account(by, agency, person):
        raise PermissionDenied
    person.display_name = display_name
    person.save(update_fields=["display_name"])
    AuditEvent.record("account.renamed", person, by=by, agency=agency)


@transaction.atomic
def change_own_address(*, address: str, by: User) -> bool:
    """Give one's own account another e-mail address, or none; whether that changes anything.

    Links that were sent to the old address do not work any more. Raises IntegrityError when somebody took the
    address a moment ago.
    """
    if not User.objects.filter(pk=by.pk).exclude(email=address).update(email=address):
        return False
    AuditEvent.record("account.address_changed", by, by=by)
    return True


def make_one_time_password(*, person: User, agency: Agency, by: User) -> Slip:
    """Replace the password by one for a single sign-in and end the person's sessions. Raises PermissionDenied."""
    if not resets_password(by, agency, person):
        raise PermissionDenied
    password = one_time_password()
    # Hashing takes its time on purpose, so it happens before the write lock is taken.
    person.set_password(password)
    person.must_change_password = True
    with transaction.atomic():
        person.save(update_fields=["password", "must_change_password"])
        AuditEvent.record("password.one_time", person, by=by, agency=agency)
    return Slip(person.display_name, person.username, password)


@transaction.atomic
def make_reset_link(*, person: User, agency: Agency, by: User) -> str:
    """Return an address where the person sets a new password; it works once, for PASSWORD_RESET_TIMEOUT seconds.

    Raises PermissionDenied.
    """
    if not resets_password(by, agency, person):
        raise PermissionDenied
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    AuditEvent.record("password.link", person, by=by, agency=agency)
    return settings.PUBLIC_ADDRESS.rstrip("/") + reverse("account_reset_password_from_key", kwargs=key)
