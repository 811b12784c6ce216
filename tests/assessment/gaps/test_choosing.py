"""Choosing development gaps: what can be chosen, what is refused, order, units, withdrawing."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from assessment.enums import Quarter, RoundState
from assessment.gaps import GapCount, candidates_of, count_gaps, gap_overview
from assessment.models import DevelopmentGap, GapReport, GapSummary, GapUnit, Round
from assessment.services.gaps import (
    GapData,
    GapShut,
    change_gap,
    move_gap,
    next_code,
    restore_gap,
    set_gap_limit,
    withdraw_gap,
)
from assessment.services.links import link_point
from assessment.services.rounds import close_round, open_round
from feedback.enums import RelationKind
from feedback.services import decline_point, relate_points
from framework.models import SubItem
from organizations.enums import Role
from organizations.models import AuditEvent, Owner, User
from tests.url_gaps import choose, summary_of, write_summary
from tests.world import World, criterion
from texts.models import StaleVersion, Text
from texts.services import TextLocked

from ..browser import activity_at
from .conftest import point_of

pytestmark = pytest.mark.django_db


def about(lead: Owner, **changes: Any) -> dict[str, Any]:
    """A gap that rests on a level that is not reached."""
    facts = {"code": "3.1.2", "title": "ประเด็น", "reason": "เหตุผล", "lead": lead}
    return facts | {"unmet_level": "advance", "unmet_remark": "ยังขาดแผน"} | changes


def fault(call: Any) -> dict[str, list[str]]:
    """What is wrong, by field."""
    with pytest.raises(ValidationError) as caught:
        call()
    return caught.value.message_dict


def units_of(gap: DevelopmentGap) -> list[tuple[str, bool, bool]]:
    """(name, leads, withdrawn) in order."""
    rows = GapUnit.objects.filter(gap=gap).order_by("position", "pk").select_related("unit")
    return [(row.unit.name, row.leads, row.withdrawn_at is not None) for row in rows]


class TestCandidates:
    def test_declined_and_confirmed_points_and_those_of_others_are_left_out(
        self, here: Round, there: Round, by: User
    ) -> None:
        open_one, planned, declined, confirmed = (point_of(here, "1.1", f"ขาด {n}") for n in range(4))
        link_point(activity=activity_at(here, "1.1"), point=planned, by=by)
        decline_point(point=declined, reason="นอกอำนาจหน้าที่", by=by)
        later = point_of(here, "1.1", "ดีแล้ว", here.feedback_year + 1)
        relate_points(earlier=confirmed, later=later, kind=RelationKind.CONFIRMS, by=by)
        point_of(there, "1.1")
        point_of(here, "1.1", year=here.feedback_year - 1)
        found = {row.wording.code: row for row in candidates_of(here)}
        assert [(c.point, c.state.value, c.gap) for c in found["1.1"].candidates] == [
            (open_one, "open", None),
            (planned, "planned", None),
        ]
        assert len(found) == 30
        assert count_gaps(here) == GapCount(0, 2)

    def test_count_has_every_gap_among_what_could_be_chosen(
        self, here: Round, world: World, by: User, gap: DevelopmentGap
    ) -> None:
        point_of(here, "1.1")
        assert count_gaps(here) == GapCount(1, 2)
        choose(criterion(here, "3.1"), by, **about(world.here.unit))
        assert count_gaps(here) == GapCount(2, 3)
        decline_point(point=gap.points.get(), reason="นอกอำนาจหน้าที่", by=by)
        assert count_gaps(here) == GapCount(2, 3)
        withdraw_gap(gap=gap, reason="ซ้ำ", by=by)
        assert count_gaps(here) == GapCount(1, 2)

    def test_chosen_point_names_its_gap(self, here: Round, gap: DevelopmentGap) -> None:
        row = next(row for row in candidates_of(here) if row.wording.code == "3.1")
        assert [candidate.gap for candidate in row.candidates] == [gap]
        assert row.gaps == (gap,)


class TestChoosing:
    def test_gap_has_places_to_write_for_every_unit_and_quarter(
        self, gap: DevelopmentGap, world: World, by: User
    ) -> None:
        assert (gap.code, gap.position, gap.chosen_by) == ("3.1.1", 1, by)
        assert units_of(gap) == [(world.here.unit.name, True, False), ("กองวิชาการ", False, False)]
        summaries = GapSummary.objects.filter(gap_unit__gap=gap)
        assert sorted(summaries.values_list("quarter", flat=True)) == [1, 1, 2, 2, 3, 3, 4, 4]
        assert list(GapReport.objects.filter(gap=gap).values_list("quarter", flat=True)) == [1, 2, 3, 4]
        assert {row.text.agency for row in summaries} == {world.here.agency}
        event = AuditEvent.objects.get(verb="gap.chosen")
        assert (event.actor, event.agency, event.facts) == (
            by,
            world.here.agency,
            {"code": "3.1.1", "year": 2565},
        )

    def test_source_reason_and_remark_are_asked_for(self, here: Round, world: World, by: User) -> None:
        place, unit = criterion(here, "3.1"), world.here.unit
        tries = {
            "points": about(unit, unmet_level="", unmet_remark=""),
            "unmet_remark": about(unit, unmet_remark=""),
            "unmet_level": about(unit, unmet_level="", points=[point_of(here, "3.1")]),
            "code": about(unit, code="3.2.1"),
        }
        for field, data in tries.items():
            assert list(fault(lambda data=data: choose(place, by, **data))) == [field]
        assert not DevelopmentGap.objects.exists()
        with pytest.raises(IntegrityError), transaction.atomic():
            choose(place, by, **about(unit, reason=""))

    def test_points_of_other_criteria_years_and_agencies_are_refused(
        self, here: Round, there: Round, world: World, by: User
    ) -> None:
        place = criterion(here, "3.1")
        points = [
            point_of(here, "3.2"),
            point_of(there, "3.1"),
            point_of(here, "3.1", year=here.feedback_year - 1),
        ]
        for point in points:
            data = about(world.here.unit, points=[point])
            assert list(fault(lambda data=data: choose(place, by, **data))) == ["points"]

    def test_pressing_twice_makes_one_gap(
        self, here: Round, world: World, by: User, gap: DevelopmentGap
    ) -> None:
        place = criterion(here, "3.1")
        again = about(world.here.unit, code="3.1.1")
        assert fault(lambda: choose(place, by, **again)) == {
            "code": ["ปีนี้มีประเด็นพัฒนารหัส 3.1.1 แล้ว กรุณาใช้ลำดับอื่น"]
        }
        taken = about(world.here.unit, points=list(gap.points.all()))
        assert fault(lambda: choose(place, by, **taken)) == {"points": ["ข้อเสนอแนะที่เลือกอยู่ในประเด็น 3.1.1 แล้ว"]}
        assert DevelopmentGap.objects.count() == 1

    def test_codes_go_on_and_follow_the_sub_items_of_the_edition(
        self, here: Round, world: World, by: User, gap: DevelopmentGap
    ) -> None:
        assert next_code(here, gap.wording) == "3.1.2"
        choose(criterion(here, "3.1"), by, **about(world.here.unit, code="3.1.7"))
        assert next_code(here, gap.wording) == "3.1.8"
        for position in (1, 2, 3):
            SubItem.objects.create(
                criterion=gap.wording, code=f"3.1.{position}", position=position, text="ข้อย่อย"
            )
        assert next_code(here, gap.wording) == "3.1.2"
        data = about(world.here.unit, code="3.1.9")
        assert fault(lambda: choose(criterion(here, "3.1"), by, **data)) == {
            "code": ["เกณฑ์ฉบับนี้ไม่มีข้อย่อย 3.1.9 กรุณาใช้รหัสข้อย่อยของข้อ 3.1: 3.1.1, 3.1.2, 3.1.3"]
        }

    def test_closed_round_refuses_everything(
        self, here: Round, by: User, world: World, gap: DevelopmentGap
    ) -> None:
        close_round(round=here, by=by)
        data = GapData(**about(world.here.unit, code="3.1.1"))
        tries = [
            lambda: choose(criterion(here, "3.1"), by, **about(world.here.unit)),
            lambda: change_gap(gap=gap, base_version=1, data=data, by=by),
            lambda: withdraw_gap(gap=gap, reason="ซ้ำ", by=by),
            lambda: restore_gap(gap=gap, by=by),
            lambda: move_gap(gap=gap, past=gap, up=True, by=by),
            lambda: set_gap_limit(round=here, seen=None, limit=10, by=by),
        ]
        for attempt in tries:
            with pytest.raises(TextLocked):
                attempt()
        fresh = DevelopmentGap.objects.get()
        assert (fresh.version, fresh.withdrawn_at, fresh.round.gap_limit) == (1, None, None)

    def test_texts_of_a_closed_round_are_locked_and_open_again(
        self, here: Round, by: User, gap: DevelopmentGap
    ) -> None:
        texts = Text.objects.filter(pk__in=[summary_of(gap).text_id, gap.reports.get(quarter=1).text_id])
        close_round(round=here, by=by)
        assert texts.filter(locked_at=None).count() == 0
        open_round(round=here, by=by, reason="แก้")
        assert texts.filter(locked_at=None).count() == 2


class TestChanging:
    def test_lead_changes_places_with_another_unit(
        self, gap: DevelopmentGap, world: World, other_unit: Owner, by: User
    ) -> None:
        data = GapData(**about(other_unit, code="3.1.1", others=[world.here.unit]))
        change_gap(gap=gap, base_version=1, data=data, by=by)
        assert units_of(gap) == [("กองวิชาการ", True, False), (world.here.unit.name, False, False)]
        event = AuditEvent.objects.get(verb="gap.changed")
        assert event.facts["fields"] == ["title", "reason", "unmet_level", "unmet_remark"]

    def test_unit_that_is_taken_off_keeps_its_text_and_brings_it_back(
        self, gap: DevelopmentGap, world: World, other_unit: Owner, other_officer: User, by: User
    ) -> None:
        write_summary(summary_of(gap, leads=False), "<p>งานของกอง</p>", other_officer)
        alone = about(world.here.unit, code="3.1.1")
        change_gap(gap=gap, base_version=1, data=GapData(**alone), by=by)
        assert units_of(gap) == [(world.here.unit.name, True, False), ("กองวิชาการ", False, True)]
        gone = GapSummary.objects.get(gap_unit__gap=gap, gap_unit__unit=other_unit, quarter=4)
        with pytest.raises(GapShut, match="ถูกนำออกจากประเด็น"):
            write_summary(gone, "<p>ช้า</p>", other_officer)
        change_gap(gap=gap, base_version=2, data=GapData(**alone | {"others": [other_unit]}), by=by)
        assert units_of(gap) == [(world.here.unit.name, True, False), ("กองวิชาการ", False, False)]
        assert summary_of(gap, leads=False).text.plain == "งานของกอง"

    def test_second_of_two_people_is_told(self, gap: DevelopmentGap, world: World, by: User) -> None:
        change_gap(gap=gap, base_version=1, data=GapData(**about(world.here.unit, code="3.1.3")), by=by)
        with pytest.raises(StaleVersion):
            change_gap(gap=gap, base_version=1, data=GapData(**about(world.here.unit, code="3.1.4")), by=by)
        assert DevelopmentGap.objects.get().code == "3.1.3"

    def test_declined_point_may_stay_where_it_is(self, gap: DevelopmentGap, world: World, by: User) -> None:
        point = gap.points.get()
        decline_point(point=point, reason="นอกอำนาจหน้าที่", by=by)
        data = GapData(**about(world.here.unit, code="3.1.1", points=[point]))
        change_gap(gap=gap, base_version=1, data=data, by=by)
        assert gap.points.get() == point


class TestWithdrawing:
    def test_withdrawn_gap_keeps_its_texts_and_takes_none(
        self, gap: DevelopmentGap, officer: User, by: User, world: World
    ) -> None:
        write_summary(summary_of(gap), "<p>งาน</p>", officer)
        for _ in range(2):
            withdraw_gap(gap=gap, reason="ซ้ำกับ 5.3.3", by=by)
        with pytest.raises(GapShut, match="ถูกถอนแล้ว"):
            write_summary(summary_of(gap), "<p>ช้า</p>", officer)
        with pytest.raises(GapShut):
            change_gap(gap=gap, base_version=1, data=GapData(**about(world.here.unit, code="3.1.1")), by=by)
        restore_gap(gap=gap, by=by)
        fresh = DevelopmentGap.objects.current().get()
        assert (fresh.position, fresh.withdrawn_reason, summary_of(fresh).text.plain) == (2, "", "งาน")
        verbs = (
            AuditEvent.objects.filter(verb__startswith="gap.").order_by("pk").values_list("verb", flat=True)
        )
        assert list(verbs) == ["gap.chosen", "gap.withdrawn", "gap.restored"]

    def test_code_or_point_used_meanwhile_keeps_it_out(
        self, here: Round, gap: DevelopmentGap, world: World, by: User
    ) -> None:
        withdraw_gap(gap=gap, reason="ซ้ำ", by=by)
        points = list(gap.points.all())
        other = choose(criterion(here, "3.1"), by, **about(world.here.unit, points=points))
        assert list(fault(lambda: restore_gap(gap=gap, by=by))) == ["points"]
        withdraw_gap(gap=other, reason="ซ้ำ", by=by)
        choose(criterion(here, "3.1"), by, **about(world.here.unit, code="3.1.1"))
        assert list(fault(lambda: restore_gap(gap=gap, by=by))) == ["code"]

    @pytest.mark.parametrize("missing", ["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    def test_database_asks_for_time_person_and_reason(
        self, gap: DevelopmentGap, by: User, missing: str
    ) -> None:
        at = datetime.datetime(2026, 11, 20, tzinfo=datetime.UTC)
        facts = {"withdrawn_at": at, "withdrawn_by": by, "withdrawn_reason": "ซ้ำ"}
        facts[missing] = "" if missing == "withdrawn_reason" else None
        with pytest.raises(IntegrityError), transaction.atomic():
            DevelopmentGap.objects.filter(pk=gap.pk).update(**facts)


class TestOrder:
    def codes(self) -> list[str]:
        return list(DevelopmentGap.objects.current().in_order().values_list("code", flat=True))

    def test_gap_moves_past_the_neighbour_that_was_seen(
        self, here: Round, gap: DevelopmentGap, world: World, by: User
    ) -> None:
        second = choose(criterion(here, "3.1"), by, **about(world.here.unit))
        third = choose(criterion(here, "3.1"), by, **about(world.here.unit, code="3.1.3"))
        for _ in range(2):
            move_gap(gap=third, past=second, up=True, by=by)
        assert self.codes() == ["3.1.1", "3.1.3", "3.1.2"]
        assert AuditEvent.objects.filter(verb="gap.moved").count() == 1
        with pytest.raises(StaleVersion):
            move_gap(gap=gap, past=second, up=False, by=by)
        withdraw_gap(gap=third, reason="ซ้ำ", by=by)
        move_gap(gap=gap, past=second, up=False, by=by)
        assert self.codes() == ["3.1.2", "3.1.1"]
        with pytest.raises(StaleVersion):
            move_gap(gap=third, past=gap, up=True, by=by)


class TestLimit:
    def test_second_of_two_people_is_told_unless_they_agree(self, here: Round, by: User) -> None:
        set_gap_limit(round=here, seen=None, limit=2000, by=by)
        set_gap_limit(round=here, seen=None, limit=2000, by=by)
        with pytest.raises(StaleVersion):
            set_gap_limit(round=here, seen=None, limit=3000, by=by)
        set_gap_limit(round=here, seen=2000, limit=None, by=by)
        assert Round.objects.get(pk=here.pk).gap_limit is None
        limits = [
            event.facts["limit"] for event in AuditEvent.objects.filter(verb="gap.limit").order_by("pk")
        ]
        assert limits == [2000, None]


class TestOverview:
    def test_line_is_for_those_who_run_the_year_until_gaps_exist(
        self, here: Round, world: World, by: User, officer: User
    ) -> None:
        point_of(here, "3.1")
        line = gap_overview(here, by)
        assert line is not None
        assert (line.count, line.units, line.waiting) == (GapCount(0, 1), 0, 0)
        assert gap_overview(here, officer) is None

    def test_unit_is_done_when_it_has_written_for_all_its_gaps(
        self, here: Round, world: World, gap: DevelopmentGap, officer: User, other_officer: User, by: User
    ) -> None:
        second = choose(criterion(here, "3.1"), by, **about(world.here.unit))
        executive = world.here.people[Role.EXECUTIVE]

        def line(user: User) -> tuple[int, int, int]:
            found = gap_overview(here, user)
            assert found is not None
            return found.units_done, found.units, found.waiting

        assert (line(officer), line(other_officer), line(executive)) == ((0, 2, 2), (0, 2, 1), (0, 2, 0))
        write_summary(summary_of(gap), "<p>งาน</p>", officer)
        write_summary(summary_of(gap, 1, leads=False), "<p>งานไตรมาสแรก</p>", other_officer)
        assert (line(officer), line(other_officer)) == ((0, 2, 1), (0, 2, 1))
        write_summary(summary_of(second), "<p>งาน</p>", officer)
        assert (line(officer), line(other_officer)) == ((1, 2, 0), (1, 2, 1))


def test_quarters_are_those_of_the_thai_fiscal_year() -> None:
    assert [quarter.months(2567) for quarter in Quarter] == [
        "ต.ค.–ธ.ค. 2566",
        "ม.ค.–มี.ค. 2567",
        "เม.ย.–มิ.ย. 2567",
        "ก.ค.–ก.ย. 2567",
    ]


def test_round_that_is_prepared_is_written_by_the_secretariat_only(
    here: Round, gap: DevelopmentGap, officer: User, by: User
) -> None:
    Round.objects.filter(pk=here.pk).update(state=RoundState.PREPARING, opened_at=None, opened_by=None)
    with pytest.raises(TextLocked):
        write_summary(summary_of(gap), "<p>งาน</p>", officer)
    write_summary(summary_of(gap), "<p>งาน</p>", by)
    assert summary_of(gap).text.revisions.get().on_behalf is True
