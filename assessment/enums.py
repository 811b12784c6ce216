"""Choices of the agency's year."""

from django.db import models


class RoundState(models.TextChoices):
    """A round is prepared by the secretariat, opened for writing, and closed when the year is done."""

    PREPARING = "preparing", "กำลังเตรียม"
    OPEN = "open", "เปิดให้เขียน"
    CLOSED = "closed", "ปิดแล้ว"


# From where to where a round may go; a closed round can be opened again with a reason in the audit trail.
ROUND_TRANSITIONS = {
    RoundState.PREPARING: {RoundState.OPEN},
    RoundState.OPEN: {RoundState.CLOSED},
    RoundState.CLOSED: {RoundState.OPEN},
}


class SheetLayout(models.TextChoices):
    """How many columns the printed table of a category has."""

    THREE_COLUMNS = "three_columns", "3 คอลัมน์ (ผู้รับผิดชอบอยู่ในช่องกิจกรรม)"
    FOUR_COLUMNS = "four_columns", "4 คอลัมน์ (ผู้รับผิดชอบแยกคอลัมน์)"


class Joiner(models.TextChoices):
    """What stands between one owner and the one before."""

    BLANK = "", "(เว้นวรรค)"
    AND = "และ", "และ"
    OR = "หรือ", "หรือ"
    SLASH = "/", "/"


class Progress(models.TextChoices):
    """How far a criterion is; derived, never stored."""

    TODO = "todo", "ยังไม่เริ่ม"
    DOING = "doing", "กำลังเขียน"
    DONE = "done", "เสร็จ"


class SearchKind(models.TextChoices):
    """What a search can find."""

    CASE = "case", "ตัวอย่างที่เป็นเลิศ"
    FEEDBACK = "feedback", "ข้อเสนอแนะ ก.พ.ร."
    ACTIVITY = "activity", "กิจกรรม"
    ANSWER = "answer", "ข้อความในแบบฟอร์ม"


class SearchPart(models.TextChoices):
    """Which text of its object an entry of the search is; empty where there is only one."""

    WHOLE = "", "ทั้งหมด"
    ANALYSIS = "analysis", "บทวิเคราะห์"
    OBSTACLES = "obstacles", "ปัญหาและอุปสรรค"
    REMEDIES = "remedies", "แนวทางแก้ไข"
    SHEET_OBSTACLES = "sheet_obstacles", "ปัญหาและอุปสรรคของหมวด"
    SHEET_REMEDIES = "sheet_remedies", "แนวทางแก้ไขของหมวด"


class SearchSource(models.TextChoices):
    """The tables whose changes a search has to follow."""

    PRACTICE = "practice", "ตัวอย่าง"
    POINT = "point", "ข้อเสนอแนะ"
    ACTIVITY = "activity", "กิจกรรม"
    ANALYSIS = "analysis", "การวิเคราะห์รายเกณฑ์"
    SHEET = "sheet", "แบบฟอร์มหมวด"
    TEXT = "text", "ข้อความ"
    AGENCY = "agency", "หน่วยงาน"
    OWNER = "owner", "ผู้รับผิดชอบ"
    CRITERION = "criterion", "เกณฑ์"


class PointState(models.TextChoices):
    """How far a point of feedback is answered; derived, never stored, except that people decline one."""

    OPEN = "open", "ยังไม่มีกิจกรรม"
    PLANNED = "planned", "มีกิจกรรมแล้ว"
    FINISHED = "finished", "ทำกิจกรรมเสร็จแล้ว"
    CONFIRMED = "confirmed", "ก.พ.ร. ยืนยันแล้ว"
    DECLINED = "declined", "ไม่ดำเนินการ"
