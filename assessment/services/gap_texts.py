"""The texts of development gaps: what units write, joining it, and saying that the result is final."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone

from assessment.enums import REPORT_TRANSITIONS, Quarter, ReportState
from assessment.gaps import gap_sheets, joined_html
from assessment.models import DevelopmentGap, GapReport, GapSummary, GapUnit
from assessment.permissions import round_allows_writing, writes_summary_on_behalf
from organizations.models import AuditEvent, User
from texts.enums import RevisionKind
from texts.models import Proposal, Revision, Text
from texts.services import (
    SavedText,
    TextConflict,
    TextLocked,
    accept_proposal,
    save_text,
    set_aside,
)

from .gaps import GapShut, hold_gap
from .rounds import TransitionRefused

GapText = GapSummary | GapReport

FINAL = "ฝ่ายเลขานุการสรุป{quarter} ของประเด็น {code} แล้ว"
UNIT_GONE = "หน่วยงานนี้ถูกนำออกจากประเด็น {code} แล้ว"


class EditedText(Exception):
    """Somebody has edited the joined text: what shall become of it is for the person to say."""


class NothingWritten(Exception):
    """There is no text to join or to call final."""


@transaction.atomic
def save_gap_text(
    *,
    row: GapText,
    base_version: int,
    html: str,
    key: uuid.UUID,
    by: User,
    merging: bool = False,
    theirs: bool = False,
) -> SavedText:
    """Save what a unit writes for a quarter, or the joined text.

    With `theirs` what was sent is kept in the history and what stands is left. Raises what `save_text` raises, GapShut.
    """
    rights = _hold_text(row, by)
    sent: dict[str, Any] = {"text": row.text, "base_version": base_version, "html": html, "key": key}
    if theirs:
        return set_aside(**sent, by=by)
    return save_text(**sent, by=by, merging=merging, **rights)


@transaction.atomic
def use_gap_text_again(
    *, row: GapText, version: int, base_version: int, key: uuid.UUID, by: User
) -> SavedText:
    """Make an older version the newest one, on top of the version that the person compared it with.

    Raises Revision.DoesNotExist, and what `save_gap_text` raises.
    """
    rights = _hold_text(row, by)
    html = Revision.objects.values_list("html", flat=True).get(text=row.text, version=version)
    return save_text(
        text=row.text,
        base_version=base_version,
        html=html,
        key=key,
        by=by,
        kind=RevisionKind.RESTORED,
        **rights,
    )


@transaction.atomic
def use_late_gap_text(*, row: GapText, proposal: Proposal, base_version: int, by: User) -> SavedText:
    """Let a text that came too late stand. Raises AlreadyDecided, and what `save_gap_text` raises."""
    rights = _hold_text(row, by)
    return accept_proposal(proposal=proposal, base_version=base_version, by=by, **rights)


def _hold_text(row: GapText, by: User) -> dict[str, Any]:
    """The text takes changes of this person until the end; gives how its revisions are marked.

    Raises TextLocked, GapShut.
    """
    if isinstance(row, GapReport):
        _hold(row)
        return {}
    gap_unit = row.gap_unit
    hold_gap(gap_unit.gap)
    if GapUnit.objects.get(pk=gap_unit.pk).withdrawn_at:
        raise GapShut(UNIT_GONE.format(code=gap_unit.gap.code))
    if not round_allows_writing(by, gap_unit.gap.round.fresh()):
        raise TextLocked
    _refuse_final(_report(gap_unit.gap, row.quarter))
    return {"on_behalf": writes_summary_on_behalf(by, gap_unit)}


@transaction.atomic
def join_summaries(
    *, report: GapReport, base_version: int, key: uuid.UUID, by: User, over: str = ""
) -> SavedText:
    """Put what the units have written under one another into the summary of the gap.

    A text that somebody has edited is left alone (EditedText) unless `over` says what to do with it: «replace» it,
    or «append» the summaries behind it. What stood before stays in the history of the text.
    Raises NothingWritten, GapShut, and what `save_text` raises.
    """
    report = _hold(report)
    sheet = gap_sheets(report.gap.round, report.quarter, DevelopmentGap.objects.filter(pk=report.gap_id))[0]
    html = joined_html(sheet.units)
    if not html:
        raise NothingWritten
    # saved again without a change it is no text that could be lost
    is_edited = report.is_edited and report.text.html != html
    keeps = is_edited and over == "append"
    if is_edited and over not in ("append", "replace"):
        raise EditedText
    html = report.text.html + html if keeps else html
    saved = save_text(text=report.text, base_version=base_version, html=html, key=key, by=by)
    if not saved.replayed:
        # what was written by hand is in the text still, so it goes on counting as edited
        made = base_version if keeps else saved.current
        GapReport.objects.filter(pk=report.pk).update(
            merged_version=made, merged_at=timezone.now(), merged_by=by
        )
        _record("gap.joined", report, by)
    return saved


@transaction.atomic
def finalise_report(*, report: GapReport, base_version: int, by: User) -> None:
    """Say that the text, as the person saw it, is the summary of the gap for the quarter.

    Raises NothingWritten, TextConflict when somebody saved another text meanwhile, GapShut and TransitionRefused.
    """
    hold_gap(report.gap)
    text = Text.objects.select_related("updated_by").get(pk=report.text_id)
    if text.is_blank:
        raise NothingWritten
    if text.version != base_version:
        raise TextConflict(text)
    _move(report, ReportState.FINAL, finalised_at=timezone.now(), finalised_by=by)
    _record("gap.finalised", report, by)


@transaction.atomic
def reopen_report(*, report: GapReport, by: User) -> None:
    """Let the text and those of the units be written again. Raises GapShut and TransitionRefused."""
    hold_gap(report.gap)
    _move(report, ReportState.DRAFT, finalised_at=None, finalised_by=None)
    _record("gap.reopened", report, by)


def _report(gap: DevelopmentGap, quarter: int) -> GapReport:
    return GapReport.objects.select_related("text", "gap__round__agency").get(gap=gap, quarter=quarter)


def _hold(report: GapReport) -> GapReport:
    """The report as it stands, taking changes until the end of the transaction. Raises GapShut, TextLocked."""
    hold_gap(report.gap)
    current = _report(report.gap, report.quarter)
    _refuse_final(current)
    return current


def _refuse_final(report: GapReport) -> None:
    if report.is_final:
        quarter = Quarter(report.quarter).label
        raise GapShut(FINAL.format(quarter=quarter, code=report.gap.code))


def _move(report: GapReport, target: ReportState, **fields: object) -> None:
    """Compare-and-set of the state, so that two people pressing at once do not both succeed."""
    sources = [state for state, targets in REPORT_TRANSITIONS.items() if target in targets]
    rows = GapReport.objects.filter(pk=report.pk, state__in=sources)
    if not rows.update(state=target, **fields):
        raise TransitionRefused("มีผู้เปลี่ยนสถานะของสรุปนี้ก่อนท่าน หน้านี้แสดงสถานะล่าสุดแล้ว")
    report.refresh_from_db()


def _record(verb: str, report: GapReport, by: User) -> None:
    gap = report.gap
    AuditEvent.record(verb, report, by=by, agency=gap.round.agency, code=gap.code, quarter=report.quarter)
