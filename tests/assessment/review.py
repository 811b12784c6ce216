"""Categories in any state of their review, for the tests of whatever depends on it."""

from __future__ import annotations

import uuid
from typing import Any

from assessment.models import Activity, CategorySheet, Round, SheetStep
from assessment.services.activities import ActivityData, OwnerLine, save_activity
from assessment.services.review import approve_sheet, return_sheet, submit_sheet
from organizations.models import User
from tests.world import Place, criterion, write_activity


def sheet_of(round: Round, number: int) -> CategorySheet:
    """The category as it stands now, as views read it."""
    sheets = CategorySheet.objects.select_related("category", "round__agency", "round__edition")
    return sheets.get(round=round, category__number=number)


def complete(round: Round, number: int, place: Place) -> None:
    """One activity that answers all four criteria; whatever else stands there gets an owner."""
    codes = [f"{number}.{index}" for index in range(1, 5)]
    write_activity(round, codes[0], f"<p>ทั้งหมวด {number}</p>", owners=[place.unit], serves=codes[1:])
    for activity in round.activities.filter(owner_lines=None):
        activity.owner_lines.create(owner=place.unit, position=1)


def submitted(round: Round, number: int, by: User) -> CategorySheet:
    """Submit it as it stands."""
    sheet = sheet_of(round, number)
    submit_sheet(sheet=sheet, base_version=sheet.review_version, by=by)
    return sheet


def returned(round: Round, number: int, by: User, *codes: str, reason: str = "กรุณาแก้") -> CategorySheet:
    """Give it back with these criteria."""
    sheet = sheet_of(round, number)
    criteria = sheet.analyses.filter(wording__code__in=codes)
    return_sheet(sheet=sheet, base_version=sheet.review_version, reason=reason, criteria=criteria, by=by)
    return sheet


def approved(round: Round, number: int, by: User, reference: str = "") -> CategorySheet:
    """Approve it."""
    sheet = sheet_of(round, number)
    approve_sheet(sheet=sheet, base_version=sheet.review_version, reference=reference, by=by)
    return sheet


def log_of(sheet: CategorySheet) -> list[tuple[str, str]]:
    """(kind, user name) of every step, the first one first."""
    return list(SheetStep.objects.filter(sheet=sheet).order_by("pk").values_list("kind", "by__username"))


def save(activity: Activity, code: str, by: User | None, **changes: Any) -> Activity:
    """Press «บันทึก» on the card of the activity as it stands."""
    activity = Activity.objects.select_related("text", "round").get(pk=activity.pk)
    fields: dict[str, Any] = {
        "uid": activity.uid,
        "key": uuid.uuid4(),
        "html": activity.text.html,
        "base_version": activity.text.version,
        "owners_version": activity.owners_version,
        "owners": [OwnerLine(line.owner, line.joiner, line.note) for line in activity.owner_lines.all()],
    }
    data = ActivityData(**(fields | changes))
    return save_activity(analysis=criterion(activity.round, code), data=data, by=by)
