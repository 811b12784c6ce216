"""The document as a file: its parts, in a zip whose bytes depend on nothing but the data."""

from __future__ import annotations

import datetime
import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from documents.form import Form
from documents.remarks import RemarkCategory
from thai.text import to_thai_digits

from . import styles
from .form import MARGINS_MM, PAGE_MM, body_xml, text_width_mm
from .numbering import Numbering
from .remarks import remarks_xml
from .text import TWIPS_PER_MM, Picture, Writer
from .xml import DECLARATION, MAIN, NAMESPACES, OFFICE, el, escape, run

__all__ = ["MAIN", "PROPERTIES", "Written", "write_document", "write_remarks"]

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
PROPERTIES = "http://schemas.openxmlformats.org/officeDocument/2006"
FORMAT_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
MEDIA = {"png": "image/png", "jpg": "image/jpeg"}


@dataclass(frozen=True)
class Written:
    """The finished file; `sha256` names its data, without the time at which they were read."""

    content: bytes
    sha256: str


def write_document(
    form: Form, pictures: Mapping[str, Picture], shares: Sequence[Sequence[int]], *, round_uid: str
) -> Written:
    """The form as .docx; `pictures` by uid, `shares` the widths of the columns of each category.

    Raises UncleanText for a text that no way in of ours can have written.
    """
    writer = Writer(form.thai_digits, pictures, Numbering(form.thai_digits))
    return _packed(form, writer, body_xml(form, writer, shares), round_uid=round_uid)


def write_remarks(form: Form, categories: Sequence[RemarkCategory]) -> Written:
    """The table of remarks as .docx; it names no round, because it does not come back."""
    writer = Writer(form.thai_digits, {}, Numbering(form.thai_digits))
    return _packed(form, writer, remarks_xml(form, categories, writer), round_uid="")


def _packed(form: Form, writer: Writer, body: str, *, round_uid: str) -> Written:
    """The document around its body; with `round_uid` it says what it is a draft of."""
    document = f"{DECLARATION}<w:document {NAMESPACES}>{el('body', body, _section(form))}</w:document>"
    parts: dict[str, bytes] = {
        "word/document.xml": document.encode(),
        "word/styles.xml": styles.styles_xml(form.font_points).encode(),
        "word/numbering.xml": writer.numbering.xml().encode(),
        "word/settings.xml": _settings().encode(),
        "word/fontTable.xml": _font_table().encode(),
    }
    media = [(uid, writer.pictures[uid]) for uid in writer.used_pictures]
    parts |= {f"word/media/{uid}.{picture.extension}": picture.content for uid, picture in media}
    digest = _digest(parts)
    parts |= {
        "word/footer1.xml": _footer(form).encode(),
        "word/_rels/document.xml.rels": _document_relations(media).encode(),
        "docProps/core.xml": _core(form).encode(),
    }
    relations = ROOT_RELATIONS
    if round_uid:
        parts["docProps/custom.xml"] = _custom(form, round_uid, digest).encode()
        relations = [*ROOT_RELATIONS, CUSTOM_RELATION]
    parts["_rels/.rels"] = _relations(relations).encode()
    return Written(_zip({"[Content_Types].xml": _content_types(parts).encode(), **parts}), digest)


def _digest(parts: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in sorted(parts.items()):
        digest.update(name.encode() + hashlib.sha256(content).digest())
    return digest.hexdigest()


def _zip(parts: Mapping[str, bytes]) -> bytes:
    """Times, attributes and order are always the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


# --- parts -------------------------------------------------------------------------------------------


def _twips(mm: float) -> int:
    return round(mm * TWIPS_PER_MM)


def _section(form: Form) -> str:
    """A4 landscape with the margins of the print; the binding margin is a gutter."""
    margins = {side: _twips(mm) for side, mm in MARGINS_MM.items()}
    numbers = el("pgNumType", fmt="thaiNumbers") if form.thai_digits else ""
    return el(
        "sectPr",
        '<w:footerReference w:type="default" r:id="rIdFooter"/>',
        el("pgSz", w=_twips(PAGE_MM[0]), h=_twips(PAGE_MM[1]), orient="landscape"),
        el("pgMar", **margins, header=_twips(7), footer=_twips(7), gutter=_twips(form.binding_margin_mm)),
        numbers,
    )


def _footer(form: Form) -> str:
    """Which draft or issue this is on the left, «หน้า X จาก Y» on the right."""
    foot = to_thai_digits(form.foot) if form.thai_digits else form.foot
    right = el("tabs", el("tab", val="right", pos=_twips(text_width_mm(form))))
    content = "".join(
        [
            el("pPr", el("pStyle", val="Footer"), right),
            run(foot) if foot else "",
            el("r", el("tab")),
            run("หน้า "),
            # the number of the page has the digits of the section
            _counter("PAGE"),
            run(" จาก "),
            _in_thai_digits(_counter("NUMPAGES")) if form.thai_digits else _counter("NUMPAGES"),
        ]
    )
    return f"{DECLARATION}<w:ftr {NAMESPACES}>{el('p', content)}</w:ftr>"


def _counter(name: str) -> str:
    return _field(_instruction(f" {name} "), run("1"))


def _in_thai_digits(counter: str) -> str:
    """A formula around the counter: LibreOffice 7.4 takes the switch on the counter itself for Thai letters."""
    return _field(_instruction(" = ") + counter + _instruction(r" \* ThaiArabic "), "")


def _field(instructions: str, shown: str) -> str:
    begin, separate, end = (el("r", el("fldChar", fldCharType=kind)) for kind in ("begin", "separate", "end"))
    return begin + instructions + separate + shown + end


def _instruction(text: str) -> str:
    return el("r", f'<w:instrText xml:space="preserve">{text}</w:instrText>')


def _settings() -> str:
    mode = el(
        "compatSetting", name="compatibilityMode", uri="http://schemas.microsoft.com/office/word", val="15"
    )
    inside = (
        el("defaultTabStop", val=720),
        el("characterSpacingControl", val="doNotCompress"),
        el("compat", mode),
        el("themeFontLang", val="en-US", bidi="th-TH"),
        el("decimalSymbol", val="."),
        el("listSeparator", val=","),
    )
    return f"{DECLARATION}<w:settings {NAMESPACES}>{''.join(inside)}</w:settings>"


def _font_table() -> str:
    """The older name of the font stands for it where only that one is installed."""
    font = el("font", el("altName", val="TH SarabunPSK"), el("charset", val="00"), name=styles.FONT)
    return f"{DECLARATION}<w:fonts {NAMESPACES}>{font}</w:fonts>"


def _core(form: Form) -> str:
    moment = form.read_at.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f'{DECLARATION}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(form.title)}</dc:title><dc:creator>{escape(form.agency_name)}</dc:creator>"
        f"<dc:language>th-TH</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
    )


def _custom(form: Form, round_uid: str, digest: str) -> str:
    """What the file is a draft of, for the day on which it comes back."""
    values = {
        "pmqa-round": round_uid,
        "pmqa-data": digest,
        "pmqa-read-at": form.read_at.isoformat(),
        "pmqa-digits": "thai" if form.thai_digits else "arabic",
        "pmqa-categories": " ".join(str(category.number) for category in form.categories),
    }
    inside = "".join(
        f'<property fmtid="{FORMAT_ID}" pid="{number}" name="{name}"><vt:lpwstr>{escape(value)}</vt:lpwstr></property>'
        for number, (name, value) in enumerate(values.items(), start=2)
    )
    return (
        f'{DECLARATION}<Properties xmlns="{PROPERTIES}/custom-properties" '
        f'xmlns:vt="{PROPERTIES}/docPropsVTypes">{inside}</Properties>'
    )


# --- what names the parts ----------------------------------------------------------------------------

ROOT_RELATIONS = [
    ("rId1", f"{OFFICE}/officeDocument", "word/document.xml"),
    ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
]
CUSTOM_RELATION = ("rId3", f"{OFFICE}/custom-properties", "docProps/custom.xml")
PART_TYPES = {
    "word/document.xml": f"{WORD_TYPE}.document.main+xml",
    "word/styles.xml": f"{WORD_TYPE}.styles+xml",
    "word/numbering.xml": f"{WORD_TYPE}.numbering+xml",
    "word/settings.xml": f"{WORD_TYPE}.settings+xml",
    "word/fontTable.xml": f"{WORD_TYPE}.fontTable+xml",
    "word/footer1.xml": f"{WORD_TYPE}.footer+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
}


def _relations(relations: Sequence[tuple[str, str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{identity}" Type="{kind}" Target="{target}"/>'
        for identity, kind, target in relations
    )
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'


def _document_relations(media: Sequence[tuple[str, Picture]]) -> str:
    return _relations(
        [
            ("rIdStyles", f"{OFFICE}/styles", "styles.xml"),
            ("rIdNumbering", f"{OFFICE}/numbering", "numbering.xml"),
            ("rIdSettings", f"{OFFICE}/settings", "settings.xml"),
            ("rIdFonts", f"{OFFICE}/fontTable", "fontTable.xml"),
            ("rIdFooter", f"{OFFICE}/footer", "footer1.xml"),
            *(
                (f"rIdPicture{number}", f"{OFFICE}/image", f"media/{uid}.{picture.extension}")
                for number, (uid, picture) in enumerate(media, start=1)
            ),
        ]
    )


def _content_types(parts: Mapping[str, bytes]) -> str:
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    defaults = {"rels": relations, "xml": "application/xml", **MEDIA}
    inside = "".join(
        f'<Default Extension="{ext}" ContentType="{kind}"/>' for ext, kind in defaults.items()
    ) + "".join(
        f'<Override PartName="/{name}" ContentType="{PART_TYPES[name]}"/>'
        for name in parts
        if name in PART_TYPES
    )
    return f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">{inside}</Types>'
