"""A PostgreSQL server for one test run: an own cluster in a temporary folder, reached by a Unix socket only."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
# The kernel's limit for a socket's path is 107 bytes.
LONGEST_SOCKET = 100
SOCKET_NAME = ".s.PGSQL.5432"
SERVER_SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
"""
# Nothing of a test run has to survive a power cut.
FAST_SETTINGS = """
fsync = off
synchronous_commit = off
full_page_writes = off
# it would note how small a table was at some moment of a test, and mislead the planner afterwards
autovacuum = off
"""


class PostgresMissing(RuntimeError):
    """No PostgreSQL server is installed; the message says in Thai what to install."""


def programs() -> Path:
    """The folder of the newest installed server's programs. Raises PostgresMissing."""
    found = [path.parent for path in DEBIAN_PROGRAMS.glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda folder: float(folder.parent.name))
    on_path = shutil.which("initdb")
    if on_path is None:
        raise PostgresMissing("ไม่พบ PostgreSQL กรุณาติดตั้งแพ็กเกจ postgresql")
    return Path(on_path).resolve().parent


def as_server_user() -> list[str]:
    """What to put before a command: the server refuses to run as root, so root becomes `postgres`."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"]


def make_folder(preferred: Path) -> Path:
    """A folder that the server's user may enter and whose socket path is short enough.

    `preferred` lies in the tree; under a closed home folder or a long path the system's temporary folder serves.
    """
    for parent in (preferred, Path(tempfile.gettempdir())):
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        short = len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET
        if short and subprocess.run([*as_server_user(), "test", "-x", folder], check=False).returncode == 0:
            return folder
        folder.rmdir()
    raise PostgresMissing("ไม่มีโฟลเดอร์ชั่วคราวที่ PostgreSQL ใช้ได้ กรุณากำหนด TMPDIR เป็นโฟลเดอร์ที่ชื่อสั้น")


def run_quietly(command: list[str | Path], folder: Path) -> None:
    """Run one program as the server's user; its output is shown only when it fails."""
    done = subprocess.run(
        [*as_server_user(), *command],
        cwd=folder,
        text=True,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")


def start(folder: Path, *, durable: bool = False) -> None:
    """Make the cluster and start its server. C.UTF-8 because pg_trgm finds no Thai under LC_CTYPE=C.

    A durable one has the settings of a real server, for measuring what saving costs.
    """
    data = folder / "data"
    locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
    run_quietly(
        [programs() / "initdb", "--username=pmqa", "--auth=trust", "--no-sync", *locale, f"--pgdata={data}"],
        folder,
    )
    with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
        settings.write(SERVER_SETTINGS.format(folder=str(folder).replace("'", "''")))
        settings.write("" if durable else FAST_SETTINGS)
    # pg_ctl passes its own output pipes on to the server, so the server needs a log file of its own.
    run_quietly([programs() / "pg_ctl", "start", "-w", "-s", "-D", data, "-l", folder / "log"], folder)


def stop(folder: Path) -> None:
    """Stop the server of that cluster, whatever is still connected."""
    run_quietly([programs() / "pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", folder / "data"], folder)


@contextmanager
def cluster(preferred: Path, *, durable: bool = False) -> Iterator[str]:
    """Run a server while the block runs and yield the DATABASE_URL of its maintenance database."""
    folder = make_folder(preferred)
    try:
        start(folder, durable=durable)
        try:
            # django-environ's form for a socket: the folder stands in the path, before the database's name
            yield f"postgres://pmqa@/{quote(str(folder))}/postgres"
        finally:
            stop(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
