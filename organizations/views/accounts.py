"""allauth's pages where ours differ: the first page anybody sees, and forgotten passwords without a mail server."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from organizations.adapter import letters_are_sent


class SignIn(allauth_views.LoginView):
    """User name and password; the page says where the demonstration accounts stand, if there are any."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell the template whether this is a demonstration."""
        return super().get_context_data(**kwargs) | {"demonstration": settings.DEMONSTRATION}


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
def password_reset(request: HttpRequest) -> HttpResponseBase:
    """Send a reset link where letters are sent; elsewhere say whom to ask, whatever was posted."""
    if not letters_are_sent():
        return render(request, "account/password_reset_by_secretariat.html")
    response: HttpResponseBase = allauth_views.password_reset(request)
    return response
