"""The agency's list of words that print keeps whole."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from organizations import services
from organizations.access import SignedInRequest, for_agency
from organizations.forms.terms import AgencyTermForm
from organizations.models import Agency, AgencyTerm
from organizations.permissions import manages_terms


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(manages_terms)
def term_list(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """The terms in Thai order, and a field for one more."""
    form = AgencyTermForm(request.POST or None, agency=agency)
    if request.method == "POST" and form.is_valid():
        term = services.add_term(term=form.instance, agency=agency, by=request.user)
        messages.success(request, f"เพิ่ม “{term}” แล้ว การพิมพ์ครั้งต่อไปจะไม่ตัดคำนี้")
        return redirect("term_list", agency.code)
    terms = AgencyTerm.objects.filter(agency=agency).in_thai_order()
    context = {"agency": agency, "form": form, "terms": terms}
    return render(request, "organizations/term_list.html", context, status=422 if form.errors else 200)


@require_POST
@for_agency(manages_terms)
def term_remove(request: SignedInRequest, agency: Agency, term: int) -> HttpResponse:
    """Take a term out of the list."""
    found = get_object_or_404(AgencyTerm, agency=agency, pk=term)
    services.remove_term(term=found, by=request.user)
    messages.success(request, f"นำ “{found}” ออกแล้ว")
    return redirect("term_list", agency.code)
