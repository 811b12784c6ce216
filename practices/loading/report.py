"""What a load does, line by line, for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from practices.enums import StagedState
from practices.labels import LABELS
from practices.models import Load, StagedAgency, StagedCase
from texts.lines import lined_text
from thai.differences import differences

from .pace import in_order

# Longer values and passages are cut in a terminal.
_LONGEST: Final = 100
_PASSAGES: Final = 5
# So many texts are compared word by word.
_TEXTS: Final = 200
_TAGS: Final = re.compile(r"<[^>]*>")


def lines(load: Load, *, all_of_it: bool = False, passages: bool = False) -> Iterator[str]:
    """Agencies and cases that are new or changed, with what differs; `all_of_it`: the unchanged ones too.

    `passages` are the words of the texts that differ; comparing takes its time, so that only the first are shown.
    """
    left = _TEXTS if passages else 0
    for agency in load.agencies.select_related("agency"):
        if agency.is_new or agency.changed or all_of_it:
            yield _agency_line(agency)
    shown = load.cases.exclude(state=StagedState.WITHDRAWN).select_related("agency").defer("html", "plain")
    if not all_of_it:
        shown = shown.exclude(state=StagedState.SAME)
    for case in in_order(shown):
        yield from _case_lines(case)
        if left and case.base_text is not None and not load.published_at:
            left -= 1
            yield from _text_lines(case)


def totals(load: Load) -> list[str]:
    """How many of each."""
    agencies = [load.count(f"agencies_{state}") for state in ("new", "changed", "same")]
    cases = [load.count(state) for state in ("new", "changed", "same")]
    return [
        f"{label}: ใหม่ {new:,} เปลี่ยน {changed:,} คงเดิม {same:,}"
        for label, (new, changed, same) in (("หน่วยงาน", agencies), ("ตัวอย่างที่เป็นเลิศ", cases))
    ]


def _agency_line(agency: StagedAgency) -> str:
    state = StagedState.NEW if agency.is_new else StagedState.CHANGED if agency.changed else StagedState.SAME
    return f"{state.label} {agency.code} {agency.name}{_named(agency.changed)}"


def _case_lines(case: StagedCase) -> Iterator[str]:
    key = f"{case.place}:" if case.is_keyless else case.key
    yield f"{case.get_state_display()} {key} {case.agency.name}: {case.title}{_named(case.changed)}"
    for name, old, new in case.differences:
        yield f"    {LABELS[name]}: {_cut(old)} → {_cut(new)}"


def _text_lines(case: StagedCase) -> Iterator[str]:
    if case.practice:
        yield from (f"    {LABELS['text']}: {line}" for line in _passages(case.practice.text.html, case.html))


def _named(changed: list[str]) -> str:
    return f" ({', '.join(LABELS[name] for name in changed)})" if changed else ""


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return f"{line[:_LONGEST]}…" if len(line) > _LONGEST else line


def _passages(old: str, new: str) -> Iterator[str]:
    """The passages of a text that differ, as [-before-] {+after+}."""
    if lined_text(old) == lined_text(new):
        yield "ต่างกันเฉพาะรูปแบบหรือภาพ"
        return
    found = [segment for segment in differences(old, new) if segment.operation != "equal"]
    for segment in found[:_PASSAGES]:
        before, after = (_cut(_TAGS.sub(" ", part)).strip() for part in (segment.old, segment.new))
        marks = [f"[-{before}-]" if before else "", f"{{+{after}+}}" if after else ""]
        if any(marks):
            yield " ".join(mark for mark in marks if mark)
    if len(found) > _PASSAGES:
        yield f"และอีก {len(found) - _PASSAGES:,} แห่ง"
