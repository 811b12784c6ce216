"""Writing a planned sheet of cases: all of it or nothing."""

from __future__ import annotations

import uuid
from dataclasses import replace

from django.db import transaction

from organizations.importers.tables import RowState
from organizations.models import Agency, AuditEvent, User

from .agencies import new_agency
from .case_sheets import CasePlan, PlannedCase
from .models import PracticeStatus
from .services import Base, Facts, create_practice, update_practice


@transaction.atomic
def write_cases(*, plan: CasePlan, kept_to: Agency | None, publish: bool, by: User | None) -> None:
    """Write the new and changed cases of a plan without faults; new ones without text stay drafts.

    Raises StaleVersion, ChangeRefused and texts.services' TextConflict and TextLocked when somebody changed a case
    meanwhile; nothing is written then.
    """
    for case in plan.cases:
        if case.state == RowState.NEW:
            _create(case, kept_to, publish, by)
        elif case.state == RowState.CHANGED and case.practice:
            practice = case.practice
            facts = _facts(case, by)
            update_practice(practice=practice, base=Base.of(practice), facts=facts, html=case.html, by=by)
    counts = plan.counts
    AuditEvent.record(
        "practices.imported", by=by, agency=kept_to, new=counts["new"], changed=counts["changed"]
    )


def _create(case: PlannedCase, kept_to: Agency | None, publish: bool, by: User | None) -> None:
    uid = uuid.uuid4()
    create_practice(
        uid=uid,
        key=case.key or f"case-{uid.hex[:16]}",
        facts=_facts(case, by),
        html=case.html,
        kept_to=kept_to,
        status=PracticeStatus.PUBLISHED if publish and case.html else PracticeStatus.DRAFT,
        by=by,
    )


def _facts(case: PlannedCase, by: User | None) -> Facts:
    """The facts with their agency stored."""
    agency = case.facts.agency
    if agency.pk:
        return case.facts
    return replace(case.facts, agency=new_agency(name=agency.name, kind=agency.kind, by=by))
