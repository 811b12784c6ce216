"""Cases from Excel: shown first, written after a confirmation, all or nothing."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations.access import SignedInRequest
from organizations.importers.tables import Table
from organizations.importers.waiting import keep, take
from organizations.importers.workbook import XLSX, RefusedWorkbook
from practices.case_sheets import CasePlan, plan_cases, read_cases
from practices.case_template import case_template
from practices.forms import CaseSheetForm
from practices.permissions import writes_practices
from practices.services import ChangeRefused
from practices.sheet_writing import write_cases
from texts.models import StaleVersion
from texts.services import TextConflict, TextLocked

from .access import Place, places_of

KEPT = "practice_import"
GONE = "ไม่พบตัวอย่างที่รอการยืนยัน อาจนำเข้าไปแล้ว กรุณาส่งไฟล์อีกครั้งหากยังไม่เห็นในคลัง"
OVERTAKEN = "มีผู้แก้ไขตัวอย่างเรื่องหนึ่งระหว่างนั้น จึงยังไม่ได้บันทึกรายการใด กรุณาส่งไฟล์อีกครั้ง"


@require_safe
def practice_template(request: SignedInRequest) -> HttpResponse:
    """The workbook to fill in."""
    if not writes_practices(request.user):
        raise PermissionDenied
    headers = {"Content-Disposition": 'attachment; filename="pmqa-practices.xlsx"'}
    return HttpResponse(case_template(), content_type=XLSX, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def practice_import(request: SignedInRequest) -> HttpResponse:
    """Take a file for one kind of readers; answer with every fault in it, or with what it would do."""
    places = places_of(request.user)
    if not places:
        raise PermissionDenied
    place = places.get(request.GET.get("for", "")) if len(places) > 1 else next(iter(places.values()))
    if place is None:
        context = {"places": places, "title": "นำเข้าตัวอย่างจาก Excel", "address": reverse("practice_import")}
        return render(request, "practices/practice_new_for.html", context)
    form = CaseSheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            table = read_cases(file.file, size=file.size)
        except RefusedWorkbook as fault:
            form.add_error("file", str(fault))
        else:
            return _dry_run(request, place, table)
    status = 422 if form.errors else 200
    return render(request, "practices/practice_import.html", {"form": form, "place": place}, status=status)


def _dry_run(request: SignedInRequest, place: Place, table: Table) -> HttpResponse:
    """What the file would do; only a file without faults can be confirmed."""
    plan = plan_cases(table, kept_to=place.agency)
    ready = plan.does_something and not plan.faults
    number = keep(request.session, KEPT, place=place.code, table=table.as_json()) if ready else ""
    context = {"place": place, "plan": plan, "table": table, "number": number, "form": CaseSheetForm()}
    status = 422 if plan.faults else 200
    return render(request, "practices/practice_import_plan.html", context, status=status)


@require_POST
@never_cache
def practice_import_confirm(request: SignedInRequest) -> HttpResponse:
    """Write what the dry run showed, after checking it once more against what stands now."""
    places = places_of(request.user)
    if not places:
        raise PermissionDenied
    kept = take(request.session, KEPT, request.POST.get("number"))
    # whoever lost the right meanwhile finds nothing either
    place = places.get(kept["place"]) if kept else None
    if kept is None or place is None:
        messages.error(request, GONE)
        return redirect("practice_import")
    table = Table.from_json(kept["table"])
    plan = plan_cases(table, kept_to=place.agency)
    if plan.faults:
        return _dry_run(request, place, table)
    try:
        write_cases(plan=plan, kept_to=place.agency, publish="publish" in request.POST, by=request.user)
    except (StaleVersion, TextConflict, TextLocked, ChangeRefused):
        messages.error(request, OVERTAKEN)
        return redirect("practice_import")
    messages.success(request, _done(plan))
    return redirect("practice_list")


def _done(plan: CasePlan) -> str:
    counts = plan.counts
    return f"นำเข้าตัวอย่างแล้ว ใหม่ {counts['new']} เปลี่ยน {counts['changed']} คงเดิม {counts['same']}"
