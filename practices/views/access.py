"""How views get the case in their address: what is invisible is not found, what is not one's own is refused."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from organizations.models import Agency, User
from practices.models import Practice
from practices.permissions import curated_agencies, curates_practice

# Stands for «all agencies» in the address; no agency code begins with an underscore.
SHARED = "_shared"


@dataclass(frozen=True)
class Place:
    """For whom cases are written: one agency, or everybody when `agency` is None; `code` names it in the address."""

    code: str
    label: str
    agency: Agency | None


def places_of(user: User) -> dict[str, Place]:
    """For whom this person may write cases, by code; empty for who may not write any."""
    agencies = {m.agency for m in user.current_memberships if m.agency_id in curated_agencies(user)}
    places = [place_of(agency) for agency in sorted(agencies, key=lambda agency: agency.code)]
    if user.is_installation_admin:
        places.append(place_of(None))
    return {place.code: place for place in places}


def place_of(agency: Agency | None) -> Place:
    """For whom cases of this agency, or of all, are written."""
    if agency is None:
        return Place(SHARED, "ใช้ร่วมกันทุกหน่วยงาน", None)
    return Place(agency.code, f"ใช้เฉพาะ{agency.name}", agency)


def export_places_of(user: User) -> dict[str, Place]:
    """Whose cases this person may take along as files: the own ones and, as everybody reads them, the shared ones."""
    places = places_of(user)
    if places and SHARED not in places:
        places[SHARED] = Place(SHARED, "ใช้ร่วมกันทุกหน่วยงาน", None)
    return places


def visible_practice(user: User, pk: int) -> Practice:
    """The case, with its agency and text. Raises Http404."""
    cases = Practice.objects.visible_to(user).select_related("agency", "kept_to", "text", "text__updated_by")
    return get_object_or_404(cases.prefetch_related("criteria", "tags"), pk=pk)


def curated_practice(user: User, pk: int) -> Practice:
    """The case, if the person may change it. Raises Http404, PermissionDenied."""
    practice = visible_practice(user, pk)
    if not curates_practice(user, practice):
        raise PermissionDenied
    return practice
