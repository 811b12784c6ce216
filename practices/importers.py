"""Loading cases from readable files: everything is read and checked first, then written in one step.

Natural keys are `Agency.code` and `Practice.key`, so loading twice changes nothing and a corrected file
updates. A case that was withdrawn stays withdrawn; what an agency keeps to itself is never touched.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from framework.files import Fault
from organizations.models import Agency, AuditEvent, User
from texts.figures import add_figure
from texts.models import Figure

from .agencies import agency_alike, core_name
from .case_files import AGENCY_FIELDS, AgencyRow, CaseRow, Reading, read_practices
from .labels import LABELS
from .models import Practice, PracticeStatus
from .pictures import PictureFile
from .services import NO_TEXT_LEFT, Base, changes, create_practice, update_practice


@dataclass(frozen=True)
class Outcome:
    """What loading does, or would do, with one agency or case; no `changed` fields and not new: nothing."""

    kind: str
    key: str
    label: str
    new: bool
    changed: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """The state in Thai."""
        return "ใหม่" if self.new else "เปลี่ยน" if self.changed else "คงเดิม"

    @property
    def is_change(self) -> bool:
        """Something is or would be written."""
        return self.new or bool(self.changed)

    def __str__(self) -> str:
        what = f" ({', '.join(LABELS[name] for name in self.changed)})" if self.changed else ""
        return f"{self.state} {self.key} {self.label}{what}"


@dataclass(frozen=True)
class Report:
    """The outcome per agency and case in the order of the files, and the warnings."""

    outcomes: list[Outcome]
    warnings: list[Fault]

    def count(self, kind: str) -> Counter[str]:
        """How many agencies or cases are in each state."""
        return Counter(outcome.state for outcome in self.outcomes if outcome.kind == kind)


def load_practices(paths: Sequence[Path], *, by: User | None = None, dry_run: bool = False) -> Report:
    """Read the files and write what is new or changed, all or nothing; a dry run writes nothing.

    Raises FileRefused with every fault of every file.
    """
    reading = read_practices(paths)
    _check_against_database(reading)
    reading.faults.raise_if_any()
    if dry_run:
        return Report(_plan(reading, _stored_figures(reading)), reading.warnings)
    return _write(reading, by)


# --- against the database -------------------------------------------------------------------------


def _check_against_database(reading: Reading) -> None:
    """What no file shows by itself: names that another agency has, keys that another case has."""
    stored = list(Agency.objects.all())
    for agency_row in reading.agencies.values():
        _check_agency(agency_row, stored, reading)
    for practice in Practice.objects.filter(key__in=reading.cases).select_related("kept_to"):
        if practice.kept_to:
            message = f"รหัส “{practice.key}” เป็นของตัวอย่างที่ {practice.kept_to} เก็บไว้ใช้เอง กรุณาใช้รหัสอื่น"
            reading.faults.add(reading.cases[practice.key].node, message)
        elif practice.withdrawn_at:
            row = reading.cases.pop(practice.key)
            reading.warnings.append(row.node.fault(f"ตัวอย่าง “{practice.key}” ถูกถอนแล้ว จึงข้ามไป"))
        elif practice.status == PracticeStatus.PUBLISHED and not reading.cases[practice.key].text.html:
            reading.faults.add(reading.cases[practice.key].node, NO_TEXT_LEFT)


def _check_agency(row: AgencyRow, stored: list[Agency], reading: Reading) -> None:
    """A file neither renames a tenant nor brings a second row for a body that is stored under another code."""
    same = next((agency for agency in stored if agency.code == row.code), None)
    if same and same.hosted and _agency_changes(same, row):
        message = "หน่วยงานนี้ใช้งานระบบอยู่ แก้ชื่อด้วยไฟล์ไม่ได้ กรุณาใช้ข้อมูลตามที่มีในระบบ"
        reading.faults.add(row.node, f"{message}: {same.name} {same.short_name} {same.kind}")
        return
    keeps_its_name = same and core_name(same.name) == core_name(row.name)
    if row.name and not keeps_its_name and (alike := agency_alike(row.name, stored)):
        message = f"สะกดคล้ายกับ “{alike.name}” รหัส {alike.code} ที่มีในระบบแล้ว กรุณาใช้รหัสนั้น"
        reading.faults.add(row.node, message)


def _agency_changes(agency: Agency, row: AgencyRow) -> tuple[str, ...]:
    return tuple(name for name, value in row.values().items() if getattr(agency, name) != value)


def _stored_figures(reading: Reading) -> dict[PictureFile, uuid.UUID]:
    """The pictures that are stored already, with their uids."""
    wanted = {picture for row in reading.cases.values() for picture in row.text.pictures}
    rows = Figure.objects.filter(agency=None, sha256__in={picture.sha256 for picture in wanted})
    uids = {(figure.name, figure.sha256): figure.uid for figure in rows}
    return {picture: uids[key] for picture in wanted if (key := (picture.name, picture.sha256)) in uids}


def _stored_cases(reading: Reading) -> dict[str, Practice]:
    rows = Practice.objects.filter(key__in=reading.cases).select_related("agency", "text", "kept_to")
    return {practice.key: practice for practice in rows.prefetch_related("criteria", "tags")}


# --- planning and writing -------------------------------------------------------------------------


def _plan(reading: Reading, figures: dict[PictureFile, uuid.UUID]) -> list[Outcome]:
    """What loading would do."""
    agencies = {agency.code: agency for agency in Agency.objects.filter(code__in=reading.agencies)}
    cases = _stored_cases(reading)
    outcomes = [_agency_outcome(agency, agencies.get(agency.code)) for agency in reading.agencies.values()]
    for row in reading.cases.values():
        practice = cases.get(row.key)
        agency = agencies.get(row.agency_code) or Agency(code=row.agency_code)
        changed = (
            changes(practice, row.facts(agency), row.text.with_uids(figures), row.position)
            if practice
            else []
        )
        outcomes.append(_case_outcome(row, reading, practice is None, changed))
    return outcomes


def _agency_outcome(row: AgencyRow, agency: Agency | None) -> Outcome:
    changed = _agency_changes(agency, row) if agency else ()
    return Outcome("agency", row.code, row.name, agency is None, changed)


def _case_outcome(row: CaseRow, reading: Reading, new: bool, changed: Iterable[str]) -> Outcome:
    label = f"{reading.agencies[row.agency_code].name}: {row.title}"
    return Outcome("practice", row.key, label, new, tuple(changed))


@transaction.atomic
def _write(reading: Reading, by: User | None) -> Report:
    """Write agencies, figures and cases; the same comparison as in the plan decides what is written."""
    agencies = dict(_write_agency(row, by) for row in reading.agencies.values())
    figures = _write_figures(reading, by)
    stored = _stored_cases(reading)
    outcomes = [outcome for _, outcome in agencies.values()]
    for row in reading.cases.values():
        values: dict[str, Any] = {
            "facts": row.facts(agencies[row.agency_code][0]),
            "html": row.text.with_uids(figures),
            "position": row.position,
            "by": by,
        }
        practice = stored.get(row.key)
        changed = []
        if practice is None:
            status = PracticeStatus.PUBLISHED if row.text.html else PracticeStatus.DRAFT
            create_practice(uid=uuid.uuid4(), key=row.key, kept_to=None, status=status, **values)
        else:
            changed = update_practice(practice=practice, base=Base.of(practice), **values)
        outcomes.append(_case_outcome(row, reading, practice is None, changed))
    report = Report(outcomes, reading.warnings)
    AuditEvent.record("practices.loaded", by=by, practices=dict(report.count("practice")))
    return report


def _write_agency(row: AgencyRow, by: User | None) -> tuple[str, tuple[Agency, Outcome]]:
    agency = Agency.objects.filter(code=row.code).first()
    outcome = _agency_outcome(row, agency)
    if agency is None:
        agency = Agency.objects.create(code=row.code, **row.values())
        AuditEvent.record("agency.created", agency, by=by, code=row.code)
    elif outcome.changed:
        for name, value in row.values().items():
            setattr(agency, name, value)
        # an administrator who has the agency open is told
        agency.claim_version(agency.version)
        agency.save(update_fields=AGENCY_FIELDS)
        AuditEvent.record("agency.updated", agency, by=by, fields=list(outcome.changed))
    return row.code, (agency, outcome)


def _write_figures(reading: Reading, by: User | None) -> dict[PictureFile, uuid.UUID]:
    """Store the pictures that are not stored yet; gives the uids of all."""
    uids = _stored_figures(reading)
    for row in reading.cases.values():
        for picture in row.text.pictures:
            if picture not in uids:
                with picture.path.open("rb") as file:
                    size = picture.path.stat().st_size
                    figure = add_figure(file=file, size=size, agency=None, by=by, name=picture.name)
                uids[picture] = figure.uid
    return uids
