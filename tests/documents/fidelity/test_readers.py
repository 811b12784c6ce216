"""Files of each format, made by the programs that others use, read back."""

from __future__ import annotations

import io

import docx
import openpyxl
import pytest

from documents.enums import Format
from documents.exchange.canonical import dump
from documents.fidelity.finding import squeezed
from documents.fidelity.readers import READERS, read_docx, read_html, read_json, read_pdf, read_xlsx
from documents.pdf.child import render_in_child


def test_every_format_has_a_reader():
    assert set(READERS) == set(Format)


def test_a_word_file_gives_paragraphs_cells_headers_and_footers():
    document = docx.Document()
    document.add_paragraph("ย่อหน้า").add_run(" ตัวหนา").bold = True
    document.add_table(1, 1).cell(0, 0).text = "ในตาราง"
    document.sections[0].header.paragraphs[0].text = "หัวกระดาษ"
    document.sections[0].footer.paragraphs[0].text = "ท้ายกระดาษ"
    out = io.BytesIO()
    document.save(out)
    assert read_docx(out.getvalue())[0].split("\n") == ["ย่อหน้า ตัวหนา", "ในตาราง", "หัวกระดาษ", "ท้ายกระดาษ"]


def test_an_excel_file_gives_every_cell():
    workbook = openpyxl.Workbook()
    workbook.active.append(["ก", None, 2565])
    workbook.create_sheet("สอง").append(["ข"])
    out = io.BytesIO()
    workbook.save(out)
    assert read_xlsx(out.getvalue()) == ["ก\n2565\nข"]


def test_a_page_gives_what_is_read_and_not_its_style():
    page = "<html><head><title>ไม่อ่าน</title><style>p{}</style></head><body><p>ก &lt; ข</p></body></html>"
    assert read_html(page.encode()) == ["ก < ข"]


def test_an_exchange_file_gives_texts_without_markup_and_whole_owner_lines():
    document = {
        "owners": [{"uid": "a", "name": "กอง ก"}, {"uid": "b", "name": "กอง ข"}],
        "activities": [
            {
                "text": {"html": "<p>กิจกรรม <strong>หนึ่ง</strong></p>"},
                "owners": [
                    {"owner": "a", "joiner": "", "note": ""},
                    {"owner": "b", "joiner": "และ", "note": "หลัก"},
                ],
            }
        ],
        "figures": [{"content": "QUJD"}],
    }
    lines = read_json(dump(document))[0].split("\n")
    assert lines[0] == "กอง ก และกอง ข (หลัก)"
    assert "กิจกรรม หนึ่ง" in lines
    assert "QUJD" not in lines


@pytest.mark.parametrize("poppler", [True, False])
def test_a_pdf_is_read_page_by_page_by_either_program(monkeypatch, poppler):
    html = "<p>หน้าแรก ดำเนินการ</p><p style='break-before: page'>หน้าสอง</p>"
    content = render_in_child(html, {}, title="ก", css="", on_progress=lambda progress: None)
    if not poppler:
        monkeypatch.setattr("documents.fidelity.readers.shutil.which", lambda name: None)
    # each page ends with its number
    assert [squeezed(page) for page in read_pdf(content) if page.strip()] == ["หน้าแรกดำเนินการ1", "หน้าสอง2"]
