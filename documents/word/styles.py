"""The styles of the document. Thai is a complex script: its font, size, weight and slant have names of their own."""

from __future__ import annotations

from .xml import BOLD, DECLARATION, NAMESPACES, el

FONT = "TH Sarabun New"
SHADE = "F2F2F2"  # of heads; a shaded cell of a table in a text is read back as a head
LIST_INDENT = 400  # twips: what a marker takes
GAP, TABLE_HEAD, WHOLE_FIGURE, WHOLE_CAPTION = (
    "PmqaGap",
    "PmqaTableHead",
    "PmqaWholeFigure",
    "PmqaWholeCaption",
)
LABEL, OWNERS = "PmqaLabel", "PmqaOwners"
COLUMN_HEAD, NEXT, FIGURE, CAPTION = "PmqaColumnHead", "PmqaNext", "PmqaFigure", "PmqaCaption"
# An item of a list in Thai numbers has a style of its own: LibreOffice 7.4 counts such a list in Arabic ones.
ITEM, THAI_ITEM = "PmqaItem", "PmqaThaiItem"


def fonts() -> str:
    """The font for every script."""
    return el("rFonts", ascii=FONT, hAnsi=FONT, eastAsia=FONT, cs=FONT)


def size(points: float) -> str:
    """A size in points for Latin and for Thai."""
    half = round(points * 2)
    return el("sz", val=half) + el("szCs", val=half)


def styles_xml(points: int) -> str:
    """The part word/styles.xml for a text of so many points."""
    language = el("lang", val="en-US", eastAsia="en-US", bidi="th-TH")
    spacing = el("spacing", before=0, after=0, line=240, lineRule="auto")
    defaults = el(
        "docDefaults",
        el("rPrDefault", el("rPr", fonts(), size(points), language)),
        el("pPrDefault", el("pPr", spacing)),
    )
    named = [
        _style("Normal", "Normal", default=True, run=fonts() + size(points) + language),
        _style("Title", "Title", _centred(after=113), BOLD + size(points + 1), order=10),
        # no keepNext: in the first cell of a table LibreOffice takes it for the whole table
        _style("Heading1", "heading 1", el("outlineLvl", val=0), BOLD, order=9),
        _style("Heading2", "heading 2", el("outlineLvl", val=1), BOLD, order=9),
        _style(COLUMN_HEAD, "PMQA Column Head", _centred(), BOLD),
        # Enter after one of these begins an ordinary paragraph
        _style(LABEL, "PMQA Label", el("keepNext"), following="Normal"),
        _style(OWNERS, "PMQA Owners", el("spacing", after=120), following="Normal"),
        _style(TABLE_HEAD, "PMQA Table Head", "", BOLD),
        _style(GAP, "PMQA Gap", el("spacing", line=40, lineRule="exact"), size(2)),
        _style(WHOLE_FIGURE, "PMQA Whole Figure", el("keepNext") + el("pageBreakBefore") + _centred()),
        _style(WHOLE_CAPTION, "PMQA Whole Caption", _centred()),
        _style("Footer", "footer", "", size(points * 0.8)),
        *(_levelled(level) for level in range(3)),
    ]
    return f"{DECLARATION}<w:styles {NAMESPACES}>{defaults}{''.join(named)}</w:styles>"


def _levelled(level: int) -> str:
    """What stands in a text, or in a list item of the first or second level."""
    indent = el("ind", left=LIST_INDENT * level) if level else ""
    pictures = _style(
        f"{FIGURE}{level}", f"PMQA Figure {level}", el("keepNext") + el("spacing", before=60) + _centred()
    ) + _style(f"{CAPTION}{level}", f"PMQA Caption {level}", el("spacing", after=60) + _centred())
    if not level:
        return pictures
    hanging = el("ind", left=LIST_INDENT * level, hanging=LIST_INDENT)
    return (
        pictures
        + _style(f"{ITEM}{level}", f"PMQA Item {level}", hanging)
        + _style(f"{THAI_ITEM}{level}", f"PMQA Thai Item {level}", hanging)
        + _style(f"{NEXT}{level}", f"PMQA Next {level}", indent)
    )


def _centred(after: int = 0) -> str:
    return (el("spacing", after=after) if after else "") + el("jc", val="center")


def _style(
    identity: str,
    name: str,
    paragraph: str = "",
    run: str = "",
    *,
    default: bool = False,
    order: int = 0,
    following: str = "",
) -> str:
    """One paragraph style; `order` above 0 offers it in the gallery."""
    attributes = {"default": "1"} if default else {}
    return el(
        "style",
        el("name", val=name),
        "" if default else el("basedOn", val="Normal"),
        el("next", val=following) if following else "",
        el("uiPriority", val=order) + el("qFormat") if order or default else "",
        el("pPr", paragraph) if paragraph else "",
        el("rPr", run) if run else "",
        type="paragraph",
        **attributes,
        styleId=identity,
    )
