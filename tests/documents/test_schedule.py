"""What the worker does by the clock: a task that fails stops nothing and is tried ever more rarely."""

from __future__ import annotations

import itertools
import logging

import pytest

from documents import worker
from documents.schedule import LONGEST_PAUSE, Schedule, Task


def test_tasks_run_as_often_as_they_say():
    now, ran = [0.0], []
    schedule = Schedule(
        [Task("often", 30, lambda: ran.append("often")), Task("rarely", 300, lambda: ran.append("rarely"))],
        clock=lambda: now[0],
    )
    for second in range(601):
        now[0] = float(second)
        schedule.tick()
    assert (ran.count("often"), ran.count("rarely")) == (21, 3)


@pytest.mark.parametrize("fault", [ConnectionRefusedError("secret"), ZeroDivisionError("secret")])
def test_a_task_that_fails_waits_longer_each_time_and_holds_up_no_other(caplog, fault):
    now, tried, others = [0.0], [], []

    def fail() -> None:
        tried.append(now[0])
        raise fault

    schedule = Schedule(
        [Task("letters", 30, fail), Task("other", 30, lambda: others.append(1))], clock=lambda: now[0]
    )
    with caplog.at_level(logging.WARNING, "pmqa.worker"):
        for second in range(0, 4 * 3600, 10):
            now[0] = float(second)
            schedule.tick()
    gaps = [later - earlier for earlier, later in itertools.pairwise(tried)]
    assert gaps[:7] == [30, 60, 120, 240, 480, 960, LONGEST_PAUSE]
    assert set(gaps[7:]) == {LONGEST_PAUSE}
    assert len(others) == 4 * 120
    assert len(caplog.records) == len(tried)


def test_a_task_that_works_again_is_as_frequent_as_before():
    now, broken, tried = [0.0], [True], []

    def do() -> None:
        tried.append(now[0])
        if broken[0]:
            raise TimeoutError

    schedule = Schedule([Task("letters", 30, do)], clock=lambda: now[0])
    for second in range(0, 600, 10):
        now[0], broken[0] = float(second), second < 200
        schedule.tick()
    assert tried == [0, 30, 90, 210, *range(240, 600, 30)]


def test_the_worker_reminds_sends_letters_and_sweeps_also_while_files_wait(monkeypatch):
    ran: list[str] = []
    monkeypatch.setattr(worker, "remind", lambda: ran.append("reminders"))
    monkeypatch.setattr(worker, "send_letters", lambda: ran.append("letters"))
    monkeypatch.setattr(worker, "sweep", lambda now: ran.append("sweep"))
    monkeypatch.setattr(worker, "work_once", lambda: True)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    turns = iter([False, False, False, True])
    worker.run_worker(lambda: next(turns))
    assert ran == ["reminders", "letters", "sweep"]
