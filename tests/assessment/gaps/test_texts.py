"""What units write for a quarter, joining it, the final text, the text to copy, and the CSV."""

from __future__ import annotations

import csv
import io
import uuid

import pytest
from django.db import IntegrityError, transaction

from assessment.enums import ReportState
from assessment.exporters.gaps import gaps_csv
from assessment.gaps import copy_text, gap_sheets
from assessment.late_texts import late_places
from assessment.models import DevelopmentGap, GapReport, Round
from assessment.permissions import writes_summary, writes_summary_on_behalf
from assessment.services.gap_texts import (
    EditedText,
    NothingWritten,
    finalise_report,
    join_summaries,
    reopen_report,
    save_gap_text,
    use_gap_text_again,
)
from assessment.services.gaps import GapShut, withdraw_gap
from assessment.services.rounds import TransitionRefused, close_round
from organizations.enums import Role
from organizations.models import AuditEvent, User
from tests.url_gaps import choose, report_of, summary_of, write_summary
from tests.world import World, criterion
from texts.cleaning import UncleanText
from texts.models import Revision
from texts.services import KeyReused, TextConflict, TextLocked, keep_proposal

pytestmark = pytest.mark.django_db


def merge(
    gap: DevelopmentGap, by: User, quarter: int = 4, over: str = "", key: uuid.UUID | None = None
) -> None:
    """Press «รวมสรุปของหน่วยงาน» on what stands."""
    report = report_of(gap, quarter)
    join_summaries(report=report, base_version=report.text.version, key=key or uuid.uuid4(), by=by, over=over)


def edit(gap: DevelopmentGap, html: str, by: User, base: int | None = None) -> None:
    """Edit the joined text."""
    report = report_of(gap)
    version = report.text.version if base is None else base
    save_gap_text(row=report, base_version=version, html=html, key=uuid.uuid4(), by=by)


@pytest.fixture
def written(gap: DevelopmentGap, officer: User, other_officer: User, world: World) -> DevelopmentGap:
    """Both units have written for the fourth quarter."""
    write_summary(summary_of(gap, leads=False), "<ul><li>อบรม</li><li>ทดลองใช้</li></ul>", other_officer)
    write_summary(summary_of(gap), "<p>วิเคราะห์ข้อมูลแล้ว</p>", officer)
    return gap


JOINED = (
    "<p><strong>สำนักนโยบายและแผน senate</strong></p><p>วิเคราะห์ข้อมูลแล้ว</p>"
    "<p><strong>กองวิชาการ</strong></p><ul><li>อบรม</li><li>ทดลองใช้</li></ul>"
)


class TestRights:
    def test_officer_of_the_unit_and_those_who_run_the_year_write(
        self, gap: DevelopmentGap, world: World, other_officer: User, by: User
    ) -> None:
        lead = gap.gap_units.get(leads=True)
        people = {
            **world.here.people,
            "other": other_officer,
            "theirs": world.there.people[Role.UNIT_OFFICER],
        }
        able = {name for name, person in people.items() if writes_summary(person, lead)}
        assert able == {Role.UNIT_OFFICER, Role.SECRETARIAT, Role.AGENCY_ADMIN}
        assert writes_summary_on_behalf(by, lead) is True
        assert writes_summary_on_behalf(world.here.people[Role.UNIT_OFFICER], lead) is False

    def test_secretariat_writes_on_behalf(self, gap: DevelopmentGap, officer: User, by: User) -> None:
        write_summary(summary_of(gap), "<p>ก</p>", officer)
        write_summary(summary_of(gap), "<p>ข</p>", by)
        marks = Revision.objects.filter(text=summary_of(gap).text_id).order_by("version")
        assert [(row.author, row.on_behalf) for row in marks] == [(officer, False), (by, True)]


class TestWriting:
    def test_second_of_two_people_is_in_conflict(self, gap: DevelopmentGap, officer: User, by: User) -> None:
        summary = summary_of(gap)
        write_summary(summary, "<p>ก</p>", officer)
        with pytest.raises(TextConflict) as conflict:
            save_gap_text(row=summary, base_version=0, html="<p>ข</p>", key=uuid.uuid4(), by=by)
        assert conflict.value.current.html == "<p>ก</p>"

    def test_repeated_save_is_one(self, gap: DevelopmentGap, officer: User) -> None:
        summary, key = summary_of(gap), uuid.uuid4()
        for _ in range(2):
            save_gap_text(row=summary, base_version=0, html="<p>ก</p>", key=key, by=officer)
        assert Revision.objects.filter(text=summary.text).count() == 1
        with pytest.raises(KeyReused):
            save_gap_text(row=summary, base_version=0, html="<p>อื่น</p>", key=key, by=officer)

    def test_other_paragraphs_are_merged_while_writing(
        self, gap: DevelopmentGap, officer: User, by: User
    ) -> None:
        summary = summary_of(gap)
        write_summary(summary, "<p>ก</p><p>ข</p>", officer)
        write_summary(summary, "<p>กก</p><p>ข</p>", officer)
        sent = {"html": "<p>ก</p><p>ขข</p>", "key": uuid.uuid4(), "by": by}
        saved = save_gap_text(row=summary, base_version=1, merging=True, **sent)
        assert (saved.html, saved.merged) == ("<p>กก</p><p>ขข</p>", True)

    def test_closed_round_takes_no_text(
        self, written: DevelopmentGap, officer: User, by: User, here: Round
    ) -> None:
        close_round(round=here, by=by)
        for attempt in (
            lambda: write_summary(summary_of(written), "<p>ช้า</p>", officer),
            lambda: edit(written, "<p>ช้า</p>", by),
            lambda: merge(written, by),
            lambda: finalise_report(report=report_of(written), base_version=0, by=by),
            lambda: use_gap_text_again(
                row=summary_of(written), version=1, base_version=1, key=uuid.uuid4(), by=by
            ),
        ):
            with pytest.raises(TextLocked):
                attempt()
        assert summary_of(written).text.version == 1

    def test_older_version_is_used_again(self, gap: DevelopmentGap, officer: User) -> None:
        summary = summary_of(gap)
        for html in ("<p>ก</p>", "<p>ข</p>"):
            write_summary(summary, html, officer)
        use_gap_text_again(row=summary, version=1, base_version=2, key=uuid.uuid4(), by=officer)
        assert (summary_of(gap).text.html, summary_of(gap).text.version) == ("<p>ก</p>", 3)

    def test_late_texts_are_named_where_somebody_passes(
        self, gap: DevelopmentGap, officer: User, by: User, here: Round
    ) -> None:
        for text in (summary_of(gap).text, report_of(gap, 2).text):
            keep_proposal(text=text, base_version=0, html="<p>ช้า</p>", key=uuid.uuid4(), by=officer)
        labels = [(place.label, place.number) for place in late_places(here)]
        assert labels == [
            ("สรุปไตรมาส 4 ของสำนักนโยบายและแผน senate ประเด็น 3.1.1", 3),
            ("สรุปรวมไตรมาส 2 ประเด็น 3.1.1", 3),
        ]


class TestJoining:
    def test_units_stand_under_their_names_the_leading_one_first(
        self, written: DevelopmentGap, by: User
    ) -> None:
        merge(written, by)
        report = report_of(written)
        assert report.text.html == JOINED
        assert (report.merged_version, report.merged_by, report.is_edited) == (1, by, False)
        assert AuditEvent.objects.get(verb="gap.joined").facts == {"code": "3.1.1", "quarter": 4}

    def test_unit_without_a_text_is_left_out(
        self, gap: DevelopmentGap, other_officer: User, by: User
    ) -> None:
        write_summary(summary_of(gap, leads=False), "<p>ทำแล้ว</p>", other_officer)
        merge(gap, by)
        assert report_of(gap).text.html == "<p><strong>กองวิชาการ</strong></p><p>ทำแล้ว</p>"

    def test_nothing_to_join_changes_nothing(self, written: DevelopmentGap, by: User) -> None:
        with pytest.raises(NothingWritten):
            merge(written, by, quarter=1)
        assert report_of(written, 1).merged_at is None

    def test_text_that_nobody_edited_is_joined_anew(
        self, written: DevelopmentGap, officer: User, by: User
    ) -> None:
        merge(written, by)
        write_summary(summary_of(written), "<p>แก้แล้ว</p>", officer)
        assert [row.gap_unit.leads for row in gap_sheets(written.round, 4)[0].late] == [True]
        merge(written, by)
        assert report_of(written).text.html == JOINED.replace("วิเคราะห์ข้อมูลแล้ว", "แก้แล้ว")
        assert gap_sheets(written.round, 4)[0].late == []

    def test_edited_text_is_never_overwritten_without_asking(self, written: DevelopmentGap, by: User) -> None:
        merge(written, by)
        edit(written, "<p>เรียบเรียงแล้ว</p>", by)
        for _ in range(2):
            with pytest.raises(EditedText):
                merge(written, by)
        assert report_of(written).text.html == "<p>เรียบเรียงแล้ว</p>"
        merge(written, by, over="append")
        assert report_of(written).text.html == f"<p>เรียบเรียงแล้ว</p>{JOINED}"
        with pytest.raises(EditedText):
            merge(written, by)
        merge(written, by, over="replace")
        assert report_of(written).text.html == JOINED
        kept = Revision.objects.filter(text=report_of(written).text).values_list("html", flat=True)
        assert "<p>เรียบเรียงแล้ว</p>" in kept

    def test_text_written_by_hand_counts_as_edited(self, written: DevelopmentGap, by: User) -> None:
        edit(written, "<p>เขียนเอง</p>", by)
        with pytest.raises(EditedText):
            merge(written, by)
        merge(written, by, over="append")
        with pytest.raises(EditedText):
            merge(written, by)

    def test_text_that_was_saved_unchanged_is_no_edited_one(self, written: DevelopmentGap, by: User) -> None:
        merge(written, by)
        edit(written, JOINED, by)
        merge(written, by)
        assert report_of(written).is_edited is False

    def test_text_that_was_emptied_is_no_edited_one(self, written: DevelopmentGap, by: User) -> None:
        edit(written, "<p>เขียนเอง</p>", by)
        edit(written, "", by)
        merge(written, by)
        assert report_of(written).text.html == JOINED

    def test_somebody_who_edited_meanwhile_is_not_overwritten(
        self, written: DevelopmentGap, by: User
    ) -> None:
        merge(written, by)
        seen = report_of(written)
        edit(written, "<p>เรียบเรียงแล้ว</p>", by)
        for over in ("replace", "append"):
            with pytest.raises(TextConflict):
                join_summaries(report=seen, base_version=1, key=uuid.uuid4(), by=by, over=over)
        assert report_of(written).text.html == "<p>เรียบเรียงแล้ว</p>"

    def test_button_pressed_twice_joins_once(self, written: DevelopmentGap, by: User) -> None:
        key, report = uuid.uuid4(), report_of(written)
        for _ in range(2):
            join_summaries(report=report, base_version=0, key=key, by=by)
        assert report_of(written).text.version == 1
        assert AuditEvent.objects.filter(verb="gap.joined").count() == 1

    def test_appending_twice_with_one_key_appends_once(self, written: DevelopmentGap, by: User) -> None:
        edit(written, "<p>เขียนเอง</p>", by)
        key, report = uuid.uuid4(), report_of(written)
        about = {"report": report, "base_version": 1, "key": key, "by": by, "over": "append"}
        join_summaries(**about)
        with pytest.raises(KeyReused):
            join_summaries(**about)
        assert report_of(written).text.html.count("วิเคราะห์ข้อมูลแล้ว") == 1

    def test_more_than_a_text_holds_is_refused_whole(
        self, gap: DevelopmentGap, officer: User, other_officer: User, by: User
    ) -> None:
        long = f"<p>{'ก' * 120_000}</p>"
        write_summary(summary_of(gap), long, officer)
        write_summary(summary_of(gap, leads=False), long, other_officer)
        with pytest.raises(UncleanText):
            merge(gap, by)
        assert report_of(gap).text.version == 0

    def test_unit_names_with_markup_are_text(self, written: DevelopmentGap, by: User, world: World) -> None:
        world.here.unit.name = "กอง <b>A&B</b>"
        world.here.unit.save()
        merge(written, by)
        assert report_of(written).text.html.startswith(
            "<p><strong>กอง &lt;b&gt;A&amp;B&lt;/b&gt;</strong></p>"
        )


class TestFinal:
    def test_final_text_and_those_of_the_units_take_nothing(
        self, written: DevelopmentGap, officer: User, by: User
    ) -> None:
        merge(written, by)
        finalise_report(report=report_of(written), base_version=1, by=by)
        report = report_of(written)
        assert (report.state, report.finalised_by) == (ReportState.FINAL, by)
        for attempt in (
            lambda: edit(written, "<p>ช้า</p>", by),
            lambda: merge(written, by, over="replace"),
            lambda: write_summary(summary_of(written), "<p>ช้า</p>", officer),
        ):
            with pytest.raises(GapShut, match=r"ฝ่ายเลขานุการสรุปไตรมาส 4 ของประเด็น 3\.1\.1 แล้ว"):
                attempt()
        write_summary(summary_of(written, 3), "<p>ไตรมาสอื่นยังเขียนได้</p>", officer)
        reopen_report(report=report_of(written), by=by)
        edit(written, "<p>แก้อีกครั้ง</p>", by)
        verbs = AuditEvent.objects.filter(object_type="assessment.gapreport").order_by("pk")
        assert list(verbs.values_list("verb", flat=True)) == ["gap.joined", "gap.finalised", "gap.reopened"]

    def test_what_somebody_else_wrote_meanwhile_is_not_made_final(
        self, written: DevelopmentGap, by: User
    ) -> None:
        merge(written, by)
        edit(written, "<p>อีกฉบับ</p>", by)
        with pytest.raises(TextConflict):
            finalise_report(report=report_of(written), base_version=1, by=by)
        assert report_of(written).state == ReportState.DRAFT

    def test_empty_text_and_second_press_are_refused(self, written: DevelopmentGap, by: User) -> None:
        with pytest.raises(NothingWritten):
            finalise_report(report=report_of(written), base_version=0, by=by)
        with pytest.raises(TransitionRefused):
            reopen_report(report=report_of(written), by=by)
        merge(written, by)
        finalise_report(report=report_of(written), base_version=1, by=by)
        with pytest.raises(TransitionRefused):
            finalise_report(report=report_of(written), base_version=1, by=by)

    def test_withdrawn_gap_is_not_made_final(self, written: DevelopmentGap, by: User) -> None:
        merge(written, by)
        withdraw_gap(gap=written, reason="ซ้ำ", by=by)
        with pytest.raises(GapShut):
            finalise_report(report=report_of(written), base_version=1, by=by)

    @pytest.mark.parametrize("facts", [{"state": "final"}, {"merged_version": 3}])
    def test_database_asks_for_time_and_person(self, gap: DevelopmentGap, facts: dict[str, object]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            GapReport.objects.filter(gap=gap, quarter=4).update(**facts)


class TestCopyText:
    def test_lists_are_lines_and_markup_is_gone(self) -> None:
        copied = copy_text(JOINED, None)
        assert copied.text == ("สำนักนโยบายและแผน senate\nวิเคราะห์ข้อมูลแล้ว\nกองวิชาการ\n• อบรม\n• ทดลองใช้")
        assert (copied.length, copied.over, copied.left) == (len(copied.text), 0, 0)

    def test_code_points_are_counted_as_everywhere(self) -> None:
        assert copy_text("<p>ที่นี่</p><p>น้ำ</p>", None).length == 6 + 1 + 3

    @pytest.mark.parametrize(("limit", "over", "left"), [(3, 2, 0), (5, 0, 0), (8, 0, 3)])
    def test_limit_is_a_warning(self, limit: int, over: int, left: int) -> None:
        copied = copy_text("<p>กขคงจ</p>", limit)
        assert (copied.text, copied.over, copied.left) == ("กขคงจ", over, left)

    def test_blank_text_is_empty(self) -> None:
        assert copy_text("<p></p>", 5).length == 0


class TestCsv:
    def rows(self, round: Round) -> list[list[str]]:
        name, media_type, content = gaps_csv(round)
        assert (name, media_type) == ("pmqa-senate-2565-gaps.csv", "text/csv; charset=utf-8")
        assert content.startswith(b"\xef\xbb\xbf")
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))

    def test_gap_has_a_row_for_the_fourth_quarter_and_for_those_that_were_written(
        self, written: DevelopmentGap, officer: User, by: User, here: Round
    ) -> None:
        write_summary(summary_of(written, 2), "<p>กลางปี</p>", officer)
        merge(written, by)
        merge(written, by, quarter=2)
        finalise_report(report=report_of(written, 2), base_version=1, by=by)
        _, *rows = self.rows(here)
        lead = "สำนักนโยบายและแผน senate"
        middle = f"{lead}\nกลางปี"
        text = copy_text(JOINED, None).text
        same = ["1", "3.1.1", "ขาดการวิเคราะห์แนวโน้ม", "กระทบผู้รับบริการมากที่สุด", lead, "กองวิชาการ", "2565"]
        assert rows == [
            [*same, "2", "ฉบับสรุปแล้ว", middle, str(len(middle))],
            [*same, "4", "ยังไม่สรุป", text, str(len(text))],
        ]

    def test_cells_that_a_spreadsheet_would_calculate_are_defused(
        self, here: Round, world: World, by: User
    ) -> None:
        gap = choose(
            criterion(here, "3.1"),
            by,
            code="3.1.1",
            title="=HYPERLINK(1)",
            reason="@SUM(1)",
            lead=world.here.unit,
            unmet_level="basic",
            unmet_remark="ขาด",
        )
        edit(gap, "<p>-1+1</p>", by)
        _, row = self.rows(here)
        assert (row[2], row[3], row[9], row[10]) == ("'=HYPERLINK(1)", "'@SUM(1)", "'-1+1", "4")

    def test_withdrawn_gaps_and_those_of_others_are_left_out(
        self, gap: DevelopmentGap, here: Round, there: Round, world: World, by: User
    ) -> None:
        choose(
            criterion(there, "3.1"),
            world.there.people[Role.SECRETARIAT],
            code="3.1.1",
            title="ของอีกหน่วยงาน",
            reason="ลับ",
            lead=world.there.unit,
            unmet_level="basic",
            unmet_remark="ขาด",
        )
        withdraw_gap(gap=gap, reason="ซ้ำ", by=by)
        assert len(self.rows(here)) == 1
