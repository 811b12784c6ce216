"""Full-width figures after the table of a category."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from assessment.models import SheetFigure
from assessment.services.figures import add_sheet_figure
from assessment.services.rounds import close_round
from organizations.enums import Role
from organizations.models import AuditEvent
from texts.models import Figure

from .browser import url, value_of

WORDS = {"caption": "แผนที่ภารกิจ", "alternative": "แผนที่แสดงภารกิจของหน่วยงาน"}


def png(size=(40, 30), colour="navy", mode="RGB") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "PNG")
    return out.getvalue()


def upload(content: bytes, name="map.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/png")


@pytest.fixture
def committee(client, world):
    person = world.here.people["committee_1"]
    client.force_login(person)
    return person


def figures_of(round, number=1):
    return list(
        SheetFigure.objects.filter(sheet__round=round, sheet__category__number=number).select_related(
            "figure"
        )
    )


def test_a_figure_goes_behind_the_others_with_its_words(client, here, committee):
    for index, colour in enumerate(["navy", "red"]):
        fields = {"file": upload(png(colour=colour)), "caption": f"ภาพ {index}", "alternative": "คำอธิบาย"}
        answer = client.post(url(here, "category-1", "figures", "new"), fields)
        assert answer.headers["Location"] == "/a/senate/2565/category-1/"
    assert [(row.caption, row.position) for row in figures_of(here)] == [("ภาพ 0", 1), ("ภาพ 1", 2)]
    assert {row.figure.agency_id for row in figures_of(here)} == {here.agency_id}
    page = client.get("/a/senate/2565/category-1/").content.decode()
    assert page.count('class="sheet-figure"') == 2
    assert f'<img src="/figures/{figures_of(here)[1].figure.uid}/" alt="คำอธิบาย">' in page


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (
            png((8_000, 8_000), 1, "1"),
            "large.png",
            "ภาพมีขนาดใหญ่เกิน 24 ล้านจุด กรุณาย่อภาพก่อน (ภาพนี้ 8,000 × 8,000 จุด)",
        ),
        (
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>',
            "drawing.png",
            "ไฟล์นี้ไม่ใช่ภาพ PNG, JPEG หรือ WebP ที่เปิดได้",
        ),
        (b"<html><script>x()</script></html>", "page.png", "ไฟล์นี้ไม่ใช่ภาพ PNG, JPEG หรือ WebP ที่เปิดได้"),
        (b"\0" * (30 * 1024 * 1024), "huge.png", "ไฟล์ภาพใหญ่เกิน 10 เมกะไบต์ (ไฟล์นี้ 30.0 เมกะไบต์)"),
    ],
    ids=["8000x8000", "svg", "html", "30MB"],
)
def test_a_bad_file_is_refused_in_words_and_the_caption_stays(
    client, here, committee, content, name, message
):
    page = client.post(url(here, "category-1", "figures", "new"), WORDS | {"file": upload(content, name)})
    assert page.status_code == 422
    [error] = page.context["form"].errors["file"]
    assert error.startswith(message)
    text = page.content.decode()
    assert all(f'value="{words}"' in text for words in WORDS.values())
    assert not Figure.objects.exists()


@pytest.mark.parametrize("missing", ["caption", "alternative", "file"])
def test_caption_description_and_file_are_required(client, here, committee, missing):
    fields = WORDS | {"file": upload(png())}
    del fields[missing]
    page = client.post(url(here, "category-1", "figures", "new"), fields)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [missing])
    assert not figures_of(here)


def test_words_are_changed_and_the_figure_taken_out(client, here, committee):
    row = add_sheet_figure(
        sheet=here.sheets.get(category__number=1),
        file=io.BytesIO(png()),
        size=200,
        caption="เดิม",
        alternative="เดิม",
        by=None,
    )
    address = url(here, "category-1", "figures", str(row.uid))
    assert client.post(address, WORDS | {"base_version": 1}).status_code == 302
    assert AuditEvent.objects.get(verb="sheet_figure.changed").actor == committee
    [changed] = figures_of(here)
    assert (changed.caption, changed.alternative, changed.figure_id) == (*WORDS.values(), row.figure_id)
    empty = client.post(address, {"caption": "", "alternative": "ใหม่", "base_version": 2})
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["caption"])
    assert figures_of(here)[0].caption == WORDS["caption"]
    client.post(f"{address}remove/")
    assert (figures_of(here), Figure.objects.filter(pk=row.figure_id).exists()) == ([], True)


@pytest.fixture
def figure(here):
    sheet = here.sheets.select_related("round__agency").get(category__number=1)
    words = {"caption": "เดิม", "alternative": "เดิม"}
    return add_sheet_figure(sheet=sheet, file=io.BytesIO(png()), size=len(png()), by=None, **words)


def test_words_saved_meanwhile_are_shown_and_replaced_only_by_a_second_press(
    client, here, committee, world, figure
):
    address = url(here, "category-1", "figures", str(figure.uid))
    seen = value_of(client.get(address), "base_version")
    client.force_login(world.here.people[Role.SECRETARIAT])
    client.post(address, {"caption": "ของเลขา", "alternative": "คำของเลขา", "base_version": seen})
    client.force_login(committee)
    page = client.post(address, WORDS | {"base_version": seen})
    assert page.status_code == 409
    text = page.content.decode()
    assert "ขณะนี้คำบรรยายภาพคือ “ของเลขา” และคำอธิบายภาพคือ “คำของเลขา” จึงยังไม่ได้บันทึก" in text
    assert [value_of(page, name) for name in WORDS] == list(WORDS.values())
    assert figures_of(here)[0].caption == "ของเลขา"
    again = client.post(address, WORDS | {"base_version": value_of(page, "base_version")})
    assert again.status_code == 302
    assert figures_of(here)[0].caption == WORDS["caption"]


def test_words_do_not_pass_a_round_closed_meanwhile(client, here, committee, world, figure, monkeypatch):
    """The page looked while the round was open; the service looks again inside its transaction."""
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    monkeypatch.setattr("assessment.views.figures.state_allows_writing", lambda user, round: True)
    page = client.post(url(here, "category-1", "figures", str(figure.uid)), WORDS | {"base_version": 1})
    assert (page.status_code, figures_of(here)[0].caption) == (409, "เดิม")
    assert "แบบฟอร์มปีนี้ปิดแล้ว" in page.content.decode()


def test_a_figure_of_another_category_or_agency_is_not_found(client, here, there, committee):
    for round, number in ((there, 1), (here, 3)):
        row = add_sheet_figure(
            sheet=round.sheets.get(category__number=number),
            file=io.BytesIO(png()),
            size=200,
            caption="ลับ",
            alternative="ลับ",
            by=None,
        )
        address = url(here, "category-1", "figures", str(row.uid))
        assert [client.get(address).status_code, client.post(address, WORDS).status_code] == [404, 404]
        assert client.post(f"{address}remove/").status_code == 404
        assert figures_of(round, number)[0].caption == "ลับ"
    assert "ลับ" not in client.get("/a/senate/2565/category-1/").content.decode()


def test_a_closed_round_keeps_its_figures(client, here, committee, world):
    row = add_sheet_figure(
        sheet=here.sheets.get(category__number=1),
        file=io.BytesIO(png()),
        size=200,
        caption="เดิม",
        alternative="เดิม",
        by=None,
    )
    close_round(round=here, by=world.here.people[Role.SECRETARIAT])
    base = url(here, "category-1", "figures", str(row.uid))
    added = client.post(
        url(here, "category-1", "figures", "new"), WORDS | {"file": upload(png(colour="red"))}
    )
    edited = client.post(base, WORDS | {"base_version": 1})
    for page in (added, edited):
        assert page.status_code == 409
        text = page.content.decode()
        assert "แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้เปลี่ยนแปลงภาพ" in text
        assert all(f'value="{words}"' in text for words in WORDS.values())
    client.post(f"{base}remove/")
    assert [(r.caption, r.pk) for r in figures_of(here)] == [("เดิม", row.pk)]
