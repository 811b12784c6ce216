"""What people decide about points: not to act, and what a later point says about an earlier one."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.enums import RelationKind
from feedback.models import FeedbackPoint
from feedback.relations import pairs_of
from feedback.services import decline_point, relate_points, take_up_point
from organizations.access import SignedInRequest, for_agency
from organizations.models import Agency
from organizations.permissions import runs_agency
from thai.forms import ThaiCharField


class DeclineForm(forms.Form):
    """Why nothing will be done."""

    reason = ThaiCharField(
        label="เหตุผลที่ไม่ดำเนินการ",
        help_text="เช่น อยู่นอกอำนาจหน้าที่ หรือดำเนินการในแผนอื่นแล้ว",
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "กรุณาระบุเหตุผลที่ไม่ดำเนินการ"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(runs_agency)
def feedback_decline(request: SignedInRequest, agency: Agency, uid: uuid.UUID) -> HttpResponse:
    """Say that nothing will be done about a point; with `off` that something will."""
    point = _point(request, agency, uid)
    back = _back(request, agency, point)
    if request.method == "POST" and request.POST.get("off"):
        take_up_point(point=point, by=request.user)
        messages.success(request, "ยกเลิก “ไม่ดำเนินการ” แล้ว")
        return redirect(back)
    form = DeclineForm(request.POST or None, initial={"reason": point.declined_reason})
    if request.method == "POST" and form.is_valid():
        decline_point(point=point, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, "บันทึกว่าไม่ดำเนินการตามข้อเสนอแนะนี้แล้ว")
        return redirect(back)
    context = {"agency": agency, "point": point, "form": form, "back_url": back}
    return render(request, "feedback/feedback_decline.html", context, status=422 if form.errors else 200)


@require_safe
@for_agency(runs_agency)
def feedback_relations(request: SignedInRequest, agency: Agency, uid: uuid.UUID) -> HttpResponse:
    """The points of other years about the same criterion, what was decided about them, and another decision."""
    point = _point(request, agency, uid)
    back = _back(request, agency, point)
    context = {
        "agency": agency,
        "point": point,
        "pairs": pairs_of(point),
        "kinds": RelationKind.choices,
        "here": f"{request.path}?{urlencode({'back': back})}",
        "back_url": back,
    }
    return render(request, "feedback/feedback_relations.html", context)


@require_POST
@for_agency(runs_agency)
def feedback_relate(
    request: SignedInRequest, agency: Agency, uid: uuid.UUID, other: uuid.UUID
) -> HttpResponse:
    """Decide what a later point says about an earlier one."""
    earlier, later = _point(request, agency, uid), _point(request, agency, other)
    try:
        relate_points(earlier=earlier, later=later, kind=_kind(request), by=request.user)
    except (ValueError, ValidationError) as fault:
        message = fault.messages[0] if isinstance(fault, ValidationError) else "กรุณาเลือกคำตอบ"
        messages.error(request, message)
    else:
        messages.success(request, "บันทึกการเปรียบเทียบข้อเสนอแนะแล้ว")
    return redirect(_back(request, agency, later))


def _kind(request: HttpRequest) -> RelationKind:
    """Raises ValueError for a kind that there is not."""
    return RelationKind(request.POST.get("kind", ""))


def _point(request: SignedInRequest, agency: Agency, uid: uuid.UUID) -> FeedbackPoint:
    points = FeedbackPoint.objects.editable_by(request.user).current().filter(agency=agency)
    return get_object_or_404(points.select_related("agency"), uid=uid)


def _back(request: HttpRequest, agency: Agency, point: FeedbackPoint) -> str:
    """The page that sent us here, if it is one of ours; else the feedback of that year."""
    wanted = request.POST.get("back") or request.GET.get("back", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return f"{reverse('feedback_list', args=[agency.code])}?year={point.year}"
