"""The sheet on the page: the table as the committee knows it."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.services.practices import choose_practice
from assessment.services.rounds import close_round
from feedback.services import add_point
from organizations.enums import Role
from organizations.models import Owner
from tests.assessment.library import make_case
from tests.world import criterion, write_activity


def sheet(client, user, number: int = 1, code: str = "senate"):
    client.force_login(user)
    return client.get(f"/a/{code}/2565/category-{number}/")


def cells(page) -> list[list[str]]:
    """The words of the table, row by row."""
    body = page.content.decode().split("<tbody>")[1].split("</tbody>")[0]
    rows = [re.findall(r"<td.*?</td>", row, re.DOTALL) for row in body.split("<tr>")[1:]]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in rows]


def test_the_table_has_the_columns_of_the_category(client, world, here):
    page = sheet(client, world.here.people["committee_1"], 6)
    head = re.findall(r'<th scope="col">(.*?)</th>', page.content.decode())
    assert head == ["เกณฑ์ PMQA 4.0", "ตัวอย่างหน่วยงานที่เป็นเลิศ", "กิจกรรม/การดำเนินงาน ปี 2565", "ผู้รับผิดชอบ"]
    assert (
        len(re.findall(r'<th scope="col">', sheet(client, world.here.people["committee_1"]).content.decode()))
        == 3
    )


def test_adjacent_criteria_share_one_cell_of_activities(client, world, here):
    page = sheet(client, world.here.people[Role.EXECUTIVE])
    assert [len(row) for row in cells(page)] == [3, 3, 3, 2]
    assert 'rowspan="2"' in page.content.decode()
    assert [row[0] for row in cells(page)] == [f"เกณฑ์ 1.{i} ชื่อเต็มของเกณฑ์ 1.{i}" for i in range(1, 5)]
    assert cells(page)[2][2] == "กิจกรรม senate ข้อ 1.3 และ 1.4 ผู้รับผิดชอบ สำนักนโยบายและแผน senate"
    assert cells(page)[1][2] == "ยังไม่มีกิจกรรม"


def test_what_is_missing_is_said_to_those_who_write(client, world, here):
    writer = sheet(client, world.here.people["committee_3"], 3).content.decode()
    assert "ยังขาด: ข้อ 3.1 ยังไม่มีผู้รับผิดชอบ · ข้อ 3.2 ยังไม่มีกิจกรรม" in writer
    reader = sheet(client, world.here.people["committee_1"], 3).content.decode()
    assert "ยังขาด:" not in reader


@pytest.mark.parametrize(
    ("who", "writes"),
    [
        ("committee_1", True),
        (Role.SECRETARIAT, True),
        ("committee_3", False),
        (Role.EXECUTIVE, False),
        (Role.UNIT_OFFICER, False),
    ],
)
def test_ways_to_write_stand_in_the_cells_for_writers_only(client, world, here, who, writes):
    text = sheet(client, world.here.people[who]).content.decode()
    ways = (
        'href="/a/senate/2565/1.1/"',
        'href="/a/senate/2565/1.1/practices/"',
        'category-1/text/remedies/"',
        "category-1/figures/new/",
    )
    assert [way in text for way in ways] == [writes] * 4


def test_a_closed_round_offers_no_way_to_write(client, world, here):
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    text = sheet(client, world.here.people["committee_1"]).content.decode()
    assert 'class="edit"' not in text
    assert "กิจกรรม senate ข้อ 1.1" in text


def test_owners_missing_are_marked_on_the_page(client, world, here):
    page = sheet(client, world.here.people["committee_3"], 3)
    assert cells(page)[0][2].endswith("กิจกรรม senate ข้อ 3.1 ยังไม่มีผู้รับผิดชอบ")


def test_the_page_of_another_agency_shows_nothing_of_this_one(client, world, here, there):
    assert sheet(client, world.there.people[Role.SECRETARIAT]).status_code == 404
    own = sheet(client, world.there.people[Role.SECRETARIAT], code="nso").content.decode()
    assert "กิจกรรม nso ข้อ 1.1" in own
    assert "senate" not in own


@pytest.mark.parametrize("who", [Role.SECRETARIAT, "committee_1", Role.EXECUTIVE])
def test_the_page_takes_as_many_queries_for_one_row_as_for_thirty(client, world, here, who):
    def fill(times: int) -> None:
        for _ in range(times):
            name = uuid.uuid4().hex[:8]
            owner = Owner.objects.create(agency=here.agency, name=name)
            write_activity(here, "1.2", "<p>x</p>", owners=[owner], serves=["1.4"])
            choose_practice(analysis=criterion(here, "1.2"), practice=make_case(name), by=None)
            add_point(
                agency=here.agency,
                year=2564,
                step=2,
                criterion=criterion(here, "1.2").wording.criterion,
                text="x",
                by=None,
            )

    client.force_login(world.here.people[who])
    counts = []
    for times in (1, 29):
        fill(times)
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/a/senate/2565/category-1/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 25
