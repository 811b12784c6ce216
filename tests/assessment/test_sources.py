"""A case that changed after it was copied: told, compared, taken or left; two people; nothing of drafts."""

from __future__ import annotations

import re
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from assessment.models import ChosenPractice
from assessment.services.practices import choose_practice, remove_practice, take_passage
from assessment.services.rounds import close_round
from assessment.services.texts import save_sheet_text
from assessment.sources import Source, chosen_cases
from organizations.enums import Role
from organizations.models import Agency, AuditEvent
from practices.models import Practice
from practices.services import unpublish_practice, withdraw_practice
from tests.world import criterion, join, make_user
from texts.models import Revision, Text
from texts.services import save_text

from .browser import counts, url, value_of
from .library import make_case

OLD = "<p>หนึ่ง</p><p>สอง</p><p>สาม</p>"
NEW = "<p>หนึ่ง</p><p>สอง ฉบับใหม่</p><p>สาม</p>"


@pytest.fixture
def committee(client, world):
    person = world.here.people["committee_1"]
    client.force_login(person)
    return person


@pytest.fixture
def case(world):
    return make_case("a", html=OLD)


@pytest.fixture
def chosen(here, committee, case):
    return choose_practice(analysis=criterion(here, "1.1"), practice=case, by=committee)


def rewrite(case, html=NEW):
    """The library's curator writes on."""
    version = Text.objects.get(pk=case.text_id).version
    save_text(text=case.text, base_version=version, html=html, key=uuid.uuid4(), by=None)


def adapt(chosen, html, by):
    """Somebody of the committee changes the copy."""
    version = Text.objects.get(pk=chosen.text_id).version
    place = {"sheet": chosen.analysis.sheet, "text": chosen.text}
    save_sheet_text(**place, base_version=version, html=html, key=uuid.uuid4(), by=by)


def told(round):
    [(_, changes)] = chosen_cases(criterion(round, "1.1"))
    return changes


def source_url(chosen):
    return url(chosen.analysis.sheet.round, "1.1", "practices", str(chosen.uid), "source")


def decide(client, page, chosen, decision, **changes):
    """Press one of the buttons of this page."""
    fields = {name: value_of(page, name) for name in ("mark", "base_version", "key")}
    return client.post(source_url(chosen), fields | {"decision": decision} | changes)


def html_of(chosen):
    return Text.objects.get(pk=chosen.text_id).html


def test_nothing_is_told_of_a_case_that_stands_as_copied(client, here, chosen):
    assert told(here) == []
    words = client.get(url(here, "1.1")).content.decode()
    assert "ต้นฉบับเปลี่ยนแล้ว" not in words
    page = client.get(source_url(chosen)).content.decode()
    assert "ข้อความในแบบฟอร์มคัดลอกจากต้นฉบับล่าสุด" in page
    assert 'name="decision"' not in page


def test_every_kind_of_change_is_told_in_words(client, here, case, chosen, committee):
    rewrite(case)
    assert told(here) == ["เนื้อหาเปลี่ยน"]
    Practice.objects.filter(pk=case.pk).update(award="รางวัลใหม่")
    Agency.objects.filter(pk=case.agency_id).update(name="กรมเอ")
    assert told(here) == ["เนื้อหาเปลี่ยน", "ชื่อหน่วยงานเป็น “กรมเอ”", "รางวัลเป็น “(รางวัลใหม่ ปี 2564)”"]
    Practice.objects.filter(pk=case.pk).update(award="", award_year=None)
    assert told(here)[-1] == "ไม่มีรางวัลแล้ว"
    card = client.get(url(here, "1.1")).content.decode()
    assert "<strong>ต้นฉบับเปลี่ยนแล้ว</strong> เนื้อหาเปลี่ยน · ชื่อหน่วยงาน" in card
    withdraw_practice(practice=Practice.objects.get(pk=case.pk), by=committee)
    assert told(here) == ["ไม่ได้เผยแพร่ในคลังแล้ว"]


def test_the_differences_of_the_source_and_of_the_form_are_shown(client, case, chosen):
    rewrite(case)
    page = client.get(source_url(chosen))
    words = page.content.decode()
    assert "<ins>" in words
    assert "ฉบับใหม่" in words
    assert (page.context["carrying"], page.context["outside"]) == ((), False)
    assert len(page.context["replacing"]) == 3
    assert "แบบฟอร์มคัดลอกจากฉบับของวันที่" in words


def test_the_new_text_is_taken_and_the_old_one_stays_in_the_history(client, here, case, chosen, committee):
    adapt(chosen, "<p>ย่อของเรา</p>", committee)
    rewrite(case)
    Practice.objects.filter(pk=case.pk).update(award="รางวัลใหม่")
    answer = decide(client, client.get(source_url(chosen)), chosen, "whole")
    assert answer.headers["Location"] == "/a/senate/2565/1.1/"
    chosen.refresh_from_db()
    assert (html_of(chosen), chosen.source_version) == (NEW, 2)
    assert chosen.award_line == "(รางวัลใหม่ ปี 2564)"
    assert told(here) == []
    stored = Revision.objects.filter(text=chosen.text_id).order_by("version").values_list("html", "author")
    assert list(stored) == [(OLD, committee.pk), ("<p>ย่อของเรา</p>", committee.pk), (NEW, committee.pk)]
    assert AuditEvent.objects.get(verb="practice.source_taken").facts == {"practice": "a"}


def test_changes_are_carried_into_an_adapted_copy(client, here, case, chosen, committee):
    adapt(chosen, "<p>หนึ่ง ของเรา</p><p>สอง</p>", committee)
    rewrite(case)
    page = client.get(source_url(chosen))
    assert "นำเฉพาะส่วนที่เปลี่ยนมาใส่" in page.content.decode()
    decide(client, page, chosen, "carry")
    assert html_of(chosen) == "<p>หนึ่ง ของเรา</p><p>สอง ฉบับใหม่</p>"
    assert told(here) == []


def test_a_passage_follows_its_paragraph_and_takes_nothing_else(client, here, case, committee):
    take_passage(analysis=criterion(here, "1.1"), practice=case, parts={"2"}, version=1, by=committee)
    [(chosen, _)] = chosen_cases(criterion(here, "1.1"))
    rewrite(case)
    decide(client, client.get(source_url(chosen)), chosen, "carry")
    assert html_of(chosen) == "<p>สอง ฉบับใหม่</p>"


def test_a_change_outside_of_the_passage_is_said_to_be_one(client, here, case, committee):
    take_passage(analysis=criterion(here, "1.1"), practice=case, parts={"1"}, version=1, by=committee)
    [(chosen, _)] = chosen_cases(criterion(here, "1.1"))
    rewrite(case)
    page = client.get(source_url(chosen))
    assert (page.context["outside"], page.context["carrying"]) == (True, ())
    assert "ส่วนที่เปลี่ยนไม่ได้อยู่ในข้อความที่แบบฟอร์มใช้" in page.content.decode()


def test_what_both_changed_is_not_carried(client, case, chosen, committee):
    adapt(chosen, "<p>หนึ่ง</p><p>สอง ของเรา</p><p>สาม</p>", committee)
    rewrite(case)
    page = client.get(source_url(chosen))
    assert page.context["carrying"] == ()
    answer = decide(client, page, chosen, "carry")
    assert answer.status_code == 409
    assert html_of(chosen) == "<p>หนึ่ง</p><p>สอง ของเรา</p><p>สาม</p>"


def test_names_alone_are_taken_without_touching_the_text(client, here, case, chosen, committee):
    adapt(chosen, "<p>ของเรา</p>", committee)
    Practice.objects.filter(pk=case.pk).update(award="รางวัลใหม่")
    page = client.get(source_url(chosen))
    assert "ใช้ชื่อและรางวัลใหม่" in page.content.decode()
    revisions = Revision.objects.count()
    decide(client, page, chosen, "names")
    chosen.refresh_from_db()
    assert (chosen.award_line, html_of(chosen)) == ("(รางวัลใหม่ ปี 2564)", "<p>ของเรา</p>")
    assert Revision.objects.count() == revisions


def test_keeping_is_remembered_until_it_changes_again(client, here, case, chosen, committee):
    rewrite(case)
    page = client.get(source_url(chosen))
    assert decide(client, page, chosen, "keep").status_code == 302
    assert (told(here), html_of(chosen)) == ([], OLD)
    chosen.refresh_from_db()
    assert (chosen.kept_by, chosen.source_version) == (committee, 1)
    again = client.get(source_url(chosen))
    assert "เลือกคงข้อความในแบบฟอร์มไว้เมื่อ" in again.content.decode()
    assert decide(client, page, chosen, "keep").status_code == 302
    assert AuditEvent.objects.filter(verb="practice.source_kept").count() == 1
    rewrite(case, "<p>ใหม่อีก</p>")
    assert told(here) == ["เนื้อหาเปลี่ยน"]
    # whoever kept it may take the newest after all
    decide(client, client.get(source_url(chosen)), chosen, "whole")
    chosen.refresh_from_db()
    assert (html_of(chosen), chosen.kept_source, chosen.kept_at, chosen.kept_by) == (
        "<p>ใหม่อีก</p>",
        "",
        None,
        None,
    )


def test_two_people_one_writes_while_the_other_takes(client, case, chosen, committee, world):
    rewrite(case)
    page = client.get(source_url(chosen))
    secretary = world.here.people[Role.SECRETARIAT]
    adapt(chosen, "<p>เขียนระหว่างนั้น</p>", secretary)
    answer = decide(client, page, chosen, "whole")
    assert answer.status_code == 409
    assert "มีผู้แก้ไขข้อความในแบบฟอร์มหลังจากที่ท่านเปิดหน้านี้" in answer.content.decode()
    assert html_of(chosen) == "<p>เขียนระหว่างนั้น</p>"
    chosen.refresh_from_db()
    assert chosen.source_version == 1
    # the page carries what stands now: the next press is a decision
    assert decide(client, answer, chosen, "whole").status_code == 302
    assert html_of(chosen) == NEW


def test_two_people_both_take_and_the_second_changes_nothing(client, here, case, chosen, committee, world):
    rewrite(case)
    page = client.get(source_url(chosen))
    decide(client, page, chosen, "whole")
    before = counts()
    client.force_login(world.here.people[Role.SECRETARIAT])
    assert decide(client, page, chosen, "whole", key=str(uuid.uuid4())).status_code == 302
    assert counts() == before
    assert told(here) == []


@pytest.mark.parametrize("decision", ["whole", "keep"])
def test_a_source_that_changed_once_more_is_compared_once_more(client, case, chosen, decision):
    rewrite(case)
    page = client.get(source_url(chosen))
    rewrite(case, "<p>สามครั้ง</p>")
    answer = decide(client, page, chosen, decision)
    assert answer.status_code == 409
    assert "ต้นฉบับเปลี่ยนอีกครั้งหลังจากที่ท่านเปิดหน้านี้" in answer.content.decode()
    assert html_of(chosen) == OLD
    chosen.refresh_from_db()
    assert chosen.kept_source == ""


def test_a_case_taken_out_meanwhile_is_told(client, here, case, chosen, committee):
    rewrite(case)
    page = client.get(source_url(chosen))
    remove_practice(chosen=chosen, by=committee)
    assert decide(client, page, chosen, "whole").status_code == 404
    assert client.get(source_url(chosen)).status_code == 404


def test_nothing_of_a_draft_reaches_the_form(client, here, case, chosen, world):
    unpublish_practice(practice=case, by=world.admin)
    mark = Source.of(Practice.objects.select_related("agency", "text").get(pk=case.pk)).mark
    rewrite(case, "<p>ความลับของร่าง</p>")
    fresh = Practice.objects.select_related("agency", "text").get(pk=case.pk)
    assert Source.of(fresh).mark == mark
    page = client.get(source_url(chosen))
    assert "ความลับของร่าง" not in page.content.decode()
    assert decide(client, page, chosen, "whole").status_code == 409
    assert html_of(chosen) == OLD
    assert decide(client, page, chosen, "keep").status_code == 302
    assert told(here) == []


def test_who_only_reads_sees_the_differences_and_no_button(client, case, chosen, world):
    rewrite(case)
    client.force_login(world.here.people[Role.EXECUTIVE])
    page = client.get(source_url(chosen))
    assert "ฉบับใหม่" in page.content.decode()
    assert 'name="decision"' not in page.content.decode()
    fields = {"decision": "keep", "mark": "0" * 64, "base_version": 1, "key": str(uuid.uuid4())}
    assert client.post(source_url(chosen), fields).status_code == 403


def test_a_closed_form_stays_as_it_is_and_says_why(client, here, case, chosen, world):
    rewrite(case)
    page = client.get(source_url(chosen))
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    for decision in ("whole", "keep"):
        answer = decide(client, page, chosen, decision)
        assert answer.status_code == 409
        assert "แบบฟอร์มปีนี้ปิดแล้ว" in answer.content.decode()
    assert 'name="decision"' not in client.get(source_url(chosen)).content.decode()
    assert html_of(chosen) == OLD


def test_a_form_in_preparation_takes_no_decision_of_the_committee(client, here, case, chosen):
    rewrite(case)
    page = client.get(source_url(chosen))
    type(here).objects.filter(pk=here.pk).update(state="preparing", opened_at=None, opened_by=None)
    here.refresh_from_db()
    answer = decide(client, page, chosen, "whole")
    assert (answer.status_code, html_of(chosen)) == (409, OLD)


@pytest.mark.parametrize(
    "fields",
    [{"decision": "burn"}, {"mark": "x"}, {"base_version": "x"}, {"base_version": 10**30}, {"key": "1"}],
)
def test_a_forged_decision_is_not_found(client, case, chosen, fields):
    rewrite(case)
    page = client.get(source_url(chosen))
    decision = fields.pop("decision", "whole")
    assert decide(client, page, chosen, decision, **fields).status_code == 404
    assert html_of(chosen) == OLD


def test_an_import_without_the_old_version_still_shows_what_would_change(client, case, chosen):
    ChosenPractice.objects.filter(pk=chosen.pk).update(source_version=77)
    rewrite(case)
    page = client.get(source_url(chosen))
    assert (page.context["in_source"], page.context["carrying"]) == ((), ())
    assert len(page.context["replacing"]) == 3


def test_another_agency_does_not_find_it(client, case, chosen, there, world):
    client.force_login(join(make_user("other"), world.there.agency, Role.SECRETARIAT))
    assert client.get(source_url(chosen)).status_code == 404
    assert client.get(source_url(chosen).replace("senate", "nso")).status_code == 404


@pytest.mark.parametrize("fields", [{"kept_source": "x"}, {"kept_at": timezone.now()}])
def test_kept_comes_with_time_and_person(chosen, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        ChosenPractice.objects.filter(pk=chosen.pk).update(**fields)


def test_a_mark_is_a_hash_that_the_form_takes(chosen, case):
    assert re.fullmatch("[0-9a-f]{64}", Source.of(case).mark)
