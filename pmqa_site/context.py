"""What every page knows: the menu of this person, how much is unread, the round at the top, the nonce."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from assessment.models import Round
from organizations.models import Agency, Notification, User
from organizations.permissions import manages_members, runs_agency


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Navigation:
    """The menu; empty for visitors."""

    items: list[Item]


def page(request: HttpRequest) -> dict[str, object]:
    """Menu and count are worked out only when a template asks for them."""
    return {
        "navigation": SimpleLazyObject(lambda: Navigation(_items(request))),
        "unread_notices": SimpleLazyObject(lambda: _unread(request)),
        "page_round": None,
        # django-csp says CSP_NONCE; django-htmx and Django 6 say csp_nonce.
        # As a string: the lazy object of django-csp is false until somebody has used it.
        "csp_nonce": str(getattr(request, "csp_nonce", "")),
    }


def _unread(request: HttpRequest) -> int:
    """How many notifications this person has not opened; 0 for visitors, without asking."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.must_change_password:
        return 0
    return Notification.objects.shown_to(user).unread().count()


def _items(request: HttpRequest) -> list[Item]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.must_change_password:
        return []
    entries = [("งานของฉัน", reverse("home"))]
    if agency := _agency(request, user):
        entries += _agency_entries(user, agency)
    entries.append(("ตัวอย่างที่เป็นเลิศ", reverse("practice_list")))
    if user.is_installation_admin:
        entries += [("หน่วยงาน", reverse("agency_list")), ("เกณฑ์", reverse("edition_list"))]
    elif agency and runs_agency(user, agency):
        entries.append(("เกณฑ์", reverse("edition_list")))
    # The entry with the longest address that the present one begins with is where we are.
    here = max((url for _, url in entries if request.path.startswith(url)), key=len, default="")
    return [Item(label, url, url == here) for label, url in entries]


def _agency(request: HttpRequest, user: User) -> Agency | None:
    """The agency in the address, if the person belongs to it, else the person's first."""
    agencies = [membership.agency for membership in user.current_memberships]
    code = request.resolver_match.kwargs.get("agency") if request.resolver_match else None
    return next((agency for agency in agencies if agency.code == code), agencies[0] if agencies else None)


def _agency_entries(user: User, agency: Agency) -> list[tuple[str, str]]:
    entries = []
    if round := Round.objects.at_work(agency):
        entries.append(("แบบฟอร์ม", round.get_absolute_url()))
    entries.append(("ข้อเสนอแนะ ก.พ.ร.", reverse("feedback_list", args=[agency.code])))
    if runs_agency(user, agency):
        entries.append(("ผู้รับผิดชอบ", reverse("owner_list", args=[agency.code])))
    if manages_members(user, agency):
        entries.append(("สมาชิก", reverse("member_list", args=[agency.code])))
    return entries
