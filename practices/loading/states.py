"""The steps of a load: one UPDATE decides each, whoever else works on it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from organizations.models import Agency, User
from practices.enums import ENDED, TRANSITIONS, WORKING, LoadState
from practices.models import Load
from practices.models.load import LEASE

from .pace import LoadStopped

ANOTHER_WRITES = "มีการนำเข้าอีกชุดหนึ่งกำลังบันทึกอยู่ กรุณารอสักครู่แล้วลองอีกครั้ง"


class LoadBusy(Exception):
    """Another load is being written; the message is for the person."""

    def __init__(self) -> None:
        super().__init__(ANOTHER_WRITES)


def start_load(
    *, files: list[dict[str, Any]], kept_to: Agency | None, by: User | None, publish: bool
) -> Load:
    """A load whose files this process reads at once."""
    return Load.objects.create(
        files=files,
        kept_to=kept_to,
        by=by,
        publish=publish,
        state=LoadState.READING,
        lease_until=timezone.now() + LEASE,
    )


def step(load: Load, state: LoadState, **columns: Any) -> None:
    """Take the load to another state. Raises LoadStopped when it is not where this process left it, LoadBusy."""
    allowed = state in TRANSITIONS[LoadState(load.state)]
    rows = Load.objects.filter(pk=load.pk, state=load.state, attempts=load.attempts)
    values = {"state": state, **_times(state, timezone.now()), **columns}
    try:
        with transaction.atomic():
            moved = allowed and rows.update(**values)
    except IntegrityError as error:
        raise LoadBusy from error
    if not moved:
        raise LoadStopped
    for name, value in values.items():
        setattr(load, name, value)


def _times(state: LoadState, now: datetime.datetime) -> dict[str, Any]:
    goes_on = state in (*WORKING, LoadState.PUBLISHED)
    times: dict[str, Any] = {"lease_until": now + LEASE if goes_on else None}
    if state in ENDED:
        times["ended_at"] = now
    if state == LoadState.PUBLISHED:
        times["published_at"] = now
    return times


def refuse(load: Load, faults: Iterable[Sequence[str]], count: int, **columns: Any) -> None:
    """Nothing of it is written; the faults are for the person, each with its place."""
    step(load, LoadState.REFUSED, faults=[list(fault) for fault in faults], fault_count=count, **columns)
