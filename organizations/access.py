"""How views get the agency in their address: scoped first (404), then the right (403)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from .models import Agency, User
from .permissions import is_installation_admin

View = Callable[..., HttpResponseBase]


class SignedInRequest(HttpRequest):
    """A request behind the login; for type checkers only."""

    user: User


def for_agency(needs: Callable[[User, Agency], bool]) -> Callable[[View], View]:
    """Hand the view the agency of the address `<slug:agency>`.

    An agency that the person does not belong to is not found; a member without the right is refused.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: SignedInRequest, agency: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            found = get_object_or_404(Agency.objects.visible_to(request.user), code=agency)
            if not needs(request.user, found):
                raise PermissionDenied
            return view(request, found, *args, **kwargs)

        return inner

    return decorate


def for_installation_admin(view: View) -> View:
    """Refuse everybody but installation administrators."""

    @wraps(view)
    def inner(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not is_installation_admin(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return inner
