"""What the browser is told about an autosave, and what stands afterwards."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from assessment.models import Activity, ActivityPlace, Round
from assessment.services.rounds import close_round
from assessment.services.withdrawing import withdraw_activity
from organizations.enums import Role
from organizations.models import User
from tests.world import World, criterion
from texts.models import Proposal, Revision, Text
from texts.services import save_text

from .browser import activity_at, url

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


@pytest.fixture
def member(world: World) -> User:
    """A committee member of category 1."""
    return world.here.people["committee_1"]


@pytest.fixture
def browser(member: User) -> Client:
    """Signed in as that member."""
    client = Client()
    client.force_login(member)
    return client


@pytest.fixture
def activity(here: Round) -> Activity:
    """An activity of two paragraphs."""
    activity = activity_at(here, "1.1")
    save_text(
        text=activity.text,
        base_version=activity.text.version,
        html="<p>ก</p><p>ข</p>",
        key=uuid.uuid4(),
        by=None,
    )
    return Activity.objects.select_related("text").get(pk=activity.pk)


def send(client: Client, round: Round, uid: object, html: str, base: int, **more: Any) -> Any:
    """One autosave as the editor sends it."""
    body = {"html": html, "base_version": base, "key": uuid.uuid4(), **more}
    return client.post(url(round, "1.1", "activities", str(uid), "text"), body, headers=JSON)


def other_saves(activity: Activity, html: str, world: World) -> None:
    """The secretariat was faster."""
    text = Text.objects.get(pk=activity.text_id)
    save_text(
        text=text,
        base_version=text.version,
        html=html,
        key=uuid.uuid4(),
        by=world.here.people[Role.SECRETARIAT],
    )


class TestActivity:
    def test_saved_text_is_acknowledged_with_its_version_and_time(
        self, browser: Client, here: Round, activity: Activity
    ) -> None:
        base = activity.text.version
        answer = send(browser, here, activity.uid, "<p>ก</p><p>ข!</p>", base)
        activity.text.refresh_from_db()
        clock = f"{activity.text.updated_at.astimezone():%H:%M:%S}" if activity.text.updated_at else ""
        assert answer.status_code == 200
        assert answer.json().keys() == {"state", "version", "clock"}
        assert (answer.json()["state"], answer.json()["version"]) == ("saved", base + 1)
        assert answer.json()["clock"][-5:] == clock[-5:]
        assert activity.text.html == "<p>ก</p><p>ข!</p>"

    def test_first_save_of_a_new_card_makes_the_activity_once(self, browser: Client, here: Round) -> None:
        uid, key = uuid.uuid4(), uuid.uuid4()
        for _ in range(2):
            answer = send(browser, here, uid, "<p>ใหม่</p>", 0, key=key)
            assert (answer.status_code, answer.json()["version"]) == (200, 1)
            assert "ยังไม่มีผู้รับผิดชอบ" in answer.json()["criterion"]
        made = Activity.objects.get(uid=uid)
        places = ActivityPlace.objects.filter(activity=made).values_list("analysis__wording__code", flat=True)
        assert (made.text.html, list(places)) == ("<p>ใหม่</p>", ["1.1"])

    def test_an_empty_new_card_makes_nothing(self, browser: Client, here: Round) -> None:
        uid = uuid.uuid4()
        answer = send(browser, here, uid, "", 0)
        assert (answer.status_code, answer.json()["version"]) == (200, 0)
        assert not Activity.objects.filter(uid=uid).exists()

    def test_others_paragraphs_are_merged_and_shown(
        self, browser: Client, here: Round, activity: Activity, world: World
    ) -> None:
        base = activity.text.version
        other_saves(activity, "<p>ก!</p><p>ข</p>", world)
        facts = send(browser, here, activity.uid, "<p>ก</p><p>ข?</p>", base).json()
        assert (facts["state"], facts["version"], facts["current"]) == ("merged", base + 2, base + 3)
        assert facts["html"] == "<p>ก!</p><p>ข?</p>"
        assert "<ins>!</ins>" in facts["notice"] or "<ins>ก!</ins>" in facts["notice"]

    def test_conflict_shows_both_and_saves_nothing(
        self, browser: Client, here: Round, activity: Activity, world: World
    ) -> None:
        base = activity.text.version
        other_saves(activity, "<p>ก</p><p>ข อื่น</p>", world)
        before = Revision.objects.count()
        answer = send(browser, here, activity.uid, "<p>ก</p><p>ข ฉัน</p>", base)
        facts = answer.json()
        assert (answer.status_code, facts["state"], facts["version"]) == (409, "conflict", base + 1)
        assert ">อื่น</ins>" in facts["panel"]
        assert ">ฉัน</ins>" in facts["panel"]
        assert str(world.here.people[Role.SECRETARIAT]) in facts["panel"]
        assert "<p>ข อื่น</p><p>ข ฉัน</p>" in facts["panel"]
        assert Revision.objects.count() == before

    @pytest.mark.parametrize(
        ("choice", "stands", "kinds"),
        [("mine", "<p>ฉัน</p>", ["written"]), ("theirs", "<p>อื่น</p>", ["kept", "set_aside"])],
    )
    def test_choice_in_a_conflict_loses_neither(
        self, browser: Client, here: Round, activity: Activity, world: World, choice, stands, kinds
    ) -> None:
        other_saves(activity, "<p>อื่น</p>", world)
        version = send(browser, here, activity.uid, "<p>ฉัน</p>", activity.text.version).json()["version"]
        answer = send(browser, here, activity.uid, "<p>ฉัน</p>", version, choice=choice)
        assert answer.status_code == 200
        assert answer.json().get("html", "<p>ฉัน</p>") == stands
        text = Text.objects.get(pk=activity.text_id)
        assert text.html == stands
        newest = [revision.kind for revision in text.revisions.all()[: len(kinds)]]
        assert newest == kinds
        assert {"<p>อื่น</p>", "<p>ฉัน</p>"} <= {revision.html for revision in text.revisions.all()}

    def test_unclean_text_is_refused_with_its_reason(
        self, browser: Client, here: Round, activity: Activity
    ) -> None:
        answer = send(browser, here, activity.uid, "<p>" + "ก" * 200_001 + "</p>", activity.text.version)
        assert (answer.status_code, answer.json()["state"]) == (422, "refused")
        assert answer.json()["message"].startswith("ข้อความยาวเกินไป")

    def test_text_of_another_round_is_not_found(
        self, browser: Client, here: Round, there: Round, world: World
    ) -> None:
        foreign = activity_at(there, "1.1")
        before = foreign.text.html
        assert send(browser, here, foreign.uid, "<p>ข</p>", foreign.text.version).status_code == 404
        foreign.text.refresh_from_db()
        assert foreign.text.html == before


class TestLateSave:
    def test_text_that_comes_after_closing_is_kept_as_a_proposal(
        self, browser: Client, here: Round, activity: Activity, member: User, world: World
    ) -> None:
        close_round(round=here, by=world.here.people[Role.SECRETARIAT])
        key = uuid.uuid4()
        for _ in range(2):
            answer = send(browser, here, activity.uid, "<p>ช้า</p>", activity.text.version, key=key)
            assert answer.status_code == 409
            assert answer.json() == {
                "state": "locked",
                "message": "แบบฟอร์มปีนี้ปิดแล้ว ระบบเก็บข้อความที่ท่านพิมพ์ไว้ในประวัติเพื่อพิจารณาแล้ว",
                "proposal": True,
            }
        kept = Proposal.objects.get()
        assert (kept.text_id, kept.html, kept.author) == (activity.text_id, "<p>ช้า</p>", member)

    def test_text_saved_before_closing_is_not_late_when_its_answer_was_lost(
        self, browser: Client, here: Round, activity: Activity, world: World
    ) -> None:
        sent = {"base": activity.text.version, "key": uuid.uuid4()}
        first = send(browser, here, activity.uid, "<p>ทัน</p>", **sent).json()
        close_round(round=here, by=world.here.people[Role.SECRETARIAT])
        again = send(browser, here, activity.uid, "<p>ทัน</p>", **sent)
        assert (again.status_code, again.json()["state"]) == (200, "saved")
        assert again.json()["version"] == first["version"]
        assert not Proposal.objects.exists()

    def test_key_of_another_text_is_refused_after_closing_too(
        self, browser: Client, here: Round, activity: Activity, world: World
    ) -> None:
        sent = {"base": activity.text.version, "key": uuid.uuid4()}
        send(browser, here, activity.uid, "<p>ทัน</p>", **sent)
        close_round(round=here, by=world.here.people[Role.SECRETARIAT])
        answer = send(browser, here, activity.uid, "<p>อื่น</p>", **sent)
        assert (answer.status_code, answer.json()["state"]) == (422, "refused")

    def test_new_card_that_comes_after_closing_stays_in_the_browser(
        self, browser: Client, here: Round, world: World
    ) -> None:
        close_round(round=here, by=world.here.people[Role.SECRETARIAT])
        uid = uuid.uuid4()
        answer = send(browser, here, uid, "<p>ช้า</p>", 0)
        assert (answer.status_code, answer.json()["proposal"]) == (409, False)
        assert not Activity.objects.filter(uid=uid).exists()

    def test_text_of_an_activity_taken_out_meanwhile_is_kept(
        self, browser: Client, here: Round, activity: Activity, member: User
    ) -> None:
        withdraw_activity(activity=activity, analysis=criterion(here, "1.1"), by=member)
        answer = send(browser, here, activity.uid, "<p>ช้า</p>", activity.text.version)
        assert (answer.status_code, answer.json()["proposal"]) == (409, True)
        assert answer.json()["message"].startswith("กิจกรรมนี้ถูกนำออกไปแล้ว")
        assert Proposal.objects.get().html == "<p>ช้า</p>"


class TestWhoSends:
    def test_ended_session_is_told_and_nothing_is_saved(self, here: Round, activity: Activity) -> None:
        answer = send(Client(), here, activity.uid, "<p>ข</p>", activity.text.version)
        assert (answer.status_code, answer.json()) == (
            401,
            {"state": "signed_out", "login": "/accounts/login/"},
        )
        assert Text.objects.get(pk=activity.text_id).version == activity.text.version

    def test_page_of_somebody_who_signed_out_does_not_save_for_the_next_person(
        self, browser: Client, here: Round, activity: Activity, world: World
    ) -> None:
        before = world.here.people[Role.SECRETARIAT]
        body = {"html": "<p>ข</p>", "base_version": activity.text.version, "key": uuid.uuid4()}
        address = url(here, "1.1", "activities", str(activity.uid), "text")
        answer = browser.post(address, body, headers=JSON | {"X-PMQA-User": str(before.pk)})
        assert (answer.status_code, answer.json()["state"]) == (403, "forbidden")
        assert Text.objects.get(pk=activity.text_id).version == activity.text.version

    def test_busy_database_is_told_as_such(
        self, browser: Client, here: Round, activity: Activity, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def locked(**sent: object) -> None:
            raise OperationalError("database is locked")

        monkeypatch.setattr("assessment.views.autosave.save_activity_text", locked)
        answer = send(browser, here, activity.uid, "<p>ข</p>", activity.text.version)
        assert (answer.status_code, answer.json(), answer["Retry-After"]) == (503, {"state": "busy"}, "2")
        page = browser.post(
            answer.wsgi_request.path, {"html": "<p>ข</p>", "base_version": 1, "key": uuid.uuid4()}
        )
        assert (page.status_code, page["Content-Type"]) == (503, "text/html; charset=utf-8")


class TestOptionalTexts:
    def test_analysis_and_sheet_texts_save_by_their_own_address(self, browser: Client, here: Round) -> None:
        for parts in (("1.1", "text", "analysis"), ("category-1", "text", "remedies")):
            body = {"html": "<p>เขียน</p>", "base_version": 0, "key": uuid.uuid4()}
            answer = browser.post(url(here, *parts, "save"), body, headers=JSON)
            assert (answer.status_code, answer.json()["version"]) == (200, 1)
        analysis = criterion(here, "1.1")
        assert (analysis.analysis.html, analysis.sheet.remedies.html) == ("<p>เขียน</p>", "<p>เขียน</p>")

    @pytest.mark.parametrize("parts", [("1.1", "text", "other"), ("category-1", "text", "analysis")])
    def test_unknown_kind_is_not_found(self, browser: Client, here: Round, parts: tuple[str, ...]) -> None:
        body = {"html": "<p>เขียน</p>", "base_version": 0, "key": uuid.uuid4()}
        assert browser.post(url(here, *parts, "save"), body, headers=JSON).status_code == 404


class TestPresence:
    def test_who_has_the_criterion_open_and_what_they_saved(
        self, browser: Client, here: Round, activity: Activity, world: World, member: User
    ) -> None:
        address = url(here, "1.1", "presence")
        secretary = world.here.people[Role.SECRETARIAT]
        other_saves(activity, "<p>อื่น</p>", world)
        colleague = Client()
        colleague.force_login(secretary)
        assert colleague.get(address).json()["people"] == []
        facts = browser.get(address).json()
        assert facts["people"] == [str(secretary)]
        (text,) = facts["texts"].values()
        assert list(facts["texts"]) == [url(here, "1.1", "activities", str(activity.uid), "text")]
        assert (text["version"], text["by"]) == (activity.text.version + 1, str(secretary))
        assert browser.get(url(here, "1.2", "presence")).json() == {"people": [], "texts": {}}
        assert colleague.get(address).json()["people"] == [str(member)]
