"""Taking a document in, as a whole or not at all: on screen into a round, on the command line with what is missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from assessment.models import Round
from assessment.services.locks import hold_sheets, settle_new_places
from assessment.services.rounds import create_round
from framework.models import Edition
from organizations.models import Agency, AuditEvent, User
from texts.figures import Encoded
from texts.models import StaleVersion
from texts.services import TextConflict

from . import Document
from .checking import check
from .comparing import make_plan
from .faults import ExchangeRefused, Fault
from .figures import encoded, settle_figures, with_stored_figures
from .matching import match
from .parsing import parse
from .plan import Plan
from .renaming import renamed_for
from .writing import RoundChanged, Writing


@dataclass(frozen=True)
class Source:
    """A document that agrees with itself, and the places where cleaning took something away from it."""

    document: Document
    cleaned: tuple[str, ...]


def read_source(content: bytes) -> Source:
    """Everything that can be said of a file without looking at the database. Raises ExchangeRefused."""
    document = parse(content)
    cleaned = check(document)
    settle_figures(document)
    return Source(document, tuple(cleaned))


def plan_for(document: Document, round: Round, *, trusted: bool, created: bool = False) -> Plan:
    """What taking the document into the round would change. Writes nothing. Raises ExchangeRefused."""
    matched = with_stored_figures(document, round.agency, trusted=trusted)
    return make_plan(matched, match(matched, round, trusted=trusted, created=created))


def pictures_of(document: Document) -> dict[str, Encoded]:
    """The pictures as they are stored; takes seconds for large ones, so it happens before a lock is taken."""
    return {row["uid"]: encoded(row) for row in document["figures"]}


def take_in(
    plan: Plan, *, accepted: Collection[str], pictures: dict[str, Encoded], by: User | None
) -> list[str]:
    """Write the additions of the plan and the accepted changes; gives the places that were written.

    The caller opens the transaction. Raises RoundChanged when somebody saved since the plan was made, TextLocked
    for a closed round or an approved category; nothing is written then.
    """
    writing = Writing(plan.document, plan.target, by)
    wanted = [unit for unit in plan.units if unit.adds or unit.name in accepted]
    try:
        with transaction.atomic():
            numbers = {unit.category for unit in wanted if unit.category}
            hold_sheets(plan.target.round, [plan.target.sheets[number] for number in numbers], by=by)
            if not plan.target.same:
                writing.take_identity()
            writing.figures(pictures)
            for unit in wanted:
                unit.write(writing)
            settle_new_places(plan.target.round)
            _record(plan, len(wanted), by)
    except (TextConflict, StaleVersion, IntegrityError) as error:
        _remove_files(writing)
        raise RoundChanged from error
    except BaseException:
        _remove_files(writing)
        raise
    return [unit.place for unit in wanted]


def _record(plan: Plan, pieces: int, by: User | None) -> None:
    round = plan.target.round
    AuditEvent.record("round.imported", round, by=by, agency=round.agency, pieces=pieces)


def _remove_files(writing: Writing) -> None:
    """Files know no transaction: those of pictures whose rows are gone go with them."""
    for figure in writing.stored_figures:
        figure.file.storage.delete(str(figure.file.name))


# --- with what is missing -------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What was taken in, or would be: the plan and what was made for it."""

    source: Source
    plan: Plan
    new_agency: bool
    new_round: bool


def bring_in(
    content: bytes, *, code: str | None = None, year: int | None = None, dry_run: bool = False
) -> Outcome:
    """Take a file in from the command line; agency and round are made where they are missing.

    `code` and `year` (Buddhist-era) choose another agency or year than the file's. A dry run writes nothing.
    Raises ExchangeRefused, also for conflicts, which are settled on screen, and TextLocked for a closed round.
    """
    source = read_source(content)
    agency_code = code or source.document["agency"]["code"]
    document = renamed_for(source.document, agency_code, year or source.document["round"]["year"])
    pictures = {} if dry_run else pictures_of(document)
    with transaction.atomic():
        agency, new_agency = _agency(document, agency_code)
        round, new_round = _round(document, agency)
        plan = plan_for(document, round, trusted=True, created=new_round)
        if dry_run:
            transaction.set_rollback(True)
        else:
            _refuse_conflicts(plan)
            accepted = {unit.name for unit in plan.units}
            take_in(plan, accepted=accepted, pictures=pictures, by=None)
    return Outcome(source, plan, new_agency, new_round)


def _refuse_conflicts(plan: Plan) -> None:
    if plan.conflicts:
        message = "มีผู้แก้ไขในระบบหลังจากส่งออกไฟล์นี้ กรุณานำเข้าทางหน้าเว็บเพื่อเลือกทีละรายการ"
        raise ExchangeRefused(Fault(unit.place, message) for unit in plan.conflicts)


def _agency(document: Document, code: str) -> tuple[Agency, bool]:
    facts = document["agency"]
    agency = Agency.objects.filter(code=code).first()
    if agency and not agency.hosted:
        agency.hosted = True
        agency.save(update_fields=["hosted"])
        AuditEvent.record("agency.changed", agency, by=None, agency=agency, hosted=True)
    if agency:
        return agency, False
    if facts["code"] != code:
        raise ExchangeRefused([Fault("", f"ไม่พบหน่วยงานรหัส {code} กรุณาสร้างหน่วยงานก่อน")])
    if Agency.objects.filter(name=facts["name"]).exists():
        message = f"ชื่อ “{facts['name']}” เป็นของหน่วยงานรหัสอื่น กรุณาระบุรหัสด้วย --agency"
        raise ExchangeRefused([Fault("agency.name", message)])
    agency = Agency.objects.create(**facts, hosted=True)
    AuditEvent.record("agency.created", agency, by=None, agency=agency, code=code)
    return agency, True


def _round(document: Document, agency: Agency) -> tuple[Round, bool]:
    year, edition_code = document["round"]["year"], document["edition"]["code"]
    rounds = Round.objects.select_related("agency", "edition")
    if round := rounds.filter(agency=agency, year=year).first():
        return round, False
    edition = Edition.objects.filter(code=edition_code).first()
    if edition is None:
        message = f"ยังไม่มีเกณฑ์ฉบับ {edition_code} ในระบบนี้ กรุณานำเข้าเกณฑ์ฉบับนี้ก่อน"
        raise ExchangeRefused([Fault("edition.code", message)])
    round = create_round(agency=agency, year=year, edition=edition, by=None)
    return round, True
