"""Choices of feedback."""

from django.db import models


class RelationKind(models.TextChoices):
    """What a later point says about an earlier one."""

    REPEATS = "repeats", "ได้รับซ้ำ"
    CONFIRMS = "confirms", "ยืนยันว่าดำเนินการแล้ว"
    UNRELATED = "unrelated", "ไม่ใช่เรื่องเดียวกัน"
