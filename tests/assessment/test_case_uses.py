"""Where a case is used: in the forms of one's own agencies, and of others not even a number."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.case_uses import used_in, uses_of
from assessment.models import Activity
from assessment.services.links import finish_activity
from assessment.services.practices import choose_practice, remove_practice
from assessment.services.proposing import propose_case
from organizations.enums import Role
from organizations.models import Agency
from practices.models import Practice
from tests.world import criterion, join, make_round, write_activity
from texts.services import save_text

from .browser import url
from .library import make_case


def choose(round, case, code="1.1"):
    return choose_practice(analysis=criterion(round, code), practice=case, by=None)


@pytest.fixture
def case(world):
    return make_case("a", codes=("1.1", "3.1"))


def test_a_case_names_the_criteria_of_own_forms_only(client, here, there, case, world):
    choose(here, case, "3.1")
    choose(here, case, "1.1")
    older = make_round(world.here, world, 2564)
    choose(older, case, "2.1")
    choose(there, case, "1.2")
    taken_out = choose(here, case, "1.3")
    remove_practice(chosen=taken_out, by=world.here.people[Role.SECRETARIAT])
    reader = world.here.people[Role.EXECUTIVE]
    assert [(use.round.year, use.code) for use in uses_of(case, reader)] == [
        (2565, "1.1"),
        (2565, "3.1"),
        (2564, "2.1"),
    ]
    client.force_login(reader)
    words = client.get(case.get_absolute_url()).content.decode()
    assert '<a href="/a/senate/2565/1.1/">สำนักงานเลขาธิการวุฒิสภา ปี 2565 ข้อ 1.1 ชื่อสั้น 1.1</a>' in words
    assert "/a/nso/" not in words
    assert "ปี 2565 ข้อ 1.2" not in words


@pytest.mark.parametrize("who", ["admin", "stranger"])
def test_people_without_a_form_see_nothing_of_it(client, here, there, case, world, who):
    choose(here, case)
    choose(there, case)
    client.force_login(getattr(world, who))
    words = client.get(case.get_absolute_url()).content.decode()
    assert "ใช้ในแบบฟอร์ม" not in words
    assert uses_of(case, getattr(world, who)) == []


def test_somebody_of_two_agencies_sees_both(here, there, case, world):
    both = join(world.here.people["committee_1"], world.there.agency, Role.COMMITTEE, category=1)
    choose(here, case)
    choose(there, case)
    assert [use.round.agency.code for use in uses_of(case, both)] == ["nso", "senate"]


def test_the_round_lists_its_cases_with_criteria_and_changes(client, here, there, case, world):
    choose(here, case, "1.1")
    choose(here, case, "3.1")
    second, foreign = make_case("b"), make_case("f", kept_to=there.agency)
    choose(here, second, "1.2")
    choose(there, foreign, "1.1")
    save_text(text=second.text, base_version=1, html="<p>ใหม่</p>", key=uuid.uuid4(), by=None)
    client.force_login(world.here.people[Role.UNIT_OFFICER])
    page = client.get(url(here, "practices"))
    assert [(c.agency_name, [use.code for use in c.uses]) for c in page.context["cases"]] == [
        ("กรม a", ["1.1", "3.1"]),
        ("กรม b", ["1.2"]),
    ]
    words = page.content.decode()
    assert "2 ตัวอย่าง · ต้นฉบับเปลี่ยนแล้ว 1 ตัวอย่าง" in words
    assert words.count("/source/") == 1
    assert url(here, "practices") in client.get(url(here)).content.decode()


def test_an_unpublished_case_is_named_as_the_form_names_it_without_its_title(client, here, case, world):
    choose(here, case)
    Practice.objects.filter(pk=case.pk).update(status="draft", title="ความลับของร่าง")
    client.force_login(world.here.people[Role.EXECUTIVE])
    words = client.get(url(here, "practices")).content.decode()
    assert "กรม a" in words
    assert "ความลับของร่าง" not in words
    assert "ต้นฉบับไม่ได้เผยแพร่ในคลังแล้ว" in words


def test_an_empty_form_says_so(client, here, world):
    client.force_login(world.here.people[Role.EXECUTIVE])
    assert "ยังไม่มีข้อใดในแบบฟอร์มนี้ที่ใช้ตัวอย่าง" in client.get(url(here, "practices")).content.decode()


def test_thirty_uses_take_as_many_queries_as_one(client, here, case, world):
    client.force_login(world.here.people[Role.SECRETARIAT])
    pages = (url(here, "practices"), case.get_absolute_url())

    def queries():
        found = []
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            found.append(len(captured))
        return found

    def propose(number):
        made = write_activity(here, "1.2", f"<p>กิจกรรม {number}</p>")
        finish_activity(activity=made, finished=True, by=secretary)
        propose_case(activity=Activity.objects.get(pk=made.pk), by=secretary)

    secretary = world.here.people[Role.SECRETARIAT]
    choose(here, case)
    propose(0)
    few = queries()
    for year in range(2530, 2560):
        choose(make_round(world.here, world, year), case)
        choose(here, make_case(f"m{year}"))
        propose(year)
    assert queries() == few
    assert max(few) <= 25
    assert len(used_in(here, world.here.people[Role.SECRETARIAT])) == 31
    assert Agency.objects.count() > 31
