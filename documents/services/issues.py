"""Making an issue (ฉบับ), and keeping the files that belong to it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assessment.enums import ReviewState
from assessment.models import CategorySheet, Round
from documents.enums import Purpose
from documents.frozen import sha256_of, to_plain
from documents.models import Issue
from documents.reading import one_moment, read_form
from organizations.models import AuditEvent, User
from texts.scans import Scan

from .jobs import request_export


@dataclass(frozen=True)
class IssueDetails:
    """What a person says about an issue; an empty `memo_subject` prints no memorandum."""

    note: str = ""
    print_footer: bool = True
    memo_number: str = ""
    memo_to: str = ""
    memo_subject: str = ""
    memo_body: str = ""


def make_issue(*, round: Round, details: IssueDetails, by: User) -> Issue:
    """Freeze the form as it is now, give it the next number, and ask the worker for its PDF.

    Raises QueueFull; nothing is issued then.
    """
    now = timezone.now()
    with one_moment():
        form = read_form(round, at=timezone.localtime(now))
    data = to_plain(replace(form, footer=None))
    with transaction.atomic():
        # two people who issue at once wait for one another here, and get two numbers
        Round.objects.select_for_update().get(pk=round.pk)
        last = Issue.objects.filter(round=round).aggregate(last=Max("number"))["last"] or 0
        issue = Issue.objects.create(
            round=round,
            number=last + 1,
            data=data,
            data_sha256=sha256_of(data),
            issued_at=now,
            issued_by=by,
            **vars(details),
        )
        request_issue_pdf(issue=issue, by=by)
        facts = {"number": issue.number, "sha256": issue.data_sha256}
        AuditEvent.record(
            "issue.made", issue, by=by, agency=round.agency, **facts, unapproved=unapproved_numbers(round)
        )
    return issue


def unapproved_numbers(round: Round) -> list[int]:
    """The categories that nobody has approved yet; they are issued all the same, and the trail names them."""
    sheets = CategorySheet.objects.filter(round=round).exclude(review_state=ReviewState.APPROVED)
    return list(sheets.order_by("category__number").values_list("category__number", flat=True))


def request_issue_pdf(*, issue: Issue, by: User) -> None:
    """Ask for the PDF of an issue, again when it failed. Raises QueueFull."""
    request_export(
        round=issue.round, category=None, thai_digits=False, by=by, purpose=Purpose.ISSUE, issue=issue
    )


def keep_issue_pdf(*, issue: Issue, content: bytes, pages: int) -> bool:
    """Keep the PDF of an issue, once; gives whether this one was kept."""
    with transaction.atomic():
        current = Issue.objects.select_for_update().get(pk=issue.pk)
        if current.pdf:
            return False
        current.pdf.save("form.pdf", ContentFile(content), save=False)
        current.pdf_sha256 = hashlib.sha256(content).hexdigest()
        current.pages = pages
        current.save(update_fields=["pdf", "pdf_sha256", "pages"])
        AuditEvent.record(
            "issue.printed", current, by=None, agency=current.round.agency, sha256=current.pdf_sha256
        )
    return True


def keep_scan(*, issue: Issue, scan: Scan, by: User) -> None:
    """Keep the signed paper; a better scan takes the place of the one before, whose file stays stored."""
    with transaction.atomic():
        current = Issue.objects.select_for_update().get(pk=issue.pk)
        current.scan.save(f"scan.{scan.suffix}", ContentFile(scan.content), save=False)
        current.scan_name, current.scanned_at, current.scanned_by = scan.name, timezone.now(), by
        current.save(update_fields=["scan", "scan_name", "scanned_at", "scanned_by"])
        digest = hashlib.sha256(scan.content).hexdigest()
        AuditEvent.record("issue.scanned", current, by=by, agency=current.round.agency, sha256=digest)
