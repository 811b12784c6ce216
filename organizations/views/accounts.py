"""The first page anybody sees, forgotten passwords without a mail server, and the address of one's own account."""

from __future__ import annotations

from typing import Any

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from organizations.access import SignedInRequest
from organizations.adapter import letters_are_sent
from organizations.forms.address import ADDRESS_TAKEN, OwnAddressForm
from organizations.services import change_own_address


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


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def own_address(request: SignedInRequest) -> HttpResponse:
    """The e-mail address that letters and reset links go to; its owner knows best which one is right."""
    data = request.POST if request.method == "POST" else None
    form = OwnAddressForm(data, request=request, user=request.user)
    if data is not None and form.is_valid():
        try:
            change_own_address(address=form.cleaned_data["email"], by=request.user)
        except IntegrityError:
            form.add_error("email", ADDRESS_TAKEN)
        else:
            messages.success(request, "บันทึกอีเมลของท่านแล้ว")
            return redirect("notice_choices")
    return render(
        request, "organizations/own_address.html", {"form": form}, status=422 if form.errors else 200
    )
