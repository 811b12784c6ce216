"""Taking away what a load has prepared: after a refusal, a dry run, or the death of its process."""

from __future__ import annotations

import datetime
import logging
from typing import Any, Final

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from organizations.models import Agency
from practices.enums import LoadState
from practices.models import Load, Practice, StagedCase
from practices.models.load import LEASE
from texts.models import Figure, Text

from .pace import LoadStopped, sleep_as_long
from .states import step

log = logging.getLogger("pmqa.practices")

MAX_ATTEMPTS: Final = 3
# Nobody confirms what was compared with the library of last week.
WAITS: Final = datetime.timedelta(days=7)
# A load of the command waits for nobody between its steps.
COMMAND_WAITS: Final = datetime.timedelta(hours=1)
_PORTION: Final = 100
GAVE_UP: Final = "ทำไม่สำเร็จหลังลองแล้วสามครั้ง กรุณาแจ้งผู้ดูแลระบบ"


def clear_prepared(load: Load) -> None:
    """Take away cases, agencies and pictures that this load prepared and nobody has seen."""
    if load.state == LoadState.PUBLISHED:
        return
    hidden = Practice.with_prepared.filter(prepared_by=load)
    while found := list(hidden.values_list("pk", "text_id")[:_PORTION]):
        _in_short(lambda found=found: _remove_cases(found))
    for staged in load.agencies.filter(is_new=True).exclude(agency=None).select_related("agency"):
        assert staged.agency is not None
        _in_short(lambda staged=staged: _remove_agency(staged.agency))
    for picture in load.pictures.filter(is_new=True).exclude(figure=None).select_related("figure"):
        assert picture.figure is not None
        _in_short(lambda picture=picture: _remove_figure(picture.figure))


def clear_staged(load: Load) -> None:
    """Take away everything that waits; the load itself stays and says what became of it."""
    clear_prepared(load)
    while found := list(StagedCase.objects.filter(load=load).values_list("pk", flat=True)[:_PORTION]):
        _in_short(lambda found=found: _raw(StagedCase.objects.filter(pk__in=found)))
    for rows in (load.pictures.all(), load.agencies.all()):
        _in_short(lambda rows=rows: _raw(rows))


def _in_short(work: Any) -> None:
    with transaction.atomic():
        started = timezone.now()
        work()
    sleep_as_long((timezone.now() - started).total_seconds())


def _raw(rows: Any) -> None:
    rows._raw_delete(using=rows.db)


def _remove_cases(found: list[tuple[int, int]]) -> None:
    """Nothing points to them yet, so that nothing has to be looked for."""
    practices, texts = [pk for pk, _ in found], [text for _, text in found]
    for link in (Practice.criteria.through, Practice.tags.through):
        _raw(link._default_manager.filter(practice__in=practices))
    _raw(Practice.with_prepared.filter(pk__in=practices))
    _raw(Text.objects.filter(pk__in=texts))


def _remove_agency(agency: Agency) -> None:
    """One that somebody has taken up meanwhile stays."""
    if agency.hosted or agency.version != 1:
        return
    try:
        with transaction.atomic():
            agency.delete()
    except ProtectedError:
        log.info("agency %s is used meanwhile and stays", agency.code)


def _remove_figure(figure: Figure) -> None:
    transaction.on_commit(lambda: figure.file.delete(save=False))
    _raw(Figure.objects.filter(pk=figure.pk))


# --- what was left behind ---------------------------------------------------------------------------


def take_over_abandoned(now: datetime.datetime | None = None) -> None:
    """Put loads whose process died back to where that step began, and drop those that nobody waits for."""
    now = now or timezone.now()
    for load in Load.objects.abandoned(now).exclude(state=LoadState.PUBLISHED):
        if take(load, now):
            _put_back(load)
    forgotten = Load.objects.filter(state__in=(LoadState.READ, LoadState.CONFIRMED))
    old = forgotten.filter(started_at__lt=now - WAITS) | forgotten.filter(
        uploaded=False, started_at__lt=now - COMMAND_WAITS
    )
    for load in old:
        drop(load)


def take(load: Load, now: datetime.datetime) -> bool:
    """Let one process clear up after the dead one."""
    rows = Load.objects.abandoned(now).filter(pk=load.pk, attempts=load.attempts)
    if not rows.update(attempts=F("attempts") + 1, lease_until=now + LEASE):
        return False
    load.refresh_from_db()
    return True


def _put_back(load: Load) -> None:
    was_writing = load.state == LoadState.WRITING
    if was_writing:
        clear_prepared(load)
    else:
        clear_staged(load)
    if not load.uploaded:
        drop(load)
    elif load.attempts >= MAX_ATTEMPTS:
        step(load, LoadState.REFUSED, faults=[["", GAVE_UP]], fault_count=1)
        clear_staged(load)
    else:
        step(load, LoadState.CONFIRMED if was_writing else LoadState.QUEUED, rows=0, written=0)


def drop(load: Load) -> bool:
    """End a load that nobody wants; nothing of it stays but that it was there. False when it has gone on meanwhile."""
    try:
        step(load, LoadState.DROPPED)
    except LoadStopped:
        log.info("load %s has gone on meanwhile", load.uid)
        return False
    clear_staged(load)
    return True
