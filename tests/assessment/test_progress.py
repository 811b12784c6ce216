"""What is missing, in words; and how many queries that takes."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessment.enums import Progress
from assessment.models import Activity
from assessment.progress import criterion_progress, progress_of, round_progress
from tests.world import criterion, make_round, moment, write_activity

TODO, DOING, DONE = Progress.TODO, Progress.DOING, Progress.DONE
NO_ACTIVITY, NO_OWNER = ("ยังไม่มีกิจกรรม",), ("ยังไม่มีผู้รับผิดชอบ",)


class Rows(list):
    """A related manager that has read its rows."""

    def all(self):
        return self


@dataclass
class Written:
    """An activity as a person would describe it."""

    text: str = "ก"
    owners: int = 1


def analysis_of(*written: Written, analysis_saved=None):
    places = Rows(
        SimpleNamespace(
            activity=SimpleNamespace(
                text=SimpleNamespace(is_blank=not w.text, updated_at=moment() if w.text else None),
                owner_lines=Rows(range(w.owners)),
            )
        )
        for w in written
    )
    blank = SimpleNamespace(updated_at=None)
    return SimpleNamespace(
        activity_places=places,
        analysis=SimpleNamespace(updated_at=analysis_saved),
        obstacles=blank,
        remedies=blank,
        chosen_practices=Rows(),
        changed_at=None,
        sheet=SimpleNamespace(returned_at=None),
        wording=SimpleNamespace(code="3.3"),
    )


@pytest.mark.parametrize(
    ("written", "state", "missing"),
    [
        ([], TODO, NO_ACTIVITY),
        ([Written(text="", owners=0)], DOING, NO_ACTIVITY),
        ([Written(text="", owners=2)], DOING, NO_ACTIVITY),
        ([Written(owners=0)], DOING, NO_OWNER),
        ([Written()], DONE, ()),
        ([Written(), Written(owners=3)], DONE, ()),
        ([Written(), Written(owners=0)], DOING, ("มี 1 กิจกรรมที่ยังไม่มีผู้รับผิดชอบ",)),
        ([Written(owners=0), Written(owners=0)], DOING, ("มี 2 กิจกรรมที่ยังไม่มีผู้รับผิดชอบ",)),
        # a blank one demands no owner
        ([Written(), Written(text="", owners=0)], DONE, ()),
        ([Written(owners=0), Written(text="", owners=0)], DOING, NO_OWNER),
    ],
)
def test_what_completes_a_criterion(written, state, missing):
    progress = criterion_progress(analysis_of(*written))
    assert (progress.state, progress.missing) == (state, missing)


def test_an_analysis_text_begins_a_criterion_but_is_never_demanded():
    progress = criterion_progress(analysis_of(analysis_saved=moment()))
    assert (progress.state, progress.missing, progress.last_saved) == (DOING, NO_ACTIVITY, moment())


written_activities = st.lists(
    st.builds(Written, text=st.sampled_from(["", "ก"]), owners=st.integers(0, 3)), max_size=6
)


@given(written_activities)
def test_done_means_that_nothing_is_missing_and_todo_that_nothing_was_begun(written):
    progress = criterion_progress(analysis_of(*written))
    assert (progress.state == DONE) == (not progress.missing)
    assert (progress.state == TODO) == (not written)


@given(written_activities)
def test_an_owner_for_every_text_completes_and_taking_one_away_does_not(written):
    for activity in written:
        activity.owners = max(activity.owners, 1)
    texts = [activity for activity in written if activity.text]
    assert (criterion_progress(analysis_of(*written)).state == DONE) == bool(texts)
    for activity in texts:
        activity.owners = 0
        assert criterion_progress(analysis_of(*written)).state == DOING
        activity.owners = 1


# --- read from the database ---------------------------------------------------------------------------


def codes_by_state(progress) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for sheet in progress.sheets:
        for item in sheet.criteria:
            found.setdefault(str(item.state), []).append(item.code)
    return found


def test_a_round_tells_its_criteria_sheets_and_sum(here, there):
    progress = round_progress(here)
    found = codes_by_state(progress)
    assert (found["done"], found["doing"], len(found["todo"])) == (["1.1", "1.3", "1.4"], ["3.1"], 20)
    assert (progress.done, progress.total, progress.sheets_done) == (3, 24, 0)
    assert [sheet.state for sheet in progress.sheets] == [DOING, TODO, DOING, TODO, TODO, TODO]
    assert progress.sheets[0].missing == ["ข้อ 1.2 ยังไม่มีกิจกรรม"]
    own = Activity.objects.filter(places__analysis__sheet=progress.sheets[0].sheet)
    assert progress.sheets[0].last_saved == max(activity.text.updated_at for activity in own)
    assert progress.sheets[1].last_saved is None


def test_a_sheet_is_done_when_its_four_criteria_are(here, world):
    write_activity(here, "1.2", "<p>ก</p>", owners=[world.here.unit])
    progress = round_progress(here, {1})
    assert [(sheet.sheet.number, sheet.state, sheet.done) for sheet in progress.sheets] == [(1, DONE, 4)]
    assert (progress.sheets_done, progress.sheets[0].missing) == (1, [])


def test_withdrawn_activities_count_for_nothing(here, world):
    shared = Activity.objects.get(places__analysis=criterion(here, "1.4"))
    Activity.objects.filter(pk=shared.pk).update(withdrawn_at=timezone.now(), withdrawn_by=world.admin)
    assert codes_by_state(round_progress(here, {1})) == {"done": ["1.1"], "todo": ["1.2", "1.3", "1.4"]}
    assert progress_of(criterion(here, "1.3")).missing == NO_ACTIVITY


def test_reading_takes_as_many_queries_for_one_activity_a_criterion_as_for_thirty(here, world):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            progress = round_progress(here)
            [sheet.missing for sheet in progress.sheets]
        return len(captured)

    few = queries()
    for _ in range(30):
        write_activity(here, "1.1", "<p>ก</p>", owners=[world.here.unit])
    for code in ("2.1", "5.4", "6.2"):
        write_activity(here, code, "<p>ก</p>", owners=[world.here.unit])
    assert queries() == few
    assert few <= 5


def test_the_rounds_of_two_years_do_not_mix(here, world):
    make_round(world.here, world, year=2566)
    write_activity(here, "2.2", "<p>ก</p>", owners=[world.here.unit])
    later = here.agency.rounds.get(year=2566)
    assert (round_progress(here).done, round_progress(later).done) == (4, 3)
