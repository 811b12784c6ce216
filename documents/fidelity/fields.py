"""What people wrote in a round, field by field, read from the rows and not by way of any exporter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessment.enums import SheetLayout
from assessment.models import Activity, ActivityOwner, CategorySheet, ChosenPractice, CriterionAnalysis, Round
from assessment.owner_line import owner_line_text
from feedback.models import FeedbackPoint
from texts.cleaning import plain_text

TEXTS = {"analysis": "บทวิเคราะห์", "obstacles": "ปัญหาและอุปสรรค", "remedies": "แนวทางแก้ไข"}


@dataclass(frozen=True)
class Field:
    """One stored field that the form prints; `text` is plain, with its line ends."""

    kind: str
    place: str
    text: str


def stored_fields(round: Round) -> list[Field]:
    """Every field with something in it."""
    fields = [Field("ชื่อแบบฟอร์ม", "ทั้งแบบฟอร์ม", round.title)]
    for sheet in (
        CategorySheet.objects.filter(round=round).select_related("category").order_by("category__number")
    ):
        fields += _of_sheet(sheet)
    analyses = CriterionAnalysis.objects.filter(sheet__round=round).with_names()
    for analysis in analyses.order_by("wording__position"):
        fields += _of_criterion(analysis, f"ข้อ {analysis.code}")
    fields += _of_activities(round)
    fields += _of_feedback(round)
    return [field for field in fields if field.text.strip()]


def _of_sheet(sheet: CategorySheet) -> Iterator[Field]:
    place = f"หมวด {sheet.number}"
    headings = [sheet.heading_feedback, sheet.heading_practice, sheet.heading_activity]
    if sheet.layout == SheetLayout.FOUR_COLUMNS:
        headings.append(sheet.heading_owner)
    yield from (Field("หัวคอลัมน์", place, heading) for heading in headings)
    for name in ("obstacles", "remedies"):
        yield Field(TEXTS[name], place, plain_text(getattr(sheet, name).html))
    for row in sheet.figures.all():
        yield Field("คำบรรยายภาพ", place, row.caption)


def _of_criterion(analysis: CriterionAnalysis, place: str) -> Iterator[Field]:
    for name, kind in TEXTS.items():
        yield Field(kind, place, plain_text(getattr(analysis, name).html))
    chosen = ChosenPractice.objects.current().filter(analysis=analysis).select_related("text")
    for row in chosen:
        yield Field("หน่วยงานตัวอย่าง", place, row.agency_name)
        yield Field("รางวัล", place, row.award_line)
        yield Field("ตัวอย่างที่เป็นเลิศ", place, plain_text(row.text.html))


def _of_activities(round: Round) -> Iterator[Field]:
    """Each once, however many criteria it serves; a blank one is not printed, and its owners neither."""
    activities = Activity.objects.current().filter(round=round, places__isnull=False).distinct()
    for activity in activities.select_related("text").order_by("pk"):
        if activity.text.is_blank:
            continue
        place = f"กิจกรรม {activity.uid.hex[:8]}"
        yield Field("กิจกรรม", place, plain_text(activity.text.html))
        lines = ActivityOwner.objects.filter(activity=activity).select_related("owner")
        yield Field("ผู้รับผิดชอบ", place, owner_line_text(lines))


def _of_feedback(round: Round) -> Iterator[Field]:
    """The points that this form answers; other steps of the year are no part of it."""
    points = FeedbackPoint.objects.current().of_year(round.agency, round.feedback_year)
    wordings = CriterionAnalysis.objects.filter(sheet__round=round)
    codes = dict(wordings.values_list("wording__criterion", "wording__code"))
    for point in points.filter(step=round.feedback_step, criterion__in=codes).order_by("pk"):
        yield Field("ข้อเสนอแนะ", f"ข้อ {codes[point.criterion_id]}", point.text)
