"""Choices of exports."""

from django.db import models


class JobState(models.TextChoices):
    """How far an export is."""

    QUEUED = "queued", "รอคิว"
    RUNNING = "running", "กำลังสร้าง"
    DONE = "done", "เสร็จแล้ว"
    FAILED = "failed", "ไม่สำเร็จ"
    CANCELLED = "cancelled", "ยกเลิกแล้ว"


class Purpose(models.TextChoices):
    """What a PDF is made for."""

    FORM = "form", "แบบฟอร์ม"
    MEETING = "meeting", "เอกสารประกอบการประชุม"
    ISSUE = "issue", "ฉบับที่ออก"
    COMMENTS = "comments", "ตารางข้อสังเกตและการแก้ไข"


class Format(models.TextChoices):
    """The formats in which a form leaves the workbench; the value is the file's suffix."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"
    JSON = "json", "ข้อมูลแลกเปลี่ยน (JSON)"
    HTML = "html", "หน้าเว็บ"

    @property
    def media_type(self) -> str:
        """What the browser is told."""
        return MEDIA_TYPES[self.value]


OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "json": "application/json",
    "html": "text/html",
}


class IncomingKind(models.TextChoices):
    """What a file that was brought in turned out to be."""

    EXCHANGE = "exchange", "ข้อมูลแลกเปลี่ยน (JSON)"
    DRAFT = "draft", "ร่างของปีนี้ที่แก้ไขใน Word"
    WORD_FORM = "word_form", "แบบฟอร์ม Word ของปีก่อน"


class IncomingState(models.TextChoices):
    """What became of a file that was brought in."""

    WAITING = "waiting", "รอตรวจ"
    APPLIED = "applied", "นำเข้าแล้ว"
    DROPPED = "dropped", "ไม่นำเข้า"
