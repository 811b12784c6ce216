"""All remarks of a category on one page, and sending one's drafts together."""

from __future__ import annotations

from itertools import groupby

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessment.access import for_sheet
from assessment.models import CategorySheet
from assessment.permissions import comments_on
from assessment.services.comments import send_drafts
from assessment.threads import ThreadView, threads_of_sheet
from organizations.access import SignedInRequest
from organizations.models import User
from texts.services import TextLocked

from .comments import ONLY_READ

# What can be shown, in the order of the links; the first is shown when nothing was chosen.
SHOWN = {"open": "ยังไม่แก้ไข", "settled": "แก้ไขแล้ว", "mine": "ของฉัน", "all": "ทั้งหมด"}


@require_safe
@for_sheet(writing=False)
def sheet_comments(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """The threads of the category by criterion: open, settled, or those that concern the person."""
    shown = request.GET.get("show", "")
    shown = shown if shown in SHOWN else "open"
    views = threads_of_sheet(request.user, sheet)
    counts = {name: sum(_is_shown(view, name, request.user) for view in views) for name in SHOWN}
    wanted = [view for view in views if _is_shown(view, shown, request.user)]
    drafts = [comment for view in views for comment in view.standing if comment.is_draft]
    context = {
        "page_round": sheet.round,
        "round": sheet.round,
        "sheet": sheet,
        "shown": shown,
        "choices": [(name, label, counts[name]) for name, label in SHOWN.items()],
        "groups": [
            (analysis.wording, list(group)) for analysis, group in groupby(wanted, key=lambda v: v.analysis)
        ],
        "drafts": len(drafts),
        "user": request.user,
    }
    return render(request, "assessment/sheet_comments.html", context)


def _is_shown(view: ThreadView, shown: str, user: User) -> bool:
    if shown == "mine":
        return view.concerns(user)
    return shown == "all" or view.thread.is_open == (shown == "open")


@require_POST
@for_sheet(writing=False)
def comments_send(request: SignedInRequest, sheet: CategorySheet) -> HttpResponse:
    """Send everything that the person has drafted in the category."""
    if not comments_on(request.user, sheet):
        raise PermissionDenied
    try:
        sent = send_drafts(sheet=sheet, by=request.user)
    except TextLocked:
        messages.error(request, ONLY_READ)
    else:
        messages.success(request, f"ส่งข้อสังเกตแล้ว {len(sent)} รายการ" if sent else "ไม่มีร่างที่ยังไม่ได้ส่ง")
    return redirect("sheet_comments", sheet.round.agency.code, sheet.round.year, sheet.number)
