"""Parts joined to one file: nothing of the parts is lost, and the file keeps what it claims (PDF/A-3a, PDF/UA-1)."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import pikepdf
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from documents.pdf import assembly
from documents.pdf.assembly import Document, assemble, page_count
from documents.pdf.render import render
from documents.pdf.stamps import FOOT_BYTES, Foot, FootTooLong, mm, with_foot
from proof.readers import pdfium_pages, poppler_pages, pypdf_pages
from tests.documents.pdf.reading import Tagged, unicode_map

DRAFT = "ร่าง ณ วันที่ 20 พฤศจิกายน 2569 เวลา 14:03 น."
FOOT = Foot(DRAFT, points=8.5, left_mm=12, right_mm=12, baseline_mm=7)
ABOUT = Document("แบบฟอร์ม <ปี> 2569 & อื่น ๆ", FOOT)
CSS = "@page { margin: 15mm 12mm 16mm 12mm; @bottom-center { content: none } }"
XMP = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}


def picture(mode: str, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.new(mode, (60, 40), 1 if mode in ("P", "L", "1") else None).save(file, kind)
    return file.getvalue()


PICTURES = {
    "figure:palette": picture("P"),
    "figure:colour": picture("RGB"),
    "figure:grey": picture("L"),
    "figure:clear": picture("RGBA"),
    "figure:photo": picture("RGB", "JPEG"),
}


def part(number: int, paragraphs: int = 3) -> bytes:
    pictures = "".join(f'<figure><img src="{name}" alt="{name}"></figure>' for name in PICTURES)
    words = "".join(f"<p>น้ำ ผู้ ปู่ <strong>ที่ {at}</strong> ● ของหมวด {number}</p>" for at in range(paragraphs))
    html = (
        f'<section id="category-{number}"><h1>แบบฟอร์ม</h1><table class="form"><thead><tr><th scope="col" colspan="2">'
        f'<h2 style="bookmark-level: none">หมวด {number}</h2></th></tr></thead><tbody><tr>'
        f"<td><h3>{number}.1</h3>{words}</td><td><ul><li>ข้อ</li></ul></td></tr></tbody></table>{pictures}</section>"
    )
    css = (
        CSS
        + f"#category-{number} {{ bookmark-level: 1; bookmark-label: 'หมวด {number}' }} h1 {{ bookmark-level: none }}"
    )
    return render(html, PICTURES, title="x", css=css, tagged=True)


@pytest.fixture(scope="module")
def parts() -> list[bytes]:
    return [part(1), part(2, paragraphs=60), part(3)]


@pytest.fixture(scope="module")
def whole(parts) -> bytes:
    return assemble(parts, ABOUT)


@pytest.fixture(scope="module")
def tagged(whole) -> Tagged:
    return Tagged(whole)


# --- what is joined -------------------------------------------------------------------------------------


def test_every_page_of_every_part_is_there_in_order(parts, whole):
    pages = [page for one in parts for page in poppler_pages(one)]
    joined = poppler_pages(whole)
    assert len(joined) == len(pages) == page_count(whole) >= 5
    for before, after in zip(pages, joined, strict=True):
        assert "".join(after.split()).startswith("".join(before.split()))


def test_the_structure_of_the_parts_stands_below_one_document(parts, tagged):
    before = [Tagged(one).root for one in parts]
    assert [kid.outline() for kid in tagged.root.kids] == [
        kid.outline() for root in before for kid in root.kids
    ]
    assert [str(item.S) for item in tagged.tree.K] == ["/Document"]


def test_reading_aloud_gives_the_text_of_the_parts(parts, tagged):
    before = [Tagged(one) for one in parts]
    assert tagged.text_of(tagged.root) == "".join(one.text_of(one.root) for one in before)


def test_all_content_is_owned_once_or_is_an_artifact(tagged):
    owned = tagged.root.all_content()
    for page in range(len(tagged.pdf.pages)):
        numbers, stray = tagged.marks(page)
        assert stray == []
        assert sorted(numbers) == list(range(len(numbers)))
        assert sorted(number for at, number in owned if at == page) == sorted(numbers)
    assert tagged.roles_by_parent_tree() == {
        mark: element.role for element in tagged.root.walk() for mark in element.content
    }
    assert int(tagged.tree.ParentTreeNextKey) == len(tagged.pdf.pages)


def test_bookmarks_lead_to_the_page_of_their_category_and_criterion(whole):
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
        with pdf.open_outline() as outline:
            found = [
                (item.title, [below.title for below in item.children], pages[item.destination[0].objgen])
                for item in outline.root
            ]
    lengths = [page for page, text in enumerate(poppler_pages(whole)) if "แบบฟอร์ม" in text]
    assert found == [(f"หมวด {number}", [f"{number}.1"], lengths[number - 1]) for number in (1, 2, 3)]


def test_a_part_with_links_is_refused():
    part = render('<p><a href="#x">ไป</a></p><p id="x">x</p>', {}, title="x")
    with pytest.raises(ValueError, match="links"):
        assemble([part], ABOUT)


def test_equal_parts_give_equal_bytes(parts, whole):
    assert assemble(parts, ABOUT) == whole


# --- feet -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [poppler_pages, pdfium_pages, pypdf_pages])
def test_pages_are_numbered_through_all_parts(whole, read):
    pages = ["".join(page.split()) for page in read(whole)]
    assert [re.findall(r"หน้า(\d+)จาก(\d+)", page) for page in pages] == [
        [(str(number), str(len(pages)))] for number in range(1, len(pages) + 1)
    ]
    assert all("".join(DRAFT.split()) in page for page in pages)


def test_feet_are_artifacts(tagged):
    assert "หน้า" not in tagged.text_of(tagged.root)
    assert "ร่าง" not in tagged.text_of(tagged.root)


def test_thai_numbers_and_a_place_within_a_longer_form(parts):
    foot = replace(FOOT, left="", numbers="๐๑๒๓๔๕๖๗๘๙", first_page=9, pages=34)
    (page,) = poppler_pages(
        assemble([render("<p>ก</p>", {}, title="x", css=CSS, tagged=True)], Document("x", foot))
    )
    assert "".join(page.split()) == "กหน้า๙จาก๓๔"


def test_the_time_is_exchanged_in_the_finished_file(whole):
    later = replace(FOOT, left="ร่าง ณ วันที่ 1 มกราคม 2570 เวลา 09:07 น.")
    changed = with_foot(whole, later)
    assert len(changed) == len(whole)
    assert sum(a != b for a, b in zip(whole, changed, strict=True)) <= FOOT_BYTES
    for page in poppler_pages(changed):
        assert "".join(later.left.split()) in "".join(page.split())
        assert "14:03" not in page
    assert with_foot(changed, FOOT) == whole


def test_words_of_one_s_own_stand_at_the_foot_too():
    foot = replace(FOOT, left="ฉบับที่ 3 รหัส AB-12 <น้ำ>")
    file = assemble([render("<p>ก</p>", {}, title="x", css=CSS, tagged=True)], Document("x", foot))
    for read in (poppler_pages, pdfium_pages):
        assert "ฉบับที่3รหัสAB-12<น้ำ>" in "".join(read(file)[0].split())
    assert foot.shape != FOOT.shape
    assert replace(FOOT, left="ร่าง ณ วันที่ 2 มีนาคม 2570").shape == FOOT.shape


def test_a_foot_that_does_not_fit_is_refused(whole):
    with pytest.raises(FootTooLong):
        with_foot(whole, replace(FOOT, left="ร่าง " * 200))
    with pytest.raises(ValueError, match="subsection not found"):
        with_foot(b"%PDF-1.7", FOOT)


def test_the_second_side_of_a_sheet_is_moved_away_from_its_binding(parts):
    plain, mirrored = (
        pdfium_lefts(assemble(parts[1:2], replace(ABOUT, mirror_mm=margin))) for margin in (0, 8)
    )
    assert mirrored[0] == pytest.approx(plain[0], abs=0.1)
    assert mirrored[1] == pytest.approx(plain[1] - mm(8), abs=0.1)


def pdfium_lefts(file: bytes) -> list[float]:
    """Where the leftmost object of each page begins, in points."""
    import pypdfium2

    lefts = []
    for page in pypdfium2.PdfDocument(file):
        lefts.append(min(item.get_bounds()[0] for item in page.get_objects(filter=[1], max_depth=1)))
    return lefts


def test_a_page_looks_as_in_its_part(parts, pixels, tmp_path):
    """With a foot that cannot be seen: outside of the paper."""
    foot = replace(FOOT, baseline_mm=-20)
    joined = pixels(assemble(parts[:1], replace(ABOUT, foot=foot)), tmp_path / "joined")
    assert joined == pixels(parts[0], tmp_path / "part")


# --- what the file claims -------------------------------------------------------------------------------


def test_the_file_says_what_it_is(whole):
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        root = pdf.Root
        assert pdf.pdf_version == "1.7"
        assert (str(root.Lang), bool(root.MarkInfo.Marked), bool(root.ViewerPreferences.DisplayDocTitle)) == (
            "th",
            True,
            True,
        )
        assert str(pdf.docinfo["/Title"]) == ABOUT.title
        assert len(bytes(pdf.trailer.ID[0])) == 16
        assert not pdf.is_encrypted
        assert {"/AA", "/OpenAction", "/AcroForm", "/OCProperties"} & set(root.keys()) == set()
        assert all(page.Tabs == pikepdf.Name.S and "/Annots" not in page for page in pdf.pages)


def test_the_metadata_claim_both_standards_and_describe_the_second(whole):
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        metadata = pdf.Root.Metadata
        assert "/Filter" not in metadata
        tree = ElementTree.fromstring(metadata.read_bytes().decode())

    def said(name: str) -> list[str]:
        return ["".join(found.itertext()).strip() for found in tree.iterfind(f".//{name}", XMP)]

    assert (said("pdfaid:part"), said("pdfaid:conformance"), said("pdfuaid:part")) == (["3"], ["A"], ["1"])
    assert (said("dc:title"), said("dc:language"), said("pdf:Producer")) == (
        [ABOUT.title],
        ["th"],
        [assembly.PRODUCER],
    )
    assert said("pdfaSchema:namespaceURI") == [XMP["pdfuaid"]]
    assert (said("pdfaProperty:name"), said("pdfaProperty:valueType")) == (["part"], ["Integer"])


def test_colours_are_those_of_the_profile(whole):
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        (intent,) = pdf.Root.OutputIntents
        profile = intent.DestOutputProfile
        assert (intent.S, int(profile.N)) == (pikepdf.Name.GTS_PDFA1, 3)
        assert profile.read_bytes()[36:40] == b"acsp"
        assert profile.read_bytes()[16:20] == b"RGB "
        for page in pdf.pages:
            operators = {str(operator) for _, operator in pikepdf.parse_content_stream(page)}
            assert not operators & {"k", "K"}


def test_pictures_are_neither_smoothed_nor_packed_in_a_forbidden_way(whole):
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        streams = [item for item in pdf.objects if isinstance(item, pikepdf.Stream)]
        pictures = [item for item in streams if item.get("/Subtype") == pikepdf.Name.Image]
        assert len(pictures) >= len(PICTURES)
        assert not any(bool(item.get("/Interpolate", False)) for item in pictures)
        spaces = {
            str(item.ColorSpace[0] if isinstance(item.ColorSpace, pikepdf.Array) else item.ColorSpace)
            for item in pictures
        }
        assert spaces == {"/DeviceRGB", "/DeviceGray", "/Indexed"}
        assert {str(item.get("/Filter")) for item in streams} <= {"None", "/FlateDecode", "/DCTDecode"}
        assert not any("/F" in item for item in streams)


def fonts_of(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """The composite fonts of the file."""
    return [
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == pikepdf.Name.Type0
    ]


def test_every_font_is_embedded_with_the_widths_and_texts_of_its_glyphs(whole):
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        fonts = fonts_of(pdf)
        # regular and bold and symbols in each part, and those of the foot
        assert len(fonts) >= 4
        for font in fonts:
            (inner,) = font.DescendantFonts
            assert (font.Encoding, inner.CIDToGIDMap) == (pikepdf.Name("/Identity-H"), pikepdf.Name.Identity)
            assert "/CIDSet" not in inner.FontDescriptor
            program = TTFont(io.BytesIO(inner.FontDescriptor.FontFile2.read_bytes()))
            order, metrics = program.getGlyphOrder(), program["hmtx"]
            texts = unicode_map(font.ToUnicode.read_bytes())
            scale = 1000 / program["head"].unitsPerEm
            for glyph, width in widths_of(inner.W).items():
                assert width == pytest.approx(metrics[order[glyph]][0] * scale, abs=1)
                assert texts[glyph]
                assert not set(texts[glyph]) & {"\0", "\ufeff", "\ufffe", "\ufffd"}


def widths_of(table: pikepdf.Array) -> dict[int, float]:
    items = list(table)
    return {
        int(first) + offset: float(width)
        for first, widths in zip(items[::2], items[1::2], strict=True)
        for offset, width in enumerate(widths)
    }


def test_nothing_is_blended_in_a_special_way(whole):
    with pikepdf.open(io.BytesIO(whole)) as pdf:
        states = [item for page in pdf.pages for item in page.Resources.get("/ExtGState", {}).values()]
        assert {str(state.get("/BM", "/Normal")) for state in states} <= {"/Normal"}
        assert not any("/TR" in state or "/HTP" in state for state in states)
