"""Analysis, obstacles and remedies, of a criterion and of a whole category."""

from __future__ import annotations

import uuid

import pytest

from assessment.models import CategorySheet
from assessment.services.rounds import close_round, create_round
from organizations.enums import Role
from tests.world import criterion
from texts.models import Revision, Text

from .browser import text_area, url, value_of

PLACES = [
    ("criterion", "analysis", "บทวิเคราะห์ ข้อ 1.2", "/a/senate/2565/1.2/"),
    ("criterion", "obstacles", "ปัญหาและอุปสรรค ข้อ 1.2", "/a/senate/2565/1.2/"),
    ("criterion", "remedies", "แนวทางแก้ไข ข้อ 1.2", "/a/senate/2565/1.2/"),
    ("sheet", "obstacles", "ปัญหาและอุปสรรค หมวด 1", "/a/senate/2565/category-1/"),
    ("sheet", "remedies", "แนวทางแก้ไข หมวด 1", "/a/senate/2565/category-1/"),
]


def stored(round, of, kind) -> Text:
    if of == "criterion":
        row = criterion(round, "1.2")
    else:
        row = CategorySheet.objects.get(round=round, category__number=1)
    return getattr(row, kind)


def address(round, of, kind) -> str:
    return url(round, "1.2" if of == "criterion" else "category-1", "text", kind)


def typed(page, html) -> dict[str, str]:
    return {name: value_of(page, name) for name in ("key", "base_version")} | {"html": html}


@pytest.fixture
def committee(client, world):
    person = world.here.people["committee_1"]
    client.force_login(person)
    return person


@pytest.mark.parametrize(("of", "kind", "heading", "back"), PLACES)
def test_each_text_is_written_at_its_own_place(client, here, there, committee, of, kind, heading, back):
    page = client.get(address(here, of, kind))
    assert f"<h1>{heading}</h1>" in page.content.decode()
    answer = client.post(address(here, of, kind), typed(page, "<p>ก<script>x</script></p>"))
    assert answer.headers["Location"] == back
    written = Text.objects.exclude(html="").filter(version=1, html="<p>ก</p>")
    assert list(written) == [stored(here, of, kind)]
    assert Revision.objects.get(text=written[0]).author == committee
    assert "<p>ก</p>" in client.get(back).content.decode()


@pytest.mark.parametrize(("of", "kind", "heading", "back"), PLACES[2:4])
def test_a_text_can_be_emptied_again(client, here, committee, of, kind, heading, back):
    for html in ("<p>ก</p>", "<p></p>"):
        client.post(address(here, of, kind), typed(client.get(address(here, of, kind)), html))
    assert (stored(here, of, kind).html, stored(here, of, kind).version) == ("", 2)


@pytest.mark.parametrize("kind", ["title", "text", "pk"])
def test_other_kinds_are_not_found(client, here, committee, kind):
    assert client.get(url(here, "1.2", "text", kind)).status_code == 404
    assert client.post(url(here, "category-1", "text", kind), {"html": "<p>ก</p>"}).status_code == 404
    # a category has no analysis of its own
    assert client.get(url(here, "category-1", "text", "analysis")).status_code == 404


@pytest.mark.parametrize(("of", "kind", "heading", "back"), PLACES[::3])
def test_a_stale_text_is_refused_and_wins_at_the_second_press(
    client, here, committee, world, of, kind, heading, back
):
    first = client.get(address(here, of, kind))
    secretary = world.here.people[Role.SECRETARIAT]
    client.force_login(secretary)
    client.post(address(here, of, kind), typed(client.get(address(here, of, kind)), "<p>ของฝ่ายเลขา</p>"))
    client.force_login(committee)
    page = client.post(address(here, of, kind), typed(first, "<p>ของกรรมการ</p>"))
    assert page.status_code == 409
    assert page.context["conflict"].html == "<p>ของฝ่ายเลขา</p>"
    assert f"{secretary} บันทึกเมื่อ" in page.content.decode()
    assert text_area(page) == "<p>ของกรรมการ</p>"
    assert client.post(address(here, of, kind), typed(page, text_area(page))).status_code == 302
    revisions = Revision.objects.filter(text=stored(here, of, kind)).order_by("version")
    assert list(revisions.values_list("html", "author")) == [
        ("<p>ของฝ่ายเลขา</p>", secretary.pk),
        ("<p>ของกรรมการ</p>", committee.pk),
    ]


def test_the_same_request_twice_is_saved_once(client, here, committee):
    fields = typed(client.get(address(here, "criterion", "analysis")), "<p>ก</p>")
    for _ in range(2):
        assert client.post(address(here, "criterion", "analysis"), fields).status_code == 302
    assert stored(here, "criterion", "analysis").version == 1


def test_the_same_key_with_another_text_is_a_conflict_that_can_be_decided(client, here, committee):
    where = address(here, "criterion", "analysis")
    fields = typed(client.get(where), "<p>ก</p>")
    client.post(where, fields)
    page = client.post(where, fields | {"html": "<p>ข</p>"})
    assert (page.status_code, text_area(page)) == (409, "<p>ข</p>")
    assert "แบบฟอร์มปีนี้ปิดแล้ว" not in page.content.decode()
    assert page.context["conflict"].html == "<p>ก</p>"
    assert client.post(where, typed(page, text_area(page))).status_code == 302
    assert stored(here, "criterion", "analysis").html == "<p>ข</p>"


@pytest.mark.parametrize(("of", "kind", "heading", "back"), PLACES[::2])
def test_a_closed_round_gives_back_what_was_typed(client, here, committee, world, of, kind, heading, back):
    fields = typed(client.get(address(here, of, kind)), "<p>พิมพ์ไว้</p>")
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    page = client.post(address(here, of, kind), fields)
    assert (page.status_code, text_area(page)) == (409, "<p>พิมพ์ไว้</p>")
    assert page.context["refusal"].startswith("แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้บันทึก")
    assert stored(here, of, kind).version == 0


def test_a_text_locked_between_the_look_and_the_save_refuses(client, here, committee, world, monkeypatch):
    fields = typed(client.get(address(here, "sheet", "remedies")), "<p>พิมพ์ไว้</p>")
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    monkeypatch.setattr("assessment.views.texts.shut_words", lambda user, sheet: "")
    page = client.post(address(here, "sheet", "remedies"), fields)
    assert (page.status_code, text_area(page), stored(here, "sheet", "remedies").version) == (
        409,
        "<p>พิมพ์ไว้</p>",
        0,
    )


def test_a_round_being_prepared_takes_texts_of_the_secretariat_only(client, world, committee):
    round = create_round(agency=world.here.agency, year=2566, edition=world.edition, by=None)
    fields = {"html": "<p>ก</p>", "key": str(uuid.uuid4()), "base_version": 0}
    page = client.post(url(round, "1.2", "text", "analysis"), fields)
    assert (page.status_code, text_area(page)) == (409, "<p>ก</p>")
    assert page.context["refusal"].startswith("ฝ่ายเลขานุการยังไม่เปิดให้เขียน")
    client.force_login(world.here.people[Role.SECRETARIAT])
    assert client.post(url(round, "1.2", "text", "analysis"), fields).status_code == 302
