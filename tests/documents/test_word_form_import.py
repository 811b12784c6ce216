"""The page of last year's Word form: shown, corrected, written all or nothing, and the same file twice."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from assessment.models import Activity, ChosenPractice, Round
from assessment.owner_line import owner_line_text
from assessment.services.rounds import close_round, create_round
from documents.enums import IncomingState
from documents.models import Incoming
from documents.word_form.corrections import corrected, offered
from documents.word_form.owners import OwnerName, spelling, split_owners
from documents.word_form.patterns import squash
from feedback.models import FeedbackPoint
from organizations.enums import Role
from organizations.models import Agency, AuditEvent, Owner, User
from practices.models import Practice, PracticeStatus
from tests.documents import word_forms
from tests.documents.word_forms import STYLES
from tests.world import World, criterion, write_activity
from texts.cleaning import clean_html, plain_text
from texts.models import Text

NAMES = {
    f"{category}.{item}": f"ชื่อเต็มของเกณฑ์ {category}.{item}"
    for category in range(1, 7)
    for item in range(1, 5)
}
HEADINGS = word_forms.THREE


def written(rows: list[tuple[str, str, str]], *, year: int = 2565, after: tuple[str, ...] = ()) -> bytes:
    """A small form of three columns; a line end in a cell begins a paragraph."""
    document = Document()
    document.add_paragraph(f"แบบฟอร์มการวิเคราะห์แนวทางการดำเนินงาน PMQA 4.0 ประจำปี พ.ศ. {year}")
    table = document.add_table(rows=0, cols=3)
    for row in [("หมวด 1 การนำองค์การ", "", ""), HEADINGS, *rows]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            lines = text.split("\n")
            cell.text = lines[0]
            for line in lines[1:]:
                cell.add_paragraph(line)
    for text in after:
        document.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


FORM = written(
    [
        (
            "เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1\nFeedback : ขาดการติดตามใน ชั้นตอนที่ 2 ของ ก.พ.ร.",
            "กรมที่ดิน (64)\nใช้แผนที่ดิจิทัลกับทุกแปลง",
            "1. ทบทวนแผน\n2. ติดตามผล\nผู้รับผิดชอบ สำนักนโยบายและแผน senate และกองใหม่ (เฉพาะส่วนกลาง)",
        ),
        (
            "เกณฑ์ 1.2 ชื่อเต็มของเกณฑ์ 1.2\nFeedback : มีระบบ แต่ยังขาดการวัดผล",
            "ข้อความที่ไม่บอกว่าเป็นของใคร",
            "บทวิเคราะห์\nขาดข้อมูล\nปัญหาและอุปสรรค : งบประมาณน้อย",
        ),
    ]
)  # fmt: skip


@pytest.fixture
def empty(world: World) -> Round:
    """A round of 2565 in which nothing was written."""
    by = world.here.people[Role.SECRETARIAT]
    return create_round(agency=world.here.agency, year=2565, edition=world.edition, by=by)


@pytest.fixture
def secretary(client, world: World) -> User:
    client.force_login(world.here.people[Role.SECRETARIAT])
    return world.here.people[Role.SECRETARIAT]


def send(client, content: bytes, year: int = 2565, name: str = "form.docx"):
    return client.post(
        f"/a/senate/{year}/incoming/", {"file": SimpleUploadedFile(name, content)}, follow=True
    )


def answers(page) -> dict[str, str]:
    """What a browser would send when nothing is touched."""
    text = page.content.decode()
    found = dict(re.findall(r'<input class="form-control"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', text))
    for name, options in re.findall(r'<select [^>]*name="([^"]+)">(.*?)</select>', text, re.DOTALL):
        found[name] = re.search(r'value="([^"]*)" selected', options)[1]
    for name, rest in re.findall(
        r'<input class="form-check-input" type="checkbox" name="([^"]+)"([^>]*)>', text
    ):
        if "checked" in rest:
            found[name] = "on"
    return found


def number_of(page, text: str) -> str:
    """The number of the piece that holds these words."""
    pieces = page.context["groups"]
    return str(
        next(p["number"] for group in pieces for p in group.pieces if text in p["text"] or text in p["head"])
    )


def confirm(client, page, **changes: str | None):
    posted = answers(page) | {
        name.replace("_", "-", 1) if name[0] != "!" else name: value for name, value in changes.items()
    }
    url = page.context["incoming"].get_absolute_url()
    return client.post(url, {name: value for name, value in posted.items() if value is not None}, follow=True)


def counts() -> dict[str, int]:
    models = (FeedbackPoint, Practice, ChosenPractice, Activity, Owner, Agency, Text, AuditEvent)
    return {model.__name__: model.objects.count() for model in models}


def read_words(page) -> list[str]:
    """Everything that the page showed as understood, piece by piece, owner by owner, without white space."""
    words = []
    for group in page.context["groups"]:
        for piece in group.pieces:
            if piece["kind"] == "owners":
                found = split_owners(piece["text"], {})
                words += [squash(part) for each in found for part in (each.name, each.note)]
            else:
                html = piece["agency"] and f"<p>{piece['agency']}</p>"
                words += [squash(plain_text(clean_html(part))) for part in (html, piece["html"])]
    return words


def stored_words(agency: Agency) -> str:
    """Every word that the agency's rows hold now."""
    texts = Text.objects.filter(agency=agency).values_list("plain", flat=True)
    points = FeedbackPoint.objects.filter(agency=agency).values_list("text", flat=True)
    owners = [
        f"{line.owner.name}\n{line.note}"
        for activity in Activity.objects.filter(round__agency=agency)
        for line in activity.owner_lines.select_related("owner")
    ]
    names = Agency.objects.values_list("name", flat=True)
    return squash("\n".join([*texts, *points, *owners, *names]))


class TestConfirming:
    def test_sending_writes_nothing_of_the_form(self, client, empty, secretary):
        before = counts()
        page = send(client, FORM)
        after = counts()
        assert page.status_code == 200
        assert {name: after[name] - before[name] for name in after} == dict.fromkeys(before, 0) | {
            "AuditEvent": 1
        }

    def test_everything_goes_to_its_place(self, client, world, empty, secretary):
        page = confirm(client, send(client, FORM))
        assert (
            "นำเข้าแล้ว: ข้อเสนอแนะ 2 รายการ · ตัวอย่างที่เป็นเลิศ 1 รายการ · กิจกรรม 2 รายการ" in page.content.decode()
        )
        points = FeedbackPoint.objects.of_year(world.here.agency, 2564).order_by("criterion__identity")
        assert [(point.step, point.text) for point in points] == [
            (2, "ขาดการติดตามใน ขั้นตอนที่ 2 ของ ก.พ.ร."),
            (2, "มีระบบ แต่ยังขาดการวัดผล"),
        ]
        chosen = ChosenPractice.objects.get(analysis=criterion(empty, "1.1"))
        assert (chosen.agency_name, chosen.award_line, chosen.text.plain) == (
            "กรมที่ดิน",
            "(ปี 2564)",
            "ใช้แผนที่ดิจิทัลกับทุกแปลง",
        )
        assert (chosen.practice.status, chosen.practice.kept_to) == (PracticeStatus.DRAFT, world.here.agency)
        activities = Activity.objects.filter(round=empty).order_by("places__position")
        assert [activity.text.plain for activity in activities] == ["1. ทบทวนแผน", "2. ติดตามผล"]
        line = "สำนักนโยบายและแผน senate และกองใหม่ (เฉพาะส่วนกลาง)"
        assert [owner_line_text(a.owner_lines.select_related("owner")) for a in activities] == [line, line]
        second = criterion(empty, "1.2")
        assert second.obstacles.plain == "งบประมาณน้อย"
        assert second.analysis.plain == "ขาดข้อมูล\nข้อความจากไฟล์ที่นำเข้า\nข้อความที่ไม่บอกว่าเป็นของใคร"

    def test_the_same_file_again_changes_nothing(self, client, world, empty, secretary):
        confirm(client, send(client, FORM))
        texts = list(Text.objects.order_by("pk").values_list("pk", "version", "html"))
        before = counts()
        page = send(client, FORM)
        assert "ไฟล์นี้เคยนำเข้าแล้วเมื่อ" in page.content.decode()
        page = confirm(client, page)
        assert "ทุกชิ้นในไฟล์นี้มีอยู่แล้ว จึงไม่มีสิ่งใดเปลี่ยน" in page.content.decode()
        after = counts()
        # read and decided: two lines of the audit trail, nothing else
        assert {name: after[name] - before[name] for name in after} == dict.fromkeys(before, 0) | {
            "AuditEvent": 2
        }
        assert list(Text.objects.order_by("pk").values_list("pk", "version", "html")) == texts

    def test_it_changes_nothing_either_after_somebody_went_on_writing(self, client, world, empty, secretary):
        confirm(client, send(client, FORM))
        activity = Activity.objects.filter(round=empty).first()
        Text.objects.filter(pk=activity.text_id).update(html="<p>เขียนใหม่</p>", plain="เขียนใหม่")
        confirm(client, send(client, FORM))
        assert Activity.objects.filter(round=empty).count() == 2

    def test_a_correction_that_is_not_ticked_is_not_made(self, client, world, empty, secretary):
        page = send(client, FORM)
        assert [(fix["before"], fix["after"], fix["ticked"]) for fix in page.context["corrections"]] == [
            ("ชั้นตอน", "ขั้นตอน", True)
        ]
        confirm(client, page, fix_0=None)
        points = FeedbackPoint.objects.of_year(world.here.agency, 2564)
        assert points.filter(text="ขาดการติดตามใน ชั้นตอนที่ 2 ของ ก.พ.ร.").count() == 1

    def test_kind_and_criterion_can_be_put_right(self, client, world, empty, secretary):
        page = send(client, FORM)
        note, activity = number_of(page, "ไม่บอกว่าเป็นของใคร"), number_of(page, "2. ติดตามผล")
        changes = {f"kind_{note}": "practice", f"agency_{note}": "กรมใหม่เอี่ยม", f"code_{activity}": "3.1"}
        confirm(client, page, **changes)
        chosen = ChosenPractice.objects.get(analysis=criterion(empty, "1.2"))
        assert (chosen.agency_name, chosen.text.plain) == ("กรมใหม่เอี่ยม", "ข้อความที่ไม่บอกว่าเป็นของใคร")
        place = criterion(empty, "3.1").activity_places.get()
        assert place.activity.text.plain == "2. ติดตามผล"
        assert "ข้อความจากไฟล์" not in criterion(empty, "1.2").analysis.plain

    def test_a_piece_can_go_on_with_the_one_before_or_be_left_out(self, client, empty, secretary):
        page = send(client, FORM)
        second, analysis = number_of(page, "2. ติดตามผล"), number_of(page, "ขาดข้อมูล")
        confirm(client, page, **{f"kind_{second}": "join", f"kind_{analysis}": "skip"})
        assert [a.text.plain for a in Activity.objects.filter(round=empty)] == ["1. ทบทวนแผน\n2. ติดตามผล"]
        assert "ขาดข้อมูล" not in criterion(empty, "1.2").analysis.plain

    def test_an_unknown_owner_can_be_left_as_a_note(self, client, world, empty, secretary):
        page = send(client, FORM)
        (unknown,) = page.context["unknown_owners"]
        assert unknown["name"] == "กองใหม่"
        posted = answers(page) | {unknown["field"]: "note"}
        client.post(page.context["incoming"].get_absolute_url(), posted)
        assert not Owner.objects.filter(name="กองใหม่").exists()
        assert "ผู้รับผิดชอบ: กองใหม่ (เฉพาะส่วนกลาง)" in criterion(empty, "1.1").analysis.plain
        line = owner_line_text(
            Activity.objects.filter(round=empty).first().owner_lines.select_related("owner")
        )
        assert line == "สำนักนโยบายและแผน senate"

    def test_an_owner_line_without_activity_becomes_a_note(self, client, empty, secretary):
        content = written([("เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1\nFeedback : ก", "", "ผู้รับผิดชอบ ทุกสำนัก")])
        confirm(client, send(client, content))
        assert criterion(empty, "1.1").analysis.plain == "ข้อความจากไฟล์ที่นำเข้า\nผู้รับผิดชอบ: ทุกสำนัก"


class TestRefusing:
    def test_a_form_of_another_year_asks_first(self, client, world, empty, secretary):
        page = send(client, written([("เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1\nFeedback : ก", "", "ทำ")], year=2563))
        refused = confirm(client, page)
        assert refused.status_code == 422
        assert "แบบฟอร์มในไฟล์เป็นของปี 2563 แต่ท่านกำลังนำเข้าปี 2565" in refused.content.decode()
        assert Activity.objects.filter(round=empty).count() == 0
        posted = answers(page) | {"year_agreed": "on"}
        assert client.post(page.context["incoming"].get_absolute_url(), posted).status_code == 302
        # the column heading names the year of the feedback; it wins over the title
        assert FeedbackPoint.objects.of_year(world.here.agency, 2564).count() == 1

    def test_one_fault_leaves_everything_unwritten_and_keeps_what_was_chosen(self, client, empty, secretary):
        page = send(client, FORM)
        before = counts()
        note, activity = number_of(page, "ไม่บอกว่าเป็นของใคร"), number_of(page, "2. ติดตามผล")
        refused = confirm(client, page, **{f"kind_{note}": "practice", f"code_{activity}": "3.1"})
        assert refused.status_code == 422
        assert "ข้อ 1.2 ตาราง 1 แถว 4 คอลัมน์ 2: กรุณาระบุชื่อหน่วยงานของตัวอย่าง" in refused.content.decode()
        assert counts() == before
        assert Incoming.objects.get().state == IncomingState.WAITING
        kept = answers(refused)
        assert (kept[f"kind-{note}"], kept[f"code-{activity}"]) == ("practice", "3.1")

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("feedback_year", "64", "“64” ไม่ใช่ปีพุทธศักราชสี่หลัก"),
            ("step", "4", "กรุณาเลือกขั้นตอนของข้อเสนอแนะ"),
            ("kind-9", "heading", "กรุณาเลือกประเภทและเกณฑ์ให้ครบ"),
            ("code-9", "9.9", "กรุณาเลือกประเภทและเกณฑ์ให้ครบ"),
            ("code-9", "1", "กรุณาเลือกประเภทและเกณฑ์ให้ครบ"),
        ],
    )
    def test_a_tampered_answer_is_refused(self, client, empty, secretary, field, value, sentence):
        page = send(client, FORM)
        posted = answers(page) | {field: value}
        assert field in answers(page)
        refused = client.post(page.context["incoming"].get_absolute_url(), posted)
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
        assert Activity.objects.filter(round=empty).count() == 0

    def test_a_category_that_is_none_is_refused(self, client, empty, secretary):
        page = send(client, FORM)
        refused = confirm(client, page, **{f"code_{number_of(page, 'งบประมาณน้อย')}": "12"})
        assert refused.status_code == 422
        assert "กรุณาเลือกประเภทและเกณฑ์ให้ครบ" in refused.content.decode()

    def test_names_that_became_owners_by_this_press_are_asked_about_first(self, client, empty, secretary):
        page = send(client, FORM)
        changed = {f"kind_{number_of(page, 'ไม่บอกว่าเป็นของใคร')}": "owners"}
        refused = confirm(client, page, **changed)
        assert refused.status_code == 422
        assert "“ข้อความที่ไม่บอกว่าเป็นของใคร” ยังไม่มีในรายชื่อผู้รับผิดชอบ" in refused.content.decode()
        assert not Owner.objects.filter(name="ข้อความที่ไม่บอกว่าเป็นของใคร").exists()
        names = [each["name"] for each in refused.context["unknown_owners"]]
        assert names == ["กองใหม่", "ข้อความที่ไม่บอกว่าเป็นของใคร"]

    def test_an_owner_of_another_agency_cannot_be_chosen(self, client, world, empty, secretary):
        page = send(client, FORM)
        (unknown,) = page.context["unknown_owners"]
        posted = answers(page) | {unknown["field"]: str(world.there.unit.pk)}
        client.post(page.context["incoming"].get_absolute_url(), posted)
        lines = Activity.objects.filter(round=empty).values_list(
            "owner_lines__owner__agency__code", flat=True
        )
        assert set(lines) == {"senate"}

    def test_a_round_closed_meanwhile_takes_nothing(self, client, world, here, secretary):
        page = send(client, FORM)
        close_round(round=here, by=secretary)
        before = counts()
        refused = client.post(page.context["incoming"].get_absolute_url(), answers(page))
        assert refused.status_code == 422
        assert "แบบฟอร์มปีนี้ปิดแล้ว" in refused.content.decode()
        assert counts() == before

    def test_a_document_that_is_no_form_is_refused(self, client, empty, secretary):
        document = Document()
        document.add_paragraph("บันทึกการประชุม")
        target = io.BytesIO()
        document.save(target)
        page = send(client, target.getvalue())
        assert page.status_code == 422
        assert "ไม่พบเกณฑ์ข้อใดของรอบนี้ในไฟล์" in page.content.decode()
        assert not Incoming.objects.exists()


class TestWithWhatStandsThere:
    def test_nothing_that_was_written_is_overwritten(self, client, world, here, secretary):
        confirm(client, send(client, FORM))
        plain = set(Activity.objects.filter(round=here).values_list("text__plain", flat=True))
        assert "กิจกรรม senate ข้อ 1.1" in plain
        assert "1. ทบทวนแผน" in plain

    def test_an_activity_with_the_same_words_is_not_doubled(self, client, world, empty, secretary):
        write_activity(empty, "1.1", "<p>1. ทบทวน แผน</p>", by=secretary)
        confirm(client, send(client, FORM))
        assert Activity.objects.filter(round=empty, places__analysis__wording__code="1.1").count() == 2

    def test_an_owner_spelled_nearly_alike_is_suggested(self, client, world, empty, secretary):
        Owner.objects.create(agency=world.here.agency, name="สำนักการคลัง")
        rows = [("เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1\nFeedback : ก", "", "ทำ\nผู้รับผิดชอบ สำนักงานการคลัง")]
        page = send(client, written(rows))
        (unknown,) = page.context["unknown_owners"]
        assert unknown["alike"].name == "สำนักการคลัง"
        confirm(client, page)
        line = owner_line_text(Activity.objects.get(round=empty).owner_lines.select_related("owner"))
        assert line == "สำนักการคลัง"

    @pytest.mark.parametrize("style", STYLES)
    def test_every_style_is_written_whole_and_once(self, client, world, empty, secretary, style):
        form = STYLES[style](word_forms.entries({code: NAMES[code] for code in NAMES if code[0] in "12"}))
        page = send(client, form.content)
        assert page.context["note_count"] == 0
        confirm(client, page)
        points = FeedbackPoint.objects.of_year(world.here.agency, 2564)
        assert points.count() == sum(len(entry.points) for entry in form.entries)
        chosen = ChosenPractice.objects.filter(analysis__sheet__round=empty)
        assert chosen.count() == sum(len(entry.cases) for entry in form.entries)
        activities = Activity.objects.filter(round=empty)
        assert activities.count() == sum(len(entry.activities) for entry in form.entries)
        assert not activities.filter(owner_lines=None).exists()
        shared = activities.filter(places__analysis__wording__code="1.4")
        assert shared.filter(places__analysis__wording__code="1.3").exists() == (style == "Thai digits")
        assert [words for words in read_words(page) if words not in stored_words(world.here.agency)] == []
        before = counts() | {"AuditEvent": 0}
        confirm(client, send(client, form.content))
        assert counts() | {"AuditEvent": 0} == before

    def test_a_picture_comes_along(self, client, world, empty, secretary):
        form = STYLES["five columns"](word_forms.entries(NAMES))
        confirm(client, send(client, form.content))
        html = Text.objects.get(html__contains="<figure>").html
        assert re.findall(r'<figure><img src="/figures/[-0-9a-f]+/" alt=""></figure>', html) != []
        assert "ไตรมาสแรก" in html
        assert html.count("คำในกล่องข้อความ") == 1


class TestThePage:
    def test_it_takes_as_many_queries_for_one_criterion_as_for_twenty_four(
        self, client, world, empty, secretary
    ):
        measured = []
        for content in (FORM, STYLES["senate"](word_forms.entries(NAMES)).content):
            page = send(client, content)
            with CaptureQueriesContext(connection) as queries:
                client.get(page.context["incoming"].get_absolute_url())
            measured.append(len(queries))
        assert measured[0] == measured[1]
        assert measured[0] < 20

    def test_text_of_the_file_is_shown_as_text(self, client, empty, secretary):
        rows = [
            (
                "เกณฑ์ 1.1 ชื่อเต็มของเกณฑ์ 1.1\nFeedback : ก<script>alert(1)</script>",
                "",
                "<b>ทำ</b>\nผู้รับผิดชอบ <i>ใคร</i>",
            )
        ]
        page = send(client, written(rows)).content.decode()
        assert "<script>alert" not in page
        assert "&lt;b&gt;ทำ&lt;/b&gt;" in page

    def test_others_see_nothing_of_it(self, client, world, empty, secretary):
        url = send(client, FORM).context["incoming"].get_absolute_url()
        client.force_login(world.there.people[Role.SECRETARIAT])
        assert client.get(url).status_code == 404
        client.force_login(world.here.people["committee_1"])
        assert client.get(url).status_code == 403

    def test_what_was_decided_stays_readable(self, client, empty, secretary):
        page = confirm(client, send(client, FORM))
        assert '<fieldset class="word-form" disabled>' in page.content.decode()
        assert page.context["incoming"].state == IncomingState.APPLIED


KNOWN = {spelling(name): name for name in ("สำนักนโยบายและแผน", "สำนักการคลังและงบประมาณ", "ศย.", "บส.")}


class TestOwnerLines:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("สำนักนโยบายและแผน และทุกสำนัก", [("สำนักนโยบายและแผน", "", ""), ("ทุกสำนัก", "และ", "")]),
            (
                "สำนักนโยบายและแผน สำนักการคลังและงบประมาณ",
                [("สำนักนโยบายและแผน", "", ""), ("สำนักการคลังและงบประมาณ", "", "")],
            ),
            (
                "ฝ่ายเลขานุการ/ คณะอนุกรรมการฯ หมวด 6 /สำนักผู้รับผิดชอบกระบวนการ/",
                [("ฝ่ายเลขานุการ", "", ""), ("คณะอนุกรรมการฯ หมวด 6", "/", ""), ("สำนักผู้รับผิดชอบกระบวนการ", "/", "")],
            ),
            (
                "ฝ่ายเลขานุการฯ (สำนักนโยบายและแผน) และทุกสำนัก (นวัตกรรม และบริการ)",
                [("ฝ่ายเลขานุการฯ", "", "สำนักนโยบายและแผน"), ("ทุกสำนัก", "และ", "นวัตกรรม และบริการ")],
            ),
            ("สำนักงานนโยบาย หรือ คณะกรรมการที่เกี่ยวข้อง", [("สำนักงานนโยบาย", "", ""), ("คณะกรรมการที่เกี่ยวข้อง", "หรือ", "")]),
            ("ศย. บส.", [("ศย.", "", ""), ("บส.", "", "")]),
            (
                "สำนักที่ขับเคลื่อนและสนับสนุนโครงการ สว. พบประชาชน",
                [("สำนักที่ขับเคลื่อนและสนับสนุนโครงการ สว. พบประชาชน", "", "")],
            ),
            ("", []),
        ],
    )  # fmt: skip
    def test_a_line_is_cut_at_its_joiners(self, text, names):
        assert split_owners(text, KNOWN) == [OwnerName(*name) for name in names]


class TestCorrections:
    @pytest.mark.parametrize(
        ("text", "before", "after", "agreed"),
        [
            ("ตามชั้นตอนที่ 2", "ชั้นตอน", "ขั้นตอน", True),
            ("ให้้บริการ", "ห้้", "ห้", True),
            ("คิดเป็นร้อย ละ 80", "ร้อย ละ", "ร้อยละ", False),
            ("มีการดำเนิ นการตามแผน", "ดำเนิ น", "ดำเนิน", True),
            ("ในส่วน of เจ้าหน้าที่", " of ", "ของ", False),
        ],
    )
    def test_a_fault_is_offered_and_only_mended_when_agreed(self, text, before, after, agreed):
        found = offered([text])
        assert [(fix.before, fix.after, fix.agreed) for fix in found] == [(before, after, agreed)]
        assert corrected(text, set()) == text
        assert corrected(text, {(before, after)}) == text.replace(before, after)

    def test_words_that_are_right_are_left_alone(self):
        assert offered(["สำนักงานเลขาธิการวุฒิสภา ได้มีการกำหนดตัวชี้วัด โดยผ่านกระบวนการ Voice of Customer"]) == []
