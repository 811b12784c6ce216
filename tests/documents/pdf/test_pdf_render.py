"""What a PDF loads and refuses to load, what it says about itself, and the markers of its lists."""

import base64
import io
import socket

import pikepdf
import pypdf
import pytest
from PIL import Image

from documents.pdf import render as render_module
from documents.pdf.fetcher import ClosedFetcher, PictureRefused
from documents.pdf.fonts import find_fonts
from documents.pdf.render import render


def picture(size: tuple[int, int] = (60, 40), kind: str = "PNG", mode: str = "RGB") -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, kind)
    return file.getvalue()


@pytest.fixture
def fetchers(monkeypatch):
    """The fetchers that renders of this test used."""
    used: list[ClosedFetcher] = []

    def recording(*arguments: object) -> ClosedFetcher:
        used.append(ClosedFetcher(*arguments))
        return used[-1]

    monkeypatch.setattr(render_module, "ClosedFetcher", recording)
    return used


@pytest.fixture
def connections(monkeypatch):
    """Addresses that something tried to reach."""
    tried: list[object] = []

    def refuse(_socket: object, address: object) -> None:
        tried.append(address)
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: refuse(None, address))
    return tried


SVG = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>"
DATA_SVG = "data:image/svg+xml;base64," + base64.b64encode(SVG).decode()
DATA_PNG = "data:image/png;base64,iVBORw0KGgo="
VECTORS = {
    "img": '<img src="{}" alt="x">',
    "srcset": '<img srcset="{} 2x" src="{}" alt="x">',
    "object": '<object data="{}">x</object>',
    "embed": '<embed src="{}">',
    "stylesheet": '<link rel="stylesheet" href="{}">',
    "attachment": '<link rel="attachment" href="{}">',
    "attached link": '<a rel="attachment" href="{}">x</a>',
    "import": '<style>@import url("{}");</style>',
    "font": '<style>@font-face {{ font-family: f; src: url("{}") }} p {{ font-family: f }}</style>',
    "background": "<p style=\"background-image: url('{}')\">x</p>",
    "content": '<style>p::after {{ content: url("{}") }}</style>',
    "list": '<ul style="list-style-image: url(\'{}\')"><li style="display: list-item">x</li></ul>',
    "border": "<p style=\"border: 3px solid; border-image: url('{}') 3\">x</p>",
    "page": '<style>@page {{ background: url("{}") }}</style>',
}
TARGETS = ["http://203.0.113.9/x", "ftp://203.0.113.9/x", "{file}", DATA_SVG, DATA_PNG, "figure:other"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_outside_the_document_is_loaded(tmp_path, fetchers, connections, vector, target):
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture((7, 7)))
    target = target.format(file=secret.as_uri())
    html = VECTORS[vector].replace("{{", "{").replace("}}", "}").replace("{}", target) + "<p>ข้อความ</p>"
    pdf = pikepdf.open(io.BytesIO(render(html, {"figure:own": picture()}, title="x")))
    assert connections == []
    assert all(url.startswith(target[:4]) for url in fetchers[0].refused)
    assert fetchers[0].refused
    assert not pdf.attachments
    assert [item for item in pdf.objects if is_picture(item)] == []


def is_picture(item: pikepdf.Object) -> bool:
    return isinstance(item, pikepdf.Stream) and item.get("/Subtype") == pikepdf.Name.Image


def test_relative_addresses_have_nowhere_to_lead(fetchers):
    render('<img src="../../etc/passwd" alt="x"><link rel="stylesheet" href="x.css">', {}, title="x")
    assert fetchers[0].refused == []


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_given_pictures_are_printed(kind):
    given = {"figure:1": picture((61, 43), kind)}
    pdf = pikepdf.open(io.BytesIO(render('<img src="figure:1" alt="ภาพ">', given, title="x")))
    sizes = [(int(item.Width), int(item.Height)) for item in pdf.objects if is_picture(item)]
    assert sizes == [(61, 43)]


@pytest.mark.parametrize(
    "data",
    [
        SVG,
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
        picture(kind="GIF", mode="P"),
        picture()[:20],
        picture((6000, 5000), mode="1"),
        b"",
    ],
    ids=["svg", "eps", "gif", "truncated", "30 megapixels", "empty"],
)
def test_pictures_that_must_not_be_decoded_are_refused_by_name(data):
    with pytest.raises(PictureRefused, match="figure:1"):
        ClosedFetcher({"figure:1": data}, find_fonts())


def test_only_the_fonts_own_files_are_opened():
    fonts = find_fonts()
    fetcher = ClosedFetcher({}, fonts)
    assert fetcher.fetch(fonts.faces[0].url).read() == fonts.faces[0].path.read_bytes()
    neighbour = fonts.faces[0].path.with_name("Laksaman-Other.ttf").as_uri()
    for url in (
        neighbour,
        fonts.faces[0].url + "?x",
        fonts.faces[0].url.replace("file:///", "file://localhost/"),
    ):
        with pytest.raises(ValueError, match="not part"):
            fetcher.fetch(url)


def test_presentational_attributes_do_not_reach_the_style_engine(fetchers):
    render('<table background="http://203.0.113.9/x"><tr><td width="9999">x</table>', {}, title="x")
    assert fetchers[0].refused == []


def test_the_file_says_its_title_language_and_headings():
    html = "<html lang='en'><head><title>old</title></head><body><h1>หมวด 1</h1><h2>1.1</h2><h1>หมวด 2</h1>"
    reader = pypdf.PdfReader(io.BytesIO(render(html, {}, title="แบบฟอร์ม ๒๕๖๙")))
    assert reader.metadata is not None
    assert reader.metadata.title == "แบบฟอร์ม ๒๕๖๙"
    assert reader.trailer["/Root"]["/Lang"] == "th"
    first, below, second = reader.outline
    assert (first["/Title"], below[0]["/Title"], second["/Title"]) == ("หมวด 1", "1.1", "หมวด 2")


def test_equal_input_gives_equal_bytes():
    assert render("<p>น้ำ</p>", {}, title="x") == render("<p>น้ำ</p>", {}, title="x")


def test_a_part_is_tagged_when_asked_and_claims_nothing():
    html = '<h1>หมวด 1</h1><img src="figure:1" alt="ภาพ">'
    plain, tagged = (
        pypdf.PdfReader(io.BytesIO(render(html, {"figure:1": picture()}, title="x", tagged=tagged)))
        for tagged in (False, True)
    )
    assert "/StructTreeRoot" not in plain.trailer["/Root"]
    assert "/StructTreeRoot" in tagged.trailer["/Root"]
    assert "/Metadata" not in tagged.trailer["/Root"]


@pytest.mark.parametrize(
    ("opening", "markers"),
    [
        ("<ul>", "● ●"),
        ('<ul class="marker-dash">', "– –"),
        ("<ol>", "1. 2."),
        ('<ol class="marker-paren">', "1) 2)"),
        ('<ol class="marker-bracket" start="4">', "(4) (5)"),
        ('<ol class="marker-thai" start="9">', "๙. ๑๐."),
        ('<ol class="marker-circle" start="10">', "❿ (11)"),
        ('<ol start="-3; color: red">', "1. 2."),
    ],
)
def test_list_markers_are_in_the_text_in_reading_order(pages_of, opening, markers):
    html = f"{opening}<li>กก<ul><li>ขข</li></ul></li><li>คค</li></ol>"
    first, second = markers.split()
    text = "".join(
        pages_of(render(html, {}, title="x", css="@page { @bottom-center { content: none } }"))[0].split()
    )
    assert text == f"{first}กก●ขข{second}คค"
