"""Supervision of one installation: the web server and the one niced worker, as children of one command.

A child that dies is started again, each time after a longer pause; SIGTERM and SIGINT end both and wait for
them. The addresses of a machine for `--lan` are found here too.
"""

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
# A child that lived this long is healthy: its next death starts with the short pause again.
HEALTHY_AFTER = 60.0
# Longer than gunicorn's own grace of 30 s, so that requests under way end by themselves.
STOP_WITHIN = 40.0
START_WITHIN = 60.0
LOWEST_PRIORITY = 19
PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
INTERFACE_ADDRESS = 0x8915  # SIOCGIFADDR of netdevice(7)


def web_command(host: str, port: int) -> list[str]:
    """Gunicorn with threads: two processes of four, replaced after some 2,000 requests so that no leak adds up."""
    options = {
        "bind": f"{host}:{port}",
        "workers": 2,
        "threads": 4,
        "worker-class": "gthread",
        "timeout": 60,
        "graceful-timeout": 30,
        "max-requests": 2000,
        "max-requests-jitter": 500,
        "log-level": "warning",
    }
    words = [f"--{name}={value}" for name, value in options.items()]
    # Its control socket would be one fixed file in the home folder, fought over by two installations.
    return [sys.executable, "-m", "gunicorn", "--no-control-socket", *words, "pmqa_site.wsgi:application"]


def worker_command() -> list[str]:
    """The one worker that renders exports."""
    return [sys.executable, "manage.py", "worker"]


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now; connections still closing down do not count."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def network_addresses() -> list[str]:
    """The IPv4 addresses of this machine's interfaces except loopback, without asking any name server."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as query:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(query, INTERFACE_ADDRESS, struct.pack("256s", name.encode()[:15]))
            except OSError:  # an interface without an IPv4 address
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    return [address for address in found if not address.startswith("127.")]


def lan_environment(port: int, allowed: Sequence[str], present: dict[str, str]) -> dict[str, str]:
    """The variables that open the server to the network; an address that the installation set itself is kept."""
    addresses = network_addresses()
    hosts = dict.fromkeys([*allowed, *addresses, socket.gethostname().lower()])
    colleagues = f"http://{addresses[0] if addresses else socket.gethostname()}:{port}"
    return {
        "PMQA_ALLOWED_HOSTS": ",".join(hosts),
        "PMQA_PUBLIC_ADDRESS": present.get("PMQA_PUBLIC_ADDRESS", colleagues),
    }


class BrokenStart(RuntimeError):
    """The server runs but the application in it fails on the simplest request."""


def is_live(port: int) -> bool:
    """Whether the application answers on loopback. Raises BrokenStart when it answers with its own failure.

    A refusal or a redirect counts: behind TLS it redirects, and an installation may allow other host names only.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/live")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise BrokenStart(f"/live: {status}")
    return True


@dataclass
class Child:
    """One process that must always run; `niceness` 0 is normal priority, 19 the lowest."""

    name: str
    command: Sequence[str]
    environment: dict[str, str]
    folder: Path
    niceness: int = 0
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    started_at: float = 0.0
    start_again_at: float = 0.0

    def start(self, now: float) -> None:
        """Start the process in a session of its own, so that Ctrl-C at the terminal reaches the supervisor only."""
        self.started_at = now
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=self._settle,  # safe: the supervisor has no threads
        )

    def _settle(self) -> None:
        """In the new process: take the priority, and end when a killed supervisor can no longer say so."""
        os.nice(self.niceness)
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)

    def look_after(self, now: float, tell: Callable[[str], object]) -> None:
        """Start the process again when it has died and its pause is over."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.process = None
            self.pause = FIRST_PAUSE if now - self.started_at > HEALTHY_AFTER else self.pause
            self.start_again_at = now + self.pause
            tell(f"{self.name} หยุดทำงาน (รหัส {code}) จะเริ่มใหม่ใน {self.pause:.0f} วินาที")
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if now >= self.start_again_at:
            self.start(now)

    def ask_to_stop(self) -> None:
        """Send SIGTERM to this very process."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_until(self, deadline: float) -> None:
        """Wait for the end; past the deadline end it by force."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Supervisor:
    """Runs the children until it is told to stop."""

    children: Sequence[Child]
    tell: Callable[[str], object]
    stopping: bool = field(default=False)

    def stop(self, *_: object) -> None:
        """Signal handler: end at the next look."""
        self.stopping = True

    def watch(self, until: Callable[[], bool], every: float = 0.5) -> bool:
        """Look after the children until `until` is true or a stop was asked for; false when stopped."""
        while not self.stopping:
            now = time.monotonic()
            for child in self.children:
                child.look_after(now, self.tell)
            if until():
                return True
            time.sleep(every)
        return False

    def end(self) -> None:
        """End all children and wait for them."""
        for child in self.children:
            child.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN
        for child in self.children:
            child.wait_until(deadline)

    def run(self, ready: Callable[[], bool], when_ready: Callable[[], object]) -> bool:
        """Start everything, call `when_ready` once, and stay until stopped; false when it never became ready.

        Whatever `ready` raises goes on to the caller, after the children have ended.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        latest = time.monotonic() + START_WITHIN
        became_ready = False

        def ready_or_late() -> bool:
            nonlocal became_ready
            became_ready = ready()
            return became_ready or time.monotonic() > latest

        try:
            if self.watch(ready_or_late, every=0.2) and became_ready:
                when_ready()
                self.watch(lambda: False)
        finally:
            self.end()
        return became_ready or self.stopping
