"""Why a category takes no change from this person now, in words for the person."""

from __future__ import annotations

from organizations.models import User
from texts.services import TextLocked

from .models import CategorySheet
from .permissions import round_allows_writing, state_allows_writing
from .services.locks import SheetLocked

CLOSED = "แบบฟอร์มปีนี้ปิดแล้ว"
NOT_OPEN = "ฝ่ายเลขานุการยังไม่เปิดให้เขียน"
SUBMITTED = "หมวด {number} ส่งให้ฝ่ายเลขานุการแล้ว"
APPROVED = "หมวด {number} เห็นชอบแล้ว"


def shut_words(user: User, sheet: CategorySheet) -> str:
    """One clause without its end, e.g. «หมวด 3 ส่งให้ฝ่ายเลขานุการแล้ว»; empty when the person may write."""
    if sheet.round.is_closed:
        return CLOSED
    if not round_allows_writing(user, sheet.round):
        return NOT_OPEN
    if state_allows_writing(user, sheet):
        return ""
    return (APPROVED if sheet.is_approved else SUBMITTED).format(number=sheet.number)


def way_out(user: User, sheet: CategorySheet) -> str:
    """What the person can do about it."""
    if sheet.round.is_closed or not sheet.round.is_open:
        return "กรุณาแจ้งฝ่ายเลขานุการให้เปิด"
    if sheet.is_approved:
        return "กรุณาแจ้งฝ่ายเลขานุการให้เปิดให้แก้อีกครั้ง"
    if sheet.can_be_pulled_back:
        return "หากต้องการแก้ กรุณากด “ดึงกลับ” ก่อน"
    return "หากต้องการแก้ กรุณาแจ้งฝ่ายเลขานุการให้ส่งกลับ"


def locked_words(locked: TextLocked, user: User, sheet: CategorySheet) -> str:
    """The clause for a refusal by a service: of the category that it names, or of `sheet` as it stands by now."""
    if not isinstance(locked, SheetLocked):
        sheets = CategorySheet.objects.select_related("category", "round__agency")
        return shut_words(user, sheets.get(pk=sheet.pk)) or CLOSED
    words = (APPROVED if locked.sheet.is_approved else SUBMITTED).format(number=locked.sheet.number)
    return words if locked.sheet.pk == sheet.pk else f"กิจกรรมนี้ใช้ในหมวด {locked.sheet.number} ด้วย และ{words}"
