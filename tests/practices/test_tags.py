"""Tags: one word however it is spelt, seen where its cases are, and kept by what does not speak of them."""

from __future__ import annotations

from html import unescape

import pytest
from django.urls import reverse

from practices import tags
from practices.models import Practice, Tag
from practices.services import Base, Facts, tags_called, update_practice


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Innovation", "Innovation"),
        ("innovation", "Innovation"),
        ("นวัตกรรม", "Innovation"),
        ("Innovation (นวัตกรรม)", "Innovation"),
        ("#Innovation", "Innovation"),
        ("  บริการ   ประชาชน ", "บริการ ประชาชน"),
        ("ความเป็นดิจิทัล", "Digitalization"),
        ("การสานพลัง", "Collaboration"),
    ],
)
def test_a_tag_is_known_in_either_language(typed, name) -> None:
    assert tags.tag_name(typed) == name


def test_a_line_of_tags_is_divided_and_each_counts_once() -> None:
    assert tags.tags_in("นวัตกรรม, ลดขั้นตอน;innovation\nลด ขั้นตอน,") == ["Innovation", "ลดขั้นตอน"]


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        (["ก"], ""),
        (["ก"] * 11, "มีแท็ก 11 คำ ต้องไม่เกิน 10"),
        (["ก" * 41], f"แท็ก “{'ก' * 40}…” ยาว 41 อักขระ ต้องไม่เกิน 40 กรุณาคั่นแต่ละแท็กด้วยจุลภาค"),
        (["ก,ข"], "แท็ก “ก,ข” ต้องไม่มีจุลภาคหรืออัฒภาค"),
    ],
)
def test_what_cannot_be_the_tags_of_a_case(names, fault) -> None:
    assert tags.tags_fault(names) == fault


def test_two_spellings_are_one_row_and_no_change(make_practice, world) -> None:
    case = make_practice(tags=frozenset({"ลดขั้นตอน", "Innovation"}))
    facts = Facts.of(case)
    assert Tag.objects.count() == 2
    other = Facts(**{**vars(facts), "tags": frozenset({"ลด ขั้นตอน", "INNOVATION"})})
    assert (
        update_practice(practice=case, base=Base.of(case), facts=other, html=case.text.html, by=world.admin)
        == []
    )
    changed = Facts(**{**vars(facts), "tags": frozenset({"ลด ขั้นตอน"})})
    assert update_practice(
        practice=case, base=Base.of(case), facts=changed, html=case.text.html, by=world.admin
    ) == ["tags"]
    assert Practice.objects.get().tag_names == ["ลดขั้นตอน"]
    assert Practice.objects.get().version == case.version


def test_tags_that_somebody_else_makes_meanwhile_are_taken(db, monkeypatch) -> None:
    made = Tag.objects.create(name="ใหม่", folded="ใหม่")
    real = Tag.objects.bulk_create
    # the first look finds nothing, as if the row had come between
    looks = iter([Tag.objects.none()])
    monkeypatch.setattr(Tag.objects, "filter", lambda **wanted: next(looks, Tag.objects.all()))
    monkeypatch.setattr(Tag.objects, "bulk_create", real)
    assert tags_called(["ใหม่"]) == {"ใหม่": made}


def test_the_form_offers_and_saves_tags(client, world, make_practice) -> None:
    client.force_login(world.admin)
    case = make_practice(tags=frozenset({"Innovation", "ลดขั้นตอน"}))
    page = client.get(reverse("practice_edit", args=[case.pk]))
    form = page.context["form"]
    assert (form["proposed_tags"].value(), form["own_tags"].value()) == (["Innovation"], "ลดขั้นตอน")
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    values |= {"proposed_tags": ["Collaboration"], "own_tags": "นวัตกรรม, ใหม่", "agency_kind": ""}
    assert client.post(reverse("practice_edit", args=[case.pk]), values).status_code == 302
    assert Practice.objects.get().tag_names == ["Collaboration", "Innovation", "ใหม่"]
    values |= {"base_practice": Practice.objects.get().version, "own_tags": "ก" * 41}
    refused = client.post(reverse("practice_edit", args=[case.pk]), values)
    assert refused.status_code == 422
    assert "ก" * 41 in refused.content.decode()
    assert list(refused.context["form"].errors) == ["own_tags"]


def test_the_library_is_narrowed_by_a_tag(client, world, make_practice) -> None:
    make_practice("มีแท็ก", tags=frozenset({"Innovation", "a & b"}))
    make_practice("ไม่มี")
    client.force_login(world.here.people["committee_1"])
    page = client.get(reverse("practice_list"), {"tag": "Innovation"})
    assert [entry.practice.title for entry in page.context["entries"]] == ["มีแท็ก"]
    text = unescape(page.content.decode())
    assert ">Innovation (นวัตกรรม)</a>" in text
    assert 'href="/practices/?tag=a%20%26%20b"' in text
    assert client.get(reverse("practice_list"), {"tag": "ไม่เคยมี"}).context["filters"].errors


def test_tags_of_cases_of_others_are_not_offered(client, world, make_practice) -> None:
    there = world.there.agency
    make_practice("ของเขา", tags=frozenset({"ความลับ"}), kept_to=there, agency=there)
    client.force_login(world.here.people["secretariat"])
    for address in (reverse("practice_list"), reverse("practice_new")):
        assert "ความลับ" not in client.get(address).content.decode()
    guessed = client.get(reverse("practice_list"), {"tag": "ความลับ"})
    assert list(guessed.context["filters"].errors) == ["tag"]


def test_a_conflict_shows_the_tags_that_stand(client, world, make_practice) -> None:
    client.force_login(world.admin)
    case = make_practice(tags=frozenset({"Innovation"}), codes=["1.1"])
    form = client.get(reverse("practice_edit", args=[case.pk])).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    facts = Facts(**{**vars(Facts.of(case)), "tags": frozenset({"ของอีกคน"})})
    update_practice(practice=case, base=Base.of(case), facts=facts, html=case.text.html, by=world.admin)
    page = client.post(reverse("practice_edit", args=[case.pk]), values | {"summary": "ใหม่"})
    assert page.status_code == 409
    assert [(d.label, d.stands) for d in page.context["conflict"]] == [("สรุป", "(ว่าง)"), ("แท็ก", "ของอีกคน")]
