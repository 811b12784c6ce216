"""Choices of exports."""

from django.db import models


class JobState(models.TextChoices):
    """How far an export is."""

    QUEUED = "queued", "รอคิว"
    RUNNING = "running", "กำลังสร้าง"
    DONE = "done", "เสร็จแล้ว"
    FAILED = "failed", "ไม่สำเร็จ"
    CANCELLED = "cancelled", "ยกเลิกแล้ว"
