"""Why a category takes no change from this person now, in words for the person."""

from __future__ import annotations

from organizations.models import User

from .enums import Quarter
from .models import Activity, CategorySheet, GapReport, GapUnit, Round
from .permissions import round_allows_writing, runs_round, sheet_takes_changes, state_allows_writing
from .services.gap_texts import FINAL, UNIT_GONE
from .services.gaps import WITHDRAWN
from .services.locks import sheets_of

CLOSED = "แบบฟอร์มปีนี้ปิดแล้ว"
NOT_OPEN = "ฝ่ายเลขานุการยังไม่เปิดให้เขียน"
SUBMITTED = "หมวด {number} ส่งให้ฝ่ายเลขานุการแล้ว"
APPROVED = "หมวด {number} เห็นชอบแล้ว"
LOCKED = "มีผู้ล็อกข้อความนี้เมื่อครู่"


def shut_words(user: User, sheet: CategorySheet) -> str:
    """One clause without its end, e.g. «หมวด 3 ส่งให้ฝ่ายเลขานุการแล้ว»; empty when the person may write."""
    if sheet.round.is_closed:
        return CLOSED
    if not round_allows_writing(user, sheet.round):
        return NOT_OPEN
    if state_allows_writing(user, sheet):
        return ""
    return (APPROVED if sheet.is_approved else SUBMITTED).format(number=sheet.number)


def way_out(sheet: CategorySheet) -> str:
    """What the person can do about it."""
    if sheet.round.is_closed or not sheet.round.is_open:
        return "กรุณาแจ้งฝ่ายเลขานุการให้เปิด"
    if sheet.is_approved:
        return "กรุณาแจ้งฝ่ายเลขานุการให้เปิดให้แก้อีกครั้ง"
    if sheet.can_be_pulled_back:
        return "หากต้องการแก้ กรุณากด “ดึงกลับ” ก่อน"
    return "หากต้องการแก้ กรุณาแจ้งฝ่ายเลขานุการให้ส่งกลับ"


def late_words(user: User, sheet: CategorySheet, activity: Activity | None = None) -> str:
    """The clause for a change that was refused a moment ago: the category is read as it stands by now.

    An activity is also shut by another category in which it stands.
    """
    sheets = CategorySheet.objects.select_related("category", "round__agency")
    if words := shut_words(user, sheets.get(pk=sheet.pk)):
        return words
    return (activity_words(user, sheet, activity) if activity else "") or LOCKED


def activity_words(user: User, sheet: CategorySheet, activity: Activity) -> str:
    """The clause for an activity that any of its categories shuts; empty when none does."""
    runs = runs_round(user, sheet.round)
    for other in CategorySheet.objects.select_related("category").filter(pk__in=sheets_of(activity)):
        if not sheet_takes_changes(other, runs=runs):
            return shared_words(other)
    return ""


def shared_words(other: CategorySheet) -> str:
    """The clause for an activity that another category shuts."""
    words = APPROVED if other.is_approved else SUBMITTED
    return f"กิจกรรมนี้ใช้ในหมวด {other.number} ด้วย และ{words.format(number=other.number)}"


def round_words(user: User, round: Round) -> str:
    """The clause for a round that takes no change from this person now; empty when it does."""
    if round.is_closed:
        return CLOSED
    return "" if round_allows_writing(user, round) else NOT_OPEN


def gap_words(user: User, report: GapReport, gap_unit: GapUnit | None = None) -> str:
    """The clause for a text of a development gap (of one unit, or the joined one); empty when it takes changes."""
    gap = report.gap
    if words := round_words(user, gap.round):
        return words
    if gap.withdrawn_at:
        return WITHDRAWN.format(code=gap.code)
    if gap_unit and gap_unit.withdrawn_at:
        return UNIT_GONE.format(code=gap.code)
    return FINAL.format(quarter=Quarter(report.quarter).label, code=gap.code) if report.is_final else ""
