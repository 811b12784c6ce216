"""The figures of a trial, and the table that people read."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .ledger import CONFLICT, LOCKED, MERGED, THEIRS, Edit, Fault, StoredText
from .verdict import came_after_its_refusal

if TYPE_CHECKING:
    from .trial import Course

# Of each kind so many faults are told in full.
TOLD = 5


def figures(
    ledger: Sequence[Edit],
    texts: Mapping[str, StoredText],
    faults: Sequence[Fault],
    course: Course,
    log: Path,
) -> dict[str, Any]:
    """Everything as plain values, for one line of JSON."""
    turned, began, ended = course.weather.turned_at, course.began_at, course.ended_at
    calm = [edit for edit in ledger if edit.answered and edit.answered < turned]
    storm = [edit for edit in ledger if turned <= edit.answered <= ended]
    return {
        "clients": len(course.writers),
        "texts": len(texts),
        "calm": _speed(calm, turned - began),
        "storm": _speed(storm, ended - turned),
        "counts": _counts(ledger, texts)
        | {"kills": course.killer.kills, "closings": len(course.closer.spans)},
        "longest": round(max((edit.seconds for edit in ledger if edit.answered), default=0.0), 2),
        "faults": dict(Counter(fault.kind for fault in faults)),
        "told": _told(faults),
        "log": _worst_lines(log) if faults else [],
    }


def _speed(edits: Sequence[Edit], seconds: float) -> dict[str, Any]:
    """Saves a second and how long they took in milliseconds, without those whose line was cut on purpose."""
    saves = [edit for edit in edits if edit.acknowledged]
    times = sorted(1000 * edit.seconds for edit in saves if not edit.dropped)
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else [0.0] * 99
    return {
        "seconds": round(seconds, 1),
        "saves": len(saves),
        "saves_per_s": round(len(saves) / seconds, 1) if seconds > 0 else 0.0,
        "p50_ms": round(cuts[49], 1),
        "p95_ms": round(cuts[94], 1),
        "p99_ms": round(cuts[98], 1),
    }


def _counts(ledger: Sequence[Edit], texts: Mapping[str, StoredText]) -> dict[str, Any]:
    return {
        "edits": len(ledger),
        "acknowledged": sum(edit.acknowledged for edit in ledger),
        "merged": sum(edit.outcome == MERGED for edit in ledger),
        "conflicts": sum(edit.outcome == CONFLICT for edit in ledger),
        "decided mine": sum(edit.choice == "mine" and edit.acknowledged for edit in ledger),
        "decided theirs": sum(edit.choice == THEIRS and edit.acknowledged for edit in ledger),
        "locked": sum(edit.outcome == LOCKED for edit in ledger),
        "proposals": sum(edit.proposal for edit in ledger),
        "revisions": sum(len(text.revisions) for text in texts.values()),
        "came after refusal": sum(
            edit.text in texts and came_after_its_refusal(edit, texts[edit.text]) for edit in ledger
        ),
        "replays": sum(_was_replayed(edit, texts) for edit in ledger),
        "answers dropped": sum(edit.dropped for edit in ledger),
        "lines broken": sum(edit.broken for edit in ledger),
        "busy (503, 429)": sum(edit.busy for edit in ledger),
    }


def _was_replayed(edit: Edit, texts: Mapping[str, StoredText]) -> bool:
    """An earlier sending had been committed; the repetition was answered and not applied."""
    stored = texts.get(edit.text)
    seen = stored.keys.get(edit.key) if stored else None
    return seen is not None and edit.sendings > 1 and seen[1] < edit.last_sent


def _told(faults: Iterable[Fault]) -> list[str]:
    """The first few of every kind."""
    seen: Counter[str] = Counter()
    lines = []
    for fault in faults:
        seen[fault.kind] += 1
        if seen[fault.kind] <= TOLD:
            lines.append(f"{fault.kind}: {fault.where}: {fault.what}"[:300])
    return lines


def _worst_lines(log: Path) -> list[str]:
    """What the server said beside the deaths of its workers."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return [line[:300] for line in lines if "SIGKILL" not in line and line.strip()][-15:]


def table(results: Mapping[str, dict[str, Any]]) -> str:
    """The readable form: one column per database."""
    names = list(results)
    rows = [("", *names), *_speed_rows(results, names), *_count_rows(results, names)]
    rows.append(("longest save, s", *(str(results[name]["longest"]) for name in names)))
    rows.append(("faults", *(str(sum(results[name]["faults"].values())) for name in names)))
    return "\n".join(f"{row[0]:<26}" + "".join(f"{cell:>14}" for cell in row[1:]) for row in rows)


def _speed_rows(results: Mapping[str, dict[str, Any]], names: Sequence[str]) -> list[tuple[str, ...]]:
    labels = {"saves_per_s": "saves/s", "p50_ms": "p50, ms", "p95_ms": "p95, ms", "p99_ms": "p99, ms"}
    return [
        (f"{phase}: {label}", *(str(results[name][phase][field]) for name in names))
        for phase in ("calm", "storm")
        for field, label in labels.items()
    ]


def _count_rows(results: Mapping[str, dict[str, Any]], names: Sequence[str]) -> list[tuple[str, ...]]:
    first = results[names[0]]["counts"]
    return [(label, *(str(results[name]["counts"][label]) for name in names)) for label in first]
