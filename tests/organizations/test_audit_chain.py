"""The chain of the audit trail: what its hashes cover, that every tampering shows, that nobody forks it."""

from __future__ import annotations

import copy
import datetime
import json
import random
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organizations.chaining import GENESIS, canonical_bytes, link, storable
from organizations.models import Agency, AuditEvent, AuditHead, User
from organizations.services import audit_proof
from organizations.services.audit_proof import Break, Fault, Head, current_heads, verify_chain
from proof.tampering import TAMPERINGS, Tampering
from tests.guards import without_guards
from tests.world import make_agency, make_user

BANGKOK = datetime.timezone(datetime.timedelta(hours=7))


def grow(agency: Agency | None, by: User | None, number: int) -> list[AuditEvent]:
    """A chain of this many events with facts of every kind."""
    return [
        AuditEvent.record("round.reopened", by, by=by, agency=agency, reason=f"เหตุผลที่ {n}", year=2500 + n)
        for n in range(1, number + 1)
    ]


@pytest.fixture
def agency(db: None) -> Agency:
    return make_agency("senate", "สำนักงานเลขาธิการวุฒิสภา")


@pytest.fixture
def person(db: None) -> User:
    return make_user("writer")


def found_in(agency: Agency | None, exported: Head | None = None) -> list[str]:
    """What the proof says about the chain, in words."""
    return [str(b) for b in verify_chain(agency.pk if agency else None, exported=exported).first]


# --- the bytes ------------------------------------------------------------------------------------

plain = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=30)
    | st.dates()
    | st.datetimes(timezones=st.just(datetime.UTC))
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.uuids()
)
facts = st.dictionaries(
    st.text(max_size=12),
    st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    ),
    max_size=4,
)


@pytest.mark.django_db
@given(facts=facts, at=st.datetimes(datetime.datetime(1990, 1, 2), datetime.datetime(2200, 1, 1)))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_event_read_back_has_the_bytes_that_it_was_written_with(
    facts: dict[str, Any], at: datetime.datetime
):
    entry = {
        "sequence": 1,
        "at": at.replace(tzinfo=BANGKOK),
        "agency": None,
        "actor": None,
        "verb": "round.reopened",
        "object_type": "",
        "object_id": "",
        "facts": storable(facts),
    }
    with transaction.atomic():
        row = AuditEvent(
            **{k: v for k, v in entry.items() if k not in ("agency", "actor")}, hash=link(GENESIS, entry)
        )
        row.save()
        again = AuditEvent.objects.get(pk=row.pk)
        transaction.set_rollback(True)
    assert canonical_bytes(again.entry()) == canonical_bytes(entry)
    assert link(GENESIS, again.entry()) == again.hash
    assert storable(again.facts) == again.facts


@pytest.mark.parametrize(
    ("given_facts", "stored"),
    [
        ({"n": 1e22}, {"n": 10**22}),
        ({"n": 1.5e300}, {"n": 15 * 10**299}),
        ({"n": -0.0}, {"n": 0}),
        ({"n": 0.1}, {"n": 0.1}),
        ({"n": True}, {"n": True}),
        ({"text": "ก\0ข\ud800"}, {"text": "ก\ufffdข?"}),
        ({"day": datetime.date(2026, 11, 20)}, {"day": "2026-11-20"}),
        ({"much": Decimal("1.50")}, {"much": "1.50"}),
        ({"ids": (1, 2)}, {"ids": [1, 2]}),
    ],
)
def test_facts_are_settled_before_they_are_stored(given_facts, stored):
    assert json.dumps(storable(given_facts)) == json.dumps(stored)


def test_a_fact_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="JSON"):
        storable({"n": float("nan")})


def test_the_rules_of_the_bytes_are_frozen():
    """Recomputed by hand from the description; when this fails, no chain of any installation can be proved any more."""
    entry = {
        "sequence": 2,
        "at": datetime.datetime(2026, 11, 20, 14, 3, 0, 5, tzinfo=BANGKOK),
        "agency": 7,
        "actor": None,
        "verb": "round.reopened",
        "object_type": "assessment.round",
        "object_id": "12",
        "facts": {"ข": [1.0, None], "ก": "ส่งผิดฉบับ"},
    }
    assert canonical_bytes(entry).decode() == (
        '{"actor":null,"agency":7,"at":"2026-11-20T07:03:00.000005+00:00","facts":{"ก":"ส่งผิดฉบับ","ข":[1,null]},'
        '"object_id":"12","object_type":"assessment.round","sequence":2,"verb":"round.reopened"}'
    )
    assert link("ab", entry) == link("ab", copy.deepcopy(entry)) != link("ac", entry)


# --- the chain ------------------------------------------------------------------------------------


def test_every_agency_and_the_installation_have_chains_of_their_own(agency, person):
    other = make_agency("nso", "สำนักงานสถิติแห่งชาติ")
    for where, number in ((agency, 3), (None, 2), (other, 1), (agency, 1)):
        grow(where, person, number)
    chains = {
        pk: [e.sequence for e in AuditEvent.objects.filter(agency=pk).order_by("pk")]
        for pk in audit_proof.chains()
    }
    assert chains == {None: [1, 2], agency.pk: [1, 2, 3, 4], other.pk: [1]}
    for pk, sequences in chains.items():
        proof = verify_chain(pk)
        last = AuditEvent.objects.filter(agency=pk).latest("pk")
        assert (proof.holds, proof.count, proof.head) == (
            True,
            len(sequences),
            Head(last.sequence, last.hash),
        )
    assert current_heads()[""].sequence == 2


def test_an_event_takes_part_in_the_fate_of_its_change(agency, person):
    grow(agency, person, 1)
    with transaction.atomic():
        AuditEvent.record("round.closed", by=person, agency=agency)
        transaction.set_rollback(True)
    grow(agency, person, 1)
    assert verify_chain(agency.pk).count == 2
    assert found_in(agency) == []


def test_the_database_has_one_head_per_chain_and_one_event_per_place(agency, person):
    first = grow(agency, person, 1)[0]
    mine = grow(None, person, 1)[0]
    for head in (AuditHead(agency=agency), AuditHead(agency=None)):
        with pytest.raises(IntegrityError), transaction.atomic():
            head.save(force_insert=True)
    for event in (first, mine):
        fork = copy.copy(event)
        fork.pk, fork.verb = None, "round.closed"
        with pytest.raises(IntegrityError), transaction.atomic():
            fork.save(force_insert=True)


# --- tampering ------------------------------------------------------------------------------------


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_every_tampering_is_found(tamper: Tampering, agency, person, monkeypatch):
    monkeypatch.setattr(audit_proof, "CHUNK", 4)
    grow(agency, person, 11)
    places = list(range(1, 12))
    chance = random.Random(tamper.__name__)
    unseen = []
    with without_guards():
        assert found_in(agency) == []
        for number in range(40):
            with transaction.atomic():
                tamper(chance, agency, places)
                if verify_chain(agency.pk).holds:
                    unseen.append(number)
                transaction.set_rollback(True)
        assert found_in(agency) == []
    assert unseen == []


@pytest.mark.parametrize(
    ("hand", "words"),
    [
        (lambda rows: rows.filter(sequence=4).update(verb="round.closed"), ["ลำดับที่ 4 ถูกแก้ไข"]),
        (
            lambda rows: rows.filter(sequence__in=(2, 4)).update(verb="x"),
            ["ลำดับที่ 2 ถูกแก้ไข", "ลำดับที่ 4 ถูกแก้ไข"],
        ),
        (lambda rows: rows.filter(sequence__in=(2, 3)).delete(), ["ลำดับที่ 2–3 หายไป"]),
        (lambda rows: rows.filter(sequence__gte=5).delete(), ["ลำดับที่ 5–6 ส่วนท้ายหายไป"]),
        (lambda rows: rows.filter(sequence=1).delete(), ["ลำดับที่ 1 หายไป"]),
        (lambda rows: rows.all().delete(), ["ลำดับที่ 1–6 ส่วนท้ายหายไป"]),
    ],
)
def test_every_broken_place_is_named(agency, person, hand, words):
    grow(agency, person, 6)
    with without_guards():
        hand(AuditEvent.objects.filter(agency=agency))
        assert found_in(agency) == words


def test_what_was_written_past_the_program_is_named(agency, person):
    last = grow(agency, person, 3)[-1]
    forged = copy.copy(last)
    forged.pk, forged.sequence = None, 4
    forged.hash = link(last.hash, forged.entry())
    forged.save(force_insert=True)
    assert found_in(agency) == ["ลำดับที่ 4 ต่อท้ายโดยไม่ผ่านระบบ"]


def test_a_tail_cut_together_with_its_head_shows_by_a_head_kept_elsewhere(agency, person):
    events = grow(agency, person, 6)
    kept = current_heads()[str(agency.uid)]
    with without_guards():
        AuditEvent.objects.filter(agency=agency, sequence__gt=4).delete()
        AuditHead.objects.filter(agency=agency).update(sequence=4, hash=events[3].hash)
        assert found_in(agency) == []
        assert found_in(agency, kept) == ["ลำดับที่ 5–6 ไม่ตรงกับค่าที่เก็บไว้ภายนอก"]


def test_a_history_written_anew_shows_by_a_head_kept_elsewhere(agency, person):
    grow(agency, person, 6)
    kept = current_heads()[str(agency.uid)]
    with without_guards():
        previous = GENESIS
        for event in AuditEvent.objects.filter(agency=agency).order_by("sequence"):
            event.facts = event.facts | {"reason": "เรื่องใหม่"}
            event.hash = previous = link(previous, event.entry())
            event.save()
        AuditHead.objects.filter(agency=agency).update(hash=previous)
        assert found_in(agency) == []
        assert found_in(agency, kept) == ["ลำดับที่ 6 ไม่ตรงกับค่าที่เก็บไว้ภายนอก"]


def test_a_head_kept_earlier_still_holds_when_the_chain_has_grown(agency, person):
    grow(agency, person, 2)
    kept = current_heads()[str(agency.uid)]
    grow(agency, person, 3)
    assert found_in(agency, kept) == []


# --- the command ----------------------------------------------------------------------------------


def verify(*arguments: str) -> tuple[int, str, str]:
    """Exit code and both outputs of the command."""
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_audit", *arguments, stdout=out, stderr=err)
    except CommandError as refused:
        return refused.returncode, out.getvalue(), f"{err.getvalue()}{refused}"
    return 0, out.getvalue(), err.getvalue()


def test_the_command_says_unbroken_with_head_and_count(agency, person):
    last = grow(agency, person, 3)[-1]
    grow(None, person, 1)
    code, out, err = verify()
    assert (code, err) == (0, "")
    assert out.splitlines()[1] == f"senate: ครบถ้วน 3 เหตุการณ์ ปลาย 3 {last.hash}"
    assert out.splitlines()[0].startswith("ส่วนกลางของระบบ: ครบถ้วน 1 เหตุการณ์ ปลาย 1 ")


def test_the_command_names_the_broken_places_of_every_chain(agency, person):
    grow(agency, person, 3)
    grow(None, person, 2)
    with without_guards():
        AuditEvent.objects.filter(sequence=2).update(verb="round.closed")
    assert verify() == (
        1,
        "",
        "ส่วนกลางของระบบ: ลำดับที่ 2 ถูกแก้ไข\nsenate: ลำดับที่ 2 ถูกแก้ไข\nบันทึกเหตุการณ์ไม่สมบูรณ์ พบ 2 ตำแหน่ง",
    )


def test_heads_go_out_and_come_back(agency, person, tmp_path: Path):
    grow(agency, person, 3)
    grow(None, person, 1)
    file = tmp_path / "heads.json"
    assert verify("--write-head", str(file))[0] == 0
    code, out, _ = verify("--write-head", "-")
    assert (code, json.loads(out)["chains"]) == (0, json.loads(file.read_text())["chains"])
    assert verify("--head", str(file))[0] == 0
    with without_guards():
        AuditEvent.objects.all().delete()
        AuditHead.objects.all().delete()
    code, _, err = verify("--head", str(file))
    assert code == 1
    assert err.splitlines() == [
        "ส่วนกลางของระบบ: ลำดับที่ 1 ไม่ตรงกับค่าที่เก็บไว้ภายนอก",
        "senate: ลำดับที่ 1–3 ไม่ตรงกับค่าที่เก็บไว้ภายนอก",
        "บันทึกเหตุการณ์ไม่สมบูรณ์ พบ 2 ตำแหน่ง",
    ]


@pytest.mark.parametrize("content", ["", "[]", '{"format": "other"}', '{"format": "pmqa-audit-heads 1"}'])
def test_a_file_that_holds_no_heads_is_refused(db, tmp_path: Path, content):
    file = tmp_path / "heads.json"
    file.write_text(content)
    code, _, err = verify("--head", str(file))
    assert code == 1
    assert err.startswith(f"อ่านไฟล์ปลายบันทึก {file} ไม่ได้")


def test_a_chain_of_an_agency_that_is_gone_is_missed(db, tmp_path: Path):
    file = tmp_path / "heads.json"
    rows = [{"agency": "5f0c", "sequence": 1, "hash": "0"}]
    file.write_text(json.dumps({"format": "pmqa-audit-heads 1", "chains": rows}))
    assert verify("--head", str(file)) == (
        1,
        "",
        "ไม่มีหน่วยงาน 5f0c ที่อยู่ในไฟล์ปลายบันทึก\nบันทึกเหตุการณ์ไม่สมบูรณ์ พบ 1 ตำแหน่ง",
    )


def test_a_long_chain_is_read_in_pieces_of_one_query_each(
    agency, person, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(audit_proof, "CHUNK", 10)
    grow(agency, person, 40)
    # four pieces and the empty one behind them; then the head, what came meanwhile, and the savepoint around both
    with django_assert_num_queries(9):
        assert verify_chain(agency.pk).count == 40


def test_a_break_says_where_it_is():
    assert str(Break(Fault.MISSING, 3, 3)) == "ลำดับที่ 3 หายไป"
    assert str(Break(Fault.CUT, 3, 9)) == "ลำดับที่ 3–9 ส่วนท้ายหายไป"
