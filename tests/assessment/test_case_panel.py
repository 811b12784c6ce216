"""Cases beside the text: which ones, by the gaps that are open; searched for; never those kept to others."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.case_panel import open_gaps
from assessment.search.refreshing import refresh_everything
from assessment.services.links import finish_activity, link_point
from assessment.services.practices import choose_practice
from feedback.enums import RelationKind
from feedback.models import FeedbackPoint
from feedback.services import decline_point, relate_points
from organizations.enums import Role
from practices.models import PracticeStatus
from tests.world import criterion
from texts.services import save_text

from .browser import activity_at, url
from .library import make_case

LACKS = "มีช่องทางรับฟัง แต่ยังขาดการวิเคราะห์ข้อร้องเรียนและการติดตามสถานะ"


@pytest.fixture
def committee(client, world):
    person = world.here.people["committee_1"]
    client.force_login(person)
    return person


def point_for(round, code="1.1", text=LACKS, **fields):
    about = {"year": round.feedback_year, "step": round.feedback_step} | fields
    wording = criterion(round, code).wording
    return FeedbackPoint.objects.create(agency=round.agency, criterion=wording.criterion, text=text, **about)


def panel(client, round, query="", code="1.1"):
    return client.get(url(round, code, "practices") + query, headers={"HX-Request": "true"})


def offered(answer):
    return [offer.practice.key for offer in answer.context["offers"].offers]


def test_the_best_match_to_an_open_gap_comes_first_and_says_so(client, here, committee):
    point_for(here)
    make_case("a", html="<p>งานพัสดุ</p>")
    make_case("z", html="<p>วิเคราะห์ข้อร้องเรียนแล้วติดตามสถานะ</p>")
    answer = panel(client, here)
    assert offered(answer) == ["z", "a"]
    words = answer.content.decode()
    assert words.count("ตรงกับข้อเสนอแนะ:") == 1
    assert "“การวิเคราะห์ข้อร้องเรียนและการติดตามสถานะ”" in words
    assert "คำที่ตรง: ข้อร้องเรียน, วิเคราะห์, ติดตาม, สถานะ" in words


def test_without_feedback_the_cases_stand_in_dictionary_order(client, here, committee):
    make_case("b")
    make_case("a")
    assert offered(panel(client, here)) == ["a", "b"]


def test_a_part_of_a_page_comes_with_htmx_and_a_page_without(client, here, committee):
    make_case("a")
    part, page = panel(client, here), client.get(url(here, "1.1", "practices"))
    assert "<html" not in part.content.decode()
    assert "ปิด<span" in part.content.decode()
    assert "<html" in page.content.decode()
    assert "data-pmqa-close-cases" not in page.content.decode()
    for answer in (part, page):
        assert "HX-Request" in answer.headers["Vary"].split(", ")


def test_the_gaps_are_the_open_points_of_this_criterion_year_step_and_agency(here, there, committee):
    first, second = point_for(here), point_for(here, text="ขาดสอง", position=2)
    point_for(here, code="1.2")
    point_for(here, year=2560)
    point_for(here, step=1)
    point_for(there)
    analysis, activity = criterion(here, "1.1"), activity_at(here, "1.1")

    def points():
        return [gap.point for gap in open_gaps(analysis)]

    assert points() == [first, second]
    link_point(activity=activity, point=first, by=committee)
    assert points() == [second]
    # everything is planned: what is being done is still looked for in cases
    link_point(activity=activity, point=second, by=committee)
    assert points() == [first, second]
    finish_activity(activity=activity, finished=True, by=committee)
    assert points() == []


def test_declined_and_confirmed_points_are_no_gaps(here, world):
    secretary = world.here.people[Role.SECRETARIAT]
    declined, confirmed = point_for(here), point_for(here, text="ขาดสอง")
    later = point_for(here, year=2565, text="ดีแล้ว")
    decline_point(point=declined, reason="นอกอำนาจ", by=secretary)
    relate_points(earlier=confirmed, later=later, kind=RelationKind.CONFIRMS, by=secretary)
    assert open_gaps(criterion(here, "1.1")) == ()


def test_a_search_finds_cases_of_other_criteria_and_forgives_spellings(client, here, there, committee):
    make_case("a", codes=("2.1",), html="<p>ศูนย์รับข้อร้องเรียน</p>")
    make_case("b", html="<p>งานพัสดุ</p>")
    make_case("k", html="<p>ข้อร้องเรียนของเขา</p>", kept_to=there.agency)
    make_case("d", html="<p>ร่างข้อร้องเรียน</p>", status=PracticeStatus.DRAFT)
    refresh_everything()
    assert offered(panel(client, here, "?q=ข้อรองเรียน")) == ["a"]
    nothing = panel(client, here, "?q=ไม่มีคำนี้แน่")
    assert (offered(nothing), "ไม่พบตัวอย่างที่มีคำนี้" in nothing.content.decode()) == ([], True)


@pytest.mark.parametrize(
    "query", ["?q=", "?q=%00", "?q=" + "ก" * 500, "?page=x", "?page=-1", "?page=999", "?all=x", "?q=%"]
)
def test_odd_questions_are_answered(client, here, committee, query):
    make_case("a")
    assert panel(client, here, query).status_code == 200


def test_the_search_keeps_what_was_typed_and_says_when_it_is_too_long(client, here, committee):
    words = panel(client, here, "?q=" + "ก" * 201).content.decode()
    assert "ก" * 201 in words
    assert 'aria-invalid="true"' in words


def test_more_than_ten_cases_are_paged_and_the_question_stays(client, here, committee):
    for number in range(12):
        make_case(f"m{number:02}")
    first = panel(client, here, "?all=1")
    assert len(offered(first)) == 10
    assert "?all=1&amp;page=2" in first.content.decode()
    assert offered(panel(client, here, "?all=1&page=2")) == ["m10", "m11"]


@pytest.mark.parametrize("who", ["unit_officer", "executive", "committee_3"])
def test_who_only_reads_gets_no_panel(client, here, world, who):
    case = make_case("a")
    client.force_login(world.here.people[who])
    assert panel(client, here).status_code == 403
    assert client.get(url(here, "1.1", "practices", f"case-{case.pk}")).status_code == 403


def test_the_preview_shows_the_whole_case_in_parts_and_only_what_may_be_chosen(
    client, here, there, committee
):
    case = make_case("a", html="<p>หนึ่ง</p><ul><li>สอง</li><li>สาม</li></ul>")
    answer = client.get(
        url(here, "1.1", "practices", f"case-{case.pk}") + "?q=ก&page=2", headers={"HX-Request": "true"}
    )
    assert [part.key for part in answer.context["parts"]] == ["1", "2.1", "2.2"]
    assert answer.context["taken"] is False
    # the way back leads to the list that one came from
    assert "/1.1/practices/?q=%E0%B8%81&amp;page=2" in answer.content.decode()
    kept = make_case("k", kept_to=there.agency)
    draft = make_case("d", status=PracticeStatus.DRAFT, kept_to=here.agency)
    for other in (kept, draft):
        assert client.get(url(here, "1.1", "practices", f"case-{other.pk}")).status_code == 404


def test_the_panel_takes_as_many_queries_for_thirty_cases(client, here, committee):
    def queries(query):
        with CaptureQueriesContext(connection) as captured:
            assert panel(client, here, query).status_code == 200
        return len(captured)

    point = point_for(here)
    link_point(activity=activity_at(here, "1.1"), point=point, by=committee)
    choose_practice(analysis=criterion(here, "1.1"), practice=make_case("m0"), by=None)
    refresh_everything()
    few = {query: queries(query) for query in ("", "?all=1", "?q=เนื้อหา")}
    for number in range(1, 30):
        made = make_case(f"m{number}")
        if number % 2:
            choose_practice(analysis=criterion(here, "1.1"), practice=made, by=None)
        other = point_for(here, text=f"ขาด {number}", position=number + 1)
        link_point(activity=activity_at(here, "1.1"), point=other, by=committee)
    refresh_everything()
    assert {query: queries(query) for query in few} == few
    assert max(few.values()) <= 25


def test_a_case_changed_since_is_offered_as_it_stands(client, here, committee):
    case = make_case("a")
    save_text(text=case.text, base_version=1, html="<p>ใหม่</p>", key=uuid.uuid4(), by=None)
    answer = client.get(url(here, "1.1", "practices", f"case-{case.pk}"))
    assert [part.html for part in answer.context["parts"]] == ["<p>ใหม่</p>"]
