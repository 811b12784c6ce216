"""Finding the accounts that user names and e-mail addresses already belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower

from organizations.models import Agency, User
from organizations.permissions import renews_slip

# An "@" would let a user name pass for somebody else's e-mail address at sign-in.
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,59}")
USERNAME_RULE = "ชื่อผู้ใช้ต้องเป็นตัวอักษรอังกฤษ ตัวเลข จุด หรือขีด 3–60 ตัว และขึ้นต้นด้วยตัวอักษรหรือตัวเลข"
TAKEN = "ชื่อผู้ใช้นี้มีผู้อื่นใช้แล้ว กรุณาตั้งชื่ออื่น"
SUSPENDED = "บัญชีนี้ถูกระงับอยู่ กรุณาติดต่อผู้ดูแลระบบ"
UNCLAIMED = "เจ้าของบัญชีนี้ยังไม่ได้เข้าใช้และตั้งรหัสผ่านของตนเอง กรุณาให้เจ้าของบัญชีเข้าใช้ก่อน แล้วจึงเพิ่มบทบาท หรือใช้ชื่อผู้ใช้อื่น"


def check_username(username: str) -> None:
    """Raise ValidationError unless this can be the user name of a new account."""
    if not USERNAME.fullmatch(username):
        raise ValidationError(USERNAME_RULE, code="username")


class Accounts:
    """The accounts behind any of the given names and addresses, read in one query; both in lower case."""

    def __init__(self, names: Iterable[str], addresses: Iterable[str]) -> None:
        rows = User.objects.annotate(name_key=Lower("username"), address_key=Lower("email")).filter(
            Q(name_key__in={name for name in names if name})
            | Q(address_key__in={address for address in addresses if address})
        )
        accounts = list(rows.prefetch_related("memberships"))
        self._by_name = {account.username.lower(): account for account in accounts}
        self._by_address = {account.email.lower(): account for account in accounts if account.email}

    def find(self, name: str, address: str) -> User | None:
        """Return the one account that both belong to, or None where there is none yet.

        Raises ValidationError when the two belong to different people, or the account is suspended.
        """
        named, addressed = self._by_name.get(name), self._by_address.get(address) if address else None
        if named and address and self._is_somebody_else(named, addressed, address):
            raise ValidationError(TAKEN, code="username")
        found = named or addressed
        if found and not found.is_active:
            raise ValidationError(SUSPENDED, code="username")
        return found

    @staticmethod
    def _is_somebody_else(named: User, addressed: User | None, address: str) -> bool:
        if addressed:
            return addressed != named
        return bool(named.email) and named.email.lower() != address


def check_claimed(account: User, agency: Agency, by: User) -> None:
    """Raise ValidationError when a role for this account would also be a role for whoever kept its slip."""
    if account.must_change_password and not renews_slip(by, agency, account):
        raise ValidationError(UNCLAIMED, code="unclaimed")


def free_username(address: str, reserved: Iterable[str] = ()) -> str:
    """Suggest a user name from an e-mail address (lower case) that nobody has and that is not `reserved`."""
    stem = re.sub(r"[^a-z0-9._-]", "", address.partition("@")[0]).strip("._-")[:50] or "user"
    stem = stem if len(stem) >= 3 else f"{stem}.user"
    taken = set(reserved) | {
        name.lower()
        for name in User.objects.filter(username__istartswith=stem).values_list("username", flat=True)
    }
    number = 1
    while (name := stem if number == 1 else f"{stem}{number}") in taken:
        number += 1
    return name
