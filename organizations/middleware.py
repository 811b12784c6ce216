"""Two rules that hold on every page of a signed-in person."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers


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
