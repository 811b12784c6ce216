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


class ReviewState(models.TextChoices):
    """How far the review of a category is; these four words are all that members see of it."""

    WRITING = "writing", "กำลังเขียน"
    SUBMITTED = "submitted", "ส่งแล้ว"
    RETURNED = "returned", "ต้องแก้"
    APPROVED = "approved", "เสร็จ"

    @property
    def sign(self) -> str:
        """The shape and colour of its chip."""
        return {"writing": "doing", "submitted": "sent", "returned": "fix", "approved": "done"}[self.value]


# From where to where a category may go. Pulling back leads to where it was before: writing, or still to be corrected.
REVIEW_TRANSITIONS = {
    ReviewState.WRITING: {ReviewState.SUBMITTED},
    ReviewState.RETURNED: {ReviewState.SUBMITTED},
    ReviewState.SUBMITTED: {ReviewState.WRITING, ReviewState.RETURNED, ReviewState.APPROVED},
    ReviewState.APPROVED: {ReviewState.RETURNED},
}
# The committee writes in neither, the secretariat in the first only.
LOCKED_STATES = (ReviewState.SUBMITTED, ReviewState.APPROVED)


class StepKind(models.TextChoices):
    """What somebody did in the review of a category."""

    SUBMITTED = "submitted", "ส่งให้ฝ่ายเลขานุการ"
    PULLED_BACK = "pulled_back", "ดึงกลับมาแก้ไข"
    REVIEW_STARTED = "review_started", "เริ่มตรวจ"
    RETURNED = "returned", "ส่งกลับให้แก้"
    APPROVED = "approved", "เห็นชอบ"
    REOPENED = "reopened", "เปิดให้แก้อีกครั้ง"
    EXTENDED = "extended", "ขยายเวลา"


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


class PassageKind(models.TextChoices):
    """The text of a criterion in which a remark points at a passage; empty for the criterion as a whole."""

    WHOLE = "", "ทั้งข้อ"
    ACTIVITY = "activity", "กิจกรรม"
    ANALYSIS = "analysis", "บทวิเคราะห์"
    OBSTACLES = "obstacles", "ปัญหาและอุปสรรค"
    REMEDIES = "remedies", "แนวทางแก้ไข"


class ActivityStep(models.TextChoices):
    """What happened to an activity beside its text."""

    ADDED = "added", "เพิ่มกิจกรรม"
    DETAILS = "details", "แก้ผู้รับผิดชอบ วันที่ หรือข้อที่ตอบ"
    LEFT = "left", "นำออกจากข้อหนึ่ง"
    WITHDRAWN = "withdrawn", "นำออกจากแบบฟอร์ม"
    RESTORED = "restored", "นำกลับมา"
    # activities that are older than this history begin with what was found
    FOUND = "found", "เริ่มเก็บประวัติ"


class TakeSource(models.TextChoices):
    """How a copied case follows its source."""

    WHOLE = "whole", "ใช้ข้อความใหม่ทั้งเรื่อง"
    CARRY = "carry", "นำเฉพาะส่วนที่เปลี่ยนมาใส่"
    NAMES = "names", "ใช้ชื่อและรางวัลใหม่"


class ChangeKind(models.TextChoices):
    """What became of a piece of the form."""

    ADDED = "added", "เพิ่ม"
    REWRITTEN = "rewritten", "แก้ไข"
    REMOVED = "removed", "นำออก"


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


class Quarter(models.IntegerChoices):
    """A quarter of the Thai fiscal year, which begins on 1 October; the fourth is the one that is asked for."""

    FIRST = 1, "ไตรมาส 1"
    SECOND = 2, "ไตรมาส 2"
    THIRD = 3, "ไตรมาส 3"
    FOURTH = 4, "ไตรมาส 4"

    def months(self, year: int) -> str:
        """The months of this quarter in a Buddhist-era fiscal year: «ต.ค.–ธ.ค. 2566» is the first of 2567."""
        names = ("ต.ค.–ธ.ค.", "ม.ค.–มี.ค.", "เม.ย.–มิ.ย.", "ก.ค.–ก.ย.")[self.value - 1]
        return f"{names} {year - 1 if self == Quarter.FIRST else year}"


class ReportState(models.TextChoices):
    """How far the summary of a development gap for one quarter is."""

    DRAFT = "draft", "ยังไม่สรุป"
    FINAL = "final", "ฉบับสรุปแล้ว"

    @property
    def sign(self) -> str:
        """The shape and colour of its chip."""
        return {"draft": "doing", "final": "done"}[self.value]


# From where to where a summary may go; a final one takes no text until it is opened again.
REPORT_TRANSITIONS = {
    ReportState.DRAFT: {ReportState.FINAL},
    ReportState.FINAL: {ReportState.DRAFT},
}
