"""The audit trail: of an agency for those who run it, of the installation for its administrator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from organizations.access import SignedInRequest, for_agency, for_installation_admin
from organizations.audit_rows import rows_of
from organizations.audit_words import ACCOUNT_VERBS
from organizations.exporters.audit import MEDIA_TYPES, as_csv, as_json
from organizations.forms.audit import AgencyAuditForm, AuditFilterForm, InstallationAuditForm
from organizations.models import Agency, AuditEvent
from organizations.permissions import reads_trail
from organizations.services.audit_proof import check_trail

PAGE_SIZE = 50


@dataclass(frozen=True)
class Trail:
    """Whose trail is looked at; `agency` None is the installation's."""

    agency: Agency | None

    @property
    def events(self) -> QuerySet[AuditEvent]:
        """All that may be seen here."""
        if self.agency:
            return AuditEvent.objects.filter(agency=self.agency)
        return AuditEvent.objects.of_installation(ACCOUNT_VERBS)

    @property
    def place(self) -> str:
        """What orders the events. In one chain the number, which its index has; over several chains the key."""
        return "sequence" if self.agency else "pk"

    def form(self, data: Any) -> AuditFilterForm:
        """The filter of its page."""
        return AgencyAuditForm(data, agency=self.agency) if self.agency else InstallationAuditForm(data)

    def url(self, action: str = "") -> str:
        """Its page, or what can be done there."""
        if self.agency:
            return reverse(f"audit_{action or 'list'}", args=[self.agency.code])
        return reverse(f"installation_audit{'_' if action else ''}{action}")


@require_safe
@for_agency(reads_trail)
def audit_list(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """The agency's events, newest first."""
    return _page(request, Trail(agency))


@require_safe
@for_installation_admin
def installation_audit(request: SignedInRequest) -> HttpResponse:
    """The installation's events, and the accounts of all agencies."""
    return _page(request, Trail(None))


@require_POST
@for_agency(reads_trail)
def audit_export(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """The events of the agency that the filter lets through, as a file."""
    return _file(request, Trail(agency))


@require_POST
@for_installation_admin
def installation_audit_export(request: SignedInRequest) -> HttpResponse:
    """The events of the installation that the filter lets through, as a file."""
    return _file(request, Trail(None))


@require_POST
@for_agency(reads_trail)
def audit_check(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Recompute the agency's chain and show what came of it."""
    return _checked(request, Trail(agency))


@require_POST
@for_installation_admin
def installation_audit_check(request: SignedInRequest) -> HttpResponse:
    """Recompute the installation's chain and show what came of it."""
    return _checked(request, Trail(None))


def _page(request: HttpRequest, trail: Trail) -> HttpResponse:
    form = trail.form(request.GET)
    valid = form.is_valid()
    events = form.apply(trail.events) if valid else AuditEvent.objects.none()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        events = events.filter(**{f"{trail.place}__lt": int(before)})
    found = list(events.order_by(f"-{trail.place}")[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    query = request.GET.copy()
    query.pop("before", None)
    context = {
        "trail": trail,
        "agency": trail.agency,
        "form": form,
        "rows": rows_of(shown),
        "older": getattr(shown[-1], trail.place) if len(found) > PAGE_SIZE else None,
        "is_first": not before,
        "query": query.urlencode(),
        "asked": [(name, value) for name, values in query.lists() for value in values],
        "url": trail.url(),
        "export_url": trail.url("export"),
        "check_url": trail.url("check"),
        "is_filtered": any(query.values()),
    }
    return render(request, "organizations/audit_list.html", context, status=200 if valid else 422)


def _file(request: SignedInRequest, trail: Trail) -> HttpResponse:
    form, format = trail.form(request.POST), request.POST.get("format", "")
    if format not in MEDIA_TYPES or not form.is_valid():
        return HttpResponseBadRequest("กรุณาเลือก CSV หรือ JSON จากหน้าบันทึกเหตุการณ์")
    AuditEvent.record(
        "audit.exported", by=request.user, agency=trail.agency, format=format, filter=form.facts()
    )
    events = form.apply(trail.events)
    uid = str(trail.agency.uid) if trail.agency else ""
    content = as_csv(events) if format == "csv" else as_json(events, agency_uid=uid)
    name = f"pmqa-audit-{trail.agency.code if trail.agency else 'installation'}"
    day = f"{timezone.localdate():%Y%m%d}"
    headers = {"Content-Disposition": f'attachment; filename="{name}-{day}.{format}"'}
    # the decorators ask for an HttpResponse, of which Django's streaming one is a sibling
    return cast(
        "HttpResponse", StreamingHttpResponse(content, content_type=MEDIA_TYPES[format], headers=headers)
    )


def _checked(request: SignedInRequest, trail: Trail) -> HttpResponse:
    proof = check_trail(agency=trail.agency, by=request.user)
    context = {
        "agency": trail.agency,
        "proof": proof,
        "url": trail.url(),
        "more": proof.broken - len(proof.first),
    }
    return render(request, "organizations/audit_check.html", context)
