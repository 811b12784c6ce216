"""Hands that are laid on the audit trail, past the program; each must show in the proof."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from organizations.chaining import GENESIS, link
from organizations.models import Agency, AuditEvent, AuditHead, User

# Chance, the agency whose chain it is, and the numbers of its events.
Tampering = Callable[[random.Random, Any, list[int]], None]


def edit(chance: random.Random, agency: Any, places: list[int]) -> None:
    """One column of one event."""
    name = f"x{chance.getrandbits(60)}"
    other, person = Agency.objects.create(code=name, name=name), User.objects.create(username=name)
    column, value = chance.choice(
        [
            ("verb", "round.closed"),
            ("object_id", "999"),
            ("object_type", "organizations.owner"),
            ("at", timezone.now() - timedelta(days=3)),
            ("actor_id", person.pk),
            ("facts", {"reason": "อีกเหตุผลหนึ่ง"}),
            ("hash", "0" * 64),
            ("agency_id", other.pk),
        ]
    )
    row = AuditEvent.objects.get(agency=agency, sequence=chance.choice(places))
    AuditEvent.objects.filter(pk=row.pk).update(**{column: value})


def edit_and_rehash(chance: random.Random, agency: Any, places: list[int]) -> None:
    """An event changed together with its own hash: the next one, or the head, tells."""
    row = AuditEvent.objects.get(agency=agency, sequence=chance.choice(places))
    before = AuditEvent.objects.filter(agency=agency, sequence=row.sequence - 1).first()
    row.facts = {"reason": "แก้ใหม่"}
    row.hash = link(before.hash if before else GENESIS, row.entry())
    row.save()


def delete(chance: random.Random, agency: Any, places: list[int]) -> None:
    """Some events in a row; the last ones too."""
    first = chance.choice(places)
    AuditEvent.objects.filter(agency=agency, sequence__range=(first, first + chance.randint(0, 3))).delete()


def insert(chance: random.Random, agency: Any, places: list[int]) -> None:
    """A forged event at the end with a hash that fits, or between two others that make room for it."""
    chosen = AuditEvent.objects.get(agency=agency, sequence=chance.choice([*places, places[-1]]))
    later = AuditEvent.objects.filter(agency=agency, sequence__gt=chosen.sequence).order_by("-sequence")
    for event in later:
        AuditEvent.objects.filter(pk=event.pk).update(sequence=event.sequence + 1)
    forged = copy.copy(chosen)
    forged.pk, forged.sequence, forged.facts = None, chosen.sequence + 1, {"reason": "แทรก"}
    forged.hash = link(chosen.hash, forged.entry())
    forged.save(force_insert=True)


def swap(chance: random.Random, agency: Any, places: list[int]) -> None:
    """Two events change places, with or without their hashes, or only their keys."""
    one, two = chance.sample(list(AuditEvent.objects.filter(agency=agency)), 2)
    what = chance.choice(["places", "contents", "keys"])
    if what == "contents":
        for event, facts in ((one, two.facts), (two, one.facts)):
            AuditEvent.objects.filter(pk=event.pk).update(facts=facts)
        return
    column, aside = ("id" if what == "keys" else "sequence"), 10**9
    (first, second), rows = (getattr(one, column), getattr(two, column)), AuditEvent.objects.all()
    rows.filter(pk=one.pk).update(**{column: aside})
    rows.filter(pk=two.pk).update(**{column: first})
    rows.filter(**{column: aside}).update(**{column: second})


def rewind(chance: random.Random, agency: Any, places: list[int]) -> None:
    """The head is set back, lost or given another hash."""
    head = AuditHead.objects.get(agency=agency)
    what = chance.choice(["back", "gone", "hash", "ahead"])
    if what == "gone":
        head.delete()
    else:
        head.sequence += {"back": -1, "ahead": 1}.get(what, 0)
        head.hash = "f" * 64 if what == "hash" else head.hash
        head.save()


TAMPERINGS: list[Tampering] = [edit, edit_and_rehash, delete, insert, swap, rewind]
