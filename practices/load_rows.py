"""One staged case as a page shows it: what differs from what stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from practices.labels import LABELS
from practices.models import StagedCase
from thai.differences import render_differences

# Pictures of a load that nobody has confirmed are not stored yet; the page says where they will stand.
_IMAGE: Final = re.compile(r"<img[^>]*>")


@dataclass(frozen=True)
class ShownCase:
    """A row of the list; `changes` are (label, old, new), `text` the marked differences of the text or nothing."""

    case: StagedCase
    changes: list[tuple[str, str, str]]
    text: SafeString | str


def shown_case(case: StagedCase) -> ShownCase:
    """The row with everything that differs."""
    changes = [(LABELS[name], old, new) for name, old, new in case.differences]
    text: SafeString | str = ""
    if case.base_text is not None and case.practice and case.html:
        text = render_differences(
            *(_IMAGE.sub("[ภาพ]", html) for html in (case.practice.text.html, case.html))
        )
    return ShownCase(case, changes, text)
