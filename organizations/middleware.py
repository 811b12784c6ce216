"""Who gets in, and two rules that hold on every page of a signed-in person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers


def asks_for_json(request: HttpRequest) -> bool:
    """Whether a script of ours asks, which reads a state and shows no page."""
    return request.headers.get("Accept") == "application/json"


class KeepTypedMiddleware(LoginRequiredMiddleware):
    """Asks for the sign-in like Django's own, but does not throw away a form that was filled in meanwhile.

    A session ends after some hours; Django answers the post with the sign-in page, and what somebody wrote for an
    hour is gone. Here the answer holds it, to be sent again after signing in in another tab. The post has passed the
    CSRF check, so nobody else can make this page. Files cannot be kept, and htmx leaves the form where it is.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """The form again for one that was typed, the way to the sign-in for everything else.

        A script keeps what was typed itself and is told where to sign in.
        """
        refusal: HttpResponseBase | None = super().process_view(request, view_func, args, kwargs)
        if refusal is None:
            return None
        if asks_for_json(request):
            return JsonResponse({"state": "signed_out", "login": reverse("account_login")}, status=401)
        return self.kept(request) if self.was_typed(request) else refusal

    @staticmethod
    def kept(request: HttpRequest) -> HttpResponse:
        """The page that holds what was posted, until it can be sent again."""
        fields = [(name, value) for name, values in request.POST.lists() for value in values]
        typed = [(name, value) for name, value in fields if name != "csrfmiddlewaretoken"]
        response = render(request, "account/kept.html", {"kept": typed}, status=401)
        add_never_cache_headers(response)
        return response

    @staticmethod
    def was_typed(request: HttpRequest) -> bool:
        """A plain form of our pages; those about passwords are never written into a page."""
        plain = request.content_type == "application/x-www-form-urlencoded"
        inside = request.path.startswith("/accounts/")
        return request.method == "POST" and plain and not inside and "HX-Request" not in request.headers


class PasswordChangeMiddleware:
    """Sends people with a one-time password to the page where they choose their own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let through who has a password of their own, and the way to one."""
        user = request.user
        if user.is_authenticated and user.must_change_password and request.path not in self.open_paths():
            return redirect("account_change_password")
        return self.get_response(request)

    @staticmethod
    def open_paths() -> set[str]:
        """The pages that work before the password is changed."""
        return {reverse("account_change_password"), reverse("account_logout")}


class NoStoreMiddleware:
    """Keeps signed-in pages out of browser and proxy caches; static files are served before this runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark what was made for a signed-in person."""
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response
