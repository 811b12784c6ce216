"""Members from an Excel sheet: shown first, written after a confirmation, all or nothing."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import services
from organizations.access import SignedInRequest, for_agency
from organizations.forms.members import MemberSheetForm
from organizations.importers.members import MembersSheet, members_template, plan_members, read_members
from organizations.importers.workbook import RefusedWorkbook
from organizations.models import Agency
from organizations.permissions import manages_members

from .members import slips_page

# What was read waits here, on the server, for the confirmation; the browser only sends back its number.
KEPT = "member_import"
CHANGED = "บัญชีผู้ใช้เปลี่ยนไปหลังจากที่ท่านตรวจรายชื่อ ยังไม่ได้บันทึกรายการใด กรุณาตรวจอีกครั้งแล้วกดยืนยัน"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@for_agency(manages_members)
def member_template(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """The workbook to fill in."""
    headers = {"Content-Disposition": 'attachment; filename="pmqa-members.xlsx"'}
    return HttpResponse(members_template(), content_type=XLSX, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(manages_members)
def member_import(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Take a file; answer with every fault in it, or with what it would do."""
    form = MemberSheetForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            sheet = read_members(file.file, size=file.size)
        except RefusedWorkbook as fault:
            form.add_error("file", str(fault))
        else:
            return _dry_run(request, agency, sheet)
    status = 422 if form.errors else 200
    return render(
        request, "organizations/member_import.html", {"agency": agency, "form": form}, status=status
    )


def _dry_run(
    request: SignedInRequest, agency: Agency, sheet: MembersSheet, *, status: int = 200
) -> HttpResponse:
    plan = plan_members(sheet, agency=agency, by=request.user)
    if plan.faults:
        context = {"agency": agency, "plan": plan, "form": MemberSheetForm()}
        return render(request, "organizations/member_import_faults.html", context, status=422)
    number = secrets.token_urlsafe(16)
    request.session[KEPT] = {
        "number": number,
        "agency": agency.pk,
        "sheet": sheet.as_json(),
        "accounts": plan.accounts(),
    }
    context = {
        "agency": agency,
        "plan": plan,
        "number": number,
        "new": len({m.invitation.username for m in plan.members if not m.has_account}),
        "known": any(m.has_account and not m.renews_slip for m in plan.members),
        "renewed": any(m.renews_slip for m in plan.members),
    }
    return render(request, "organizations/member_import_plan.html", context, status=status)


@require_POST
@never_cache
@for_agency(manages_members)
def member_import_confirm(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Write what the dry run showed, after checking it once more against today's members."""
    kept = request.session.get(KEPT)
    if not kept or kept["agency"] != agency.pk or kept["number"] != request.POST.get("number"):
        messages.error(request, "ไม่พบรายชื่อที่รอการยืนยัน อาจนำเข้าไปแล้ว กรุณาส่งไฟล์อีกครั้งหากยังไม่เห็นในรายชื่อ")
        return redirect("member_import", agency.code)
    del request.session[KEPT]
    # Now, not with the answer: two hundred passwords take half a minute, and a second press must find nothing.
    request.session.save()
    sheet = MembersSheet.from_json(kept["sheet"])
    plan = plan_members(sheet, agency=agency, by=request.user)
    if plan.faults:
        return _dry_run(request, agency, sheet)
    if plan.accounts() != kept["accounts"]:
        # an account that nobody saw in the list must not get a role by a press on the button below that list
        messages.warning(request, CHANGED)
        return _dry_run(request, agency, sheet, status=409)
    invitations = [member.invitation for member in plan.members]
    try:
        slips = services.invite_members(agency=agency, invitations=invitations, by=request.user)
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
        return redirect("member_import", agency.code)
    added = sum(member.has_account and not member.renews_slip for member in plan.members)
    return _done(request, agency, slips, added=added)


def _done(
    request: SignedInRequest, agency: Agency, slips: list[services.Slip], *, added: int
) -> HttpResponse:
    back = reverse("member_list", args=[agency.code])
    if slips:
        return slips_page(request, agency, slips, back=back, added=added)
    messages.success(request, f"เพิ่มบทบาทให้บัญชีที่มีอยู่แล้ว {added} รายการ")
    return redirect(back)
