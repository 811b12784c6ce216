"""The words that an agency's prints keep whole."""

from __future__ import annotations

from django.db import transaction

from organizations.models import Agency, AgencyTerm, AuditEvent, User


@transaction.atomic
def add_term(*, term: AgencyTerm, agency: Agency, by: User) -> AgencyTerm:
    """Add a term to the agency's list. Raises ValidationError when it is there already."""
    term.agency = agency
    term.full_clean()
    term.save()
    AuditEvent.record("term.added", term, by=by, agency=agency, text=term.text)
    return term


@transaction.atomic
def remove_term(*, term: AgencyTerm, by: User) -> None:
    """Let lines end inside the term again. Prints that were made stay as they are."""
    # by a query, so that the event, which comes last, still knows the key
    AgencyTerm.objects.filter(pk=term.pk).delete()
    AuditEvent.record("term.removed", term, by=by, agency=term.agency, text=term.text)
