"""The web server of the product under fire: the command of `./pmqa run`, and what kills its worker processes."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from threading import Event, Thread

from pmqa_site.serving import PARENT_DEATH_SIGNAL, START_WITHIN, STOP_WITHIN, is_live, web_command

from .weakened import WITHOUT

ROOT = Path(__file__).resolve().parent.parent.parent
WEAKENED = "proof.edits.weakened:application"
KILL_EVERY = 0.7
ANSWERS_BETWEEN = 5


@dataclass(frozen=True)
class Server:
    """A running web server: its port, the process id of its master, the seconds until the first answer."""

    port: int
    master: int
    started_in: float


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@contextmanager
def running(environment: Mapping[str, str], log: Path, without: str) -> Iterator[Server]:
    """Run the web server while the block runs."""
    port = free_port()
    command = web_command("127.0.0.1", port)
    if without:
        command[-1] = WEAKENED
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment, WITHOUT: without},
            stdout=output,
            stderr=output,
            preexec_fn=_end_with_parent,  # safe: the trial has no threads yet
        )
        try:
            began = time.monotonic()
            _wait_until_live(process, port)
            yield Server(port, process.pid, time.monotonic() - began)
        finally:
            process.terminate()
            try:
                process.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _end_with_parent() -> None:
    """In the new process: end when a killed trial can no longer say so."""
    ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _wait_until_live(process: subprocess.Popen, port: int) -> None:
    latest = time.monotonic() + START_WITHIN
    while not is_live(port):
        if process.poll() is not None or time.monotonic() > latest:
            raise RuntimeError("the web server did not start")
        time.sleep(0.1)


def workers(master: int) -> list[int]:
    """The process ids of the workers."""
    try:
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]
    except FileNotFoundError:
        return []


class Killer(Thread):
    """Kills a random worker process again and again; the master starts another one.

    Only one that has had the time to serve, and only after some saves since the last kill: killing processes that
    are still starting kills no save, and on a busy machine nothing would ever be served.
    """

    def __init__(self, server: Server, answers: Callable[[], int], stop: Event, seed: int) -> None:
        """`answers` counts what all clients together were told until now."""
        super().__init__(name="killer", daemon=True)
        self.server = server
        self.answers = answers
        self.stop = stop
        self.chance = Random(seed)  # noqa: S311  (a course of events, no secret)
        self.kills = 0

    def run(self) -> None:
        """One kill about every 0.7 s."""
        told = 0
        while not self.stop.wait(KILL_EVERY * self.chance.uniform(0.7, 1.3)):
            serving = [pid for pid in workers(self.server.master) if _age(pid) > self.server.started_in]
            if not serving or self.answers() < told + ANSWERS_BETWEEN:
                continue
            try:
                os.kill(self.chance.choice(serving), signal.SIGKILL)
            except ProcessLookupError:
                continue
            told = self.answers()
            self.kills += 1


def _age(pid: int) -> float:
    """Seconds since the process was started; 0 when it has ended."""
    try:
        started = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except FileNotFoundError:
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")
