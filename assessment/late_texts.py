"""Where texts wait that came too late, so that somebody finds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from texts.models import Proposal

from .models import (
    Activity,
    CategorySheet,
    ChosenPractice,
    CriterionAnalysis,
    GapReport,
    GapSummary,
    Round,
)

CRITERION_TEXTS = {"analysis": "บทวิเคราะห์", "obstacles": "ปัญหาและอุปสรรค", "remedies": "แนวทางแก้ไข"}
SHEET_TEXTS = ("obstacles", "remedies")


@dataclass(frozen=True)
class LatePlace:
    """A text for which something waits: its words, its category and criterion (empty below the table), its history."""

    label: str
    number: int
    code: str
    url: str


def late_places(round: Round) -> list[LatePlace]:
    """The texts of the round with something that came too late and waits for a decision.

    One query as long as nothing waits, which is nearly always; seven otherwise.
    """
    open_ones = Proposal.objects.open().filter(text__agency=round.agency_id)
    texts = set(open_ones.order_by().values_list("text", flat=True))
    if not texts:
        return []
    found = [
        *_activities(round, texts),
        *_criteria(round, texts),
        *_cases(round, texts),
        *_sheets(round, texts),
        *_gaps(round, texts),
    ]
    # below the table comes after the criteria of its category
    return sorted(found, key=lambda place: (place.number, place.code or "~"))


def late_places_in(
    analysis: CriterionAnalysis, activities: Iterable[Activity], chosen: Iterable[ChosenPractice]
) -> list[LatePlace]:
    """The same for one criterion, whose activities and cases the page has read already; one query."""
    round, code = analysis.sheet.round, analysis.wording.code
    places = {
        getattr(analysis, f"{kind}_id"): _place(round, label, code, "criterion_text_history", kind)
        for kind, label in CRITERION_TEXTS.items()
    }
    for activity in activities:
        places[activity.text_id] = _place(round, "กิจกรรม", code, "activity_history", activity.uid)
    for case in chosen:
        label = f"ตัวอย่างของ{case.agency_name}"
        places[case.text_id] = _place(round, label, code, "chosen_text_history", case.uid)
    found = (
        Proposal.objects.open().filter(text__in=list(places)).order_by("text").values_list("text", flat=True)
    )
    return [places[text] for text in found.distinct()]


def _address(round: Round) -> tuple[str, int]:
    return round.agency.code, round.year


def _activities(round: Round, texts: set[int]) -> Iterator[LatePlace]:
    rows = Activity.objects.filter(round=round, text__in=texts, places__isnull=False).order_by(
        "pk", "places__analysis__wording__position"
    )
    seen = set()
    for uid, code in rows.values_list("uid", "places__analysis__wording__code"):
        if uid not in seen:
            seen.add(uid)
            yield _place(round, "กิจกรรม", code, "activity_history", uid)


def _criteria(round: Round, texts: set[int]) -> Iterator[LatePlace]:
    any_text = Q()
    for kind in CRITERION_TEXTS:
        any_text |= Q(**{f"{kind}__in": texts})
    analyses = CriterionAnalysis.objects.filter(any_text, sheet__round=round).select_related("wording")
    for analysis in analyses:
        for kind, label in CRITERION_TEXTS.items():
            if getattr(analysis, f"{kind}_id") in texts:
                yield _place(round, label, analysis.wording.code, "criterion_text_history", kind)


def _cases(round: Round, texts: set[int]) -> Iterator[LatePlace]:
    rows = ChosenPractice.objects.filter(analysis__sheet__round=round, text__in=texts)
    for uid, name, code in rows.values_list("uid", "agency_name", "analysis__wording__code"):
        yield _place(round, f"ตัวอย่างของ{name}", code, "chosen_text_history", uid)


def _place(round: Round, label: str, code: str, name: str, key: object) -> LatePlace:
    url = reverse(name, args=[*_address(round), code, key])
    return LatePlace(f"{label} ข้อ {code}", int(code.partition(".")[0]), code, url)


def _sheets(round: Round, texts: set[int]) -> Iterator[LatePlace]:
    rows = CategorySheet.objects.filter(Q(obstacles__in=texts) | Q(remedies__in=texts), round=round)
    for sheet in rows.select_related("category"):
        for kind in SHEET_TEXTS:
            if getattr(sheet, f"{kind}_id") in texts:
                url = reverse("sheet_text_history", args=[*_address(round), sheet.number, kind])
                yield LatePlace(f"{CRITERION_TEXTS[kind]} หมวด {sheet.number}", sheet.number, "", url)


def _gaps(round: Round, texts: set[int]) -> Iterator[LatePlace]:
    """Development gaps stand below the category of their criterion."""
    rows = GapSummary.objects.filter(gap_unit__gap__round=round, text__in=texts)
    names = ("quarter", "gap_unit__uid", "gap_unit__unit__name", "gap_unit__gap__uid", "gap_unit__gap__code")
    for quarter, unit, name, uid, code in rows.values_list(*names):
        url = reverse("gap_summary_history", args=[*_address(round), uid, quarter, unit])
        yield LatePlace(f"สรุปไตรมาส {quarter} ของ{name} ประเด็น {code}", int(code[0]), "", url)
    reports = GapReport.objects.filter(gap__round=round, text__in=texts)
    for quarter, uid, code in reports.values_list("quarter", "gap__uid", "gap__code"):
        url = reverse("gap_report_history", args=[*_address(round), uid, quarter])
        yield LatePlace(f"สรุปรวมไตรมาส {quarter} ประเด็น {code}", int(code[0]), "", url)
