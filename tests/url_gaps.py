"""Development gaps in the world of tests/url_world.py: one that is worked on, one that was withdrawn."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import F, TextField, Value
from django.db.models.functions import Concat

from assessment.models import CriterionAnalysis, DevelopmentGap, GapReport, GapSummary, GapUnit
from assessment.services.gap_texts import join_summaries, save_gap_text
from assessment.services.gaps import GapData, choose_gap, withdraw_gap
from feedback.models import FeedbackPoint
from organizations.enums import Role
from organizations.models import Agency, User
from tests.world import Place


def choose(analysis: CriterionAnalysis, by: User, **data: Any) -> DevelopmentGap:
    """Choose a gap of the criterion."""
    return choose_gap(round=analysis.sheet.round, wording=analysis.wording, data=GapData(**data), by=by)


def summary_of(gap: DevelopmentGap, quarter: int = 4, *, leads: bool = True) -> GapSummary:
    """What the leading unit (or the first other one) has to write."""
    row = gap.gap_units.filter(leads=leads, withdrawn_at=None).first()
    return row.summaries.select_related("text", "gap_unit__gap__round__agency").get(quarter=quarter)


def report_of(gap: DevelopmentGap, quarter: int = 4) -> GapReport:
    """The joined text of the quarter."""
    return gap.reports.select_related("text", "gap__round__agency").get(quarter=quarter)


def write_summary(summary: GapSummary, html: str, by: User) -> None:
    """Write on top of what stands."""
    summary.text.refresh_from_db()
    save_gap_text(row=summary, base_version=summary.text.version, html=html, key=uuid.uuid4(), by=by)


def make_gaps(analysis: CriterionAnalysis, point: FeedbackPoint, place: Place) -> dict[str, Any]:
    """Both of the secretariat's; the first is led by the unit of the officer, who has written for it."""
    by, code = place.people[Role.SECRETARIAT], analysis.wording.code
    about = {"lead": place.unit, "unmet_level": "advance", "unmet_remark": "ยังขาด"}
    gap = choose(analysis, by, code=f"{code}.1", title="ประเด็น", reason="เหตุผล", points=[point], **about)
    gone = choose(analysis, by, code=f"{code}.2", title="ประเด็นที่ถอน", reason="เหตุผล", **about)
    withdraw_gap(gap=gone, reason="ซ้ำ", by=by)
    write_summary(summary_of(gap), "<p>สรุปของหน่วยงาน</p>", place.people[Role.UNIT_OFFICER])
    join_summaries(report=report_of(gap), base_version=0, key=uuid.uuid4(), by=by)
    below = choose(analysis, by, code=f"{code}.3", title="ประเด็นถัดไป", reason="เหตุผล", **about)
    return {"gap": gap, "gap_below": below, "withdrawn_gap": gone, "gap_unit": lead_of(gap)}


def lead_of(gap: DevelopmentGap) -> GapUnit:
    """The leading unit of the gap."""
    return gap.gap_units.get(leads=True)


def mark_gaps(agency: Agency, word: str) -> None:
    """Put the marks of the agency into everything that was written, past every service."""
    for name in ("title", "reason", "unmet_remark", "withdrawn_reason"):
        rows = DevelopmentGap.objects.filter(round__agency=agency).exclude(**{name: ""})
        rows.update(**{name: Concat(F(name), Value(f" {word}-gap-{name}"), output_field=TextField())})
