"""The order of things: read, let somebody look, prepare, publish, settle."""

from __future__ import annotations

from collections.abc import Iterable

from framework.files import FileRefused
from practices.enums import ENDED, LoadState
from practices.formats import CaseReading
from practices.formats.reading import UnplacedFault
from practices.models import Load
from practices.rows import CaseRow

from .clearing import clear_staged, drop
from .pace import Pace
from .preparing import Overtaken, prepare
from .publishing import publish, settle
from .staging import SHOWN, stage
from .states import refuse, step

OVERTAKEN = "มีผู้แก้ไขคลังระหว่างนั้น จึงยังไม่ได้บันทึกสิ่งใด กรุณานำเข้าไฟล์อีกครั้ง"


def read_load(rows: Iterable[CaseRow], *, reading: CaseReading, pace: Pace) -> None:
    """Read and compare everything; afterwards the load waits for a decision, or was refused with its faults.

    Raises LoadStopped. Whatever else happens, nothing stays behind.
    """
    try:
        stage(rows, reading=reading, pace=pace)
    except BaseException:
        _give_up(pace)
        raise
    if pace.load.state == LoadState.REFUSED:
        clear_staged(pace.load)


def write_load(pace: Pace) -> None:
    """Write what was read, all of it or nothing; a load that was overtaken ends as refused and says by what.

    Raises LoadBusy, LoadStopped. Whatever else happens before it is published, nothing stays behind.
    """
    load = pace.load
    step(load, LoadState.WRITING)
    try:
        prepare(pace)
        publish(pace)
    except Overtaken as error:
        faults = [("", OVERTAKEN), *error.found]
        refuse(load, faults[:SHOWN], len(faults))
        clear_staged(load)
        return
    except BaseException:
        _give_up(pace)
        raise
    settle(pace)


def _give_up(pace: Pace) -> None:
    """A process that can still do so clears up at once; one that was overtaken by another leaves that to it.

    The worker says on the page of an uploaded load why it has ended.
    """
    attempts = pace.load.attempts
    pace.load.refresh_from_db()
    if pace.load.attempts != attempts:
        return
    if pace.load.state in ENDED:
        clear_staged(pace.load)
    elif not pace.load.uploaded:
        drop(pace.load)


class LoadRefused(FileRefused):
    """A load that was refused: the faults that were kept, and how many there were."""

    def __init__(self, load: Load) -> None:
        super().__init__([])
        self.count = load.fault_count
        self.faults = [UnplacedFault(place, 0, "", message) for place, message in load.faults]
        if rest := load.fault_count - len(self.faults):
            self.faults.append(UnplacedFault("", 0, "", f"และอีก {rest:,} แห่ง"))
        self.args = ("\n".join(map(str, self.faults)),)
