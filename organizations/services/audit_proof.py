"""Whether a chain of the audit trail is whole: recomputed from its first event to its head."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import Q

from organizations.chaining import GENESIS, link
from organizations.models import Agency, AuditEvent, AuditHead, User

# One short read; between two of them others may write.
CHUNK = 2000
SHOWN = 20
HEADS_FORMAT = "pmqa-audit-heads 1"
Row = dict[str, Any]


class Fault(models.TextChoices):
    """In which way a chain is broken at one place."""

    CHANGED = "changed", "ถูกแก้ไข"
    MISSING = "missing", "หายไป"
    INSERTED = "inserted", "ถูกแทรก"
    REORDERED = "reordered", "ถูกสลับลำดับ"
    CUT = "cut", "ส่วนท้ายหายไป"
    UNHEADED = "unheaded", "ต่อท้ายโดยไม่ผ่านระบบ"
    HEAD = "head", "ไม่ตรงกับปลายบันทึก"
    EXPORTED = "exported", "ไม่ตรงกับค่าที่เก็บไว้ภายนอก"


@dataclass(frozen=True)
class Break:
    """One broken place: the number of the event in its chain, of the first and last one where several are gone."""

    fault: Fault
    sequence: int
    last: int = 0

    def __str__(self) -> str:
        numbers = f"{self.sequence}–{self.last}" if self.last > self.sequence else f"{self.sequence}"
        return f"ลำดับที่ {numbers} {self.fault.label}"


@dataclass(frozen=True)
class Head:
    """Where a chain ends: the number and the hash of its last event."""

    sequence: int = 0
    hash: str = GENESIS


@dataclass
class Proof:
    """What the recomputation found; `first` keeps the first breaks, `broken` counts all of them."""

    count: int = 0
    head: Head = field(default_factory=Head)
    broken: int = 0
    first: list[Break] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """The chain is unbroken."""
        return not self.broken


class _Walk:
    """The recomputation of one chain, event by event; remembers only where it stands."""

    def __init__(self, found: Callable[[Break], object], exported: Head | None) -> None:
        self.found, self.exported = found, exported
        self.count, self.pk = 0, 0
        self.end = Head()

    def step(self, row: Row) -> None:
        """Compare one event with what its place asks for."""
        self.count += 1
        whole = link(self.end.hash, row) == row["hash"]
        if row["sequence"] <= self.end.sequence:
            # the place is taken, so it stays with whom the chain goes on from
            self.found(Break(Fault.INSERTED, row["sequence"]))
            return
        if row["sequence"] > self.end.sequence + 1:
            self.found(Break(Fault.MISSING, self.end.sequence + 1, row["sequence"] - 1))
        elif not whole:
            self.found(Break(Fault.CHANGED, row["sequence"]))
        if row["pk"] <= self.pk:
            self.found(Break(Fault.REORDERED, row["sequence"]))
        self.pk = max(self.pk, row["pk"])
        self.end = Head(row["sequence"], row["hash"])
        if self.exported and self.exported.sequence == row["sequence"] and self.exported.hash != row["hash"]:
            self.found(Break(Fault.EXPORTED, row["sequence"]))

    def finish(self, head: AuditHead | None) -> None:
        """Compare the end with the head of the database and with one that was kept elsewhere."""
        sequence = head.sequence if head else 0
        if sequence > self.end.sequence:
            self.found(Break(Fault.CUT, self.end.sequence + 1, sequence))
        elif sequence < self.end.sequence:
            self.found(Break(Fault.UNHEADED, sequence + 1, self.end.sequence))
        elif head and head.hash != self.end.hash:
            self.found(Break(Fault.HEAD, sequence))
        if self.exported and self.exported.sequence > self.end.sequence:
            self.found(Break(Fault.EXPORTED, self.end.sequence + 1, self.exported.sequence))


def chunks(rows: models.QuerySet[AuditEvent]) -> Iterator[list[AuditEvent]]:
    """Events in the order of their numbers, read in short pieces: a long read would hold up SQLite's writers."""
    ordered, after, pk = rows.order_by("sequence", "pk"), 0, 0
    # a number below 1 can only have been written by hand, and belongs to the first piece
    piece = list(ordered[:CHUNK])
    while piece:
        yield piece
        after, pk = piece[-1].sequence, piece[-1].pk
        further = Q(sequence__gte=after) & (Q(sequence__gt=after) | Q(pk__gt=pk))
        piece = list(ordered.filter(further)[:CHUNK])


def verify_chain(
    agency_id: int | None, *, exported: Head | None = None, found: Callable[[Break], object] | None = None
) -> Proof:
    """Recompute one chain in flat memory, while others go on writing; `found` is told of every broken place.

    `exported` is a head that was kept outside: it shows a tail that was cut together with the head, and a history
    that was written anew, as far as that head reaches.
    """
    proof = Proof()

    def note(broken: Break) -> None:
        proof.broken += 1
        if len(proof.first) < SHOWN:
            proof.first.append(broken)
        if found:
            found(broken)

    walk = _Walk(note, exported)
    events = AuditEvent.objects.filter(agency=agency_id)
    for piece in chunks(events):
        for event in piece:
            walk.step(_row(event))
    with transaction.atomic():
        # what was written since the last piece, with nobody writing
        head = AuditHead.objects.select_for_update().filter(agency=agency_id).first()
        rest = events.filter(sequence__gt=walk.end.sequence).order_by("sequence", "pk")
        for event in rest.iterator(CHUNK):
            walk.step(_row(event))
        walk.finish(head)
    proof.count, proof.head = walk.count, walk.end
    return proof


def _row(event: AuditEvent) -> Row:
    return event.entry() | {"pk": event.pk, "hash": event.hash}


def chains() -> list[int | None]:
    """The agencies that have a chain, by primary key; the installation's comes first."""
    agencies = set(AuditHead.objects.values_list("agency_id", flat=True))
    agencies |= set(AuditEvent.objects.order_by().values_list("agency_id", flat=True).distinct())
    return sorted(agencies, key=lambda pk: (pk is not None, pk))


def current_heads() -> dict[str, Head]:
    """The head of every chain by the uid of its agency, "" for the installation's: what to keep elsewhere."""
    rows = AuditHead.objects.values_list("agency__uid", "sequence", "hash")
    return {str(uid or ""): Head(sequence, hash) for uid, sequence, hash in rows}


def check_trail(*, agency: Agency | None, by: User) -> Proof:
    """Verify one chain from the page, and note in it that somebody looked and what came of it.

    Without a transaction around both: on SQLite it would keep everybody from writing while the chain is read.
    """
    proof = verify_chain(agency.pk if agency else None)
    AuditEvent.record(
        "audit.checked", by=by, agency=agency, events=proof.count, broken=proof.broken, head=proof.head.hash
    )
    return proof


def heads_to_data(heads: Mapping[str, Head]) -> dict[str, Any]:
    """The heads as they stand in a file."""
    rows = [{"agency": uid, "sequence": h.sequence, "hash": h.hash} for uid, h in sorted(heads.items())]
    return {"format": HEADS_FORMAT, "chains": rows}


def heads_from_data(data: Any) -> dict[str, Head]:
    """The heads of such a file. Raises ValueError for anything else."""
    try:
        if data["format"] != HEADS_FORMAT:
            raise ValueError(data["format"])
        return {str(row["agency"]): Head(int(row["sequence"]), str(row["hash"])) for row in data["chains"]}
    except (KeyError, TypeError) as fault:
        raise ValueError(str(fault)) from fault
