"""Parts kept on disk: found by name, gone when damaged, bounded, and nobody else's business."""

from __future__ import annotations

import datetime
import os
import stat

import pytest
from django.utils import timezone

from documents import part_store
from documents.part_store import find_part, forget_parts, keep_part, part_folder


def test_a_kept_part_is_found_by_its_name(settings):
    keep_part("a", b"content")
    assert (find_part("a"), find_part("b")) == (b"content", None)
    keep_part("a", b"again")
    assert (find_part("a"), [path.name for path in part_folder().iterdir()]) == (b"again", ["a"])


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 100])
def test_a_damaged_part_is_as_good_as_none(damage):
    keep_part("a", b"content")
    (part_folder() / "a").write_bytes(damage)
    assert find_part("a") is None


def test_parts_are_readable_by_their_owner_only():
    keep_part("a", b"content")
    assert stat.S_IMODE(part_folder().stat().st_mode) == 0o700
    assert stat.S_IMODE((part_folder() / "a").stat().st_mode) == 0o600


def used(name: str, minutes_ago: int) -> None:
    then = (timezone.now() - datetime.timedelta(minutes=minutes_ago)).timestamp()
    os.utime(part_folder() / name, (then, then))


def test_the_longest_unused_make_room(monkeypatch):
    monkeypatch.setattr(part_store, "MAX_BYTES", 3 * (32 + 10))
    for age, name in enumerate("cba", start=1):
        keep_part(name, b"0123456789")
        used(name, age)
    assert find_part("a") == b"0123456789"  # used again just now
    keep_part("d", b"0123456789")
    assert sorted(path.name for path in part_folder().iterdir()) == ["a", "c", "d"]


def test_what_nobody_printed_for_long_is_forgotten():
    keep_part("old", b"x")
    keep_part("new", b"y")
    used("old", 61)
    forget_parts(timezone.now() - datetime.timedelta(hours=1))
    assert (find_part("old"), find_part("new")) == (None, b"y")


def test_a_disk_that_takes_nothing_costs_nobody_the_print(settings, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    settings.EXPORT_DIR = tmp_path / "file"
    keep_part("a", b"content")
    assert find_part("a") is None
