"""A finished activity proposed as a case: one draft for its curator, with what the activity says."""

from __future__ import annotations

import pytest
from django.test import Client

from assessment.models import Activity
from assessment.services.links import finish_activity
from assessment.services.proposing import NotFinished, NothingWritten, propose_case
from assessment.services.rounds import close_round
from organizations.enums import Role
from organizations.models import AuditEvent
from practices.models import Practice, PracticeStatus
from practices.services import publish_practice, withdraw_practice
from tests.world import criterion, write_activity

from .browser import activity_at, url


@pytest.fixture
def activity(here, world):
    html = "<p>ระบบติดตามข้อร้องเรียน</p><p>ผู้ร้องตรวจสถานะได้เอง</p>"
    by = world.here.people["committee_1"]
    made = write_activity(here, "1.2", html, owners=[world.here.unit], serves=["1.1"], by=by)
    finish_activity(activity=made, finished=True, by=by)
    return Activity.objects.get(pk=made.pk)


def propose(client, round, activity, code="1.2"):
    return client.post(url(round, code, "activities", str(activity.uid), "propose"))


def the_case():
    return Practice.objects.select_related("agency", "kept_to", "text").get()


def test_a_committee_proposes_and_the_draft_says_what_the_activity_says(client, here, world, activity):
    person = world.here.people["committee_1"]
    client.force_login(person)
    assert propose(client, here, activity).headers["Location"] == "/a/senate/2565/1.2/"
    case = the_case()
    assert (case.agency, case.kept_to, case.status) == (here.agency, here.agency, PracticeStatus.DRAFT)
    assert case.title == "ระบบติดตามข้อร้องเรียน"
    assert case.text.html == activity.text.html
    assert case.text_id != activity.text_id
    assert case.source == "สำนักนโยบายและแผน senate กิจกรรมปี 2565 ข้อ 1.1, 1.2"
    codes = {criterion(here, code).wording.criterion_id for code in ("1.1", "1.2")}
    assert {one.pk for one in case.criteria.all()} == codes
    verbs = AuditEvent.objects.filter(verb__in=["practice.created", "practice.proposed"])
    assert [(event.verb, event.actor, event.agency) for event in verbs.order_by("pk")] == [
        ("practice.created", person, here.agency),
        ("practice.proposed", person, here.agency),
    ]
    page = client.get(url(here, "1.2")).content.decode()
    assert "ฝ่ายเลขานุการจะเติมรายละเอียดและเผยแพร่" in page
    # the draft is its curator's
    assert client.get(case.get_absolute_url()).status_code == 404


def test_a_curator_comes_to_the_form_of_the_draft(client, here, world, activity):
    client.force_login(world.here.people[Role.SECRETARIAT])
    answer = propose(client, here, activity)
    case = the_case()
    assert answer.headers["Location"] == f"/practices/{case.pk}/edit/"
    form = client.get(answer.headers["Location"]).content.decode()
    assert 'value="ระบบติดตามข้อร้องเรียน"' in form
    assert "ผู้ร้องตรวจสถานะได้เอง" in form


def test_twice_is_the_same_draft_whatever_became_of_it(client, here, world, activity):
    client.force_login(world.here.people["committee_1"])
    propose(client, here, activity)
    events = AuditEvent.objects.filter(verb__startswith="practice.").count()

    def said():
        propose(client, here, activity)
        return client.get(url(here, "1.2")).content.decode()

    assert "รอฝ่ายเลขานุการเผยแพร่" in said()
    secretary = world.here.people[Role.SECRETARIAT]
    publish_practice(practice=the_case(), by=secretary)
    assert "เผยแพร่ในคลังแล้ว" in said()
    withdraw_practice(practice=the_case(), by=secretary)
    assert "ถอนออกจากคลังแล้ว" in said()
    assert Practice.objects.count() == 1
    assert AuditEvent.objects.filter(verb="practice.proposed").count() == 1
    assert AuditEvent.objects.filter(verb__startswith="practice.").count() == events + 2


def test_the_form_and_the_activity_do_not_change_by_it(here, world, activity):
    before = criterion(here, "1.2").changed_at
    case = propose_case(activity=activity, by=world.here.people["committee_1"])
    assert criterion(here, "1.2").changed_at == before
    # the draft goes its own way
    case.text.refresh_from_db()
    assert case.text.agency == here.agency


def test_a_closed_year_and_a_shut_card_still_propose(client, here, world, activity):
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    client.force_login(world.here.people["committee_1"])
    page = client.get(url(here, "1.2")).content.decode()
    assert page.count("เสนอเป็นตัวอย่างที่เป็นเลิศ") == 1
    assert propose(client, here, activity).status_code == 302
    assert the_case().status == PracticeStatus.DRAFT
    reader = Client()
    reader.force_login(world.here.people[Role.EXECUTIVE])
    assert "เสนอเป็นตัวอย่างที่เป็นเลิศ" not in reader.get(url(here, "1.2")).content.decode()


def test_what_is_not_finished_is_no_example(client, here, world):
    activity = activity_at(here, "1.1")
    client.force_login(world.here.people["committee_1"])
    assert "เสนอเป็นตัวอย่าง" not in client.get(url(here, "1.1")).content.decode()
    propose(client, here, activity, "1.1")
    assert "กรุณากด “ทำเสร็จแล้ว” ก่อน" in client.get(url(here, "1.1")).content.decode()
    with pytest.raises(NotFinished):
        propose_case(activity=activity, by=world.here.people["committee_1"])
    assert not Practice.objects.exists()


def test_an_activity_without_text_is_no_example(here, world):
    by = world.here.people["committee_1"]
    empty = write_activity(here, "1.2", "", owners=[world.here.unit], by=by)
    finish_activity(activity=empty, finished=True, by=by)
    with pytest.raises(NothingWritten):
        propose_case(activity=Activity.objects.get(pk=empty.pk), by=by)


def test_a_long_first_line_becomes_a_short_title(here, world):
    by = world.here.people["committee_1"]
    line = "จัดทำแผน " * 40
    made = write_activity(here, "1.2", f"<p>{line}</p>", by=by)
    finish_activity(activity=made, finished=True, by=by)
    case = propose_case(activity=Activity.objects.get(pk=made.pk), by=by)
    assert case.title == ("จัดทำแผน " * 16).strip()
    assert case.source == "กิจกรรมปี 2565 ข้อ 1.2"


def test_a_picture_alone_is_titled_by_its_year(here, world):
    by = world.here.people["committee_1"]
    made = write_activity(here, "1.2", "<p>ก</p>", by=by)
    finish_activity(activity=made, finished=True, by=by)
    activity = Activity.objects.get(pk=made.pk)
    activity.text.html, activity.text.plain = "<p>ก</p>", ""
    activity.text.html = (
        '<figure><img src="/figures/0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0a/" alt="ผัง"></figure>'
    )
    assert propose_case(activity=activity, by=by).title == "กิจกรรมปี 2565"


@pytest.mark.parametrize("who", [Role.EXECUTIVE, Role.UNIT_OFFICER, "committee_3"])
def test_who_does_not_write_the_activity_does_not_propose_it(client, here, world, activity, who):
    client.force_login(world.here.people[who])
    assert propose(client, here, activity).status_code == 403
    assert not Practice.objects.exists()


def test_another_agency_does_not_find_it(client, here, there, world, activity):
    client.force_login(world.there.people[Role.SECRETARIAT])
    assert propose(client, here, activity).status_code == 404
    assert propose(client, there, activity).status_code == 404


def test_the_round_lists_what_was_proposed_to_each_as_far_as_the_library_shows_it(
    client, here, there, world, activity
):
    address = url(here, "practices")
    client.force_login(world.here.people["committee_1"])
    assert client.get(address).context["proposed"] == []
    case = propose_case(activity=activity, by=world.here.people["committee_1"])
    Practice.objects.filter(pk=case.pk).update(title="ชื่อในร่าง")
    words = client.get(address).content.decode()
    assert "ชื่อในร่าง" not in words
    assert "ระบบติดตามข้อร้องเรียน" in words
    assert "ฉบับร่าง" in words
    curator = Client()
    curator.force_login(world.here.people[Role.SECRETARIAT])
    assert f'<a href="/practices/{case.pk}/">ชื่อในร่าง</a>' in curator.get(address).content.decode()
    foreign = Client()
    foreign.force_login(world.there.people[Role.SECRETARIAT])
    assert foreign.get(url(there, "practices")).context["proposed"] == []
