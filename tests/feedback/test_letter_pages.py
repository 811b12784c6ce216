"""Pasting a letter: shown with its repairs, corrected in rows, entered all together."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from feedback.models import FeedbackLetter, FeedbackPoint
from feedback.services import add_point, keep_letter, lock_feedback, withdraw_letter
from organizations.enums import Role
from organizations.models import AuditEvent
from tests.world import World
from texts.scans import Scan

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7 received"
LETTER = "ผลการประเมิน\n1.1 มีระบบร้อย ละ 80 แต่ยังขาดการทบทวน\n1.2 ชื่อเต็ม\n- ขาด ก\n- ขาด ข"


@pytest.fixture
def secretary(world: World, client: Client) -> Client:
    """Signed in as the secretariat of «senate»."""
    client.force_login(world.here.people[Role.SECRETARIAT])
    return client


def paste(client: Client, text: str = LETTER, **more: Any) -> Any:
    """Send a pasted letter."""
    body = {"year": "2564", "step": "2", "text": text, **more}
    return client.post(reverse("feedback_letter", args=["senate"]), body)


def rows_of(page: Any) -> dict[str, Any]:
    """What the browser sends of the rows that the page shows."""
    rows = page.context["rows"]
    fields: dict[str, Any] = {"form-TOTAL_FORMS": len(rows.forms), "form-INITIAL_FORMS": len(rows.forms)}
    for row in rows:
        for field in row:
            if (value := field.value()) not in (None, False, ""):
                fields[field.html_name] = "on" if value is True else value
    return fields


def enter(client: Client, fields: dict[str, Any]) -> Any:
    """Press «บันทึกทุกข้อ»."""
    body = {"year": "2564", "step": "2", "text": LETTER, "chosen": "on", **fields}
    return client.post(reverse("feedback_letter_enter", args=["senate"]), body)


def stored() -> list[tuple[str, str, str, str]]:
    """(code, text, strength, gap) of what stands."""
    points = FeedbackPoint.objects.current().order_by("criterion__identity", "position")
    return [(p.criterion.identity.removeprefix("pmqa4-"), p.text, p.strength, p.gap) for p in points]


class TestPaste:
    def test_points_are_shown_and_nothing_is_written(self, secretary: Client) -> None:
        page = paste(secretary)
        assert page.status_code == 200
        assert [row["text"].value() for row in page.context["rows"]] == [
            "มีระบบร้อยละ 80 แต่ยังขาดการทบทวน",
            "ชื่อเต็ม",
            "ขาด ก",
            "ขาด ข",
        ]
        assert page.context["outside"] == "ผลการประเมิน"
        assert not FeedbackPoint.objects.exists()

    def test_repair_that_is_refused_is_not_made(self, secretary: Client) -> None:
        page = paste(secretary, chosen="on", repairs=["lines"])
        assert page.context["rows"].forms[0]["text"].value() == "มีระบบร้อย ละ 80 แต่ยังขาดการทบทวน"
        (words,) = [taken for found, taken in page.context["repairs"] if found.kind.name == "words"]
        assert words is False

    def test_text_without_codes_says_what_to_do(self, secretary: Client) -> None:
        page = paste(secretary, "ข้อความที่ไม่มีรหัส")
        assert "ไม่พบรหัสเกณฑ์" in page.content.decode()

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"text": ""}, "กรุณาวางข้อความของหนังสือ"),
            ({"year": "2021"}, "2564"),
            ({"step": "4"}, "4"),
        ],
    )
    def test_bad_input_is_told_and_kept(
        self, secretary: Client, changes: dict[str, str], message: str
    ) -> None:
        body = {"year": "2564", "step": "2", "text": LETTER} | changes
        page = secretary.post(reverse("feedback_letter", args=["senate"]), body)
        assert page.status_code == 422
        assert message in page.content.decode()
        if changes.get("text") != "":
            assert "ขาด ก" in page.content.decode()


class TestEnter:
    def test_corrected_rows_are_entered_with_their_marks(self, secretary: Client, world: World) -> None:
        fields = rows_of(paste(secretary))
        fields |= {"form-1-leave_out": "on", "form-3-join": "on"}
        answer = enter(secretary, fields)
        assert answer.status_code == 302
        assert stored() == [
            ("1.1", "มีระบบร้อยละ 80 แต่ยังขาดการทบทวน", "ระบบร้อยละ 80", "การทบทวน"),
            ("1.2", "- ขาด ก\n- ขาด ข", "", ""),
        ]
        event = AuditEvent.objects.filter(verb="feedback.letter_entered").get()
        assert (event.agency, event.facts) == (world.here.agency, {"new": 2})

    def test_same_letter_twice_enters_nothing_twice(self, secretary: Client) -> None:
        fields = rows_of(paste(secretary))
        enter(secretary, fields)
        before = stored()
        again = enter(secretary, fields)
        assert (again.status_code, stored()) == (409, before)
        assert "ทุกข้อมีอยู่ในระบบแล้ว" in again.content.decode()

    def test_row_without_words_is_refused_and_the_others_wait(self, secretary: Client) -> None:
        fields = rows_of(paste(secretary)) | {"form-2-text": ""}
        answer = enter(secretary, fields)
        assert (answer.status_code, stored()) == (422, [])
        assert "กรุณาใส่ข้อความ" in answer.content.decode()
        assert "ขาด ข" in answer.content.decode()

    def test_first_row_cannot_be_joined(self, secretary: Client) -> None:
        answer = enter(secretary, rows_of(paste(secretary)) | {"form-0-join": "on"})
        assert (answer.status_code, stored()) == (422, [])
        assert "ข้อแรกไม่มีข้อก่อนหน้าให้รวม" in answer.content.decode()

    def test_feedback_of_a_closed_form_stays(self, secretary: Client, world: World) -> None:
        fields = rows_of(paste(secretary))
        agency = world.here.agency
        lock_feedback(agency=agency, year=2564, step=2, by=world.here.people[Role.SECRETARIAT])
        answer = enter(secretary, fields)
        assert (answer.status_code, stored()) == (409, [])
        assert "ปิดแล้ว" in answer.content.decode()

    def test_markup_in_a_letter_is_text(self, secretary: Client) -> None:
        page = paste(secretary, "1.1 ขาด <script>alert(1)</script>")
        assert "<script>alert" not in page.content.decode()
        enter(secretary, rows_of(page))
        assert stored()[0][1] == "ขาด <script>alert(1)</script>"


class TestPaper:
    def test_paper_is_kept_once_and_stands_beside_the_forms(self, secretary: Client, world: World) -> None:
        person = world.here.people[Role.SECRETARIAT]
        scan = Scan("หนังสือ.pdf", PDF, "pdf")
        kept = keep_letter(agency=world.here.agency, year=2564, step=2, scan=scan, by=person)
        assert keep_letter(agency=world.here.agency, year=2564, step=2, scan=scan, by=person) == kept
        address = reverse("feedback_paper", args=["senate", kept.uid])
        for name in ("feedback_letter", "feedback_new"):
            page = secretary.get(reverse(name, args=["senate"]) + "?year=2564&step=2").content.decode()
            assert f'<iframe class="paper-frame" src="{address}#' in page
            other = secretary.get(reverse(name, args=["senate"]) + "?year=2563&step=2").content.decode()
            assert address not in other

    def test_paper_may_be_framed_by_our_pages_only(self, secretary: Client, world: World) -> None:
        person = world.here.people[Role.SECRETARIAT]
        scan = Scan("a.pdf", PDF, "pdf")
        kept = keep_letter(agency=world.here.agency, year=2564, step=2, scan=scan, by=person)
        answer = secretary.get(reverse("feedback_paper", args=["senate", kept.uid]))
        assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]
        assert (answer["X-Frame-Options"], answer["Content-Type"]) == ("SAMEORIGIN", "application/pdf")
        assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
        assert re.search(r"default-src 'none'", answer["Content-Security-Policy"])

    def test_file_that_is_no_paper_is_refused(self, secretary: Client) -> None:
        body = {"year": "2564", "step": "2", "file": SimpleUploadedFile("x.pdf", b"MZ not a pdf")}
        answer = secretary.post(reverse("feedback_paper_new", args=["senate"]), body)
        assert (answer.status_code, FeedbackLetter.objects.count()) == (422, 0)

    def test_withdrawn_paper_leaves_the_list_once(self, secretary: Client, world: World) -> None:
        person = world.here.people[Role.SECRETARIAT]
        scan = Scan("a.pdf", PDF, "pdf")
        kept = keep_letter(agency=world.here.agency, year=2564, step=2, scan=scan, note="นร 1", by=person)
        page = secretary.get(reverse("feedback_list", args=["senate"]) + "?year=2564").content.decode()
        assert "นร 1" in page
        assert (withdraw_letter(letter=kept, by=person), withdraw_letter(letter=kept, by=person)) == (
            True,
            False,
        )
        page = secretary.get(reverse("feedback_list", args=["senate"]) + "?year=2564").content.decode()
        assert "นร 1" not in page

    def test_standing_point_does_not_hinder_the_rest(self, secretary: Client, world: World) -> None:
        page = paste(secretary)
        wording = page.context["rows"].forms[0]["criterion"].value()
        criterion = FeedbackPoint._meta.get_field("criterion").related_model.objects.get(pk=wording)
        add_point(
            agency=world.here.agency,
            year=2564,
            step=2,
            criterion=criterion,
            text="มีระบบร้อยละ 80 แต่ยังขาดการทบทวน",
            by=None,
        )
        enter(secretary, rows_of(page))
        assert [text for _, text, _, _ in stored()] == [
            "มีระบบร้อยละ 80 แต่ยังขาดการทบทวน",
            "ชื่อเต็ม",
            "ขาด ก",
            "ขาด ข",
        ]
