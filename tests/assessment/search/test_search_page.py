"""The page of the search: what it shows, to scripts and without them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessment.search.refreshing import refresh_everything
from assessment.views.search import PER_PAGE
from tests.assessment.search.asking import make_point
from tests.url_world import make_case
from tests.world import make_agency, write_activity

ADDRESS = "/search/"


@pytest.fixture
def page(client, world):
    """Ask as the secretariat of «senate»; gives the answer's HTML."""
    client.force_login(world.here.people["secretariat"])

    def ask(typed=None, *, by_script=False, **filters):
        query = ({} if typed is None else {"q": typed}) | filters
        response = client.get(ADDRESS, query, headers={"HX-Request": "true"} if by_script else {})
        assert response.status_code == 200
        return response.content.decode()

    return ask


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def results(html: str) -> list[str]:
    return [words(item) for item in re.findall(r'<li class="search-result">(.*?)</h2>', html, re.DOTALL)]


def addresses(html: str) -> list[str]:
    return re.findall(r'<h2 class="search-title"><a href="([^"]+)"', html)


def test_the_empty_page_says_what_can_be_searched(page):
    html = page()
    assert "ค้นจากตัวอย่างที่เป็นเลิศ ข้อเสนอแนะของสำนักงาน ก.พ.ร. กิจกรรม และข้อความในแบบฟอร์ม" in words(html)
    assert "รหัสเกณฑ์: 3.1" in words(html)
    assert "search-result" not in re.sub('id="search-results"|#search-results', "", html)


def test_results_have_kind_name_passage_and_address(page, world, round, point, case):
    refresh_everything()
    html = page("ขอรองเรียน")
    assert results(html) == [
        "ตัวอย่างที่เป็นเลิศ กรมสรรพากร จัดการ ข้อร้องเรียน เชิงรุก",
        "ข้อเสนอแนะ ก.พ.ร. สำนักงานเลขาธิการวุฒิสภา ข้อ 3.1 ชื่อสั้น 3.1",
    ]
    criterion = point.criterion_id
    assert addresses(html) == [
        f"/practices/{case.pk}/",
        f"/a/senate/feedback/?year=2564#criterion-{criterion}",
    ]
    assert "<mark>ข้อร้องเรียน</mark>" in html
    assert "พบ 2 รายการ แสดง 1–2" in words(html)


def test_every_address_leads_to_the_text(page, client, world, round, indexed):
    activity = write_activity(round, "1.2", "<p>งบประมาณ</p>", serves=["3.2"])
    refresh_everything()
    assert addresses(page("งบประมาณ")) == [f"/a/senate/2565/1.2/#card-{activity.uid}"]
    for address in [*addresses(page("ข้อ")), *addresses(page("งบประมาณ"))]:
        response = client.get(address.partition("#")[0])
        assert response.status_code == 200
        assert (anchor := address.partition("#")[2]) == "" or f'id="{anchor}"' in response.content.decode()


def test_scripts_get_the_results_alone_and_the_same(page, indexed):
    part, whole = page("ข้อร้องเรียน", by_script=True), page("ข้อร้องเรียน")
    assert "<html" not in part
    assert results(part) == results(whole) != []


def test_what_was_typed_stays_and_is_never_markup(page, world):
    typed = '"><script>alert(1)</script>'
    make_point(world, world.here.agency, "1.1", "<b>alert</b> & <script>x</script>")
    refresh_everything()
    html = page(typed)
    assert 'value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in html
    assert "<script>alert" not in html
    html = page("alert")
    assert "&lt;b&gt;<mark>alert</mark>&lt;/b&gt; &amp; &lt;script&gt;" in html


def test_nothing_found_gives_advice(page, indexed):
    html = words(page("ไม่มีคำนี้เลย"))
    assert "ไม่พบรายการที่ตรงกับที่ค้นหา" in html
    assert "ใช้คำที่สั้นลง" in html


@pytest.mark.parametrize("typed", ["่้", '"*', "   ", "%"])
def test_signs_alone_ask_for_a_letter(page, indexed, typed):
    assert ("กรุณาพิมพ์ตัวอักษรหรือตัวเลขอย่างน้อยหนึ่งตัว" in words(page(typed))) == bool(typed.strip())


def test_a_pasted_page_is_refused_and_kept(page, indexed):
    html = page("ก" * 10_000)
    assert "คำค้น: " in words(html)
    assert "200" in words(html)
    assert f'value="{"ก" * 10_000}"' in html
    assert '<a href="#search-q">' in html
    assert 'id="search-q"' in html
    assert results(html) == []


@pytest.mark.parametrize(
    "filters",
    [
        {"year": "abc"},
        {"category": "9"},
        {"kind": "secret"},
        {"criterion": "1' OR 1=1"},
        {"agency": "no such"},
        {"year": "9" * 400},
        {"award": "ร" * 201},
    ],
)
def test_a_filter_that_cannot_be_is_named_and_left_out(page, indexed, filters):
    html = page("ข้อร้องเรียน", **filters)
    assert "มีข้อมูลที่ต้องแก้ไข" in html
    assert len(results(html)) == 2


@pytest.mark.parametrize(
    "filters", [{"agency": "nobody"}, {"award": "ไม่มี"}, {"year": "2500"}, {"criterion": "999999"}]
)
def test_a_filter_that_nothing_has_leaves_nothing(page, indexed, filters):
    html = page("ข้อร้องเรียน", **filters)
    assert "ไม่พบรายการที่ตรงกับที่ค้นหา" in words(html)


def test_filters_are_kept_and_told_with_their_numbers(page, indexed):
    html = page("ข้อร้องเรียน", category="3", kind="feedback")
    chosen = re.findall(r"<option value=\"([^\"]*)\" selected>\s*(.*?)\s*</option>", html, re.DOTALL)
    assert chosen == [("feedback", "ข้อเสนอแนะ ก.พ.ร. (1)"), ("3", "หมวด 3 (1)")]
    assert len(results(html)) == 1


def test_long_lists_come_in_pages_that_keep_the_question(page, world):
    points = [make_point(world, world.here.agency, "2.1", f"แผนงานที่ {n}") for n in range(PER_PAGE + 1)]
    refresh_everything()
    first = page("แผนงาน", kind="feedback")
    assert len(results(first)) == PER_PAGE
    following = unescape(re.search(r'href="(\?[^"]+)" rel="next"', first).group(1))
    assert following == "?q=%E0%B9%81%E0%B8%9C%E0%B8%99%E0%B8%87%E0%B8%B2%E0%B8%99&kind=feedback&page=2"
    second = page("แผนงาน", kind="feedback", page="2")
    assert len(results(second)) == 1
    assert f"ที่ {len(points) - 1}" in words(second)
    assert len(results(page("แผนงาน", page="nonsense"))) == PER_PAGE


def test_the_person_is_told_when_changes_still_wait(page, indexed, world):
    waiting = "กำลังจัดทำดัชนีของข้อความที่เพิ่งบันทึก"
    assert waiting not in page("ข้อร้องเรียน")
    make_point(world, world.here.agency, "2.1", "ใหม่")
    assert waiting in page("ข้อร้องเรียน")


def test_the_number_of_queries_does_not_grow(page, client, world, round):
    def add(number):
        example = make_agency(f"example-{number}", f"กรมที่ {number}")
        make_case(world, example, f"งบประมาณ {number}", None)
        make_point(world, world.here.agency, f"{number % 6 + 1}.1", f"งบประมาณ {number}")
        write_activity(round, f"{number % 6 + 1}.2", f"<p>งบประมาณ {number}</p>")
        refresh_everything()

    def cost():
        with CaptureQueriesContext(connection) as captured:
            page("งบประมาณ")
        return len(captured)

    add(1)
    one = cost()
    for number in range(2, 31):
        add(number)
    assert cost() <= one <= 25
    assert cost() == cost()


def test_every_page_has_the_box_for_who_is_signed_in(client, world):
    assert b"top-search" not in client.get("/accounts/login/").content
    client.force_login(world.stranger)
    assert b'action="/search/"' in client.get("/").content


def test_visitors_are_sent_to_the_sign_in_page(client, db):
    assert client.get(f"{ADDRESS}?q=x").status_code == 302
