"""What feedback of later years says, as a person decides it on the pages: again, confirmed, something else."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from assessment.models import Round
from feedback.models import FeedbackPoint, PointRelation
from feedback.services import add_point
from organizations.enums import Role
from tests.world import World, criterion

TEXT = "มีแนวทางเสริมสร้างความโปร่งใส แต่ยังขาดตัววัดและการประเมินประสิทธิผลของการป้องกันการทุจริต"


@pytest.fixture
def secretary(client: Client, world: World) -> Client:
    client.force_login(world.here.people[Role.SECRETARIAT])
    return client


def received(round: Round, year: int, text: str = TEXT, code: str = "1.1") -> FeedbackPoint:
    about = criterion(round, code).wording.criterion
    return add_point(agency=round.agency, year=year, step=2, criterion=about, text=text, by=None)


def coverage_of(round: Round) -> str:
    """The address of the page that shows points beside activities."""
    return reverse("coverage", args=[round.agency.code, round.year])


def press(client: Client, page: str, earlier: FeedbackPoint, later: FeedbackPoint, kind: str) -> str:
    """Press the button of this pair where the page has it; gives the page that follows."""
    action = reverse("feedback_relate", args=["senate", earlier.uid, later.uid])
    form = re.search(rf'<form method="post" action="{action}".*?</form>', page, re.DOTALL)[0]
    assert f'value="{kind}"' in form
    back = re.search(r'name="back" value="([^"]*)"', form)[1].replace("&amp;", "&")
    return client.post(action, {"kind": kind, "back": back}, follow=True).content.decode()


def test_a_point_that_came_three_years_is_shown_as_such(here: Round, secretary: Client) -> None:
    points = [received(here, year) for year in (2562, 2563, 2564)]
    page = secretary.get(coverage_of(here)).content.decode()
    assert "ข้อความคล้ายกันในปีอื่น (2)" in page
    for earlier in points[:2]:
        assert "ได้รับข้อเสนอแนะนี้ซ้ำ 3 ปี" not in page
        page = press(secretary, page, earlier, points[2], "repeats")
    assert "ได้รับข้อเสนอแนะนี้ซ้ำ 3 ปี" in page
    assert "(2562, 2563, 2564)" in page
    assert "ข้อความคล้ายกันในปีอื่น" not in page


def test_later_feedback_in_other_words_confirms_and_the_decision_can_be_changed(
    here: Round, secretary: Client
) -> None:
    point = received(here, 2564)
    later = received(here, 2565, "ได้ดำเนินการครบถ้วนตามที่เสนอไว้แล้ว")
    page = secretary.get(coverage_of(here)).content.decode()
    # too different to be suggested: the way goes over the page of the point
    assert "ข้อความคล้ายกันในปีอื่น" not in page
    address = reverse("feedback_relations", args=["senate", point.uid])
    assert f'href="{address}?back={coverage_of(here)}"' in page
    relations = secretary.get(address, {"back": coverage_of(here)}).content.decode()
    after = press(secretary, relations, point, later, "confirms")
    assert "ยืนยันว่าดำเนินการแล้ว</strong>" in after
    assert f'href="{coverage_of(here)}"' in after
    assert "point-state-confirmed" in secretary.get(coverage_of(here)).content.decode()
    press(secretary, after, point, later, "unrelated")
    assert "point-state-confirmed" not in secretary.get(coverage_of(here)).content.decode()
    assert PointRelation.objects.count() == 1


def test_the_page_of_a_point_shows_other_years_of_the_criterion_only(
    here: Round, there: Round, secretary: Client
) -> None:
    point = received(here, 2564)
    received(here, 2563, "ข้อของปีก่อน")
    received(here, 2564, "ข้อของปีเดียวกัน")
    received(here, 2563, "ข้อของเกณฑ์อื่น", code="1.2")
    received(there, 2563, "ข้อของหน่วยงานอื่น")
    page = secretary.get(reverse("feedback_relations", args=["senate", point.uid])).content.decode()
    found = [words in page for words in ("ข้อของปีก่อน", "ปีเดียวกัน", "เกณฑ์อื่น", "หน่วยงานอื่น")]
    assert found == [True, False, False, False]
    listed = secretary.get(f"{reverse('feedback_list', args=['senate'])}?year=2564").content.decode()
    assert reverse("feedback_relations", args=["senate", point.uid]) in listed


def test_decided_pairs_come_first_and_then_those_worded_alike(here: Round, secretary: Client) -> None:
    point = received(here, 2564)
    far, near = received(here, 2562, "เรื่องอื่นทั้งหมด"), received(here, 2563)
    address = reverse("feedback_relations", args=["senate", point.uid])
    assert [pair.other for pair in secretary.get(address).context["pairs"]] == [near, far]
    press(secretary, secretary.get(address).content.decode(), far, point, "unrelated")
    assert [pair.other for pair in secretary.get(address).context["pairs"]] == [far, near]


def test_queries_do_not_grow_with_points(
    here: Round, secretary: Client, django_assert_max_num_queries
) -> None:
    point = received(here, 2564)
    for number in range(30):
        received(here, 2563, f"{TEXT} {number}")
    with django_assert_max_num_queries(25):
        secretary.get(reverse("feedback_relations", args=["senate", point.uid]))
