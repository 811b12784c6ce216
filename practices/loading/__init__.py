"""The one way into the library for files of cases, whatever their format: read, shown, written all or nothing.

    load = start_load(files=described(paths), kept_to=None, by=None, publish=True)
    with CaseReading() as reading:
        pace = Pace(load)
        read_load(read_cases(paths, reading), reading=reading, pace=pace)
        ...                                 # load.state is READ (look at load.cases) or REFUSED (load.faults)
        step(load, LoadState.CONFIRMED)
        write_load(pace)                    # PUBLISHED or REFUSED

`load_practices` does all of it. ADR 31 says why it is cut like this.
"""

from __future__ import annotations

from .clearing import drop, take_over_abandoned
from .files import described, load_practices, reading_of, write
from .pace import LoadPaused, LoadStopped, Pace, sleep_as_long
from .publishing import settle
from .queue import QueueFull, confirm_load, queue_upload, tidy_loads, work_on_loads
from .running import LoadRefused, read_load, write_load
from .states import LoadBusy, start_load, step

__all__ = [
    "LoadBusy",
    "LoadPaused",
    "LoadRefused",
    "LoadStopped",
    "Pace",
    "QueueFull",
    "confirm_load",
    "described",
    "drop",
    "load_practices",
    "queue_upload",
    "read_load",
    "reading_of",
    "settle",
    "sleep_as_long",
    "start_load",
    "step",
    "take_over_abandoned",
    "tidy_loads",
    "work_on_loads",
    "write",
    "write_load",
]
