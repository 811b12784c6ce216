"""Reading the library: who sees what, what is found, publishing and withdrawing."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from framework.models import Criterion
from organizations.models import Agency, AuditEvent, User
from practices.models import Practice, PracticeStatus


@pytest.fixture
def page(client: Client):
    """Sign in and fetch; gives the answer."""

    def fetch(user: User, address: str, **data: object):
        client.force_login(user)
        return client.get(address, data)

    return fetch


def titles(response) -> list[str]:
    return [entry.practice.title for entry in response.context["entries"]]


# --- the list -------------------------------------------------------------------------------------


def test_the_list_shows_twenty_a_page_in_thai_order_with_the_filters_kept(page, world, make_practice) -> None:
    for number in range(36):
        make_practice(f"เรื่องที่ {number:02d}", award_year=2564)
    make_practice("เรื่องอื่น", award_year=2563)
    user = world.here.people["committee_1"]

    first = page(user, reverse("practice_list"), year="2564")
    text = unescape(first.content.decode())

    assert "แสดง 1–20 จาก 36 เรื่อง" in text
    assert titles(first) == [f"เรื่องที่ {number:02d}" for number in range(20)]
    assert steps(text) == [("?year=2564&page=2", "next")]
    second = page(user, "/practices/?year=2564&page=2")
    assert "แสดง 21–36 จาก 36 เรื่อง" in unescape(second.content.decode())
    assert steps(unescape(second.content.decode())) == [("?year=2564&page=1", "prev")]


def steps(text: str) -> list[tuple[str, str]]:
    """The links to the neighbouring pages."""
    return re.findall(r'href="([^"]+)" rel="(prev|next)"', text)


def test_agencies_stand_in_dictionary_order(page, world, make_practice) -> None:
    for name in ("เกษตร", "กรมที่ดิน", "ไปรษณีย์", "ขนส่ง"):
        make_practice(name, agency=Agency.objects.create(code=f"x-{ord(name[1])}", name=name))

    found = titles(page(world.admin, reverse("practice_list")))

    assert found == ["กรมที่ดิน", "เกษตร", "ขนส่ง", "ไปรษณีย์"]


def test_the_list_costs_the_same_for_one_and_thirty_cases(
    client, world, make_practice, django_assert_max_num_queries
) -> None:
    client.force_login(world.here.people["secretariat"])
    costs = []
    for rows in (1, 30):
        for number in range(Practice.objects.count(), rows):
            agency = Agency.objects.create(code=f"x{number}", name=f"กรม {number}")
            make_practice(f"เรื่อง {number}", agency=agency, codes=["1.1", "2.1"], kept_to=world.here.agency)
        with django_assert_max_num_queries(25) as queries:
            response = client.get(reverse("practice_list"))
        assert len(response.context["entries"]) == min(rows, 20)
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "Linkage"}, ["สื่อสารรอบทิศ"]),
        ({"q": "linkage"}, ["สื่อสารรอบทิศ"]),
        ({"q": "๒๒๕ งาน"}, ["สื่อสารรอบทิศ"]),
        ({"q": "แผน 5"}, ["วางแผน"]),
        ({"q": "แผน ๕"}, ["วางแผน"]),
        ({"q": "นโยบาย"}, ["วางแผน"]),
        ({"q": "สผ."}, ["วางแผน"]),
        ({"q": "ข้อมูลน\u0e4d\u0e32ฝน"}, ["วางแผน"]),
        ({"q": "100%"}, []),
        ({"q": "ไม่มีคำนี้"}, []),
        ({"category": "1"}, ["สื่อสารรอบทิศ"]),
        ({"category": "2"}, ["วางแผน"]),
        ({"category": "3"}, []),
        ({"agency": "onep"}, ["วางแผน"]),
        ({"year": "2564"}, ["วางแผน"]),
        ({"category": "2", "q": "Linkage"}, []),
    ],
)
def test_searching_and_filtering(query, found, page, world, make_practice) -> None:
    onep = Agency.objects.create(code="onep", name="สำนักงานนโยบายและแผน", short_name="สผ.")
    make_practice("สื่อสารรอบทิศ", codes=["1.1"], html="<p>เชื่อม Linkage Center 225 งาน</p>")
    make_practice(
        "วางแผน", codes=["2.1", "2.2"], agency=onep, award_year=2564, html="<p>แผน ๕ ปี ข้อมูลน้ำฝน ข้อมูลนำฝน</p>"
    )

    response = page(world.here.people["executive"], reverse("practice_list"), **query)

    assert response.status_code == 200
    assert titles(response) == found


def test_filtering_by_criterion(page, world, make_practice) -> None:
    make_practice("สอง", codes=["1.1", "2.1"])
    make_practice("หนึ่ง", codes=["1.1"])
    criterion = Criterion.objects.get(identity="pmqa4-2.1")

    response = page(world.admin, reverse("practice_list"), criterion=criterion.pk)

    assert titles(response) == ["สอง"]


@pytest.mark.parametrize(
    "query",
    [{"category": "8"}, {"criterion": "abc"}, {"agency": "'; drop"}, {"year": "2024"}, {"q": "ก" * 201}],
)
def test_a_filter_that_nobody_offered_is_named_and_left_out(query, page, world, make_practice) -> None:
    make_practice("เรื่องเดียว")

    response = page(world.admin, reverse("practice_list"), **query)

    assert response.status_code == 200
    assert titles(response) == ["เรื่องเดียว"]
    assert list(response.context["filters"].errors) == list(query)
    assert "มีข้อมูลที่ต้องแก้ไข" in response.content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "999", "สอง", "1e9"])
def test_a_page_that_is_not_there_gives_the_nearest(number, page, world, make_practice) -> None:
    make_practice("เรื่องเดียว")

    assert titles(page(world.admin, reverse("practice_list"), page=number)) == ["เรื่องเดียว"]


def test_an_empty_library_says_what_to_do(page, world) -> None:
    secretariat = page(world.here.people["secretariat"], reverse("practice_list")).content.decode()
    committee = page(world.here.people["committee_1"], reverse("practice_list")).content.decode()

    assert "กด “เพิ่มตัวอย่าง” เพื่อเขียนเรื่องแรก" in secretariat
    assert "ฝ่ายเลขานุการหรือผู้ดูแลระบบเป็นผู้เพิ่มตัวอย่าง" in committee
    assert reverse("practice_new") not in committee


# --- who sees what --------------------------------------------------------------------------------


def test_drafts_and_kept_cases_are_seen_by_those_they_concern(page, world, make_practice) -> None:
    here, there = world.here.agency, world.there.agency
    cases = {
        "ร่วมกัน": make_practice("ร่วมกัน"),
        "ร่างร่วมกัน": make_practice("ร่างร่วมกัน", status=PracticeStatus.DRAFT),
        "ของเรา": make_practice("ของเรา", kept_to=here),
        "ร่างของเรา": make_practice("ร่างของเรา", kept_to=here, status=PracticeStatus.DRAFT),
        "ของเขา": make_practice("ของเขา", kept_to=there),
        "ร่างของเขา": make_practice("ร่างของเขา", kept_to=there, status=PracticeStatus.DRAFT),
    }
    seen = {
        world.here.people["secretariat"]: {"ร่วมกัน", "ของเรา", "ร่างของเรา"},
        world.here.people["agency_admin"]: {"ร่วมกัน", "ของเรา", "ร่างของเรา"},
        world.here.people["committee_1"]: {"ร่วมกัน", "ของเรา"},
        world.here.people["executive"]: {"ร่วมกัน", "ของเรา"},
        world.there.people["committee_3"]: {"ร่วมกัน", "ของเขา"},
        world.admin: {"ร่วมกัน", "ร่างร่วมกัน"},
        world.stranger: {"ร่วมกัน"},
    }
    for user, expected in seen.items():
        assert set(titles(page(user, reverse("practice_list")))) == expected
        for title, practice in cases.items():
            status = 200 if title in expected else 404
            assert page(user, practice.get_absolute_url()).status_code == status, (user, title)


@pytest.mark.parametrize(
    "name", ["practice_edit", "practice_publish", "practice_unpublish", "practice_withdraw"]
)
def test_who_may_change_a_case(name, client, world, make_practice) -> None:
    shared, own = make_practice("ร่วมกัน"), make_practice("ของเรา", kept_to=world.here.agency)
    answers = {
        (world.here.people["committee_1"], own): 403,
        (world.here.people["executive"], own): 403,
        (world.here.people["unit_officer"], own): 403,
        (world.there.people["secretariat"], own): 404,
        (world.admin, own): 404,
        (world.here.people["secretariat"], shared): 403,
        (world.stranger, shared): 403,
    }
    for (user, practice), status in answers.items():
        client.force_login(user)
        assert client.post(reverse(name, args=[practice.pk])).status_code == status
    assert (
        list(Practice.objects.values_list("status", "withdrawn_at", "version"))
        == [("published", None, 1)] * 2
    )
    allowed = {
        world.here.people["secretariat"]: own,
        world.here.people["agency_admin"]: own,
        world.admin: shared,
    }
    for user, practice in allowed.items():
        client.force_login(user)
        assert client.post(reverse(name, args=[practice.pk])).status_code in (302, 422)


def test_only_curators_open_the_form_of_a_new_case(page, world) -> None:
    address = reverse("practice_new")
    for role in ("committee_1", "executive", "unit_officer"):
        assert page(world.here.people[role], address).status_code == 403
    assert page(world.stranger, address).status_code == 403
    for user in (world.here.people["secretariat"], world.here.people["agency_admin"], world.admin):
        assert page(user, address).status_code == 200


@pytest.mark.parametrize("name", ["practice_publish", "practice_unpublish", "practice_withdraw"])
def test_changes_of_state_need_post(name, page, world, make_practice) -> None:
    practice = make_practice()

    assert page(world.admin, reverse(name, args=[practice.pk])).status_code == 405


# --- one case -------------------------------------------------------------------------------------


def test_a_case_shows_agency_award_text_source_and_criteria(page, world, make_practice) -> None:
    practice = make_practice(
        "เรื่อง <b>หนา</b>", award="รางวัล PMQA หมวด 2", award_year=2564, source="ที่มาของเรื่อง", codes=["2.1"]
    )

    text = page(world.here.people["committee_1"], practice.get_absolute_url()).content.decode()

    assert "(รางวัล PMQA หมวด 2 ปี 2564)" in text
    assert "ข้อ 2.1 ชื่อสั้น 2.1" in text
    assert "<p>เนื้อหาของเรื่อง</p>" in text
    assert "ที่มาของเรื่อง" in text
    assert "เรื่อง &lt;b&gt;หนา&lt;/b&gt;" in text
    assert "<b>หนา</b>" not in text
    assert "แก้ไข</a>" not in text


def test_publishing_and_withdrawing(client, world, make_practice) -> None:
    secretariat = world.here.people["secretariat"]
    practice = make_practice("ของเรา", kept_to=world.here.agency, status=PracticeStatus.DRAFT)
    client.force_login(secretariat)

    def press(name: str) -> str:
        answer = client.post(reverse(name, args=[practice.pk]), follow=True)
        practice.refresh_from_db()
        return str(next(iter(answer.context["messages"])))

    assert press("practice_unpublish") == "ตัวอย่างนี้ถูกถอนแล้ว หรืออยู่ในสถานะ “ฉบับร่าง” อยู่แล้ว"
    assert press("practice_publish") == "เผยแพร่แล้ว นำไปใช้ในแบบฟอร์มได้"
    assert practice.status == PracticeStatus.PUBLISHED
    assert press("practice_withdraw") == "ถอนตัวอย่างออกจากคลังแล้ว แบบฟอร์มที่นำไปใช้แล้วไม่เปลี่ยน"
    assert practice.withdrawn_by == secretariat
    assert press("practice_withdraw") == "ตัวอย่างนี้ถูกถอนไปแล้ว"
    assert press("practice_unpublish") == "ตัวอย่างนี้ถูกถอนแล้ว หรืออยู่ในสถานะ “ฉบับร่าง” อยู่แล้ว"
    assert practice.status == PracticeStatus.PUBLISHED
    assert titles(client.get(reverse("practice_list"))) == []
    assert "ถูกถอนออกจากคลัง" in client.get(practice.get_absolute_url()).content.decode()
    verbs = (
        AuditEvent.objects.filter(object_type="practices.practice")
        .order_by("pk")
        .values_list("verb", flat=True)
    )
    assert list(verbs) == ["practice.created", "practice.published", "practice.withdrawn"]


def test_a_case_without_text_is_not_published(client, world, make_practice) -> None:
    practice = make_practice(kept_to=world.here.agency, status=PracticeStatus.DRAFT, html="")
    client.force_login(world.here.people["secretariat"])

    answer = client.post(reverse("practice_publish", args=[practice.pk]), follow=True)

    assert "ตัวอย่างนี้ยังไม่มีเนื้อหา กรุณาเขียนเนื้อหาก่อนเผยแพร่" in answer.content.decode()
    practice.refresh_from_db()
    assert practice.status == PracticeStatus.DRAFT
