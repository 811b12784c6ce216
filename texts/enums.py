"""Choices of what people write."""

from django.db import models


class RevisionKind(models.TextChoices):
    """How a revision came to be; only the newest one of a text stands, whatever its kind."""

    WRITTEN = "written", "เขียน"
    # what one person sent before it was merged with what somebody else had saved meanwhile
    BEFORE_MERGE = "before_merge", "ฉบับก่อนรวม"
    MERGED = "merged", "รวมกับฉบับของผู้อื่น"
    # the loser of a conflict by its author's own choice: never stood, but is not lost
    SET_ASIDE = "set_aside", "เก็บไว้ในประวัติ"
    KEPT = "kept", "คงฉบับเดิม"
    RESTORED = "restored", "นำฉบับเก่ากลับมา"
    ACCEPTED = "accepted", "รับข้อความที่มาช้า"
