"""Choosing cases of the library: copied once, put in order, taken out, adapted; never a case kept to others."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from assessment.models import ChosenPractice
from assessment.services.practices import choose_practice
from assessment.services.rounds import close_round
from organizations.enums import Role
from organizations.models import AuditEvent
from practices.models import Practice, PracticeStatus
from tests.world import criterion
from texts.models import Text
from texts.services import save_text

from .browser import text_area, url, value_of
from .library import make_case


@pytest.fixture
def committee(client, world):
    person = world.here.people["committee_1"]
    client.force_login(person)
    return person


def chosen_in(round, code="1.1"):
    return list(criterion(round, code).chosen_practices.select_related("text"))


def choose(client, round, practice, code="1.1"):
    return client.post(
        url(round, code, "practices", "choose"), {"practice": getattr(practice, "pk", practice)}
    )


def test_a_chosen_case_is_copied_with_its_award_and_the_version_it_came_from(client, here, committee):
    case = make_case("a", html="<p>แรก</p>")
    save_text(text=case.text, base_version=1, html="<p>แก้แล้ว</p>", key=uuid.uuid4(), by=None)
    answer = choose(client, here, case)
    assert answer.headers["Location"] == "/a/senate/2565/1.1/"
    [chosen] = chosen_in(here)
    assert (chosen.agency_name, chosen.award_line) == ("กรม a", "(รางวัล PMQA หมวด 1 ปี 2564)")
    assert (chosen.text.html, chosen.source_version, chosen.position) == ("<p>แก้แล้ว</p>", 2, 1)
    assert (chosen.text.agency_id, chosen.text.updated_by) == (here.agency_id, committee)
    assert chosen.text_id != case.text_id
    assert AuditEvent.objects.get(verb="practice.chosen").facts == {"practice": "a"}


def test_choosing_twice_changes_nothing(client, here, committee):
    case = make_case("a")
    choose(client, here, case)
    texts = Text.objects.count()
    choose(client, here, case)
    assert (len(chosen_in(here)), Text.objects.count()) == (1, texts)
    assert AuditEvent.objects.filter(verb="practice.chosen").count() == 1
    choose(client, here, case, code="1.2")
    assert len(chosen_in(here, "1.2")) == 1


def test_the_copy_can_be_changed_and_the_library_keeps_its_text(client, here, committee):
    case = make_case("a")
    choose(client, here, case)
    [chosen] = chosen_in(here)
    address = url(here, "1.1", "practices", str(chosen.uid), "text")
    page = client.get(address)
    assert text_area(page) == "<p>เนื้อหา a</p>"
    fields = {name: value_of(page, name) for name in ("key", "base_version")}
    assert client.post(address, fields | {"html": "<p>สั้นลง</p>"}).status_code == 302
    assert [c.text.html for c in chosen_in(here)] == ["<p>สั้นลง</p>"]
    assert Practice.objects.get(pk=case.pk).text.html == "<p>เนื้อหา a</p>"


def test_a_later_change_of_the_library_does_not_reach_the_form_but_is_told(client, here, committee):
    case = make_case("a")
    choose(client, here, case)
    assert "ต้นฉบับในคลังเปลี่ยนแล้ว" not in client.get(url(here, "1.1")).content.decode()
    save_text(text=case.text, base_version=1, html="<p>ใหม่</p>", key=uuid.uuid4(), by=None)
    page = client.get(url(here, "1.1"))
    assert "ต้นฉบับในคลังเปลี่ยนแล้ว" in page.content.decode()
    assert [c.text.html for c in page.context["chosen"]] == ["<p>เนื้อหา a</p>"]


def test_the_page_of_choice_has_the_cases_of_this_criterion_and_all_on_demand(client, here, there, committee):
    make_case("b")
    mine = make_case("a", kept_to=here.agency)
    make_case("c", codes=("2.1",))
    make_case("d", kept_to=there.agency)
    make_case("e", status=PracticeStatus.DRAFT)
    withdrawn = make_case("f")
    Practice.objects.filter(pk=withdrawn.pk).update(withdrawn_at=timezone.now(), withdrawn_by=committee)
    choose_practice(analysis=criterion(here, "1.1"), practice=mine, by=committee)
    address = url(here, "1.1", "practices")
    page = client.get(address)
    assert [case.key for case in page.context["page"]] == ["a", "b"]
    assert page.context["taken"] == {mine.pk}
    assert [case.key for case in client.get(f"{address}?all=1").context["page"]] == ["a", "b", "c"]


def test_what_may_not_be_seen_cannot_be_chosen_by_its_number(client, here, there, committee, world):
    foreign = make_case("d", kept_to=there.agency)
    draft = make_case("e", kept_to=there.agency, status=PracticeStatus.DRAFT)
    withdrawn = make_case("f")
    Practice.objects.filter(pk=withdrawn.pk).update(withdrawn_at=timezone.now(), withdrawn_by=committee)
    for wanted in (foreign, draft, withdrawn, "", "x", "๑", "-1", 10**30):
        assert choose(client, here, wanted).status_code == 404
    assert not ChosenPractice.objects.exists()
    client.force_login(world.there.people[Role.SECRETARIAT])
    assert choose(client, there, foreign).status_code == 302


def test_cases_are_moved_and_removed(client, here, committee):
    for key in "abc":
        choose(client, here, make_case(key))
    first, second, third = chosen_in(here)

    def press(row, action, **fields):
        return client.post(url(here, "1.1", "practices", str(row.uid), action), fields)

    assert press(third, "move", direction="up", base_version=1).status_code == 302
    assert chosen_in(here) == [first, third, second]
    press(first, "move", direction="up", base_version=2)
    assert chosen_in(here) == [first, third, second]
    press(first, "move", direction="down", base_version=2)
    # both moves named version 2; the second of them came too late
    assert chosen_in(here) == [first, third, second]
    assert "มีผู้จัดลำดับตัวอย่างก่อนท่าน" in client.get(url(here, "1.1")).content.decode()
    press(third, "remove")
    assert chosen_in(here) == [first, second]
    # the copied text stays in the history
    assert Text.objects.get(pk=third.text_id).plain == "เนื้อหา c"
    assert press(third, "remove").status_code == 404
    choose(client, here, Practice.objects.get(key="c"))
    assert [row.agency_name for row in chosen_in(here)] == ["กรม a", "กรม b", "กรม c"]


def test_a_chosen_case_of_another_criterion_or_agency_is_not_found(client, here, there, committee):
    case = make_case("a")
    rows = [
        choose_practice(analysis=criterion(r, c), practice=case, by=None)
        for r, c in ((there, "1.1"), (here, "1.2"))
    ]
    for row in rows:
        for action in ("text", "remove", "move"):
            answer = client.post(url(here, "1.1", "practices", str(row.uid), action), {"base_version": 1})
            assert answer.status_code == 404
    assert ChosenPractice.objects.count() == 2


def test_a_closed_round_takes_no_change_of_cases(client, here, committee, world):
    case = make_case("a")
    choose(client, here, case)
    [chosen] = chosen_in(here)
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    choose(client, here, make_case("b"))
    for action in ("remove", "move"):
        client.post(url(here, "1.1", "practices", str(chosen.uid), action), {"base_version": 1})
    assert "แบบฟอร์มนี้ไม่ได้เปิดให้แก้ไข จึงยังไม่ได้เปลี่ยนแปลงตัวอย่าง" in client.get(url(here, "1.1")).content.decode()
    assert (chosen_in(here), criterion(here, "1.1").practices_version) == ([chosen], 1)
    fields = {"html": "<p>พิมพ์ไว้</p>", "key": str(uuid.uuid4()), "base_version": 1}
    page = client.post(url(here, "1.1", "practices", str(chosen.uid), "text"), fields)
    assert (page.status_code, text_area(page)) == (409, "<p>พิมพ์ไว้</p>")
    assert chosen_in(here)[0].text.html == "<p>เนื้อหา a</p>"
