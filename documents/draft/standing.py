"""The form as it stands now, found by the identities that a draft bears."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from assessment.models import Activity, CategorySheet, ChosenPractice, CriterionAnalysis, Round
from assessment.owner_line import owner_line_text
from documents.form import CategoryBlock, CriterionBlock, Form, Row
from documents.reading import read_form
from documents.word.identity import Kind
from texts.models import Figure, Text

WHAT = {
    Kind.ACTIVITY: "กิจกรรม",
    Kind.PRACTICE: "ตัวอย่างที่เป็นเลิศ",
    Kind.ANALYSIS: "บทวิเคราะห์",
    Kind.OBSTACLES: "ปัญหาและอุปสรรค",
    Kind.REMEDIES: "แนวทางแก้ไข",
    Kind.SHEET_OBSTACLES: "ปัญหาและอุปสรรค",
    Kind.SHEET_REMEDIES: "แนวทางแก้ไข",
}
FIELDS = {
    Kind.ANALYSIS: "analysis",
    Kind.OBSTACLES: "obstacles",
    Kind.REMEDIES: "remedies",
    Kind.SHEET_OBSTACLES: "obstacles",
    Kind.SHEET_REMEDIES: "remedies",
}


@dataclass(frozen=True)
class Place:
    """Where a criterion stands in the form: its row, itself, and its category."""

    category: CategoryBlock
    row: Row
    criterion: CriterionBlock


class Standing:
    """Reads a round once; every look-up afterwards costs no query."""

    def __init__(self, round: Round) -> None:
        self.round = round

    @cached_property
    def form(self) -> Form:
        """The form as pages and prints see it."""
        return read_form(self.round, at=timezone.now())

    @cached_property
    def places(self) -> dict[str, Place]:
        """The criteria by their codes."""
        return {
            criterion.code: Place(category, row, criterion)
            for category in self.form.categories
            for row in category.rows
            for criterion in row.criteria
        }

    @cached_property
    def analyses(self) -> dict[str, CriterionAnalysis]:
        """The criteria of the round by their uids."""
        analyses = CriterionAnalysis.objects.with_names().filter(sheet__round=self.round)
        return {str(analysis.uid): analysis for analysis in analyses.order_by("wording__position")}

    @cached_property
    def activities(self) -> dict[str, Activity]:
        """The activities that were not withdrawn by their uids."""
        activities = Activity.objects.current().filter(round=self.round).select_related("text__updated_by")
        return {
            str(activity.uid): activity
            for activity in activities.prefetch_related("owner_lines__owner", "places__analysis__wording")
        }

    @cached_property
    def practices(self) -> dict[str, ChosenPractice]:
        """The chosen cases by their uids."""
        chosen = ChosenPractice.objects.current().filter(analysis__sheet__round=self.round)
        related = chosen.select_related("text__updated_by", "analysis__wording")
        return {str(practice.uid): practice for practice in related}

    @cached_property
    def sheets(self) -> dict[str, CategorySheet]:
        """The categories by their numbers."""
        sheets = CategorySheet.objects.filter(round=self.round)
        related = sheets.select_related("category", "obstacles__updated_by", "remedies__updated_by")
        return {str(sheet.number): sheet for sheet in related}

    def text(self, kind: Kind, key: str) -> Text | None:
        """The text of a piece; None for one that is not in this round or was taken out."""
        if kind == Kind.ACTIVITY:
            activity = self.activities.get(key)
            return activity.text if activity else None
        if kind == Kind.PRACTICE:
            practice = self.practices.get(key)
            return practice.text if practice else None
        owner: CriterionAnalysis | CategorySheet | None
        owner = self.analyses.get(key) if kind in (Kind.ANALYSIS, Kind.OBSTACLES, Kind.REMEDIES) else None
        owner = owner or self.sheets.get(key)
        if owner is None or kind not in FIELDS:
            return None
        text: Text = getattr(owner, FIELDS[kind])
        return text

    def label(self, kind: Kind, key: str) -> str:
        """«ข้อ 1.1 กิจกรรม»: the place of a piece in words."""
        what = WHAT[kind]
        if kind == Kind.ACTIVITY:
            return f"ข้อ {self.code_of_activity(key)} {what}"
        if kind == Kind.PRACTICE:
            practice = self.practices[key]
            return f"ข้อ {practice.analysis.code} {what} ({practice.agency_name})"
        if key in self.analyses:
            return f"ข้อ {self.analyses[key].code} {what}"
        return f"หมวด {key} {what}"

    def home(self, key: str) -> CriterionAnalysis:
        """The first criterion at which an activity stands."""
        places = self.activities[key].places.all()
        served = {place.analysis_id for place in places}
        return next(analysis for analysis in self.analyses.values() if analysis.pk in served)

    def code_of_activity(self, key: str) -> str:
        """The codes of the criteria at which an activity stands."""
        served = {place.analysis_id for place in self.activities[key].places.all()}
        return ", ".join(a.code for a in self.analyses.values() if a.pk in served)

    def owner_line(self, key: str) -> str:
        """The line of owners of an activity as it is printed."""
        return owner_line_text(self.activities[key].owner_lines.all())

    def same_line(self, key: str) -> list[str]:
        """The activities whose line of owners is printed together with this one's, itself included."""
        found = next((place for place in self.places.values() if key in _uids(place.row)), None)
        if found is None:
            return [key]
        uids, line = _uids(found.row), self.owner_line(key)
        if found.category.has_owner_column:
            return [uid for uid in uids if self.owner_line(uid) == line]
        first = last = uids.index(key)
        while first and self.owner_line(uids[first - 1]) == line:
            first -= 1
        while last + 1 < len(uids) and self.owner_line(uids[last + 1]) == line:
            last += 1
        return uids[first : last + 1]

    @cached_property
    def figures(self) -> dict[str, str]:
        """The figures that texts of the agency may show, by uid and by the SHA-256 of the picture."""
        usable = Figure.objects.filter(Q(agency=None) | Q(agency=self.round.agency_id))
        found: dict[str, str] = {}
        # the agency's own last, so that it wins over a shared one with the same bytes
        for uid, sha256 in usable.order_by("agency_id").values_list("uid", "sha256"):
            found |= {sha256: str(uid), str(uid): str(uid)}
        return found


def _uids(row: Row) -> list[str]:
    return [block.uid for block in row.activities]
