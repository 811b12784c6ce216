"""How views get the case in their address: what is invisible is not found, what is not one's own is refused."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from organizations.models import User
from practices.models import Practice
from practices.permissions import curates_practice


def visible_practice(user: User, pk: int) -> Practice:
    """The case, with its agency and text. Raises Http404."""
    cases = Practice.objects.visible_to(user).select_related("agency", "kept_to", "text", "text__updated_by")
    return get_object_or_404(cases.prefetch_related("criteria"), pk=pk)


def curated_practice(user: User, pk: int) -> Practice:
    """The case, if the person may change it. Raises Http404, PermissionDenied."""
    practice = visible_practice(user, pk)
    if not curates_practice(user, practice):
        raise PermissionDenied
    return practice
