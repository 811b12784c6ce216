"""Rendering in a limited child process, so that a hostile or broken text costs nobody else their PDF.

The worker imports this module, calls ``preload()`` once, and forks one child per render. The child gets the
HTML and the pictures by the fork itself; the PDF, its progress and its failures come back through one pipe.
Several children may run at once (``render_together``). A child has no database (every inherited file
descriptor is closed, and it ends with ``os._exit`` so that no connection object of the parent is ever
finalised), no network where the kernel lets us take it away, an empty environment, and limits on processor
time, memory, file size, open files and wall-clock time.

What it does not hide: the memory of the worker at the time of the fork, settings included. Calling this from
a process with other threads is possible but a lock held by one of them at the fork stays held in the child;
the wall-clock limit ends such a child. The worker has one thread.
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
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

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


@dataclass(frozen=True)
class Work:
    """What one child does: the arguments of ``render``, and what it may use for it."""

    html: str
    images: Mapping[str, bytes]
    title: str
    css: str = ""
    terms: frozenset[str] = frozenset()
    tagged: bool = False
    limits: Limits = Limits()

    def run(self) -> bytes:
        """Render in this process."""
        about: dict[str, Any] = {"title": self.title, "css": self.css, "terms": self.terms}
        return render(self.html, self.images, tagged=self.tagged, **about)


def render_in_child(
    html: str,
    images: Mapping[str, bytes],
    *,
    title: str,
    limits: Limits = Limits(),
    css: str = "",
    terms: frozenset[str] = frozenset(),
    tagged: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> bytes:
    """``render`` in a forked child within ``limits``; the arguments are those of ``render``.

    ``on_progress`` is called with every news and at least once a second. An exception from it ends the
    child and passes on: that is how a job is cancelled.

    Raises RenderTooLarge or RenderFailed.
    """
    work = Work(html, images, title, css, terms, tagged, limits)
    tell = on_progress or (lambda _progress: None)
    ((_, result),) = render_together([work], on_progress=lambda _number, progress: tell(progress))
    if isinstance(result, RenderError):
        raise result
    return result


def render_together(
    works: Sequence[Work], *, at_once: int = 1, on_progress: Callable[[int, Progress], None]
) -> Iterator[tuple[int, bytes | RenderError]]:
    """Render each work in a child of its own, ``at_once`` at a time; give (its place, the PDF or its failure).

    They come in the order in which they are ready. ``on_progress`` gets a place and how far it is, with every news
    and at least once a second for each child; an exception from it ends all children and passes on.
    """
    waiting = deque(enumerate(works))
    running: dict[int, _Child] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                number, work = waiting.popleft()
                # words are cut here, where the next print finds them again
                learn(work.html, work.terms)
                running[number] = _Child(work)
            _await_news(running.values())
            for number, child in list(running.items()):
                if child.read():
                    del running[number]
                    yield number, child.end()
                else:
                    on_progress(number, child.progress)
    finally:
        for child in running.values():
            child.kill()
            child.end()


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


class _Child:
    """A child under way, as its parent sees it."""

    def __init__(self, work: Work) -> None:
        self.progress = Progress()
        self.deadline = time.monotonic() + work.limits.wall_seconds
        self._limits = work.limits
        self._inbox = _Inbox()
        self._total = 0
        self._result: bytes | None = None
        self._failure: RenderError | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="pmqa-pdf-")
        self.pipe, writing = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _run_child(writing, self._folder.name, work.limits, work.run)
        os.close(writing)

    def read(self) -> bool:
        """Take in what the child has said; gives whether it has ended or had to be ended."""
        if time.monotonic() >= self.deadline:
            return self._give_up("time")
        while _can_be_read(self.pipe):
            news = os.read(self.pipe, 1 << 16)
            if not news:
                return True
            self._total += len(news)
            if self._total > self._limits.file_bytes:
                return self._give_up("output")
            self._take(news)
        return False

    def _take(self, news: bytes) -> None:
        for kind, payload in self._inbox.frames(news):
            if kind == _PROGRESS:
                self.progress = Progress(**json.loads(payload))
            elif kind == _RESULT:
                self._result = payload
            else:
                self._failure = RenderFailed(payload.decode())

    def _give_up(self, reason: TooLargeReason) -> bool:
        self._failure = RenderTooLarge(reason)
        self.kill()
        return True

    def kill(self) -> None:
        """End it at once."""
        os.kill(self._pid, signal.SIGKILL)

    def end(self) -> bytes | RenderError:
        """Clear up after a child that has ended, and say what came of it."""
        _, status = os.waitpid(self._pid, 0)
        os.close(self.pipe)
        self._folder.cleanup()
        if self._failure:
            return self._failure
        if self._result is None:
            return _failure_of_silence(os.waitstatus_to_exitcode(status))
        return self._result


def _await_news(children: Collection[_Child]) -> None:
    """Sleep until a child says something, passes its time, or a heartbeat is due."""
    poll = select.poll()
    for child in children:
        poll.register(child.pipe, select.POLLIN | select.POLLHUP)
    left = min(child.deadline for child in children) - time.monotonic()
    poll.poll(max(0.0, min(left, HEARTBEAT_SECONDS)) * 1000)


def _can_be_read(pipe: int) -> bool:
    poll = select.poll()
    poll.register(pipe, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(0))


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
    gc.set_threshold(
        50_000, 20, 20
    )  # it lives for one render: a twelfth of the time went into looking for garbage
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
