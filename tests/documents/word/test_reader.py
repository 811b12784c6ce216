"""Reading documents as other people's programs and hands leave them."""

from __future__ import annotations

import io
import zipfile

import pytest

from documents.word.identity import Kind, Mark, line_digest, mark_named
from documents.word.reader import UnreadableDocument, read_document, read_properties
from documents.word.xml import NAMESPACES
from tests.documents.word.forms import activity_of, cells, form_with, uid, write


def changed(content: bytes, name: str, old: str, new: str) -> bytes:
    """The file with other text in one of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for entry in before.namelist():
            data = before.read(entry)
            if entry == name:
                assert old in data.decode()
                data = data.decode().replace(old, new).encode()
            after.writestr(entry, data)
    return out.getvalue()


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


@pytest.mark.parametrize(
    ("new", "html"),
    [
        (f'<w:ins w:id="9" w:author="x">{run("ใหม่")}</w:ins>', "<p>ใหม่</p>"),
        (
            f'{run("คง")}<w:del w:id="9" w:author="x"><w:r><w:delText>ลบ</w:delText></w:r></w:del>',
            "<p>คง</p>",
        ),
        (f'<w:hyperlink w:anchor="a">{run("ลิงก์")}</w:hyperlink>', "<p>ลิงก์</p>"),
        (f"<w:sdt><w:sdtPr/><w:sdtContent>{run('ในกล่อง')}</w:sdtContent></w:sdt>", "<p>ในกล่อง</p>"),
        ("<w:r><w:t>ก</w:t><w:tab/><w:t>ข</w:t><w:noBreakHyphen/><w:t>ค</w:t></w:r>", "<p>ก ข-ค</p>"),
        ('<w:r><w:br w:type="page"/><w:t>หน้าใหม่</w:t></w:r>', "<p>หน้าใหม่</p>"),
        (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>REF x</w:instrText></w:r>'
            + run("ผล"),
            "<p>ผล</p>",
        ),
        ("<w:r><w:rPr><w:bCs/></w:rPr><w:t>หนา</w:t></w:r>", "<p><strong>หนา</strong></p>"),
        ('<w:r><w:rPr><w:b w:val="0"/><w:u w:val="none"/></w:rPr><w:t>ธรรมดา</w:t></w:r>', "<p>ธรรมดา</p>"),
        ("<w:r><w:t>นํ้า</w:t></w:r>", "<p>น้ำ</p>"),
        ("<w:r><w:drawing/></w:r>" + run("x"), "<p>x</p>"),
    ],
)
def test_runs_are_read_as_word_shows_them(new, html):
    content = changed(write(form_with("<p>แทนที่</p>")), "word/document.xml", run("แทนที่"), new)
    assert activity_of(content) == html


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next():
    content = write(form_with("<p>หนึ่ง</p><p>สอง</p>"))
    mark = '<w:pPr><w:rPr><w:del w:id="9" w:author="x"/></w:rPr></w:pPr>'
    content = changed(
        content,
        "word/document.xml",
        '<w:p><w:bookmarkStart w:id="3"',
        f'<w:p>{mark}<w:bookmarkStart w:id="3"',
    )
    assert activity_of(content) == "<p>หนึ่งสอง</p>"
    assert read_document(content).tracked_changes is True


def test_lists_that_word_itself_numbers_are_read_by_their_look():
    """An instance without its own beginning goes on; a style may bring the list along."""
    content = write(form_with("<ol><li>ก</li><li>ข</li></ol><p>คั่น</p><ol><li>ค</li></ol>"))
    content = changed(
        content,
        "word/numbering.xml",
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>',
        "",
    )
    assert activity_of(content) == '<ol><li>ก</li><li>ข</li></ol><p>คั่น</p><ol start="3"><li>ค</li></ol>'


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"no zip", None],
)
def test_what_is_no_document_is_refused(content):
    if content is None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
        content = out.getvalue()
    with pytest.raises(UnreadableDocument):
        read_document(content)
    assert read_properties(content) == {}


def test_a_tower_of_tables_is_refused():
    tower = "<w:tbl><w:tr><w:tc>" * 80 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 80
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {NAMESPACES}><w:body>{tower}</w:body></w:document>"
        )
    with pytest.raises(UnreadableDocument):
        read_document(out.getvalue())


def test_properties_that_would_fill_the_memory_are_not_read():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/custom.xml", "<x>" + " " * 2_000_000 + "</x>")
    assert read_properties(out.getvalue()) == {}


def test_a_document_without_styles_and_lists_is_read():
    out = io.BytesIO()
    table = f"<w:tbl><w:tr><w:tc><w:p>{run('ก')}</w:p></w:tc></w:tr></w:tbl>"
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {NAMESPACES}><w:body>{table}</w:body></w:document>"
        )
    (cell,) = cells(read_document(out.getvalue()).blocks)
    assert [block.text for block in cell] == ["ก"]


# --- identities ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind))
def test_a_name_tells_its_mark(kind):
    key = "3" if kind in (Kind.SHEET_OBSTACLES, Kind.SHEET_REMEDIES) else uid(2**100 + 7)
    mark = Mark(kind, key, line_digest("ก") if kind == Kind.OWNERS else "1234")
    assert mark_named(mark.name) == mark
    assert len(mark.name) <= 40
    assert mark.version == (None if kind == Kind.OWNERS else 1234)


@pytest.mark.parametrize(
    "name", ["_GoBack", "_pmqa_z_3_1", "_pmqa_c_7_1", "_pmqa_a_short_1", "_pmqa_a_" + "a" * 26]
)
def test_other_bookmarks_are_no_marks(name):
    assert mark_named(name) is None


def test_a_line_of_owners_is_the_same_whatever_its_blanks_and_digits():
    assert line_digest("กลุ่มงาน 3  และ ข") == line_digest("กลุ่มงาน ๓ และข")
    assert line_digest("กลุ่มงาน 3") != line_digest("กลุ่มงาน 4")
