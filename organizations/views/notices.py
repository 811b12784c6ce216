"""What somebody was told: the list, opening one, and choosing what to be told."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations.access import SignedInRequest
from organizations.adapter import letters_are_sent
from organizations.enums import LetterPace
from organizations.forms.notices import NoticeChoicesForm
from organizations.models import Notification, check_own_path
from organizations.services import choose_notices, mark_all_read, mark_read

PAGE_SIZE = 20


@require_safe
def notice_list(request: SignedInRequest) -> HttpResponse:
    """Everything this person was told, newest first; looking at it marks nothing."""
    shown = Notification.objects.shown_to(request.user)
    page = Paginator(shown.select_related("agency").newest_first(), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "newest": max((notice.pk for notice in page), default=0),
        "several_agencies": len({m.agency_id for m in request.user.current_memberships}) > 1,
    }
    return render(request, "organizations/notice_list.html", context)


@require_POST
def notice_open(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notice = get_object_or_404(Notification.objects.shown_to(request.user), uid=uid)
    check_own_path(notice.path)
    mark_read(notice=notice, by=request.user)
    return redirect(notice.path)


@require_POST
def notice_read_all(request: SignedInRequest) -> HttpResponse:
    """Mark everything as read up to the newest one that the page showed."""
    until = request.POST.get("until", "")
    if until.isascii() and until.isdecimal() and len(until) < 19:
        mark_all_read(until=int(until), by=request.user)
    return redirect("notice_list")


@require_http_methods(["GET", "HEAD", "POST"])
def notice_choices(request: SignedInRequest) -> HttpResponse:
    """Switches per kind, in the application and by e-mail."""
    form = NoticeChoicesForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        pace = LetterPace(form.cleaned_data["pace"])
        choose_notices(choices=form.choices(), pace=pace, by=request.user)
        messages.success(request, "บันทึกการแจ้งเตือนของท่านแล้ว")
        return redirect("notice_choices")
    context = {"form": form, "mail_works": letters_are_sent(), "address": request.user.email}
    return render(request, "organizations/notice_choices.html", context, status=422 if form.errors else 200)
