"""Writes what an installation decides once into ``var/pmqa.env``: its secret and whether it is a demonstration.

Called by the launcher: ``python -m pmqa_site.setup.environment var/pmqa.env 0|1``. What the file already says
is kept, so a later start can neither sign everybody out nor put demonstration data beside real work.
"""

import os
import secrets
import sys
from pathlib import Path

DEMONSTRATION = "PMQA_DEMONSTRATION"
SECRET_KEY = "PMQA_SECRET_KEY"


def read_names(path: Path) -> dict[str, str]:
    """The variables of a file of NAME=value lines; an absent file has none."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
    return {name.removeprefix("export ").strip(): value.strip() for name, _, value in pairs}


def complete(path: Path, *, demonstration: bool) -> str:
    """Add what is missing and return the sentence for the person who starts it, empty when there is none.

    The file is readable by its owner only, also when somebody made it by hand.
    """
    present = read_names(path)
    chosen = {SECRET_KEY: secrets.token_urlsafe(50), DEMONSTRATION: "1" if demonstration else "0"}
    missing = [f"{name}={value}\n" for name, value in chosen.items() if name not in present]
    if missing:
        append_privately(path, "".join(missing))
    path.chmod(0o600)
    if not demonstration and present.get(DEMONSTRATION) == "1":
        return "ระบบนี้เริ่มด้วยข้อมูลสาธิตไปแล้ว จึงข้าม --empty (เริ่มใหม่ได้โดยย้ายโฟลเดอร์ var ออก)"
    return ""


def append_privately(path: Path, text: str) -> None:
    """Append to a file that is never readable by others, not even for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    if before and not before.endswith("\n"):
        text = "\n" + text
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(descriptor, "a", encoding="utf-8") as file:  # noqa: PTH123  (a descriptor has no path)
        file.write(text)


if __name__ == "__main__":
    sentence = complete(Path(sys.argv[1]), demonstration=sys.argv[2] == "1")
    if sentence:
        print(sentence)
