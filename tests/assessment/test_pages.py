"""The criterion page and the lists: what they show to whom, and how many queries that takes."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.services.practices import choose_practice
from assessment.services.rounds import close_round, create_round
from feedback.services import add_point
from organizations.enums import Role
from organizations.models import Owner
from tests.world import criterion, write_activity

from .browser import form_of, url
from .library import make_case

MOST = 25


def queries(client, address) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def fill(round, unit, times: int) -> None:
    """Activities, cases, feedback and names on one criterion."""
    analysis = criterion(round, "1.1")
    for index in range(times):
        write_activity(round, "1.1", f"<p>กิจกรรม {index}</p>", owners=[unit], serves=["1.2"])
        choose_practice(analysis=analysis, practice=make_case(f"k{index}"), by=None)
        point = {"year": round.feedback_year, "step": 2, "criterion": analysis.wording.criterion}
        add_point(agency=round.agency, text=f"ข้อเสนอแนะ {index}", by=None, **point)
        Owner.objects.create(agency=round.agency, name=f"กอง {index}")


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("committee_1", "1.1/"),
        (Role.SECRETARIAT, "1.1/"),
        (Role.EXECUTIVE, "1.1/"),
        ("committee_1", "1.1/practices/"),
        (Role.SECRETARIAT, ""),
        (Role.SECRETARIAT, "setup/"),
    ],
)
def test_a_page_takes_as_many_queries_for_one_row_as_for_thirty(client, world, here, who, address):
    """One at first, so that whatever is read only when something is there is read both times."""
    fill(here, world.here.unit, 1)
    client.force_login(world.here.people[who])
    few = queries(client, url(here) + address)
    for number in range(1, 30):
        write_activity(here, "1.1", f"<p>อีก {number}</p>", owners=[world.here.unit], serves=["1.2"])
        choose_practice(analysis=criterion(here, "1.1"), practice=make_case(f"m{number}"), by=None)
        Owner.objects.create(agency=here.agency, name=f"ศูนย์ {number}")
    assert queries(client, url(here) + address) == few
    assert few <= MOST


def test_the_list_of_years_takes_as_many_queries_for_thirty(client, world, here):
    client.force_login(world.here.people[Role.SECRETARIAT])
    few = queries(client, "/a/senate/rounds/")
    for year in range(2500, 2530):
        create_round(agency=here.agency, year=year, edition=world.edition, by=None)
    assert queries(client, "/a/senate/rounds/") == few
    assert few <= MOST


def test_the_answer_to_a_save_takes_as_many_queries_for_one_activity_as_for_thirty(client, world, here):
    """The person waits for exactly this one."""
    client.force_login(world.here.people["committee_1"])
    address = url(here, "1.2", "activities")

    def queries_of_a_save() -> int:
        fields = form_of(html="<p>ข</p>", owners=[("", "สนผ.", "")])
        with CaptureQueriesContext(connection) as captured:
            assert client.post(address, fields, headers={"HX-Request": "true"}).status_code == 200
        return len(captured)

    write_activity(here, "1.2", "<p>ก</p>", owners=[world.here.unit])
    few = queries_of_a_save()
    for _ in range(30):
        write_activity(here, "1.2", "<p>ก</p>", owners=[world.here.unit])
    assert queries_of_a_save() == few
    # of them some fifteen write: text, revision, key, owners, events; two hold the text and look for a replay again
    assert few <= 47


def test_an_empty_criterion_opens_with_one_text_and_one_owner_line(client, world, here):
    client.force_login(world.here.people["committee_1"])
    page = client.get(url(here, "1.2"))
    [card] = page.context["cards"]
    assert (card.activity, len(card.owners.forms)) == (None, 1)
    text = page.content.decode()
    assert text.count('name="html"') == 1
    # one in the row, one in the blank that «+ เพิ่มผู้รับผิดชอบ» copies
    assert re.findall(r'name="owners-(0|__prefix__)-owner"', text) == ["0", "__prefix__"]
    assert '<details class="card-more">' in text


def test_another_activity_opens_behind_those_that_stand(client, world, here):
    client.force_login(world.here.people["committee_1"])
    page = client.get(f"{url(here, '1.1')}?new=1")
    assert [card.activity is None for card in page.context["cards"]] == [False, True]
    blank = client.get(url(here, "1.1", "activities", "new"), headers={"HX-Request": "true"})
    assert blank.context["card"].activity is None
    assert "<html" not in blank.content.decode()


def test_every_field_of_the_page_has_an_id_of_its_own(client, world, here):
    fill(here, world.here.unit, 3)
    client.force_login(world.here.people["committee_1"])
    text = client.get(f"{url(here, '1.1')}?new=1").content.decode()
    ids = re.findall(r'\bid="([^"]+)"', text)
    # the blank owner row of each card is a template that the script copies
    assert sorted(i for i in set(ids) if ids.count(i) > 1) == []


def test_the_page_shows_the_feedback_of_the_year_and_step_that_the_form_answers(client, world, here, there):
    here_now = {
        "agency": here.agency,
        "year": 2564,
        "step": 2,
        "criterion": criterion(here, "1.1").wording.criterion,
    }
    for name, changes in [
        ("ตรง", {}),
        ("ปีอื่น", {"year": 2563}),
        ("ขั้นอื่น", {"step": 1}),
        ("ข้ออื่น", {"criterion": criterion(here, "1.2").wording.criterion}),
        ("หน่วยงานอื่น", {"agency": there.agency}),
    ]:
        add_point(text=f"มีข้อ{name}", by=None, **(here_now | changes))
    client.force_login(world.here.people["committee_1"])
    page = client.get(url(here, "1.1"))
    assert [point.text for point in page.context["points"]] == ["มีข้อตรง"]
    assert not re.search("มีข้อ(ปี|ขั้น|ข้อ|หน่วย)อื่น", page.content.decode())


def test_owners_are_offered_in_thai_order_and_only_those_of_the_agency(client, world, here):
    for name in ("เลขานุการ", "กองกลาง", "แผนกคลัง"):
        Owner.objects.create(agency=here.agency, name=name)
    Owner.objects.create(agency=world.there.agency, name="กองสถิติ")
    client.force_login(world.here.people["committee_1"])
    page = client.get(url(here, "1.1"))
    names = [owner.name for owner in page.context["owner_names"]]
    assert names == ["กองกลาง", "แผนกคลัง", "เลขานุการ", "สำนักนโยบายและแผน senate"]


@pytest.mark.parametrize(
    ("who", "notice"),
    [
        ("committee_3", "ท่านอ่านข้อนี้ได้อย่างเดียว ผู้เขียนคือคณะทำงานหมวด 1 และฝ่ายเลขานุการ"),
        (Role.EXECUTIVE, "ท่านอ่านข้อนี้ได้อย่างเดียว ผู้เขียนคือคณะทำงานหมวด 1 และฝ่ายเลขานุการ"),
        ("committee_1", None),
    ],
)
def test_a_reader_gets_the_texts_without_any_form(client, world, here, who, notice):
    client.force_login(world.here.people[who])
    page = client.get(url(here, "1.1"))
    text = page.content.decode()
    assert "<p>กิจกรรม senate ข้อ 1.1</p>" in text.replace("&lt;", "<").replace("&gt;", ">")
    assert ("data-pmqa-activity" in text) == (notice is None)
    assert notice is None or notice in text


def test_a_closed_or_unopened_round_says_so_to_its_writers(client, world, here):
    client.force_login(world.here.people["committee_1"])
    unopened = create_round(agency=here.agency, year=2566, edition=world.edition, by=None)
    assert "ฝ่ายเลขานุการยังไม่เปิดให้เขียน ตอนนี้อ่านได้อย่างเดียว" in client.get(url(unopened, "1.1")).content.decode()
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    text = client.get(url(here, "1.1")).content.decode()
    assert "แบบฟอร์มปีนี้ปิดแล้ว อ่านได้อย่างเดียว" in text
    assert "data-pmqa-activity" not in text


def test_neighbours_stay_in_the_category(client, world, here):
    client.force_login(world.here.people[Role.SECRETARIAT])
    found = {code: client.get(url(here, code)).context["neighbours"] for code in ("1.1", "1.2", "1.4")}
    assert found == {
        "1.1": {"previous": "", "next": "1.2"},
        "1.2": {"previous": "1.1", "next": "1.3"},
        "1.4": {"previous": "1.3", "next": ""},
    }


def test_what_people_wrote_is_shown_as_text_and_never_run(client, world, here):
    """Names come from forms that take any character."""
    Owner.objects.filter(pk=world.here.unit.pk).update(name='กอง<script>x()</script>"')
    client.force_login(world.here.people["committee_1"])
    for address in (url(here, "1.1"), url(here, "category-1")):
        text = client.get(address).content.decode()
        assert "<script>x()" not in text
        assert "กอง&lt;script&gt;x()&lt;/script&gt;" in text
