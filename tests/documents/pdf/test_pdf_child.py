"""A hostile or broken text ends as an exception; the worker lives on and the child sees nothing of it."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from documents.pdf import child
from documents.pdf.child import Limits, Progress, RenderFailed, RenderTooLarge, preload, render_in_child

SMALL = "<p>น้ำใจ</p>"
COLSPAN_BOMB = '<table><tr><td colspan="100000">x</td></tr></table>'
MIB = 1 << 20


@pytest.fixture(scope="module", autouse=True)
def preloaded():
    preload()


@pytest.fixture(autouse=True)
def no_child_stays_behind():
    yield
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def run_in_child(monkeypatch, work, **options):
    """Let the child do ``work`` instead of rendering."""
    monkeypatch.setattr(child, "render", lambda *_arguments, **_options: work())
    return render_in_child(SMALL, {}, title="x", **options)


def test_the_child_makes_the_same_pdf(pages_of):
    pdf = render_in_child(SMALL, {}, title="x")
    assert pdf == child.render(SMALL, {}, title="x")
    assert pages_of(pdf)[0].split()[0] == "น้ำใจ"


@pytest.mark.parametrize("depth", [150, 3000])
def test_markup_nested_too_deeply_fails_and_the_worker_lives(depth):
    with pytest.raises(RenderFailed, match="nested"):
        render_in_child("<div>" * depth + "x" + "</div>" * depth, {}, title="x")
    assert render_in_child(SMALL, {}, title="x").startswith(b"%PDF")


def test_too_much_processor_time():
    with pytest.raises(RenderTooLarge) as caught:
        render_in_child(COLSPAN_BOMB, {}, title="x", limits=Limits(cpu_seconds=1))
    assert caught.value.reason == "cpu"


def test_too_much_memory():
    table = "<table>" + ("<tr>" + "<td>ก</td>" * 40 + "</tr>") * 500 + "</table>"
    with pytest.raises(RenderTooLarge) as caught:
        render_in_child(table, {}, title="x", limits=Limits(memory_bytes=40 * MIB))
    assert caught.value.reason == "memory"


def test_too_much_time():
    started = time.monotonic()
    with pytest.raises(RenderTooLarge) as caught:
        render_in_child(COLSPAN_BOMB, {}, title="x", limits=Limits(wall_seconds=0.3))
    assert caught.value.reason == "time"
    assert time.monotonic() - started < 2


def test_too_much_output(monkeypatch):
    with pytest.raises(RenderTooLarge) as caught:
        run_in_child(monkeypatch, lambda: bytes(2 * MIB), limits=Limits(file_bytes=MIB))
    assert caught.value.reason == "output"


@pytest.mark.parametrize(
    ("number", "error"),
    [(signal.SIGKILL, RenderTooLarge), (signal.SIGABRT, RenderTooLarge), (signal.SIGSEGV, RenderFailed)],
)
def test_a_child_that_dies_without_a_word(monkeypatch, number, error):
    with pytest.raises(error):
        run_in_child(monkeypatch, lambda: os.kill(os.getpid(), number))


def test_an_error_comes_back_with_its_text():
    with pytest.raises(RenderFailed, match=r"PictureRefused: figure:1"):
        render_in_child(SMALL, {"figure:1": b"<svg/>"}, title="x")


def test_a_long_error_is_cut(monkeypatch):
    def fail() -> bytes:
        raise ValueError("ก" * 10_000)

    with pytest.raises(RenderFailed) as caught:
        run_in_child(monkeypatch, fail)
    assert len(str(caught.value)) <= 500


def test_progress_names_step_and_page():
    told: list[Progress] = []
    render_in_child("<p>ย่อหน้า</p>" * 150, {}, title="x", on_progress=told.append)
    pages = [progress.page for progress in told if progress.step == 5]
    assert pages == sorted(pages)
    assert pages[-1] > 2
    assert told[-1].step == 7


def test_an_exception_from_the_progress_callback_ends_the_child():
    class Cancelled(Exception):
        pass

    def cancel(_progress: Progress) -> None:
        raise Cancelled

    started = time.monotonic()
    with pytest.raises(Cancelled):
        render_in_child(COLSPAN_BOMB, {}, title="x", on_progress=cancel)
    assert time.monotonic() - started < 5


def test_the_callback_is_asked_while_nothing_happens(monkeypatch):
    monkeypatch.setattr(child, "HEARTBEAT_SECONDS", 0.05)
    told: list[Progress] = []
    run_in_child(monkeypatch, lambda: time.sleep(0.5) or b"", on_progress=told.append)
    assert len(told) >= 5


def test_the_child_has_nothing_of_its_parent(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "kept secret")
    monkeypatch.setenv("DATABASE_URL", "postgres://kept-secret")
    connection = (tmp_path / "db.sqlite3").open("wb")

    def look() -> bytes:
        seen = {
            "environment": dict(os.environ),
            "files": [str(link.readlink()) for link in _open_files()],
            "limits": {
                name: resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))[0]
                for name in ("CPU", "FSIZE", "NOFILE", "CORE")
            },
            "nice": os.nice(0),
            "cwd": str(Path.cwd()),
        }
        return json.dumps(seen).encode()

    seen = json.loads(run_in_child(monkeypatch, look, limits=Limits(cpu_seconds=9, open_files=32)))
    connection.close()
    assert set(seen["environment"]) == {"LANG", "HOME", "TMPDIR"}
    assert {name for name in seen["files"] if not name.startswith("pipe:")} == {"/dev/null"}
    assert len([name for name in seen["files"] if name.startswith("pipe:")]) == 1
    assert seen["limits"] == {"CPU": 9, "FSIZE": 200 * MIB, "NOFILE": 32, "CORE": 0}
    assert seen["nice"] >= 19
    assert not Path(seen["cwd"]).exists()  # its folder is gone with it


def _open_files() -> list[Path]:
    """All but the one that listed the folder, which is closed again."""
    return [link for link in list(Path("/proc/self/fd").iterdir()) if link.exists()]


def test_the_child_has_no_network_where_the_kernel_allows_it(monkeypatch):
    if not _may_unshare():
        pytest.skip("this machine lets no process leave its network")
    inside = run_in_child(monkeypatch, lambda: _network().encode())
    assert inside.decode() != _network()


def _network() -> str:
    return str(Path("/proc/self/ns/net").readlink())


def _may_unshare() -> bool:
    pid = os.fork()
    if pid == 0:
        refused = child._libc.unshare(child._CLONE_NEWNET)
        os._exit(int(bool(refused and child._libc.unshare(child._CLONE_NEWUSER | child._CLONE_NEWNET))))
    return os.waitpid(pid, 0)[1] == 0


def test_a_callers_signal_handlers_are_not_the_childs(monkeypatch):
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        with pytest.raises(RenderFailed, match="-15"):
            run_in_child(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGTERM) or time.sleep(5))
    finally:
        signal.signal(signal.SIGTERM, before)


def test_the_writer_needs_no_django():
    """It would open settings and database in the child, and cost memory in every worker."""
    look = "import sys, documents.pdf.child, documents.pdf.layout; print('django' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
