"""Choosing development gaps, correcting, ordering and withdrawing them, and the units that work on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from assessment.enums import Quarter
from assessment.gaps import candidate_points
from assessment.models import DevelopmentGap, GapReport, GapSummary, GapUnit, Round
from feedback.models import FeedbackPoint
from framework.models import EditionCriterion, SubItem
from organizations.models import AuditEvent, Owner, User
from texts.models import StaleVersion, Text
from texts.services import TextLocked

from .locks import hold_open

OTHER_CODE = "รหัสของข้อ {code} ต้องขึ้นต้นด้วย {code}. แล้วตามด้วยลำดับ เช่น {code}.1"
NO_SUB_ITEM = "เกณฑ์ฉบับนี้ไม่มีข้อย่อย {code} กรุณาใช้รหัสข้อย่อยของข้อ {criterion}: {known}"
CODE_TAKEN = "ปีนี้มีประเด็นพัฒนารหัส {code} แล้ว กรุณาใช้ลำดับอื่น"
NO_SOURCE = "กรุณาเลือกข้อเสนอแนะอย่างน้อยหนึ่งข้อ หรือระบุระดับที่ยังไม่ถึง"
NO_REMARK = "กรุณาระบุสิ่งที่ยังขาดในระดับที่เลือก"
NO_LEVEL = "กรุณาเลือกระดับที่ยังไม่ถึง"
WITHDRAWN = "ประเด็น {code} ถูกถอนแล้ว"
POINT_TAKEN = "ข้อเสนอแนะที่เลือกอยู่ในประเด็น {code} แล้ว"
POINT_ELSEWHERE = "ข้อเสนอแนะที่เลือกไม่ใช่ข้อที่ยังเปิดอยู่ของเกณฑ์นี้ กรุณาเลือกใหม่"


class GapShut(TextLocked):
    """The gap takes no change for a reason of its own; `words` is a clause for the person."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class GapData:
    """Everything that one press of «บันทึก» says about a gap; `others` are the units beside the leading one."""

    code: str
    title: str
    reason: str
    lead: Owner
    others: Sequence[Owner] = ()
    points: Sequence[FeedbackPoint] = ()
    unmet_level: str = ""
    unmet_remark: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """What stands in the row itself, by field name."""
        names = ("code", "title", "reason", "unmet_level", "unmet_remark")
        return {name: getattr(self, name) for name in names}


@transaction.atomic
def choose_gap(*, round: Round, wording: EditionCriterion, data: GapData, by: User) -> DevelopmentGap:
    """Choose a gap of this criterion, with a place to write for every unit and quarter.

    Raises ValidationError (by field) for a gap that does not hold, TextLocked when the round is closed.
    """
    hold_open(round)
    gap = DevelopmentGap(round=round, wording=wording, chosen_by=by, position=_next_position(round))
    _refuse_faults(gap, data)
    _write(gap, data, by)
    texts = iter(Text.objects.bulk_create(Text(agency=round.agency) for _ in Quarter))
    GapReport.objects.bulk_create(
        GapReport(gap=gap, quarter=quarter, text=next(texts)) for quarter in Quarter
    )
    AuditEvent.record("gap.chosen", gap, by=by, agency=round.agency, code=gap.code, year=round.year)
    return gap


@transaction.atomic
def change_gap(*, gap: DevelopmentGap, base_version: int, data: GapData, by: User) -> None:
    """Correct a gap and its units on top of the version that the person saw.

    Raises ValidationError and TextLocked as above, GapShut for a withdrawn one, and StaleVersion.
    """
    hold_gap(gap)
    gap.claim_version(base_version)
    _refuse_faults(gap, data)
    changed = [name for name, value in data.columns.items() if getattr(gap, name) != value]
    _write(gap, data, by)
    AuditEvent.record("gap.changed", gap, by=by, agency=gap.round.agency, code=gap.code, fields=changed)


@transaction.atomic
def withdraw_gap(*, gap: DevelopmentGap, reason: str, by: User) -> None:
    """Take a gap off the list of the year, with the reason; its texts stay. Twice is as once. Raises TextLocked."""
    hold_open(gap.round)
    rows = DevelopmentGap.objects.current().filter(pk=gap.pk)
    if rows.update(withdrawn_at=timezone.now(), withdrawn_by=by, withdrawn_reason=reason):
        AuditEvent.record("gap.withdrawn", gap, by=by, agency=gap.round.agency, code=gap.code, reason=reason)


@transaction.atomic
def restore_gap(*, gap: DevelopmentGap, by: User) -> None:
    """Put a withdrawn gap back, as the last one, with everything that was written. Twice is as once.

    Raises ValidationError when its code or a point of it was used meanwhile, TextLocked.
    """
    hold_open(gap.round)
    rows = DevelopmentGap.objects.exclude(withdrawn_at=None).filter(pk=gap.pk)
    if not rows.exists():
        return
    _refuse_taken(gap, gap.code, list(gap.points.all()))
    position = _next_position(gap.round)
    rows.update(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="", position=position)
    AuditEvent.record("gap.restored", gap, by=by, agency=gap.round.agency, code=gap.code)


@transaction.atomic
def move_gap(*, gap: DevelopmentGap, past: DevelopmentGap, up: bool, by: User) -> None:
    """Put a gap before (`up`) or behind the neighbour over which the person saw it. Twice is as once.

    Raises TextLocked, and StaleVersion when the two are no neighbours any more.
    """
    hold_open(gap.round)
    rows = list(DevelopmentGap.objects.current().filter(round=gap.round_id).in_order())
    places = {row.pk: place for place, row in enumerate(rows)}
    if gap.pk not in places or past.pk not in places:
        raise StaleVersion(gap.fresh())
    distance = places[gap.pk] - places[past.pk]
    if distance == (-1 if up else 1):
        return
    if distance != (1 if up else -1):
        raise StaleVersion(gap.fresh())
    here, there = places[gap.pk], places[past.pk]
    rows[here], rows[there] = rows[there], rows[here]
    for position, row in enumerate(rows, start=1):
        row.position = position
    DevelopmentGap.objects.bulk_update(rows, ["position"])
    AuditEvent.record("gap.moved", gap, by=by, agency=gap.round.agency, code=gap.code, up=up)


@transaction.atomic
def set_gap_limit(*, round: Round, seen: int | None, limit: int | None, by: User) -> None:
    """Say how many code points the field in eMENSCR takes; None is «not known».

    `seen` is what the page showed. Raises StaleVersion when somebody set another number meanwhile, TextLocked.
    """
    hold_open(round)
    current = Round.objects.get(pk=round.pk)
    if current.gap_limit == limit:
        return
    if current.gap_limit != seen:
        raise StaleVersion(current)
    Round.objects.filter(pk=round.pk).update(gap_limit=limit)
    AuditEvent.record("gap.limit", round, by=by, agency=round.agency, limit=limit)


def next_code(round: Round, wording: EditionCriterion) -> str:
    """The code that the next gap of this criterion gets unless somebody types another one."""
    taken = set(DevelopmentGap.objects.filter(round=round, wording=wording).values_list("code", flat=True))
    known = SubItem.objects.filter(criterion=wording).order_by("position").values_list("code", flat=True)
    free = [code for code in known if code not in taken] if known else []
    numbers = [int(code.rsplit(".", 1)[1]) for code in taken]
    return free[0] if free else f"{wording.code}.{max(numbers, default=0) + 1}"


def hold_gap(gap: DevelopmentGap) -> None:
    """The round stays open and the gap stands until the end of the transaction. Raises TextLocked, GapShut."""
    hold_open(gap.round)
    gap.refresh_from_db()
    if gap.withdrawn_at:
        raise GapShut(WITHDRAWN.format(code=gap.code))


def _next_position(round: Round) -> int:
    last = DevelopmentGap.objects.filter(round=round).aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _refuse_faults(gap: DevelopmentGap, data: GapData) -> None:
    """Raises ValidationError by field."""
    if not data.points and not data.unmet_level:
        raise ValidationError({"points": NO_SOURCE})
    if data.unmet_level and not data.unmet_remark:
        raise ValidationError({"unmet_remark": NO_REMARK})
    if data.unmet_remark and not data.unmet_level:
        raise ValidationError({"unmet_level": NO_LEVEL})
    _refuse_code(gap.wording, data.code)
    _refuse_foreign_points(gap, data.points)
    _refuse_taken(gap, data.code, data.points)


def _refuse_code(wording: EditionCriterion, code: str) -> None:
    if code.rpartition(".")[0] != wording.code:
        raise ValidationError({"code": OTHER_CODE.format(code=wording.code)})
    known = list(wording.sub_items.values_list("code", flat=True))
    if known and code not in known:
        words = NO_SUB_ITEM.format(code=code, criterion=wording.code, known=", ".join(known))
        raise ValidationError({"code": words})


def _refuse_foreign_points(gap: DevelopmentGap, points: Sequence[FeedbackPoint]) -> None:
    """A point was received by this agency about this criterion; one that the gap holds already may stay."""
    held = set(gap.points.values_list("pk", flat=True)) if gap.pk else set()
    wanted = {point.pk for point in points} - held
    usable = candidate_points(gap.round).filter(criterion=gap.wording.criterion_id, pk__in=wanted)
    if usable.count() != len(wanted):
        raise ValidationError({"points": POINT_ELSEWHERE})


def _refuse_taken(gap: DevelopmentGap, code: str, points: Sequence[FeedbackPoint]) -> None:
    """Neither the code nor a point stands in another gap of the year."""
    others = DevelopmentGap.objects.current().filter(round=gap.round).exclude(pk=gap.pk)
    if others.filter(code=code).exists():
        raise ValidationError({"code": CODE_TAKEN.format(code=code)})
    if other := others.filter(points__in=points).first():
        raise ValidationError({"points": POINT_TAKEN.format(code=other.code)})


def _write(gap: DevelopmentGap, data: GapData, by: User) -> None:
    for name, value in data.columns.items():
        setattr(gap, name, value)
    gap.save()
    gap.points.set(data.points)
    _set_units(gap, data, by)


def _set_units(gap: DevelopmentGap, data: GapData, by: User) -> None:
    """The leading unit and the others, in this order; who is taken off keeps the row and what was written."""
    wanted = {owner.pk: owner for owner in [data.lead, *data.others]}
    rows = {row.unit_id: row for row in GapUnit.objects.filter(gap=gap)}
    # first nobody leads, because two never may, not even for a moment
    GapUnit.objects.filter(gap=gap).update(leads=False)
    for position, (pk, owner) in enumerate(wanted.items(), start=1):
        facts = {
            "leads": owner == data.lead,
            "position": position,
            "withdrawn_at": None,
            "withdrawn_by": None,
        }
        if pk in rows:
            GapUnit.objects.filter(pk=rows[pk].pk).update(**facts)
        else:
            _add_unit(GapUnit(gap=gap, unit=owner, leads=owner == data.lead, position=position))
    gone = GapUnit.objects.filter(gap=gap, withdrawn_at=None).exclude(unit__in=wanted)
    gone.update(withdrawn_at=timezone.now(), withdrawn_by=by)


def _add_unit(gap_unit: GapUnit) -> None:
    gap_unit.save()
    texts = iter(Text.objects.bulk_create(Text(agency=gap_unit.gap.round.agency) for _ in Quarter))
    GapSummary.objects.bulk_create(
        GapSummary(gap_unit=gap_unit, quarter=quarter, text=next(texts)) for quarter in Quarter
    )
