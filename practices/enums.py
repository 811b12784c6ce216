"""The steps of a load, and what it does with one row."""

from __future__ import annotations

from django.db import models


class LoadState(models.TextChoices):
    """Files of cases on their way into the library; the labels are those of the page."""

    QUEUED = "queued", "รอตรวจไฟล์"
    READING = "reading", "กำลังตรวจไฟล์"
    READ = "read", "รอยืนยัน"
    CONFIRMED = "confirmed", "รอบันทึก"
    WRITING = "writing", "กำลังบันทึก"
    PUBLISHED = "published", "บันทึกแล้ว"
    REFUSED = "refused", "ไม่ได้บันทึก"
    NOTHING = "nothing", "ไม่มีสิ่งใดต้องบันทึก"
    DROPPED = "dropped", "ยกเลิกแล้ว"


# A process that dies leaves READING or WRITING; whoever finds that puts the load back to where that step began.
TRANSITIONS: dict[LoadState, frozenset[LoadState]] = {
    LoadState.QUEUED: frozenset({LoadState.READING, LoadState.DROPPED}),
    LoadState.READING: frozenset(
        {LoadState.READ, LoadState.REFUSED, LoadState.NOTHING, LoadState.QUEUED, LoadState.DROPPED},
    ),
    LoadState.READ: frozenset({LoadState.CONFIRMED, LoadState.DROPPED}),
    LoadState.CONFIRMED: frozenset({LoadState.WRITING, LoadState.DROPPED}),
    LoadState.WRITING: frozenset(
        {LoadState.PUBLISHED, LoadState.REFUSED, LoadState.CONFIRMED, LoadState.DROPPED},
    ),
    LoadState.PUBLISHED: frozenset(),
    LoadState.REFUSED: frozenset(),
    LoadState.NOTHING: frozenset(),
    LoadState.DROPPED: frozenset(),
}
# A process works on these and holds a lease.
WORKING = (LoadState.READING, LoadState.WRITING)
ENDED = (LoadState.PUBLISHED, LoadState.REFUSED, LoadState.NOTHING, LoadState.DROPPED)


class StagedState(models.TextChoices):
    """What a row does to what stands; the labels are the words on the page."""

    NEW = "new", "ใหม่"
    CHANGED = "changed", "เปลี่ยน"
    SAME = "same", "คงเดิม"
    WITHDRAWN = "withdrawn", "ถอนแล้ว ข้ามไป"
