"""The installation administrator's list of agencies."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from organizations import services
from organizations.access import SignedInRequest, for_agency, for_installation_admin
from organizations.enums import Role
from organizations.forms.agencies import AgencyForm, AgencySettingsForm, NewAgencyForm
from organizations.forms.members import AccountForm
from organizations.models import Agency, StaleVersion
from organizations.permissions import runs_agency
from thai.collation import thai_order

from .members import HAS_ACCOUNT, PAGE_SIZE, slips_page

CURRENT = Q(memberships__ended_at=None, memberships__user__is_active=True)


@require_safe
@for_installation_admin
def agency_list(request: SignedInRequest) -> HttpResponse:
    """The agencies that work here; with ?show=others those that only appear as examples."""
    others = request.GET.get("show") == "others"
    # F() hands the filtered relation's person to Count, so that two roles of one person count once.
    members = Count(F("memberships__user"), filter=CURRENT, distinct=True)
    agencies = (
        Agency.objects.filter(hosted=not others).annotate(members=members).order_by(*thai_order("name"))
    )
    page = Paginator(agencies, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "organizations/agency_list.html", {"page": page, "others": others})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_installation_admin
def agency_new(request: SignedInRequest) -> HttpResponse:
    """A new tenant and its first administrator; answers with the administrator's slip."""
    form = NewAgencyForm(request.POST or None)
    person_form = AccountForm(request.POST or None, prefix="administrator")
    if request.method == "POST" and form.is_valid() & person_form.is_valid():
        try:
            administrator = person_form.invitation(role=Role.AGENCY_ADMIN)
            slip = services.create_agency(agency=form.instance, administrator=administrator, by=request.user)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        else:
            if slip:
                return slips_page(request, form.instance, [slip], back=reverse("agency_list"))
            messages.success(request, f"สร้าง {form.instance} แล้ว {HAS_ACCOUNT}")
            return redirect("agency_list")
    context = {"form": form, "person_form": person_form}
    status = 422 if form.errors or person_form.errors else 200
    return render(request, "organizations/agency_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_installation_admin
def agency_edit(request: SignedInRequest, code: str) -> HttpResponse:
    """The particulars of an agency, and whether it works here."""
    agency = get_object_or_404(Agency, code=code)
    form = AgencyForm(request.POST or None, instance=agency)
    status = 422
    if request.method == "POST" and form.is_valid():
        base = form.cleaned_data["base_version"]
        try:
            services.change_agency(agency=form.instance, base_version=base, by=request.user)
        except ValidationError as fault:
            form.add_error(None, fault.messages)
        except StaleVersion:
            form.show_current(agency.fresh())
            status = 409
        else:
            messages.success(request, f"บันทึก {agency} แล้ว")
            return redirect("agency_list")
    context = {
        "heading": "แก้ไขหน่วยงาน",
        "lead": "",
        "form": form,
        "button": "บันทึก",
        "back_url": reverse("agency_list"),
        "back_label": "หน่วยงาน",
    }
    return render(request, "site/form.html", context, status=status if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(runs_agency)
def agency_settings(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """What the agency itself decides about its work."""
    form = AgencySettingsForm(request.POST or None, instance=agency)
    status = 422
    if request.method == "POST" and form.is_valid():
        base = form.cleaned_data["base_version"]
        try:
            services.change_agency_settings(agency=form.instance, base_version=base, by=request.user)
        except StaleVersion:
            form.show_current(agency.fresh())
            status = 409
        else:
            messages.success(request, "บันทึกการตั้งค่าแล้ว")
            return redirect("agency_settings", agency.code)
    context = {
        "heading": "การตั้งค่าของหน่วยงาน",
        "lead": agency.name,
        "form": form,
        "button": "บันทึก",
        "back_url": reverse("home"),
        "back_label": "งานของฉัน",
    }
    return render(request, "site/form.html", context, status=status if form.errors else 200)
