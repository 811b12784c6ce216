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
from .pace import LoadStopped, Pace
from .publishing import settle
from .running import LoadRefused, read_load, write_load
from .states import LoadBusy, start_load, step

__all__ = [
    "LoadBusy",
    "LoadRefused",
    "LoadStopped",
    "Pace",
    "described",
    "drop",
    "load_practices",
    "read_load",
    "reading_of",
    "settle",
    "start_load",
    "step",
    "take_over_abandoned",
    "write",
    "write_load",
]
