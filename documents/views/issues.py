"""Issuing the form, an issue's page and files, and what changed between two of them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessment.access import for_round
from assessment.models import Round
from assessment.permissions import runs_round
from assessment.progress import round_progress
from documents.comparison import compare
from documents.forms import IssueForm, ScanForm
from documents.models import Issue
from documents.reading import read_form
from documents.services.issues import keep_scan, make_issue, request_issue_pdf, unapproved_numbers
from documents.services.jobs import QueueFull
from organizations.access import SignedInRequest
from organizations.models import AuditEvent
from texts.scans import scan_response

FULL = "ขณะนี้มีผู้ขอทำไฟล์จำนวนมาก จึงยังไม่ได้ออกฉบับ กรุณารอสักครู่แล้วกดอีกครั้ง"
CATEGORIES = {"1", "2", "3", "4", "5", "6"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_round(runs_round)
def issue_new(request: SignedInRequest, round: Round) -> HttpResponse:
    """Freeze the form as it is and give it the next number."""
    form = IssueForm(request.POST or None, initial={"memo_subject": ""})
    if request.method == "POST" and form.is_valid():
        try:
            made = make_issue(round=round, details=form.details(), by=request.user)
        except QueueFull:
            form.add_error(None, FULL)
        else:
            return redirect(made)
    context = {
        "page_round": round,
        "round": round,
        "form": form,
        "progress": round_progress(round),
        "unapproved": unapproved_numbers(round),
        "last": round.issues.defer("data").first(),
    }
    return render(request, "documents/issue_new.html", context, status=422 if form.errors else 200)


def _issue(request: SignedInRequest, uid: uuid.UUID) -> Issue:
    issues = Issue.objects.visible_to(request.user).select_related("round__agency", "issued_by", "scanned_by")
    return get_object_or_404(issues, uid=uid)


@require_safe
def issue(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Number, who, when, the code of the data; the PDF, the signed paper, and what to compare it with."""
    found = _issue(request, uid)
    return render(request, "documents/issue.html", _page(request, found, ScanForm()))


def _page(request: SignedInRequest, found: Issue, scan_form: ScanForm) -> dict[str, object]:
    return {
        "page_round": found.round,
        "round": found.round,
        "issue": found,
        "job": found.jobs.order_by("-requested_at", "-pk").first(),
        "others": found.round.issues.exclude(pk=found.pk).only("uid", "number", "issued_at"),
        "runs": runs_round(request.user, found.round),
        "scan_form": scan_form,
    }


@require_safe
def issue_file(request: SignedInRequest, uid: uuid.UUID) -> HttpResponseBase:
    """The PDF, or with ?part=scan the signed paper."""
    found = _issue(request, uid)
    scan = request.GET.get("part") == "scan"
    name = found.filename.removesuffix(".pdf")
    if scan:
        response = scan_response(found.scan, f"{name}-signed")
    else:
        response = scan_response(found.pdf, name, shown=True, policy="")
    if request.method == "GET":
        part = "scan" if scan else "pdf"
        AuditEvent.record("issue.downloaded", found, by=request.user, agency=found.round.agency, part=part)
    return response


def _own(request: SignedInRequest, uid: uuid.UUID) -> Issue:
    """The issue, for those who run the year; 403 for others of the agency."""
    found = _issue(request, uid)
    if not runs_round(request.user, found.round):
        raise PermissionDenied
    return found


@require_POST
def issue_again(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Ask for the PDF once more, after it failed."""
    found = _own(request, uid)
    try:
        if not found.pdf:
            request_issue_pdf(issue=found, by=request.user)
    except QueueFull:
        messages.error(request, "ขณะนี้มีผู้ขอทำไฟล์จำนวนมาก กรุณารอสักครู่แล้วกดอีกครั้ง")
    return redirect(found)


@require_POST
def issue_scan(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """Keep the signed paper."""
    found = _own(request, uid)
    form = ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "documents/issue.html", _page(request, found, form), status=422)
    keep_scan(issue=found, scan=form.cleaned_data["file"], by=request.user)
    messages.success(request, "เก็บฉบับลงนามแล้ว")
    return redirect(found)


@require_safe
def issue_compare(request: SignedInRequest, uid: uuid.UUID) -> HttpResponse:
    """What changed from the older to the newer of two issues, or from an issue to today's draft."""
    found = _issue(request, uid)
    number = request.GET.get("with", "")
    if number:
        other = get_object_or_404(
            found.round.issues, number=number if number.isascii() and number.isdigit() else -1
        )
        older, newer = sorted((found, other), key=lambda issue: issue.number)
        changes, newer_name = compare(older.form, newer.form), f"ฉบับที่ {newer.number}"
    else:
        older, newer_name = found, "ร่างขณะนี้"
        changes = compare(found.form, read_form(found.round, at=timezone.now()))
    # from the page of one category; anything else shows the whole form
    category = int(asked) if (asked := request.GET.get("category", "")) in CATEGORIES else None
    if category:
        changes = [change for change in changes if change.category == category]
    context = {
        "page_round": found.round,
        "round": found.round,
        "issue": found,
        "category": category,
        "older_name": f"ฉบับที่ {older.number}",
        "newer_name": newer_name,
        "changes": changes,
    }
    return render(request, "documents/issue_compare.html", context)
