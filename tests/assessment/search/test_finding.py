"""What a search finds, in which order, and what it never shows."""

from __future__ import annotations

import pytest

from assessment.search import finding, refreshing, trigrams
from assessment.search.refreshing import refresh_everything, refresh_search
from organizations.enums import Role
from organizations.models import Agency, Membership
from practices.models import Practice, PracticeStatus
from practices.services import publish_practice, unpublish_practice, withdraw_practice
from tests.assessment.search.asking import found, hits, make_point
from tests.url_world import make_case
from tests.world import join, make_agency, make_round


@pytest.fixture
def secretary(world):
    return world.here.people["secretariat"]


# --- who sees what ---------------------------------------------------------------------------------


def test_another_agency_finds_nothing_of_ours_and_is_told_no_number(world, round, point, case, draft):
    make_case(world, case.agency, "ข้อร้องเรียนเฉพาะเรา", world.here.agency)
    refresh_everything()
    theirs = found(world.there.people["secretariat"], "ข้อร้องเรียน")
    assert [(hit.kind, hit.object_id) for hit in theirs.hits] == [("case", case.pk)]
    assert theirs.facets["kind"] == {"case": 1}
    assert theirs.facets["agency"] == {case.agency_id: 1}
    assert theirs.facets["year"] == {2564: 1}
    assert found(world.there.people["secretariat"], "กิจกรรม senate").hits == []
    assert len(hits(world.here.people["secretariat"], "ข้อร้องเรียน")) == 3


def test_each_agency_finds_its_own(world, point):
    other = make_point(world, world.there.agency, "3.1", "ข้อร้องเรียนของสถิติ")
    make_round(world.there, world)
    refresh_everything()
    assert hits(world.here.people["executive"], "ข้อร้องเรียน") == [("feedback", point.pk)]
    assert hits(world.there.people["executive"], "ข้อร้องเรียน") == [("feedback", other.pk)]
    assert len(hits(world.there.people["committee_1"], "กิจกรรม")) == 3
    assert hits(world.here.people["committee_1"], "กิจกรรม") == []


def test_installation_administrators_and_strangers_find_only_what_is_shared(world, indexed, case):
    for person in (world.admin, world.stranger):
        assert hits(person, "ข้อร้องเรียน") == [("case", case.pk)]
        assert hits(person, "กิจกรรม") == []


def test_a_draft_is_found_by_those_who_curate_it(world, draft):
    refresh_everything()
    assert hits(world.here.people["secretariat"], "ร่างของเรา") == [("case", draft.pk)]
    for name in ("executive", "committee_1", "unit_officer"):
        assert hits(world.here.people[name], "ร่างของเรา") == []
    assert hits(world.there.people["secretariat"], "ร่างของเรา") == []
    publish_practice(practice=draft, by=world.here.people["secretariat"])
    assert hits(world.here.people["executive"], "ร่างของเรา") == [("case", draft.pk)]
    assert hits(world.there.people["secretariat"], "ร่างของเรา") == []


@pytest.mark.parametrize("change", [unpublish_practice, withdraw_practice])
def test_what_is_taken_away_is_not_found_from_that_moment(world, case, change):
    """The index is older than the change: what may be seen is asked of the rows."""
    refresh_everything()
    change(practice=case, by=world.admin)
    answer = found(world.here.people["secretariat"], "ข้อร้องเรียน")
    assert (answer.hits, answer.facets["kind"], answer.facets["agency"]) == ([], {}, {})


def test_a_case_that_is_kept_to_one_agency_now_is_not_found_by_others(world, case):
    refresh_everything()
    Practice.objects.filter(pk=case.pk).update(kept_to=world.here.agency)
    assert hits(world.there.people["secretariat"], "ข้อร้องเรียน") == []


def test_whoever_leaves_an_agency_finds_nothing_of_it(world, secretary, point):
    refresh_everything()
    assert hits(secretary, "ข้อร้องเรียน") == [("feedback", point.pk)]
    membership = Membership.objects.get(user=secretary)
    Membership.objects.filter(pk=membership.pk).update(ended_at=membership.started_at, ended_by=secretary)
    assert hits(secretary, "ข้อร้องเรียน") == []


def test_whoever_works_in_two_agencies_finds_both_and_can_choose(world, point):
    other = make_point(world, world.there.agency, "3.1", "ข้อร้องเรียนของสถิติ")
    refresh_everything()
    person = join(world.here.people["secretariat"], world.there.agency, Role.EXECUTIVE)
    assert len(hits(person, "ข้อร้องเรียน")) == 2
    assert hits(person, "ข้อร้องเรียน", agency=world.there.agency.pk) == [("feedback", other.pk)]


# --- forgiving -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("การจัดการข้อร้องเรียน", "ขอรองเรียน"),
        ("การจัดการข้อร้องเรียน", "ข้้อร้้องเรียน"),
        ("การจัดการข้อร้องเรียน", "ข้อ ร้อง เรียน"),
        ("การจัดการข้อ ร้อง\nเรียน", "ข้อร้องเรียน"),
        ("แผนแม่บท", "เเผนเเม่บท"),
        ("เเผนเเม่บท", "แผนแม่บท"),
        ("แผนปี ๒๕๗๐", "2570"),
        ("แผนปี 2570", "๒๕๗๐"),
        ("ตามหนังสือของ ก.พ.ร.", "กพร"),
        ("ตามหนังสือของ กพร", "ก.พ.ร."),
        ("ตามหนังสือของ กพร", "ก พ ร"),
        ("ตามหนังสือของ ก. พ. ร.", "กพร."),
        ("ร้อย ละ 80", "ร้อยละ 80"),
        ("ศูนย์ดำรงธรรม", "ศูนยดํารงธรรม"),
        ("บริการ e-Service", "E SERVICE"),
        ("งบ 1,250 ล้านบาท", "1250"),
        ("ตัวชี้วัดที่ ๓.๑", "3.1"),
        ("งบประมาณ", "งบ"),
        ("ณ สถานที่", "ณ"),
    ],
)
def test_another_spelling_finds_it(world, secretary, text, typed):
    wanted = make_point(world, world.here.agency, "2.1", text)
    make_point(world, world.here.agency, "2.2", "อื่น")
    refresh_everything()
    assert hits(secretary, typed) == [("feedback", wanted.pk)]


@pytest.mark.parametrize(
    "typed",
    ["", " ", "่้", "%", "_", "%%%", "*", '"', "'", "();--", "\x00", "^", "\\", "\u200b", "- - -", "ๆ", "ฯ"],
)
def test_what_holds_no_letter_finds_nothing(secretary, indexed, typed):
    assert found(secretary, typed).words == []
    assert hits(secretary, typed) == []


@pytest.mark.parametrize(
    "typed",
    [
        'ข้อ"ร้องเรียน',
        "ข้อ%ร้องเรียน",
        "ข้อร้องเรียน*",
        "(ข้อร้องเรียน)",
        "folded:ข้อร้องเรียน",
        "ข้อร้องเรียน AND",
        "NEAR(ข้อร้องเรียน, 3)",
        "ข้อร้องเรียน OR กิจกรรม",
        "ก_ิจกรรม",
        "ข้อร้องเรียน'; DROP TABLE x",
        "ข้อร้องเรียน\x00",
        "{ข้อร้องเรียน}",
        "😀",
        "ก" * 10_000,
        "ข้อ " * 5_000,
    ],
)
def test_signs_of_a_query_language_are_words_or_nothing(secretary, indexed, typed):
    """No fault, no wildcard: everything that is found holds every letter that was typed."""
    for hit in found(secretary, typed).hits:
        entry = finding.SearchEntry.objects.get(pk=hit.pk)
        assert all(word in entry.text.folded for word in found(secretary, typed).words)


# --- order -----------------------------------------------------------------------------------------


def test_names_come_before_titles_and_titles_before_texts(world, secretary):
    body = make_point(world, world.here.agency, "2.1", "แผนของสรรพากรและเรื่องอื่น")
    title = make_case(world, make_agency("b", "กรมอื่น"), "แนวทางของสรรพากร", None)
    agency = Agency.objects.create(code="c", name="กรมรายได้", short_name="สรรพากร")
    whole = make_case(world, agency, "อื่น", None)
    longer = make_case(world, make_agency("d", "กรมสรรพากรภาค"), "อีกเรื่อง", None)
    refresh_everything()
    assert hits(secretary, "สรรพากร") == [
        ("case", whole.pk),
        ("case", title.pk),
        ("case", longer.pk),
        ("feedback", body.pk),
    ]


def test_the_code_of_a_criterion_comes_before_a_number_in_a_text(world, secretary):
    number = make_point(world, world.here.agency, "6.4", "เพิ่มขึ้นร้อยละ 13.17")
    about = make_point(world, world.here.agency, "3.1", "ไม่มีตัวเลข")
    refresh_everything()
    assert hits(secretary, "3.1") == [("feedback", about.pk), ("feedback", number.pk)]


def test_a_short_word_of_its_own_comes_before_letters_inside_others(world, secretary):
    inside = make_point(world, world.here.agency, "2.1", "จากพร้อมเพย์", 2566)
    alone = make_point(world, world.here.agency, "2.1", "ความเห็นของ ก.พ.ร. ปีก่อน", 2560)
    refresh_everything()
    assert hits(secretary, "กพร") == [("feedback", alone.pk), ("feedback", inside.pk)]


def test_the_newest_comes_first_and_words_together_before_words_apart(world, secretary):
    apart = make_point(world, world.here.agency, "2.1", "แผนของปีงบประมาณ", 2566)
    old = make_point(world, world.here.agency, "2.1", "แผนงบประมาณ", 2562)
    new = make_point(world, world.here.agency, "2.1", "แผน งบประมาณ", 2565)
    refresh_everything()
    assert [pk for _, pk in hits(secretary, "แผน งบประมาณ")] == [new.pk, old.pk, apart.pk]


# --- filters ---------------------------------------------------------------------------------------


def test_filters_narrow_and_offer_what_the_others_leave(world, secretary, round, point, case):
    case.award = "รางวัลเลิศรัฐ"
    case.save()
    refresh_everything()
    third = world.edition.criteria.get(code="3.1").criterion_id
    everything = found(secretary, "ข้อร้องเรียน")
    assert everything.facets == {
        "kind": {"case": 1, "feedback": 1},
        "category": {1: 1, 3: 2},
        "criterion": {world.edition.criteria.get(code="1.1").criterion_id: 1, third: 2},
        "agency": {case.agency_id: 1, world.here.agency.pk: 1},
        "award": {"รางวัลเลิศรัฐ": 1},
        "year": {2564: 2},
    }
    narrowed = found(secretary, "ข้อร้องเรียน", category=1)
    assert [(hit.kind, hit.object_id) for hit in narrowed.hits] == [("case", case.pk)]
    assert narrowed.facets["category"] == {1: 1, 3: 2}
    assert narrowed.facets["kind"] == {"case": 1}
    assert hits(secretary, "ข้อร้องเรียน", kind="feedback", criterion=third, year=2564) == [
        ("feedback", point.pk)
    ]
    assert hits(secretary, "ข้อร้องเรียน", award="รางวัลเลิศรัฐ") == [("case", case.pk)]
    assert hits(secretary, "ข้อร้องเรียน", agency=-1) == []


def test_more_than_anybody_reads_is_cut_and_filters_work_before_the_cut(monkeypatch, world, secretary):
    monkeypatch.setattr(finding, "MOST", 5)
    points = [
        make_point(world, world.here.agency, "2.1" if n else "6.1", "งบประมาณของแผน", 2560 + n)
        for n in range(8)
    ]
    refresh_everything()
    for typed in ("งบประมาณ", "งบ", "งบประมาณ แผน"):
        answer = found(secretary, typed)
        assert [hit.object_id for hit in answer.hits] == [point.pk for point in points[:2:-1]]
        assert answer.more
        assert answer.facets["category"] == {2: None, 6: None}
        assert hits(secretary, typed, category=6) == [("feedback", points[0].pk)]
        assert not found(secretary, typed, category=6).more


def test_a_text_with_all_pieces_of_a_word_but_not_the_word_is_not_found(monkeypatch, world, secretary):
    """PostgreSQL knows pieces of three and of five letters; the texts decide, also when there are many."""
    made = make_point(world, world.here.agency, "2.1", "xabcdefx")
    others = [make_point(world, world.here.agency, "2.1", "abcdex bcdef abcx bcd") for _ in range(3)]
    refresh_everything()
    for most in (500, 1):
        monkeypatch.setattr(finding, "MOST", most)
        assert hits(secretary, "abcdef") == [("feedback", made.pk)]
        assert hits(secretary, "abcdefg") == []
        assert len(found(secretary, "abcde").hits) == min(most, 1 + len(others))


@pytest.mark.parametrize("many", [trigrams._MANY, 1])
def test_one_or_two_letters_are_found_wherever_they_stand(monkeypatch, world, secretary, many):
    """At the beginning, at the end, as the whole text, and when very many trigrams begin with them."""
    monkeypatch.setattr(trigrams, "_MANY", many)
    texts = ["งบของแผน", "แผนของงบ", "งบ", "ก.ง. ฮ", "๗", "แผนงาน"]
    points = [make_point(world, world.here.agency, "2.1", text) for text in texts]
    make_point(world, world.there.agency, "2.1", "งบ ฮ 7")
    refresh_everything()

    def numbers(typed: str) -> list[int]:
        pks = [point.pk for point in points]
        return sorted(pks.index(pk) for _, pk in hits(secretary, typed))

    assert numbers("งบ") == [0, 1, 2]
    assert numbers("ฮ") == [3]
    assert numbers("7") == [4]
    assert numbers("ง") == [0, 1, 2, 3, 5]
    assert numbers("งบ แผน") == [0, 1]
    assert numbers("ง ผ") == []
    assert numbers("กง ฮ") == [3]
    assert numbers("ซซ") == []


def test_a_search_while_many_entries_wait_shows_what_is_made_and_nothing_else(monkeypatch, world, secretary):
    refresh_everything()
    monkeypatch.setattr(refreshing, "NOTES", 10)
    points = [make_point(world, world.here.agency, "2.1", f"งบประมาณ {n}") for n in range(25)]
    make_point(world, world.there.agency, "2.1", "งบประมาณของผู้อื่น")
    numbers = []
    while refresh_search():
        numbers.append(len(hits(secretary, "งบประมาณ")))
    assert numbers == [10, 20, 25]
    type(points[0]).objects.filter(pk=points[0].pk).update(text="ถ้อยคำใหม่")
    assert ("feedback", points[0].pk) in hits(secretary, "งบประมาณ")
    refresh_everything()
    assert ("feedback", points[0].pk) not in hits(secretary, "งบประมาณ")
    assert hits(secretary, "ถ้อยคำใหม่") == [("feedback", points[0].pk)]


def test_the_status_of_a_case_does_not_change_its_place(world, secretary, case):
    second = make_case(world, case.agency, "จัดการข้อร้องเรียนเชิงรุก", None, PracticeStatus.PUBLISHED)
    refresh_everything()
    assert hits(secretary, "เชิงรุก") == [("case", case.pk), ("case", second.pk)]
    Practice.objects.filter(pk=case.pk).update(position=9)
    refresh_everything()
    assert hits(secretary, "เชิงรุก") == [("case", case.pk), ("case", second.pk)]
