"""Files of cases: sent, read by the worker, shown, and written after a confirmation, all of it or nothing."""

from __future__ import annotations

import uuid
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations.access import SignedInRequest
from organizations.importers.workbook import XLSX
from practices.case_template import case_template
from practices.enums import LoadState, StagedState
from practices.forms import CaseFilesForm
from practices.load_rows import shown_case
from practices.loading import LoadStopped, QueueFull, confirm_load, drop, queue_upload
from practices.models import Load
from practices.permissions import writes_practices

from .access import Place, place_of, places_of

PER_PAGE: Final = 25
AGENCIES_SHOWN: Final = 50
FULL: Final = "ท่านมีไฟล์ที่รอการตัดสินใจอยู่หลายชุดแล้ว กรุณายืนยันหรือยกเลิกชุดเดิมก่อน"
DECIDED: Final = "มีผู้ตัดสินใจเรื่องไฟล์ชุดนี้ไปก่อนแล้ว หน้านี้แสดงผลล่าสุด"


@require_safe
def practice_template(request: SignedInRequest) -> HttpResponse:
    """The workbook to fill in."""
    if not writes_practices(request.user):
        raise PermissionDenied
    headers = {"Content-Disposition": 'attachment; filename="pmqa-practices.xlsx"'}
    return HttpResponse(case_template(), content_type=XLSX, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def practice_import(request: SignedInRequest) -> HttpResponse:
    """Take files for one kind of readers; what they would do is shown on a page of their own."""
    places = places_of(request.user)
    if not places:
        raise PermissionDenied
    place = places.get(request.GET.get("for", "")) if len(places) > 1 else next(iter(places.values()))
    if place is None:
        choice = {"places": places, "title": "นำเข้าตัวอย่างจากไฟล์", "address": reverse("practice_import")}
        return render(request, "practices/practice_new_for.html", choice)
    sent = request.method == "POST"
    form = CaseFilesForm(request.POST if sent else None, request.FILES if sent else None)
    if sent and form.is_valid():
        try:
            files = form.cleaned_data["file"]
            return redirect(queue_upload(files=files, kept_to=place.agency, by=request.user))
        except QueueFull:
            form.add_error(None, FULL)
    context = {"form": form, "place": place, "loads": _recent(request, place)}
    return render(request, "practices/practice_import.html", context, status=422 if form.errors else 200)


def _recent(request: SignedInRequest, place: Place) -> list[Load]:
    """What was sent lately for the same readers."""
    loads = Load.objects.visible_to(request.user).filter(kept_to=place.agency).select_related("by")
    return list(loads.defer("faults", "warnings")[:10])


def _load(request: SignedInRequest, uid: uuid.UUID) -> Load:
    """Who does not curate that library finds nothing."""
    loads = Load.objects.visible_to(request.user).select_related("kept_to", "by")
    return get_object_or_404(loads, uid=uid)


@require_safe
@never_cache
def practice_load(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """How far the files are, what they would do, and what became of them; asks again by itself while work goes on."""
    load = _load(request, uid)
    context = {"load": load, "place": place_of(load.kept_to), "asks_again": load.is_under_way}
    if request.htmx:  # type: ignore[attr-defined]
        answer = render(request, "practices/_load_state.html", context)
        if not load.is_under_way:
            answer["HX-Refresh"] = "true"
        return answer
    return render(request, "practices/practice_load.html", context | _shown(request, load))


def _shown(request: SignedInRequest, load: Load) -> dict[str, object]:
    """The rows of the page, those that change something first; few of them at a time."""
    states = [
        state for state in (StagedState.CHANGED, StagedState.NEW, StagedState.WITHDRAWN) if load.count(state)
    ]
    wanted = request.GET.get("state", "")
    chosen = next((state for state in states if state == wanted), states[0] if states else None)
    has_rows = load.state in (LoadState.READ, LoadState.PUBLISHED) and chosen is not None
    rows = load.cases.filter(state=chosen).select_related("agency", "practice__text").defer("plain")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page")) if has_rows else None
    agencies = load.agencies.exclude(is_new=False, changed=[])
    if load.state != LoadState.READ:
        agencies = agencies.none()
    return {
        "page": page,
        "cases": [shown_case(case) for case in page] if page else [],
        "chosen": chosen,
        "states": [(state, load.count(state)) for state in states] if has_rows else [],
        "query": f"state={chosen}&" if chosen else "",
        "agencies": list(agencies[:AGENCIES_SHOWN]),
    }


@require_POST
def practice_load_confirm(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Have written what the page showed; new cases are published or stay drafts."""
    load = _load(request, uid)
    try:
        confirm_load(load=load, publish="publish" in request.POST, by=request.user)
    except LoadStopped:
        messages.info(request, DECIDED)
    return redirect(load)


@require_POST
def practice_load_drop(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Leave it; nothing was written."""
    load = _load(request, uid)
    if drop(load):
        messages.success(request, "ยกเลิกแล้ว ไม่ได้บันทึกสิ่งใด")
        return redirect("practice_list")
    messages.info(request, DECIDED)
    return redirect(load)
