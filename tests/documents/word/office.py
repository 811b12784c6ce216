"""LibreOffice as other people's program: it opens, saves and prints our documents."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

# TH Sarabun New is installed nowhere here; Laksaman has its outlines, half as large again.
FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="pattern"><test name="family"><string>TH Sarabun New</string></test>
<edit name="family" mode="assign" binding="strong"><string>Laksaman</string></edit></match></fontconfig>
"""


def convert(content: bytes, folder: Path, kind: str) -> bytes:
    """The document as LibreOffice saves it: kind is pdf or docx."""
    (folder / "fonts.conf").write_text(FONTS)
    source, target = folder / "draft.docx", folder / "saved" / f"draft.{kind}"
    source.write_bytes(content)
    filters = {"pdf": "pdf", "docx": "docx:MS Word 2007 XML"}
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
    ]
    subprocess.run(
        [*command, filters[kind], "--outdir", str(target.parent), str(source)],
        env={**os.environ, "FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": str(folder)},
        capture_output=True,
        check=True,
        timeout=180,
    )
    # it may hand the work to another process of its own and end before that one does
    for _ in range(100):
        if target.exists() and (made := target.read_bytes()):
            return made
        time.sleep(0.2)
    raise AssertionError("LibreOffice made no file")
