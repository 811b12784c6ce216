"""The pages of development gaps: what people see, what comes back after a refusal, how much a page asks."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from assessment.models import DevelopmentGap, Round
from assessment.services.gap_texts import finalise_report, join_summaries
from assessment.services.gaps import GapData, change_gap, withdraw_gap
from assessment.services.rounds import close_round
from feedback.services import decline_point
from organizations.enums import OwnerKind, Role
from organizations.models import AuditEvent, Owner, User
from tests.url_gaps import choose, report_of, summary_of, write_summary
from tests.url_stage import snapshot
from tests.world import World, criterion
from texts.models import Proposal, Text

from ..browser import text_area, url, value_of
from .conftest import point_of

pytestmark = pytest.mark.django_db

Browser = Callable[[User], Client]


def words(page: HttpResponse) -> str:
    """What a person reads: without tags, in single spaces."""
    body = re.sub(r"<(script|style)\b.*?</\1>", "", page.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def fields(unit: Owner, **changes: Any) -> dict[str, Any]:
    """What the form of a new gap sends."""
    given = {"base_version": 0, "code": "3.1.2", "title": "ประเด็นใหม่", "reason": "เหตุผล", "lead": unit.pk}
    return given | {"unmet_level": "advance", "unmet_remark": "ยังขาดแผน"} | changes


class TestChoosePage:
    def test_open_points_lead_to_the_form_with_their_words(
        self, here: Round, there: Round, by: User, browser: Browser
    ) -> None:
        point, hidden = point_of(here, "3.1"), point_of(here, "3.1", "ข้อที่ไม่ดำเนินการ")
        decline_point(point=hidden, reason="นอกอำนาจหน้าที่", by=by)
        point_of(there, "3.1", "ของอีกหน่วยงาน")
        client = browser(by)
        page = client.get(url(here, "gaps", "choose"))
        assert "เลือก 0 จาก 1 ประเด็น" in words(page)
        assert "ข้อที่ไม่ดำเนินการ" not in words(page)
        assert "ของอีกหน่วยงาน" not in words(page)
        address = f"{url(here, 'gaps', 'new', '3.1')}?point={point.uid}"
        assert address in page.content.decode()
        form = client.get(address)
        assert value_of(form, "code") == "3.1.1"
        assert text_area(form, "title") == point.text
        ticked = re.findall(r'<input[^>]*name="points"[^>]*checked[^>]*>', form.content.decode())
        assert [value for tag in ticked for value in re.findall(r'value="(\d+)"', tag)] == [str(point.pk)]

    def test_criterion_of_the_list_leads_to_its_form(self, here: Round, by: User, browser: Browser) -> None:
        client = browser(by)
        answer = client.get(url(here, "gaps", "choose"), {"criterion": "7.2"})
        assert answer["Location"] == url(here, "gaps", "new", "7.2")
        assert client.get(answer["Location"]).status_code == 200
        for code in ("9.9", "../x", "3"):
            assert client.get(url(here, "gaps", "choose"), {"criterion": code}).status_code == 404

    def test_coverage_page_leads_here(
        self, here: Round, by: User, browser: Browser, gap: DevelopmentGap
    ) -> None:
        point, closed = point_of(here, "1.1"), point_of(here, "1.1", "อื่น")
        decline_point(point=closed, reason="นอกอำนาจหน้าที่", by=by)
        body = browser(by).get(url(here, "coverage")).content.decode()
        assert f"{url(here, 'gaps', 'new', '1.1')}?point={point.uid}" in body
        assert str(closed.uid) not in body.replace(f"/feedback/{closed.uid}/", "")
        assert f'{url(here, "gaps", str(gap.uid))}">ประเด็นพัฒนา 3.1.1' in body


class TestForm:
    def test_chosen_gap_stands_in_the_list(
        self, here: Round, by: User, world: World, other_unit: Owner, browser: Browser
    ) -> None:
        client = browser(by)
        body = fields(world.here.unit, code="๓.๑.๒", others=[other_unit.pk], title=" ประเด็น\nสองบรรทัด ")
        page = client.post(url(here, "gaps", "new", "3.1"), body, follow=True)
        assert page.redirect_chain == [(url(here, "gaps"), 302)]
        gap = DevelopmentGap.objects.get()
        assert (gap.code, gap.title) == ("3.1.2", "ประเด็น สองบรรทัด")
        text = words(page)
        for word in ("เลือก 1 จาก 1 ประเด็น", "3.1.2 ประเด็น สองบรรทัด", "เขียนแล้ว 0 จาก 2 หน่วยงาน", "กองวิชาการ"):
            assert word in text

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"reason": "  "}, "กรุณากรอกเหตุผลที่เลือก"),
            ({"lead": ""}, "กรุณาเลือกหน่วยงานหลัก"),
            ({"title": ""}, "กรุณากรอกประเด็น"),
            ({"code": "3.1"}, "กรุณาพิมพ์รหัสเป็นรหัสเกณฑ์ตามด้วยจุดและลำดับ เช่น 3.1.1"),
            ({"code": "สาม"}, "กรุณาพิมพ์รหัสเป็นรหัสเกณฑ์ตามด้วยจุดและลำดับ เช่น 3.1.1"),
            ({"title": "ก" * 501}, "500"),
            ({"points": ["999999"]}, "ข้อเสนอแนะที่เลือกไม่ใช่ข้อที่ยังเปิดอยู่ของเกณฑ์นี้"),
            ({"points": ["x"]}, "ข้อเสนอแนะที่เลือกไม่ใช่ข้อที่ยังเปิดอยู่ของเกณฑ์นี้"),
            ({"others": ["x"]}, "กรุณาเลือกหน่วยงานจากรายการ"),
        ],
    )
    def test_fault_comes_back_with_everything_that_was_typed(
        self, here: Round, by: User, world: World, browser: Browser, changes: dict[str, Any], message: str
    ) -> None:
        body = fields(world.here.unit, **{"reason": "เหตุผลยาวที่พิมพ์ไว้"} | changes)
        page = browser(by).post(url(here, "gaps", "new", "3.1"), body)
        assert page.status_code == 422
        assert message in words(page)
        assert text_area(page, "unmet_remark") == "ยังขาดแผน"
        assert "ข้อผิดพลาด" in page.content.decode()
        assert not DevelopmentGap.objects.exists()

    def test_rule_of_the_service_comes_back_at_its_field(
        self, here: Round, by: User, world: World, browser: Browser
    ) -> None:
        page = browser(by).post(url(here, "gaps", "new", "3.1"), fields(world.here.unit, code="3.2.1"))
        assert page.status_code == 409
        assert "รหัสของข้อ 3.1 ต้องขึ้นต้นด้วย 3.1." in words(page)
        assert text_area(page, "reason") == "เหตุผล"

    def test_withdrawn_units_and_classes_of_units_are_not_offered_unless_they_work_on_it(
        self, here: Round, by: User, world: World, browser: Browser, gap: DevelopmentGap, other_unit: Owner
    ) -> None:
        Owner.objects.create(agency=here.agency, name="ทุกสำนักที่เกี่ยวข้อง", kind=OwnerKind.CLASS)
        Owner.objects.filter(pk=other_unit.pk).update(withdrawn_at=here.opened_at)
        client = browser(by)
        new, edit = (
            client.get(url(here, "gaps", *rest)) for rest in (("new", "3.1"), (str(gap.uid), "edit"))
        )
        assert ("กองวิชาการ" in words(new), "กองวิชาการ" in words(edit)) == (False, True)
        assert "ทุกสำนักที่เกี่ยวข้อง" not in words(new) + words(edit)

    def test_second_of_two_people_is_told_and_decides(
        self, here: Round, by: User, world: World, browser: Browser, gap: DevelopmentGap
    ) -> None:
        client, address = browser(by), url(here, "gaps", str(gap.uid), "edit")
        mine = fields(world.here.unit, code="3.1.1", title="ของฉัน", base_version=1)
        theirs = GapData(
            code="3.1.1", title="ของผู้อื่น", reason="ก", lead=world.here.unit, points=list(gap.points.all())
        )
        change_gap(gap=gap, base_version=1, data=theirs, by=by)
        page = client.post(address, mine)
        assert (page.status_code, text_area(page, "title"), value_of(page, "base_version")) == (
            409,
            "ของฉัน",
            "2",
        )
        assert "มีผู้แก้ไขประเด็นนี้ก่อนท่าน" in words(page)
        assert client.post(address, mine | {"base_version": 2}).status_code == 302
        assert DevelopmentGap.objects.get().title == "ของฉัน"

    def test_closed_round_keeps_what_was_typed(
        self, here: Round, by: User, world: World, browser: Browser
    ) -> None:
        close_round(round=here, by=by)
        page = browser(by).post(url(here, "gaps", "new", "3.1"), fields(world.here.unit))
        assert (page.status_code, text_area(page, "title")) == (409, "ประเด็นใหม่")
        assert "แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้บันทึก" in words(page)

    def test_nothing_is_typed_into_a_form_that_takes_nothing(
        self, here: Round, by: User, gap: DevelopmentGap, browser: Browser
    ) -> None:
        client, address = browser(by), url(here, "gaps", str(gap.uid))
        withdraw_gap(gap=gap, reason="ซ้ำ", by=by)
        page = client.get(f"{address}edit/", follow=True)
        assert page.redirect_chain == [(address, 302)]
        assert "ประเด็น 3.1.1 ถูกถอนแล้ว จึงยังไม่ได้เปลี่ยนแปลง" in words(page)
        close_round(round=here, by=by)
        page = client.get(url(here, "gaps", "new", "3.1"), follow=True)
        assert page.redirect_chain == [(url(here, "gaps"), 302)]
        assert "แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้เปลี่ยนแปลง" in words(page)


class TestList:
    def test_agency_without_gaps_reads_one_sentence(
        self, here: Round, officer: User, browser: Browser
    ) -> None:
        page = browser(officer).get(url(here, "gaps"))
        assert "ยังไม่ได้เลือกประเด็นพัฒนาของปีนี้" in words(page)
        assert "เลือกจากข้อเสนอแนะและเกณฑ์" not in words(page)
        assert "ประเด็นพัฒนา" not in words(browser(officer).get("/"))

    def test_secretariat_finds_the_way_before_anything_can_be_chosen(
        self, here: Round, by: User, browser: Browser
    ) -> None:
        for address in ("/", url(here)):
            assert "ประเด็นพัฒนา ยังไม่ได้เลือก" in words(browser(by).get(address))
        point_of(here, "3.1")
        assert "ประเด็นพัฒนา 0 จาก 1" in words(browser(by).get("/"))

    def test_home_and_round_show_the_line(
        self, here: Round, by: User, officer: User, other_officer: User, gap: DevelopmentGap, browser: Browser
    ) -> None:
        write_summary(summary_of(gap), "<p>งาน</p>", officer)
        line = "ประเด็นพัฒนา 1 จาก 1 · สรุปไตรมาส 4 ครบแล้ว 1 จาก 2 หน่วยงาน"
        for user in (by, officer, other_officer):
            for address in ("/", url(here)):
                assert line in words(browser(user).get(address))
        assert "หน่วยงานของท่านยังไม่ได้เขียน 1 ประเด็น" in words(browser(other_officer).get("/"))
        assert "หน่วยงานของท่านยังไม่ได้เขียน" not in words(browser(officer).get("/"))

    def test_buttons_of_the_order_name_the_neighbour(
        self, here: Round, by: User, world: World, gap: DevelopmentGap, browser: Browser
    ) -> None:
        about = {"code": "3.1.2", "title": "สอง", "reason": "ก", "unmet_level": "basic", "unmet_remark": "ข"}
        second = choose(criterion(here, "3.1"), by, lead=world.here.unit, **about)
        client = browser(by)
        up = url(here, "gaps", str(second.uid), "move", str(gap.uid))
        assert up in client.get(url(here, "gaps")).content.decode()
        client.post(up, {"direction": "up"})
        assert [row.code for row in DevelopmentGap.objects.in_order()] == ["3.1.2", "3.1.1"]
        withdraw_gap(gap=gap, reason="ซ้ำ", by=by)
        page = client.post(up, {"direction": "down"}, follow=True)
        assert "มีผู้จัดลำดับหรือถอนประเด็นก่อนท่าน" in words(page)

    def test_withdrawing_asks_for_the_reason_and_can_be_undone(
        self, here: Round, by: User, gap: DevelopmentGap, browser: Browser
    ) -> None:
        client, address = browser(by), url(here, "gaps", str(gap.uid), "withdraw")
        assert client.post(address, {"reason": " "}).status_code == 422
        page = client.post(address, {"reason": "ซ้ำกับ 5.3.3"}, follow=True)
        assert "ประเด็นที่ถอนแล้ว (1)" in words(page)
        assert "เหตุผล: ซ้ำกับ 5.3.3" in words(page)
        page = client.post(url(here, "gaps", str(gap.uid), "restore"), follow=True)
        assert "นำประเด็น 3.1.1 กลับมาแล้ว" in words(page)
        assert DevelopmentGap.objects.current().count() == 1

    def test_closed_round_is_read_only(
        self, here: Round, by: User, gap: DevelopmentGap, browser: Browser
    ) -> None:
        close_round(round=here, by=by)
        client = browser(by)
        page = client.get(url(here, "gaps"))
        assert "<form" not in page.content.decode().split("<main", 1)[1]
        answer = client.post(url(here, "gaps", str(gap.uid), "withdraw"), {"reason": "ซ้ำ"})
        assert answer.status_code == 409
        assert "แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้บันทึก" in words(answer)
        again = client.post(url(here, "gaps", "limit"), {"seen": "", "limit": "5"}, follow=True)
        assert "แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้เปลี่ยนแปลง" in words(again)


class TestLimit:
    def test_length_is_shown_against_the_limit(
        self, here: Round, by: User, officer: User, gap: DevelopmentGap, browser: Browser
    ) -> None:
        write_summary(summary_of(gap), f"<p>{'ก' * 1200}</p>", officer)
        report = report_of(gap)
        join_summaries(report=report, base_version=0, key=uuid.uuid4(), by=by)
        client = browser(by)
        length = len("สำนักนโยบายและแผน senate\n") + 1200
        assert f"ยาว {length:,} อักขระ ยังไม่ได้กำหนดจำนวนที่ eMENSCR รับ" in words(client.get(url(here, "gaps")))
        page = client.post(url(here, "gaps", "limit"), {"seen": "", "limit": "๑,๐๐๐"}, follow=True)
        assert f"เกิน {length - 1000} อักขระ จากที่กำหนด 1,000" in words(page)
        page = client.post(url(here, "gaps", "limit"), {"seen": "1000", "limit": "2000"}, follow=True)
        assert f"เหลือ {2000 - length} จากที่กำหนด 2,000" in words(page)
        page = client.post(url(here, "gaps", "limit"), {"seen": "1000", "limit": "3000"}, follow=True)
        assert "มีผู้กำหนดจำนวนอักขระก่อนท่าน" in words(page)
        assert Round.objects.get(pk=here.pk).gap_limit == 2000

    @pytest.mark.parametrize("typed", ["0", "-1", "1000001", "สิบ", "9" * 30])
    def test_nonsense_comes_back(self, here: Round, by: User, browser: Browser, typed: str) -> None:
        page = browser(by).post(url(here, "gaps", "limit"), {"seen": "", "limit": typed})
        assert (page.status_code, value_of(page, "limit")) == (422, typed)


class TestWriting:
    def address(self, gap: DevelopmentGap, *rest: str, leads: bool = True) -> str:
        unit = gap.gap_units.get(leads=leads)
        return url(gap.round, "gaps", str(gap.uid), "quarter-4", "units", str(unit.uid), *rest)

    def body(self, html: str, base: int = 0) -> dict[str, Any]:
        return {"html": html, "base_version": base, "key": uuid.uuid4()}

    def test_officer_writes_for_the_own_unit_only(
        self, gap: DevelopmentGap, officer: User, other_officer: User, world: World, browser: Browser
    ) -> None:
        assert browser(officer).get(self.address(gap)).status_code == 200
        assert browser(officer).get(self.address(gap, leads=False)).status_code == 403
        for user in (other_officer, world.here.people["committee_3"], world.here.people[Role.EXECUTIVE]):
            client = browser(user)
            assert client.get(self.address(gap)).status_code == 403
            for rest in ((), ("save",), ("history",)):
                assert client.post(self.address(gap, *rest), self.body("<p>x</p>")).status_code == 403
            assert client.get(self.address(gap, "history")).status_code == 200
        theirs = browser(world.there.people[Role.UNIT_OFFICER])
        assert theirs.get(self.address(gap)).status_code == 404
        assert summary_of(gap).text.version == 0

    def test_officer_saves_and_comes_back_to_the_gap(
        self, gap: DevelopmentGap, officer: User, browser: Browser
    ) -> None:
        page = browser(officer).post(self.address(gap), self.body("<p>งานของเรา</p>"), follow=True)
        assert page.redirect_chain == [(f"{url(gap.round, 'gaps', str(gap.uid))}?quarter=4", 302)]
        assert "งานของเรา" in words(page)
        assert "รวมสรุปของหน่วยงาน" not in words(page)

    def test_conflict_shows_both_texts(
        self, gap: DevelopmentGap, officer: User, by: User, browser: Browser
    ) -> None:
        write_summary(summary_of(gap), "<p>ของเลขานุการ</p>", by)
        client = browser(officer)
        page = client.post(self.address(gap), self.body("<p>ของเจ้าหน้าที่</p>"))
        assert (page.status_code, text_area(page), value_of(page, "base_version")) == (
            409,
            "<p>ของเจ้าหน้าที่</p>",
            "1",
        )
        assert "มีผู้แก้ไขข้อความนี้ก่อนท่าน" in words(page)
        assert "ของเลขานุการ" in words(page)
        client.post(self.address(gap), self.body("<p>ของเจ้าหน้าที่</p>", 1))
        assert summary_of(gap).text.plain == "ของเจ้าหน้าที่"

    def test_closed_round_keeps_what_was_typed(
        self, gap: DevelopmentGap, officer: User, by: User, browser: Browser
    ) -> None:
        close_round(round=gap.round, by=by)
        client = browser(officer)
        page = client.post(self.address(gap), self.body("<p>ช้า</p>"))
        assert (page.status_code, text_area(page)) == (409, "<p>ช้า</p>")
        assert client.get(self.address(gap)).status_code == 302
        late = client.post(self.address(gap, "save"), self.body("<p>ช้า</p>"))
        assert (late.status_code, late.json()["state"]) == (409, "locked")
        assert "แบบฟอร์มปีนี้ปิดแล้ว" in late.json()["message"]
        assert Proposal.objects.get().html == "<p>ช้า</p>"
        assert "มีข้อความที่มาช้ารอพิจารณา" in words(client.get(url(gap.round, "gaps", str(gap.uid))))

    def test_late_text_is_taken_from_the_history(
        self, gap: DevelopmentGap, officer: User, by: User, browser: Browser
    ) -> None:
        write_summary(summary_of(gap), "<p>ก่อน</p>", officer)
        join_summaries(report=report_of(gap), base_version=0, key=uuid.uuid4(), by=by)
        finalise_report(report=report_of(gap), base_version=1, by=by)
        client = browser(officer)
        late = client.post(self.address(gap, "save"), self.body("<p>หลัง</p>", 1))
        assert "ฝ่ายเลขานุการสรุปไตรมาส 4 ของประเด็น 3.1.1 แล้ว" in late.json()["message"]
        taken = {"proposal": Proposal.objects.get().pk, "base_version": 1, "decision": "accept"}
        assert client.post(self.address(gap, "history"), taken).status_code == 409
        browser(by).post(url(gap.round, "gaps", str(gap.uid), "quarter-4", "final"), {"off": "1"})
        page = client.post(self.address(gap, "history"), taken, follow=True)
        assert "ใช้ข้อความที่มาช้าแล้ว" in words(page)
        assert summary_of(gap).text.plain == "หลัง"

    def test_autosave_saves_and_merges(
        self, gap: DevelopmentGap, officer: User, by: User, browser: Browser
    ) -> None:
        client = browser(officer)
        answer = client.post(self.address(gap, "save"), self.body("<p>ก</p><p>ข</p>"))
        assert (answer.json()["state"], answer.json()["version"]) == ("saved", 1)
        write_summary(summary_of(gap), "<p>กก</p><p>ข</p>", by)
        merged = client.post(self.address(gap, "save"), self.body("<p>ก</p><p>ขข</p>", 1))
        assert (merged.json()["state"], summary_of(gap).text.html) == ("merged", "<p>กก</p><p>ขข</p>")

    def test_history_gives_an_older_text_back(
        self, gap: DevelopmentGap, officer: User, browser: Browser
    ) -> None:
        for html in ("<p>ก</p>", "<p>ข</p>"):
            write_summary(summary_of(gap), html, officer)
        body = {"version": 1, "base_version": 2, "key": uuid.uuid4()}
        page = browser(officer).post(self.address(gap, "history"), body, follow=True)
        assert "ใช้ข้อความเดิมอีกครั้งแล้ว" in words(page)
        assert summary_of(gap).text.html == "<p>ก</p>"

    def test_pictures_are_not_offered(self, gap: DevelopmentGap, officer: User, browser: Browser) -> None:
        page = browser(officer).get(self.address(gap)).content.decode()
        assert "data-pmqa-save=" in page
        assert "data-pmqa-upload" not in page

    def test_quarter_that_there_is_not_is_not_found(
        self, gap: DevelopmentGap, officer: User, browser: Browser
    ) -> None:
        for quarter in ("0", "5", "44"):
            address = self.address(gap).replace("quarter-4", f"quarter-{quarter}")
            assert browser(officer).get(address).status_code == 404
        page = browser(officer).get(f"{url(gap.round, 'gaps', str(gap.uid))}?quarter=9")
        assert "สรุปรวมไตรมาส 4" in words(page)


class TestJoining:
    @pytest.fixture
    def joined(self, gap: DevelopmentGap, officer: User, by: User) -> DevelopmentGap:
        """The leading unit has written, and it was joined."""
        write_summary(summary_of(gap), "<p>งานของสำนัก</p>", officer)
        join_summaries(report=report_of(gap), base_version=0, key=uuid.uuid4(), by=by)
        return gap

    def press(self, client: Client, gap: DevelopmentGap, name: str, **body: Any) -> HttpResponse:
        address = url(gap.round, "gaps", str(gap.uid), "quarter-4", name)
        return client.post(address, {"key": uuid.uuid4()} | body, follow=True)

    def test_button_leads_to_the_text(
        self, gap: DevelopmentGap, officer: User, by: User, browser: Browser
    ) -> None:
        write_summary(summary_of(gap), "<p>งานของสำนัก</p>", officer)
        page = self.press(browser(by), gap, "join", base_version=0)
        assert page.redirect_chain[-1][0] == url(gap.round, "gaps", str(gap.uid), "quarter-4")
        assert "งานของสำนัก" in text_area(page)

    def test_edited_text_is_asked_about(self, joined: DevelopmentGap, by: User, browser: Browser) -> None:
        client = browser(by)
        client.post(
            url(joined.round, "gaps", str(joined.uid), "quarter-4"),
            {"html": "<p>เรียบเรียงแล้ว</p>", "base_version": 1, "key": uuid.uuid4()},
        )
        page = self.press(client, joined, "join", base_version=2)
        assert page.status_code == 409
        for word in ("สรุปรวมนี้มีผู้เรียบเรียงแล้ว", "เรียบเรียงแล้ว", "งานของสำนัก", "ต่อท้ายข้อความที่เรียบเรียงแล้ว"):
            assert word in words(page)
        assert report_of(joined).text.plain == "เรียบเรียงแล้ว"
        page = self.press(client, joined, "join", base_version=value_of(page, "base_version"), over="append")
        assert report_of(joined).text.plain.startswith("เรียบเรียงแล้ว\nสำนักนโยบายและแผน senate")

    def test_nothing_written_and_stale_pages_are_told(
        self, gap: DevelopmentGap, joined: DevelopmentGap, by: User, officer: User, browser: Browser
    ) -> None:
        client = browser(by)
        assert "มีผู้แก้ไขข้อความหลังจากที่ท่านเปิดหน้านี้" in words(self.press(client, joined, "join", base_version=0))
        assert "มีผู้แก้ไขข้อความหลังจากที่ท่านเปิดหน้านี้" in words(self.press(client, joined, "join"))
        for base in (0, "x", ""):
            page = self.press(client, joined, "final", base_version=base)
            assert "มีผู้แก้ไขข้อความหลังจากที่ท่านเปิดหน้านี้" in words(page)
        write_summary(summary_of(gap), "", officer)
        page = self.press(client, joined, "join", base_version=1)
        assert "ยังไม่มีหน่วยงานใดเขียนสรุปของไตรมาสนี้" in words(page)

    def test_final_text_is_copied_printed_and_opened_again(
        self, joined: DevelopmentGap, by: User, officer: User, browser: Browser
    ) -> None:
        client = browser(by)
        page = self.press(client, joined, "final", base_version=1)
        assert "ยืนยันเป็นฉบับสรุปแล้ว" in words(page)
        assert text_area_copy(page, joined) == "สำนักนโยบายและแผน senate\nงานของสำนัก"
        printed = words(browser(officer).get(url(joined.round, "gaps", "print")))
        assert "งานของสำนัก" in printed
        assert "ร่าง ยังไม่ใช่ฉบับสรุป" not in printed
        address = url(joined.round, "gaps", str(joined.uid), "quarter-4")
        assert "ฝ่ายเลขานุการสรุปไตรมาส 4 ของประเด็น 3.1.1 แล้ว จึงแก้ไขไม่ได้" in words(
            client.get(address, follow=True)
        )
        assert "เปิดให้แก้สรุปนี้อีกครั้งแล้ว" in words(self.press(client, joined, "final", off="1"))
        assert "ร่าง ยังไม่ใช่ฉบับสรุป" in words(client.get(url(joined.round, "gaps", "print")))

    def test_file_is_downloaded_by_those_who_run_the_year(
        self, joined: DevelopmentGap, by: User, officer: User, browser: Browser
    ) -> None:
        address = url(joined.round, "gaps", "csv")
        assert browser(officer).get(address).status_code == 403
        client = browser(by)
        client.head(address)
        assert not AuditEvent.objects.filter(verb="gap.exported").exists()
        answer = client.get(address)
        assert answer["Content-Disposition"] == 'attachment; filename="pmqa-senate-2565-gaps.csv"'
        assert "งานของสำนัก" in answer.content.decode("utf-8-sig")
        assert AuditEvent.objects.filter(verb="gap.exported").count() == 1


def text_area_copy(page: HttpResponse, gap: DevelopmentGap) -> str:
    """The text that is there to copy."""
    found = re.search(rf'id="copy-{gap.uid}"[^>]*>(.*?)</textarea>', page.content.decode(), re.DOTALL)
    assert found
    return found[1]


def test_pages_ask_as_much_for_thirty_gaps_as_for_one(
    here: Round, world: World, by: User, officer: User, browser: Browser
) -> None:
    texts = Text.objects.count()

    def add(number: int) -> None:
        unit = Owner.objects.create(agency=here.agency, name=f"กอง {number}")
        gap = choose(
            criterion(here, "3.1"),
            by,
            code=f"3.1.{number}",
            title=f"ประเด็น {number}",
            reason="เหตุผล",
            lead=world.here.unit,
            others=[unit],
            points=[point_of(here, "3.1", f"ขาด {number}")],
        )
        write_summary(summary_of(gap), f"<p>งาน {number}</p>", officer)
        join_summaries(report=report_of(gap), base_version=0, key=uuid.uuid4(), by=by)
        if number == 1:
            gone = {"code": "3.2.1", "title": "ก", "reason": "ข", "unmet_level": "basic", "unmet_remark": "ค"}
            withdraw_gap(gap=choose(criterion(here, "3.2"), by, lead=unit, **gone), reason="ซ้ำ", by=by)

    def costs() -> dict[tuple[str, str], int]:
        first = DevelopmentGap.objects.in_order().first()
        assert first
        pages = (
            "gaps",
            "gaps/choose",
            "gaps/print",
            "gaps/new/3.1",
            f"gaps/{first.uid}",
            f"gaps/{first.uid}/edit",
        )
        found = {}
        for name, user in (("secretariat", by), ("officer", officer)):
            client = browser(user)
            for address in (*(url(here, page) for page in pages), "/", url(here), url(here, "coverage")):
                with CaptureQueriesContext(connection) as captured:
                    client.get(address)
                found[name, address] = len(captured)
        with CaptureQueriesContext(connection) as captured:
            browser(by).get(url(here, "gaps/csv"))
        # signing in, the audit event and four times the list
        found["secretariat", "csv"] = len(captured)
        return found

    add(1)
    few = costs()
    for number in range(2, 31):
        add(number)
    assert costs() == few
    assert {page: count for page, count in few.items() if count > 25 and page[1] != "csv"} == {}
    assert few["secretariat", "csv"] <= 50
    assert Text.objects.count() > texts


@pytest.mark.parametrize("how", ["closed", "withdrawn"])
def test_nothing_goes_into_a_closed_round_or_a_withdrawn_gap(
    here: Round, world: World, gap: DevelopmentGap, by: User, officer: User, browser: Browser, how: str
) -> None:
    """Asked at every address; late texts are kept beside, for whoever may still decide."""
    about = {"code": "3.1.2", "title": "สอง", "reason": "ก", "unmet_level": "basic", "unmet_remark": "ข"}
    below = choose(criterion(here, "3.1"), by, lead=world.here.unit, **about)
    write_summary(summary_of(gap), "<p>งาน</p>", officer)
    if how == "closed":
        close_round(round=here, by=by)
    else:
        withdraw_gap(gap=gap, reason="ซ้ำ", by=by)
    unit = f"units/{gap.gap_units.get(leads=True).uid}"
    text = {"html": "<p>ช้า</p>", "base_version": 1}
    requests: list[tuple[str, dict[str, Any]]] = [
        ("edit", fields(world.here.unit, base_version=1)),
        (f"move/{below.uid}", {"direction": "down"}),
        ("quarter-4", text | {"base_version": 0}),
        ("quarter-4/save", text | {"base_version": 0}),
        ("quarter-4/join", {"base_version": 0}),
        ("quarter-4/final", {"base_version": 0}),
        ("quarter-4/final", {"off": "1"}),
        (f"quarter-4/{unit}", text),
        (f"quarter-4/{unit}/save", text),
        (f"quarter-4/{unit}/history", {"version": 1, "base_version": 1}),
    ]
    clients = [browser(user) for user in (by, officer)]
    before = snapshot()
    for address, body in requests:
        for client in clients:
            sent = body | {"key": uuid.uuid4()}
            answer = client.post(url(here, "gaps", str(gap.uid), address), sent)
            assert answer.status_code in (302, 403, 409), address
            after = snapshot()
            assert {label for label in after if after[label] != before[label]} <= {"texts.Proposal"}, address
    assert Proposal.objects.count() == 3
