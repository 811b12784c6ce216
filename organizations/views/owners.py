"""The agency's list of those who can be responsible."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from organizations import services
from organizations.access import SignedInRequest, for_agency
from organizations.enums import OwnerKind
from organizations.forms.owners import OwnerChangeForm, OwnerForm
from organizations.models import Agency, Owner, StaleVersion
from organizations.permissions import manages_owners


@require_safe
@for_agency(manages_owners)
def owner_list(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Owners by kind in Thai order; those withdrawn stand apart, folded."""
    owners = list(Owner.objects.filter(agency=agency).in_thai_order())
    current = [owner for owner in owners if owner.withdrawn_at is None]
    groups = [(kind.label, [owner for owner in current if owner.kind == kind]) for kind in OwnerKind]
    context = {
        "agency": agency,
        "groups": [(label, members) for label, members in groups if members],
        "withdrawn": [owner for owner in owners if owner.withdrawn_at],
    }
    return render(request, "organizations/owner_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(manages_owners)
def owner_new(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Add an owner."""
    form = OwnerForm(request.POST or None, agency=agency)
    if request.method == "POST" and form.is_valid():
        try:
            owner = services.create_owner(owner=form.instance, agency=agency, by=request.user)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            messages.success(request, f"เพิ่ม {owner} แล้ว")
            return redirect("owner_list", agency.code)
    lead = "สำนัก กอง คณะทำงาน หรือกลุ่มหน่วยงานที่รับผิดชอบกิจกรรมได้ ผู้รับผิดชอบไม่ใช่บัญชีผู้ใช้"
    return _form_page(request, agency, form, heading="เพิ่มผู้รับผิดชอบ", lead=lead)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(manages_owners)
def owner_edit(request: SignedInRequest, agency: Agency, owner: int) -> HttpResponse:
    """Change an owner; the new name stands wherever the owner is named."""
    found = get_object_or_404(Owner, agency=agency, pk=owner)
    form = OwnerChangeForm(request.POST or None, instance=found, agency=agency)
    status = 422
    if request.method == "POST" and form.is_valid():
        base = form.cleaned_data["base_version"]
        try:
            services.change_owner(owner=form.instance, base_version=base, by=request.user)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        except StaleVersion:
            form.show_current(found.fresh())
            status = 409
        else:
            messages.success(request, f"บันทึก {found} แล้ว")
            return redirect("owner_list", agency.code)
    lead = "ชื่อใหม่จะปรากฏในทุกกิจกรรมที่ใช้ผู้รับผิดชอบนี้"
    return _form_page(request, agency, form, heading="แก้ไขผู้รับผิดชอบ", lead=lead, refused=status)


def _form_page(
    request: SignedInRequest, agency: Agency, form: OwnerForm, *, heading: str, lead: str, refused: int = 422
) -> HttpResponse:
    context = {
        "heading": heading,
        "lead": lead,
        "form": form,
        "button": "บันทึก",
        "back_url": reverse("owner_list", args=[agency.code]),
        "back_label": "ผู้รับผิดชอบ",
    }
    return render(request, "site/form.html", context, status=refused if form.errors else 200)


@require_POST
@for_agency(manages_owners)
def owner_withdraw(request: SignedInRequest, agency: Agency, owner: int) -> HttpResponse:
    """Take an owner out of the choices."""
    found = get_object_or_404(Owner, agency=agency, pk=owner)
    services.withdraw_owner(owner=found, by=request.user)
    messages.success(request, f"เลิกใช้ {found} แล้ว กิจกรรมที่ระบุไว้เดิมไม่เปลี่ยน")
    return redirect("owner_list", agency.code)


@require_POST
@for_agency(manages_owners)
def owner_restore(request: SignedInRequest, agency: Agency, owner: int) -> HttpResponse:
    """Put an owner back among the choices."""
    found = get_object_or_404(Owner, agency=agency, pk=owner)
    services.restore_owner(owner=found, by=request.user)
    messages.success(request, f"นำ {found} กลับมาใช้แล้ว")
    return redirect("owner_list", agency.code)
