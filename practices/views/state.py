"""Publishing, unpublishing and withdrawing a case: one button each."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from organizations.access import SignedInRequest
from practices.services import ChangeRefused, publish_practice, unpublish_practice, withdraw_practice

from .access import curated_practice


def _change(request: SignedInRequest, pk: int, service: Callable[..., None], done: str) -> HttpResponse:
    practice = curated_practice(request.user, pk)
    try:
        service(practice=practice, by=request.user)
    except ChangeRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(practice)


@require_POST
def practice_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a draft available for forms."""
    return _change(request, pk, publish_practice, "เผยแพร่แล้ว นำไปใช้ในแบบฟอร์มได้")


@require_POST
def practice_unpublish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make it a draft again."""
    return _change(request, pk, unpublish_practice, "เปลี่ยนเป็นฉบับร่างแล้ว แบบฟอร์มที่นำไปใช้แล้วไม่เปลี่ยน")


@require_POST
def practice_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it out of the library."""
    return _change(request, pk, withdraw_practice, "ถอนตัวอย่างออกจากคลังแล้ว แบบฟอร์มที่นำไปใช้แล้วไม่เปลี่ยน")
