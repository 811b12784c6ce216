"""Rows that every test of a file starts from, made once for the file.

Most tests make what they start from themselves. Where dozens of them start from the very same large scene, making
it costs more than the tests do: there it stands in a transaction around all of them, and each test is taken back to it.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import transaction
from django.test import override_settings

Made = TypeVar("Made")


@dataclass(frozen=True)
class Standing(Generic[Made]):
    """What was made, and the files that belong to it."""

    made: Made
    media: Path

    def for_one_test(self) -> Made:
        """Objects that no other test has had in its hands, with files in the test's own folder."""
        if self.media.exists():
            shutil.copytree(self.media, settings.MEDIA_ROOT, dirs_exist_ok=True)
        return copy.deepcopy(self.made)


def standing(blocker: Any, folders: Any, make: Callable[[], Made]) -> Iterator[Standing[Made]]:
    """The body of a fixture of scope «module» that asks for `django_db_setup`; the other two arguments are the
    fixtures `django_db_blocker` and `tmp_path_factory`. What was made is gone after the last test of the file."""
    media = folders.mktemp("standing") / "media"
    with blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=media):
            made = make()
        yield Standing(made, media)
        transaction.set_rollback(True)
