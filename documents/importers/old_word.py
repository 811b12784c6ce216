"""A .doc is turned into .docx by LibreOffice, in a child that can do little else.

The child has an own, empty profile with macros switched off, an empty environment, limits on processor time,
memory, files and wall clock, and no network where the kernel lets us take it away.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from . import RefusedFile
from .archive import SAVE_AS, old_word_sentence

WALL_SECONDS = 90
LAUNCHER = Path(__file__).with_name("limited.py")
# Whatever the profile of the account says: no macro runs, nothing is asked, no link is followed.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">\
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">\
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


def converter() -> str | None:
    """LibreOffice's program, where it is installed."""
    return shutil.which("soffice")


def to_docx(content: bytes) -> bytes:
    """The document as .docx; it still has to pass `check_docx`. Raises RefusedFile."""
    program = converter()
    if program is None:
        raise RefusedFile(old_word_sentence(content))
    with tempfile.TemporaryDirectory(prefix="pmqa-doc-") as name:
        folder = Path(name)
        (folder / "in.doc").write_bytes(content)
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
        _run(program, folder)
        made = folder / "out" / "in.docx"
        if not made.exists():
            raise RefusedFile(f"แปลงไฟล์ Word รุ่นเก่า (.doc) นี้ไม่ได้ {SAVE_AS}")
        return made.read_bytes()


def _run(program: str, folder: Path) -> None:
    """Convert in.doc to out/in.docx; whatever goes wrong, no file appears."""
    # fmt: off
    command = [
        sys.executable, "-I", str(LAUNCHER), program, "--headless", "--norestore", "--nolockcheck", "--nodefault",
        f"-env:UserInstallation=file://{folder}/profile", "--infilter=MS Word 97",
        "--convert-to", "docx:MS Word 2007 XML", "--outdir", str(folder / "out"), str(folder / "in.doc"),
    ]
    # fmt: on
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    # Our own launcher and a program found on the machine; the sender's bytes are in a file, not in the command.
    child = subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        child.wait(WALL_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        # soffice is a script that starts the real program: the whole group goes
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
