"""Saves are put together as people remember them, and each entry tells what it changed."""

from __future__ import annotations

import datetime
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.world import World, moment
from texts.enums import RevisionKind
from texts.history import NEVER_STOOD, WINDOW, Save, entries_of, history_of, spans_of
from texts.models import Revision, Text
from texts.services import new_text, save_text, set_aside

START = moment()
GAPS = st.timedeltas(min_value=datetime.timedelta(0), max_value=datetime.timedelta(minutes=25))
KINDS = st.sampled_from([RevisionKind.WRITTEN] * 6 + list(RevisionKind))


@st.composite
def histories(draw: st.DrawFn) -> list[Save]:
    """Saves of three people, seconds to minutes apart."""
    rows = draw(st.lists(st.tuples(st.sampled_from([None, 1, 2]), GAPS, KINDS, st.booleans()), max_size=40))
    saves, at = [], START
    for version, (author, gap, kind, on_behalf) in enumerate(rows, start=1):
        at += gap
        saves.append(Save(version, author, at, kind, on_behalf))
    return saves


@given(histories())
def test_no_save_is_lost_and_their_order_is_kept(saves: list[Save]) -> None:
    assert [save for span in spans_of(saves) for save in span.saves] == saves


@given(histories())
def test_one_entry_has_one_author_and_no_pause(saves: list[Save]) -> None:
    for span in spans_of(saves):
        assert len({(save.author, save.on_behalf) for save in span.saves}) == 1
        pairs = list(zip(span.saves, span.saves[1:], strict=False))
        assert all(later.at - earlier.at <= WINDOW for earlier, later in pairs)
        if len(span.saves) > 1:
            assert {save.kind for save in span.saves} == {RevisionKind.WRITTEN}


@given(histories())
def test_entries_are_as_few_as_the_rule_allows(saves: list[Save]) -> None:
    for earlier, later in zip(spans_of(saves), spans_of(saves)[1:], strict=False):
        last, first = earlier.saves[-1], later.saves[0]
        plain = last.kind == first.kind == RevisionKind.WRITTEN
        same = (last.author, last.on_behalf) == (first.author, first.on_behalf)
        assert not (plain and same and first.at - last.at <= WINDOW)


@given(st.integers(min_value=1, max_value=300))
def test_of_many_saves_some_are_offered_with_both_ends(count: int) -> None:
    [span] = spans_of(Save(version, 1, START) for version in range(1, count + 1))
    steps = [save.version for save in span.steps]
    assert (steps[0], steps[-1], len(steps)) == (count, 1, min(count, 20))
    assert steps == sorted(set(steps), reverse=True)


def test_ten_minutes_are_one_entry_and_a_second_more_are_two() -> None:
    at = [START, START + WINDOW, START + 2 * WINDOW + datetime.timedelta(seconds=1)]
    spans = spans_of([Save(version, 1, time) for version, time in enumerate(at, start=1)])
    assert [[save.version for save in span.saves] for span in spans] == [[1, 2], [3]]
    assert (spans[0].since, spans[0].at, spans[0].version) == (at[0], at[1], 2)


@pytest.fixture
def text(world: World) -> Text:
    return new_text(agency=world.here.agency)


def write(text: Text, html: str, by: object, minutes: int = 0, **about: object) -> None:
    """Save on top of what stands, so many minutes after START."""
    text.refresh_from_db()
    with time_machine.travel(START + datetime.timedelta(minutes=minutes), tick=False):
        save_text(text=text, base_version=text.version, html=html, key=uuid.uuid4(), by=by, **about)


def shown(text: Text) -> list[tuple[object, ...]]:
    """(author, version, words of changed stretches) of every entry, the newest first."""
    spans = history_of(text)
    entries = entries_of(text, spans, spans)
    return [(str(e.author or ""), e.version, [str(s.html) for s in e.changes if s.changed]) for e in entries]


def test_each_entry_is_compared_with_what_stood_before_it(text: Text, world: World) -> None:
    first, second = world.here.people["committee_1"], world.here.people["secretariat"]
    write(text, "<p>หนึ่ง</p>", first)
    write(text, "<p>หนึ่ง</p><p>สอง</p>", first, minutes=3)
    write(text, "<p>หนึ่ง</p><p>สาม</p>", second, minutes=4)
    assert shown(text) == [
        (str(second), 3, ["<p><del>สอง</del><ins>สาม</ins></p>"]),
        (str(first), 2, ["<p><ins>หนึ่ง</ins></p><p><ins>สอง</ins></p>"]),
    ]


def test_what_never_stood_is_no_base_of_the_next_entry(text: Text, world: World) -> None:
    first, second = world.here.people["committee_1"], world.here.people["secretariat"]
    write(text, "<p>ก</p>", first)
    with time_machine.travel(START + datetime.timedelta(hours=1), tick=False):
        set_aside(text=text, base_version=0, html="<p>ข</p>", key=uuid.uuid4(), by=second)
    write(text, "<p>ค</p>", first, minutes=90)
    assert shown(text) == [
        (str(first), 4, ["<p><del>ก</del><ins>ค</ins></p>"]),
        (str(second), 3, []),
        (str(second), 2, ["<p><del>ก</del><ins>ข</ins></p>"]),
        (str(first), 1, ["<p><ins>ก</ins></p>"]),
    ]
    kinds = {span.version: span.stood for span in history_of(text)}
    assert kinds == {1: True, 2: False, 3: True, 4: True}
    assert {RevisionKind.SET_ASIDE, RevisionKind.BEFORE_MERGE} == NEVER_STOOD


def test_a_history_of_a_thousand_saves_costs_three_queries_and_reads_few_texts(
    text: Text, world: World
) -> None:
    people = [world.here.people[role] for role in ("committee_1", "secretariat")]
    Revision.objects.bulk_create(
        Revision(
            text=text,
            version=version,
            html=f"<p>ครั้งที่ {version}</p>",
            author=people[version % 2],
            at=START + datetime.timedelta(minutes=version),
        )
        for version in range(1, 1001)
    )
    with CaptureQueriesContext(connection) as captured:
        spans = history_of(text)
        entries = entries_of(text, spans, spans[20:40])
    assert [entry.version for entry in entries] == list(range(980, 960, -1))
    assert (len(spans), len(captured)) == (1000, 3)
    assert '"html"' not in captured[0]["sql"]
    assert captured[1]["sql"].count(", ") < 40


def test_markup_of_an_older_allow_list_is_harmless(text: Text, world: World) -> None:
    evil = (
        '<p onclick="x()">ก<img src="javascript:x()" onerror="x()"><script>x()</script></p><iframe></iframe>'
    )
    for version, html in enumerate(["<p>ก</p>", evil, evil + "<p>ข</p>"], start=1):
        Revision.objects.create(text=text, version=version, html=html, at=START)
    spans = history_of(text)
    for entry in entries_of(text, spans, spans):
        printed = "".join(stretch.html for stretch in entry.changes)
        assert not any(word in printed for word in ("onclick", "onerror", "script", "iframe"))
