"""Why a category takes no change from this person now, in words for the person."""

from __future__ import annotations

from organizations.models import User

from .models import Activity, CategorySheet
from .permissions import round_allows_writing, runs_round, sheet_takes_changes, state_allows_writing
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
    runs = runs_round(user, sheet.round)
    for other in sheets.filter(pk__in=sheets_of(activity)) if activity else ():
        if not sheet_takes_changes(other, runs=runs):
            return shared_words(other)
    return LOCKED


def shared_words(other: CategorySheet) -> str:
    """The clause for an activity that another category shuts."""
    words = APPROVED if other.is_approved else SUBMITTED
    return f"กิจกรรมนี้ใช้ในหมวด {other.number} ด้วย และ{words.format(number=other.number)}"
