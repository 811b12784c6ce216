"""Rendering in a limited child process, so that a hostile or broken text costs nobody else their PDF.

The worker imports this module, calls ``preload()`` once, and forks one child per render. The child gets
the HTML and the pictures by the fork itself; the PDF, its progress and its failures come back through one
pipe. It has no database (every inherited file descriptor is closed, and it ends with ``os._exit`` so that
no connection object of the parent is ever finalised), no network where the kernel lets us take it away,
an empty environment, and limits on processor time, memory, file size, open files and wall-clock time.

What it does not hide: the memory of the worker at the time of the fork, settings included. Calling this
from a process with other threads is possible but a lock held by one of them at the fork stays held in the
child; the wall-clock limit ends such a child. The worker has one thread.
"""

import ctypes
import gc
import json
import logging
import os
import resource
import select
import signal
import struct
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal, NoReturn

from weasyprint.logger import LOGGER, PROGRESS_LOGGER

from .fonts import find_fonts
from .line_breaks import learn
from .render import render
from .text_layer import glyph_texts

MIB = 1 << 20
HEARTBEAT_SECONDS = 1.0

_FRAME = struct.Struct(">cQ")  # kind, length
_RESULT, _PROGRESS, _ERROR = b"R", b"P", b"E"
_MAX_MESSAGE = 500
# Said by exit code alone: a child without memory cannot write a message any more.
_EXIT_FAILED, _EXIT_MEMORY = 70, 71

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_libc = ctypes.CDLL(None, use_errno=True)

TooLargeReason = Literal["memory", "cpu", "time", "output"]


class RenderError(Exception):
    """A PDF could not be made. Catch this; the two kinds below say whether less text would help."""


class RenderTooLarge(RenderError):
    """The render passed a limit; ``reason`` says which one."""

    def __init__(self, reason: TooLargeReason) -> None:
        super().__init__(f"The render passed its limit of {reason}.")
        self.reason = reason


class RenderFailed(RenderError):
    """The render ended with an error: markup nested too deeply, a damaged picture, a missing font."""


@dataclass(frozen=True)
class Limits:
    """What one render may use. Memory counts on top of what the worker has mapped at the fork."""

    cpu_seconds: int = 120
    memory_bytes: int = 1024 * MIB
    file_bytes: int = 200 * MIB
    open_files: int = 64
    wall_seconds: float = 180
    niceness: int = 19


@dataclass(frozen=True)
class Progress:
    """How far a render is: WeasyPrint's step (1–7) and, while pages are laid out, the page's number."""

    step: int = 0
    page: int = 0


def preload() -> None:
    """Do once in the worker what every child would otherwise do again: imports, fonts, words, style sheets.

    Raises FontMissing, so that a worker without fonts fails at its start and not at the first print.
    """
    for face in find_fonts().faces:
        glyph_texts(face.path.read_bytes())
    render("<p>ก</p>", {}, title="")


def render_in_child(
    html: str,
    images: Mapping[str, bytes],
    *,
    title: str,
    limits: Limits = Limits(),
    css: str = "",
    terms: frozenset[str] = frozenset(),
    tagged: bool = False,
    variant: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> bytes:
    """``render`` in a forked child within ``limits``; the arguments are those of ``render``.

    ``on_progress`` is called with every news and at least once a second. An exception from it ends the
    child and passes on: that is how a job is cancelled.

    Raises RenderTooLarge or RenderFailed.
    """
    learn(html, terms)
    with tempfile.TemporaryDirectory(prefix="pmqa-pdf-") as folder:
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            work = partial(
                render, html, images, title=title, css=css, terms=terms, tagged=tagged, variant=variant
            )
            _run_child(writing, folder, limits, work)
        os.close(writing)
        try:
            return _await_result(pid, reading, limits, on_progress)
        finally:
            os.close(reading)


# --- parent --------------------------------------------------------------------------------------------


@dataclass
class _Inbox:
    """Cuts the bytes of the pipe into frames."""

    buffer: bytearray = field(default_factory=bytearray)

    def frames(self, news: bytes) -> Iterator[tuple[bytes, bytes]]:
        self.buffer += news
        while len(self.buffer) >= _FRAME.size:
            kind, length = _FRAME.unpack_from(self.buffer)
            if len(self.buffer) < _FRAME.size + length:
                return
            payload = bytes(self.buffer[_FRAME.size : _FRAME.size + length])
            del self.buffer[: _FRAME.size + length]
            yield kind, payload


def _await_result(
    pid: int, reading: int, limits: Limits, on_progress: Callable[[Progress], None] | None
) -> bytes:
    result: bytes | None = None
    failure: RenderError | None = None
    ended = False
    try:
        for kind, payload in _frames(reading, limits, on_progress):
            if kind == _RESULT:
                result = payload
            elif kind == _ERROR:
                failure = RenderFailed(payload.decode())
        ended = True
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    if failure:
        raise failure
    if result is None:
        raise _failure_of_silence(os.waitstatus_to_exitcode(status))
    return result


def _frames(
    reading: int, limits: Limits, on_progress: Callable[[Progress], None] | None
) -> Iterator[tuple[bytes, bytes]]:
    """Frames until the child closes the pipe; tells the progress on the way."""
    inbox, progress, total = _Inbox(), Progress(), 0
    deadline = time.monotonic() + limits.wall_seconds
    poll = select.poll()
    poll.register(reading, select.POLLIN | select.POLLHUP)
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            raise RenderTooLarge("time")
        news = os.read(reading, 1 << 16) if poll.poll(min(left, HEARTBEAT_SECONDS) * 1000) else None
        if news == b"":
            return
        total += len(news or b"")
        if total > limits.file_bytes:
            raise RenderTooLarge("output")
        for kind, payload in inbox.frames(news or b""):
            if kind == _PROGRESS:
                progress = Progress(**json.loads(payload))
            else:
                yield kind, payload
        if on_progress:
            on_progress(progress)


def _failure_of_silence(exit_code: int) -> RenderError:
    """What a child that said nothing died of; a signal is a negative exit code."""
    if exit_code == _EXIT_MEMORY:
        return RenderTooLarge("memory")
    match -exit_code:
        case signal.SIGXCPU:
            return RenderTooLarge("cpu")
        case signal.SIGKILL | signal.SIGABRT | signal.SIGTRAP:
            # The kernel's memory guard, or a C library (GLib, Cairo) that could not allocate.
            return RenderTooLarge("memory")
        case _:
            return RenderFailed(f"The render process ended unexpectedly (code {exit_code}).")


# --- child ---------------------------------------------------------------------------------------------


def _run_child(writing: int, folder: str, limits: Limits, work: Callable[[], bytes]) -> NoReturn:
    exit_code = _EXIT_FAILED
    try:
        _isolate(writing, folder)
        _report_progress(writing)
        _limit(limits)
        _send(writing, _RESULT, work())
        exit_code = 0
    except MemoryError:
        exit_code = _EXIT_MEMORY
    except RecursionError:
        _send(writing, _ERROR, b"The markup is nested too deeply.")
    except BaseException as error:
        # Nothing may leave this frame: above it stands the parent's code.
        message = f"{type(error).__name__}: {error}"
        _send(writing, _ERROR, message[:_MAX_MESSAGE].encode())
    finally:
        os._exit(exit_code)


def _isolate(writing: int, folder: str) -> None:
    """Leave behind what belongs to the parent: signals, files and connections, environment, network."""
    gc.freeze()  # the parent's garbage, database connections among it, is never collected here
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, writing)
    os.closerange(writing + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    os.environ.clear()
    os.environ.update({"LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder})
    os.chdir(folder)
    tempfile.tempdir = folder
    # As root, or where users may make namespaces; elsewhere the closed fetcher alone keeps it offline.
    if _libc.unshare(_CLONE_NEWNET):
        _libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _limit(limits: Limits) -> None:
    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    memory = mapped + limits.memory_bytes
    for kind, soft, hard in (
        (resource.RLIMIT_CPU, limits.cpu_seconds, limits.cpu_seconds + 1),
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        allowed = resource.getrlimit(kind)[1]
        if allowed != resource.RLIM_INFINITY:
            soft, hard = min(soft, allowed), min(hard, allowed)
        resource.setrlimit(kind, (soft, hard))
    os.nice(limits.niceness)


class _ProgressToPipe(logging.Handler):
    """WeasyPrint tells its progress as log lines: 'Step 5 - Creating layout - Page 12'."""

    def __init__(self, writing: int) -> None:
        super().__init__(logging.INFO)
        self._writing = writing

    def emit(self, record: logging.LogRecord) -> None:
        words = record.getMessage().split()
        if words[:1] == ["Step"]:
            page = int(words[-1]) if words[-2] == "Page" else 0
            _send(self._writing, _PROGRESS, json.dumps({"step": int(words[1]), "page": page}).encode())


def _report_progress(writing: int) -> None:
    logging.root.handlers.clear()  # the parent's log files are closed here
    LOGGER.handlers = [logging.NullHandler()]
    PROGRESS_LOGGER.handlers = [_ProgressToPipe(writing)]
    PROGRESS_LOGGER.setLevel(logging.INFO)
    PROGRESS_LOGGER.propagate = False


def _send(writing: int, kind: bytes, payload: bytes) -> None:
    with open(writing, "wb", closefd=False) as pipe:
        pipe.write(_FRAME.pack(kind, len(payload)) + payload)
