"""Feedback from Excel or CSV: shown first, written after a confirmation, all or nothing."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.forms import FeedbackSheetForm
from feedback.importers.plan import Plan, plan_feedback
from feedback.importers.reading import from_kept, kept, read_feedback
from feedback.importers.template import feedback_template as make_template
from feedback.importers.writing import write_feedback
from feedback.services import FeedbackLocked
from organizations.access import SignedInRequest, for_agency
from organizations.importers.tables import Table
from organizations.importers.waiting import keep, take
from organizations.importers.workbook import XLSX, RefusedWorkbook
from organizations.models import Agency
from organizations.permissions import runs_agency
from texts.models import StaleVersion
from thai.dates import be_year

KEPT = "feedback_import"
GONE = "ไม่พบข้อเสนอแนะที่รอการยืนยัน อาจนำเข้าไปแล้ว กรุณาส่งไฟล์อีกครั้งหากยังไม่เห็นในรายการ"
OVERTAKEN = "มีผู้แก้ไขข้อเสนอแนะข้อหนึ่งระหว่างนั้น จึงยังไม่ได้บันทึกรายการใด กรุณาส่งไฟล์อีกครั้ง"


@require_safe
@for_agency(runs_agency)
def feedback_template(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """The workbook to fill in; its codes are those of last year, which OPDC normally answers now."""
    headers = {"Content-Disposition": 'attachment; filename="pmqa-feedback.xlsx"'}
    year = be_year(timezone.localdate()) - 1
    return HttpResponse(make_template(year), content_type=XLSX, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(runs_agency)
def feedback_import(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Take a file; answer with every fault in it, or with what it would do."""
    form = FeedbackSheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            table = read_feedback(file.file, size=file.size)
        except RefusedWorkbook as fault:
            form.add_error("file", str(fault))
        else:
            return _dry_run(request, agency, table)
    context = {"agency": agency, "form": form}
    status = 422 if form.errors else 200
    return render(request, "feedback/feedback_import.html", context, status=status)


def _dry_run(request: SignedInRequest, agency: Agency, table: Table) -> HttpResponse:
    """What the file would do; only a file without faults can be confirmed."""
    plan = plan_feedback(table, agency=agency)
    ready = plan.does_something and not plan.faults
    number = keep(request.session, KEPT, agency=agency.pk, table=kept(table)) if ready else ""
    context = {
        "agency": agency,
        "plan": plan,
        "table": table,
        "number": number,
        "form": FeedbackSheetForm(),
    }
    status = 422 if plan.faults else 200
    return render(request, "feedback/feedback_import_plan.html", context, status=status)


@require_POST
@never_cache
@for_agency(runs_agency)
def feedback_import_confirm(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Write what the dry run showed, after checking it once more against what stands now."""
    found = take(request.session, KEPT, request.POST.get("number"), agency=agency.pk)
    if found is None:
        messages.error(request, GONE)
        return redirect("feedback_import", agency.code)
    table = from_kept(found["table"])
    plan = plan_feedback(table, agency=agency)
    if plan.faults:
        return _dry_run(request, agency, table)
    try:
        write_feedback(plan=plan, agency=agency, by=request.user)
    except (StaleVersion, FeedbackLocked, ValidationError) as fault:
        messages.error(request, str(fault) if isinstance(fault, FeedbackLocked) else OVERTAKEN)
        return redirect("feedback_import", agency.code)
    messages.success(request, _done(plan))
    year = max(point.year for point in plan.points)
    return redirect(f"{reverse('feedback_list', args=[agency.code])}?year={year}")


def _done(plan: Plan) -> str:
    counts = plan.counts
    return f"นำเข้าข้อเสนอแนะแล้ว ใหม่ {counts['new']} เปลี่ยน {counts['changed']} คงเดิม {counts['same']}"
