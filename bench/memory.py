"""Peak memory of a process with all its children, watched from outside so that the watching costs it nothing.

What processes share is counted once (PSS), as it should be for a browser of eight processes and for a worker that
forks.
"""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType

EVERY_SECONDS = 0.02


class PeakMemory:
    """Watches ``pid`` and its children from entering to leaving; then ``mebibytes`` is the peak."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.mebibytes = 0.0

    def __enter__(self) -> PeakMemory:
        """Begin to watch."""
        self._watcher = subprocess.Popen(  # noqa: S603
            [sys.executable, __file__, str(self._pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, and take the peak."""
        said, _ = self._watcher.communicate("")
        self.mebibytes = float(said)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _tree(int(child))
    return found


def _kibibytes(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _watch(pid: int) -> float:
    peak = 0
    while not select.select([sys.stdin], [], [], EVERY_SECONDS)[0]:
        total = 0
        try:
            processes = _tree(pid)
        except OSError:
            continue
        for process in processes:
            try:
                total += _kibibytes(process) if process != os.getpid() else 0
            except OSError:  # it has ended meanwhile
                continue
        peak = max(peak, total)
    return peak / 1024


if __name__ == "__main__":
    print(_watch(int(sys.argv[1])))
