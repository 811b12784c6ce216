"""How allauth behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from .models import User

WRONG = "ชื่อผู้ใช้ อีเมล หรือรหัสผ่านไม่ถูกต้อง กรุณาลองอีกครั้ง"


def letters_are_sent() -> bool:
    """Whether a mail server is set up; the console backend would only write reset links into the log."""
    return not settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend"))


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Nobody registers alone: accounts are made by the secretariat or an administrator."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "บัญชีนี้ถูกระงับ กรุณาติดต่อฝ่ายเลขานุการ",
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "invalid_login": WRONG,
        "incorrect_password": "รหัสผ่านไม่ถูกต้อง",
        "enter_current_password": "รหัสผ่านปัจจุบันไม่ถูกต้อง",
        "invalid_password_reset": "ลิงก์ตั้งรหัสผ่านนี้ใช้ไม่ได้แล้ว",
        "too_many_login_attempts": "ลองผิดหลายครั้งเกินไป กรุณารอ 5 นาทีแล้วลองอีกครั้ง",
        "rate_limited": "ส่งคำขอถี่เกินไป กรุณารอสักครู่แล้วลองอีกครั้ง",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Self-registration stays closed."""
        return False

    def set_password(self, user: User, password: str) -> None:
        """Store a password that the person chose: nothing more has to be changed at the next sign-in."""
        user.must_change_password = False
        super().set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go on to the work."""
        return reverse("home")

    def format_email_subject(self, subject: str) -> str:
        """Name the product, not the host name."""
        return f"PMQA 4.0: {subject}"

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts failures per name alone; then anybody could lock a colleague out before a deadline.
        return (
            f"{self.get_client_ip(request)}:{super()._get_login_attempts_cache_key(request, **credentials)}"
        )
