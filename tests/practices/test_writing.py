"""Writing cases: what is refused and why, and that nothing typed is lost."""

from __future__ import annotations

import re
import uuid
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse

from framework.models import Criterion
from organizations.models import Agency, AuditEvent
from practices.models import Practice, PracticeStatus
from practices.services import withdraw_practice
from tests.world import join, make_user
from texts.figures import add_figure
from texts.services import save_text

from .conftest import png


def form_data(world, practice: Practice | None = None, **changes: object) -> dict[str, object]:
    """What a browser sends for the form of a case."""
    criterion = Criterion.objects.get(identity="pmqa4-1.1").pk
    data: dict[str, object] = {
        "agency_name": "กรมที่ดิน",
        "agency_kind": "",
        "title": "ชื่อเรื่อง",
        "criteria": [criterion],
        "award": "",
        "award_year": "",
        "summary": "",
        "source": "",
        "html": "<p>เนื้อหาของเรื่อง</p>",
        "base_practice": practice.version if practice else 0,
        "base_text": practice.text.version if practice else 0,
        "uid": str(uuid.uuid4()),
    }
    return data | changes


def errors(response) -> dict[str, list[str]]:
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_the_secretariat_writes_a_case_kept_to_its_agency(client, world) -> None:
    client.force_login(world.here.people["secretariat"])
    data = form_data(
        world, agency_kind="department", award_year="๒๕๖๔", html="<p>ก<script>x</script></p>", draft="1"
    )

    answer = client.post(reverse("practice_new"), data)

    practice = Practice.objects.get()
    assert answer.url == practice.get_absolute_url()
    assert (practice.kept_to, practice.text.agency) == (world.here.agency, world.here.agency)
    assert (practice.status, practice.award_year) == (PracticeStatus.DRAFT, 2564)
    assert practice.text.html == "<p>ก</p>"
    assert practice.text.updated_by == world.here.people["secretariat"]
    assert (practice.agency.name, practice.agency.kind, practice.agency.hosted) == (
        "กรมที่ดิน",
        "department",
        False,
    )
    assert client.post(reverse("practice_new"), data).url == practice.get_absolute_url()
    assert Practice.objects.count() == 1


def test_the_installation_administrator_writes_shared_cases(client, world) -> None:
    client.force_login(world.admin)

    client.post(reverse("practice_new"), form_data(world, agency_name="สำนักงานสถิติแห่งชาติ", publish="1"))

    practice = Practice.objects.get()
    assert (practice.kept_to, practice.status) == (None, PracticeStatus.PUBLISHED)
    assert practice.agency == world.there.agency


def test_who_curates_for_two_agencies_says_for_which(client, world) -> None:
    user = make_user("both")
    join(join(user, world.here.agency, "secretariat"), world.there.agency, "secretariat")
    client.force_login(user)
    address = reverse("practice_new")

    choice = client.get(address).content.decode()
    assert re.findall(r'href="/practices/new/\?for=(\w+)"', choice) == ["nso", "senate"]
    client.post(f"{address}?for=nso", form_data(world, agency_name="สำนักงานสถิติแห่งชาติ"))
    assert Practice.objects.get().kept_to == world.there.agency
    assert "ตัวอย่างนี้จะให้ใครใช้" in client.get(f"{address}?for=_shared").content.decode()


def test_a_person_of_one_agency_cannot_write_for_another(client, world) -> None:
    client.force_login(world.here.people["secretariat"])

    client.post(reverse("practice_new") + "?for=nso", form_data(world, agency_name="สำนักงานสถิติแห่งชาติ"))

    assert Practice.objects.get().kept_to == world.here.agency


@pytest.mark.parametrize(
    ("name", "kind", "field", "message"),
    [
        ("กรมใหม่", "", "agency_kind", "ยังไม่มี “กรมใหม่” ในระบบ ถ้าสะกดถูกต้องแล้ว กรุณาเลือกประเภทเพื่อเพิ่มหน่วยงานนี้"),
        (
            "สถิติแห่งชาติ",
            "",
            "agency_name",
            "ท่านหมายถึง “สำนักงานสถิติแห่งชาติ” ใช่หรือไม่ ถ้าใช่ กรุณาใช้ชื่อนั้น "
            "ถ้าเป็นคนละหน่วยงาน กรุณาเลือกประเภทเพื่อเพิ่มหน่วยงานใหม่",
        ),
        (
            "สำนักงาน สถิติ แห่งชาติ",
            "office",
            "agency_name",
            "มี “สำนักงานสถิติแห่งชาติ” ในระบบแล้ว ต่างกันเพียงการเว้นวรรค กรุณาใช้ชื่อนั้น",
        ),
    ],
)
def test_an_unknown_agency_is_only_made_when_confirmed(name, kind, field, message, client, world) -> None:
    client.force_login(world.admin)
    before = Agency.objects.count()

    answer = client.post(reverse("practice_new"), form_data(world, agency_name=name, agency_kind=kind))

    assert answer.status_code == 422
    assert errors(answer) == {field: [message]}
    assert 'value="ชื่อเรื่อง"' in answer.content.decode()
    assert (Practice.objects.count(), Agency.objects.count()) == (0, before)


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": " "}, "title", "กรุณากรอกข้อมูลในช่องนี้"),
        ({"title": "ก" * 301}, "title", None),
        ({"criteria": []}, "criteria", "กรุณาเลือกเกณฑ์อย่างน้อยหนึ่งข้อ"),
        ({"criteria": ["999999"]}, "criteria", None),
        ({"award_year": "2024"}, "award_year", "ปี 2024 เป็นคริสต์ศักราช กรุณาพิมพ์เป็นพุทธศักราช เช่น 2567"),
        ({"award_year": "สอง"}, "award_year", "กรุณาพิมพ์ปีพุทธศักราชเป็นตัวเลขสี่หลัก เช่น 2569"),
        ({"html": "<p>ก</p>" * 40_000}, "html", None),
        ({"html": "", "publish": "1"}, "html", "ตัวอย่างนี้ยังไม่มีเนื้อหา กรุณาเขียนเนื้อหาก่อนเผยแพร่"),
        ({"uid": "x"}, "uid", None),
        ({"base_text": "x"}, "base_text", None),
    ],
)
def test_bad_input_is_named_and_nothing_typed_is_lost(changes, field, message, client, world) -> None:
    client.force_login(world.here.people["secretariat"])
    data = form_data(world, agency_name="สำนักงานสถิติแห่งชาติ", summary="สรุปที่พิมพ์ไว้ ๑๒๓") | changes

    answer = client.post(reverse("practice_new"), data)

    assert answer.status_code == 422
    assert list(errors(answer)) == [field]
    if message:
        assert errors(answer)[field] == [message]
    assert "สรุปที่พิมพ์ไว้ ๑๒๓" in answer.content.decode()
    assert Practice.objects.count() == 0


def test_a_figure_of_another_agency_is_refused(client, world, make_practice) -> None:
    foreign = add_figure(file=BytesIO(png()), size=100, agency=world.there.agency, by=None)
    practice = make_practice(kept_to=world.here.agency)
    client.force_login(world.here.people["secretariat"])
    html = f'<figure><img src="{foreign.get_absolute_url()}" alt=""></figure>'

    answer = client.post(reverse("practice_edit", args=[practice.pk]), form_data(world, practice, html=html))

    assert answer.status_code == 422
    assert errors(answer)["html"] == ["ภาพนี้ไม่อยู่ในหน่วยงานของท่าน กรุณาลบภาพนั้นแล้วแทรกภาพใหม่"]


def test_editing_saves_facts_and_text_and_says_who(client, world, make_practice) -> None:
    practice = make_practice(kept_to=world.here.agency)
    secretariat = world.here.people["secretariat"]
    client.force_login(secretariat)
    address = reverse("practice_edit", args=[practice.pk])
    data = form_data(world, practice, title="ชื่อใหม่", html="<p>เนื้อหาใหม่</p>", agency_name="กรมที่ดิน")

    assert client.post(address, data).url == practice.get_absolute_url()
    assert client.post(address, data).url == practice.get_absolute_url()

    fresh = Practice.objects.get()
    assert (fresh.title, fresh.version, fresh.text.html, fresh.text.version) == (
        "ชื่อใหม่",
        2,
        "<p>เนื้อหาใหม่</p>",
        2,
    )
    event = AuditEvent.objects.get(verb="practice.updated")
    assert (event.actor, event.agency, event.facts) == (
        secretariat,
        world.here.agency,
        {"fields": ["title", "text"]},
    )


def test_a_stale_save_shows_the_other_text_and_keeps_ones_own(client, world, make_practice) -> None:
    practice = make_practice(kept_to=world.here.agency)
    address = reverse("practice_edit", args=[practice.pk])
    mine = form_data(world, practice, title="ชื่อของฉัน", html="<p>ข้อความของฉัน</p>")
    theirs = form_data(world, practice, title="ชื่อของเขา", html="<p>ข้อความของเขา</p>")
    client.force_login(world.here.people["agency_admin"])
    client.post(address, theirs)
    client.force_login(world.here.people["secretariat"])

    answer = client.post(address, mine)

    text = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "senate-agency-admin บันทึกเมื่อ" in text
    assert "<p>ข้อความของเขา</p>" in text
    assert "ชื่อของเขา" in text
    assert 'value="ชื่อของฉัน"' in text
    assert "<p>ข้อความของฉัน</p></textarea>" in text
    fresh = Practice.objects.get()
    assert (fresh.title, fresh.text.html) == ("ชื่อของเขา", "<p>ข้อความของเขา</p>")

    # the same form once more, now knowing what it overwrites
    hidden = dict(re.findall(r'name="(base_\w+)" value="(\d+)"', text))
    assert client.post(address, mine | hidden).url == practice.get_absolute_url()
    fresh = Practice.objects.get()
    assert (fresh.title, fresh.text.html, fresh.version) == ("ชื่อของฉัน", "<p>ข้อความของฉัน</p>", 3)


def test_a_text_saved_by_another_way_is_a_conflict_too_and_nothing_is_half_saved(
    client, world, make_practice
) -> None:
    practice = make_practice(kept_to=world.here.agency)
    mine = form_data(world, practice, title="ชื่อของฉัน", agency_name="กรมใหม่", agency_kind="office")
    save_text(text=practice.text, base_version=1, html="<p>จากทางอื่น</p>", key=uuid.uuid4(), by=None)
    client.force_login(world.here.people["secretariat"])

    answer = client.post(reverse("practice_edit", args=[practice.pk]), mine)

    assert answer.status_code == 409
    fresh = Practice.objects.get()
    assert (fresh.title, fresh.version, fresh.text.html) == ("เรื่องตัวอย่าง", 1, "<p>จากทางอื่น</p>")
    assert not Agency.objects.filter(name="กรมใหม่").exists()


def test_a_withdrawn_case_is_not_edited(client, world, make_practice) -> None:
    practice = make_practice(kept_to=world.here.agency)
    withdraw_practice(practice=practice, by=world.here.people["secretariat"])
    client.force_login(world.here.people["secretariat"])

    answer = client.post(
        reverse("practice_edit", args=[practice.pk]), form_data(world, practice), follow=True
    )

    assert "ตัวอย่างนี้ถูกถอนแล้ว จึงแก้ไขไม่ได้" in answer.content.decode()
    assert Practice.objects.get().title == "เรื่องตัวอย่าง"


def test_what_was_typed_for_a_case_withdrawn_meanwhile_comes_back(client, world, make_practice) -> None:
    practice = make_practice(kept_to=world.here.agency)
    withdraw_practice(practice=practice, by=world.here.people["secretariat"])
    client.force_login(world.here.people["secretariat"])
    typed = form_data(world, practice, html="<p>เขียนอยู่หนึ่งชั่วโมง</p>")

    answer = client.post(reverse("practice_edit", args=[practice.pk]), typed)

    assert answer.status_code == 422
    assert errors(answer) == {"__all__": ["ตัวอย่างนี้ถูกถอนแล้ว จึงแก้ไขไม่ได้"]}
    assert "<p>เขียนอยู่หนึ่งชั่วโมง</p></textarea>" in unescape(answer.content.decode())


@pytest.mark.parametrize(("first", "then"), [("draft", "publish"), ("publish", "draft"), ("draft", "draft")])
def test_a_new_case_sent_again_with_other_words_is_changed_and_not_dropped(
    client, world, first, then
) -> None:
    client.force_login(world.here.people["secretariat"])
    agency = "สำนักงานสถิติแห่งชาติ"
    sent = form_data(world, agency_name=agency)
    client.post(reverse("practice_new"), sent | {first: "1"})
    changed = sent | {"title": "ชื่อใหม่", "html": "<p>เขียนต่อ</p>", then: "1"}

    answer = client.post(reverse("practice_new"), changed)

    practice = Practice.objects.get()
    assert answer.url == practice.get_absolute_url()
    assert (practice.title, practice.text.html) == ("ชื่อใหม่", "<p>เขียนต่อ</p>")
    wanted = PracticeStatus.PUBLISHED if then == "publish" else PracticeStatus.DRAFT
    assert practice.status == wanted


def test_an_empty_draft_sent_again_with_text_is_published(client, world) -> None:
    client.force_login(world.here.people["secretariat"])
    sent = form_data(world, agency_name="สำนักงานสถิติแห่งชาติ")
    client.post(reverse("practice_new"), sent | {"html": "", "draft": "1"})
    refused = client.post(reverse("practice_new"), sent | {"html": "", "title": "ใหม่", "publish": "1"})
    assert errors(refused) == {"html": ["ตัวอย่างนี้ยังไม่มีเนื้อหา กรุณาเขียนเนื้อหาก่อนเผยแพร่"]}
    assert Practice.objects.get().title == "ชื่อเรื่อง"
    client.post(reverse("practice_new"), sent | {"publish": "1"})
    practice = Practice.objects.get()
    assert (practice.status, practice.text.html) == (PracticeStatus.PUBLISHED, "<p>เนื้อหาของเรื่อง</p>")


def test_a_new_case_sent_again_after_somebody_changed_it_is_a_conflict(client, world) -> None:
    client.force_login(world.here.people["secretariat"])
    sent = form_data(world, agency_name="สำนักงานสถิติแห่งชาติ", draft="1")
    client.post(reverse("practice_new"), sent)
    practice = Practice.objects.get()
    client.force_login(world.here.people["agency_admin"])
    theirs = form_data(world, practice, agency_name="สำนักงานสถิติแห่งชาติ", title="ชื่อของเขา")
    client.post(reverse("practice_edit", args=[practice.pk]), theirs)
    client.force_login(world.here.people["secretariat"])

    answer = client.post(reverse("practice_new"), sent | {"title": "ชื่อของฉัน"})

    assert answer.status_code == 409
    assert 'value="ชื่อของฉัน"' in answer.content.decode()
    assert "ชื่อของเขา" in answer.content.decode()
    assert Practice.objects.get().title == "ชื่อของเขา"
    # the next press goes to the case itself, knowing what it overwrites
    address = reverse("practice_edit", args=[practice.pk])
    assert f'action="{address}"' in answer.content.decode()
    hidden = dict(re.findall(r'name="(base_\w+)" value="(\d+)"', answer.content.decode()))
    assert client.post(address, sent | {"title": "ชื่อของฉัน"} | hidden).status_code == 302
    assert Practice.objects.get().title == "ชื่อของฉัน"


def test_the_number_of_another_agencys_new_case_changes_nothing(client, world, make_practice) -> None:
    practice = make_practice(kept_to=world.there.agency)
    client.force_login(world.here.people["secretariat"])
    sent = form_data(world, agency_name="สำนักงานสถิติแห่งชาติ", uid=str(practice.uid), draft="1")

    assert client.post(reverse("practice_new"), sent).status_code == 404
    assert Practice.objects.get().title == "เรื่องตัวอย่าง"


def test_a_published_case_is_not_saved_empty(client, world, make_practice) -> None:
    practice = make_practice(kept_to=world.here.agency)
    client.force_login(world.here.people["secretariat"])
    address = reverse("practice_edit", args=[practice.pk])

    answer = client.post(address, form_data(world, practice, title="ชื่อใหม่", html="<p> </p>"))

    assert answer.status_code == 422
    assert errors(answer)["__all__"][0].startswith("ตัวอย่างนี้เผยแพร่อยู่ จึงต้องมีเนื้อหา")
    fresh = Practice.objects.get()
    assert (fresh.title, fresh.version, fresh.text.html) == ("เรื่องตัวอย่าง", 1, "<p>เนื้อหาของเรื่อง</p>")
    client.post(reverse("practice_unpublish", args=[practice.pk]))
    assert client.post(address, form_data(world, practice, html="")).status_code == 302
    assert Practice.objects.get().text.html == ""


def test_links_to_criteria_that_the_newest_edition_lacks_survive_an_edit(
    client, world, make_practice
) -> None:
    practice = make_practice(kept_to=world.here.agency)
    old = Criterion.objects.create(identity="pmqa3-9")
    practice.criteria.add(old)
    client.force_login(world.here.people["secretariat"])

    client.post(reverse("practice_edit", args=[practice.pk]), form_data(world, practice, title="ชื่อใหม่"))

    assert old in Practice.objects.get(title="ชื่อใหม่").criteria.all()
