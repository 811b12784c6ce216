"""From the read model to what the print engine takes: HTML, pictures as bytes, our own style."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from html import unescape

from django.db.models import Q
from django.template.loader import render_to_string

from organizations.models import names_to_keep
from texts.models import Figure
from thai.text import to_thai_digits
from thai.words import terms_in

from .form import Form
from .pdf.assembly import Document
from .pdf.fonts import css_points
from .pdf.layout import column_css
from .pdf.stamps import Foot

# Shares of the width: feedback, practice, activity (and owners), read off the real form, whose middle column is widest.
THREE_COLUMNS = (26, 40, 34)
FOUR_COLUMNS = (22, 37, 28, 13)
SIDE_MM = 12
# The letters of the foot against those of the text, and its height above the edge of the paper.
FOOT_SHARE = 0.8
FOOT_BASELINE_MM = 7
FIGURE_ADDRESS = re.compile(r'"/figures/([0-9a-f-]{36})/"')
MARKUP = re.compile(r'<(?:[^<>"]|"[^"]*")*>')
# Tags (with a ">" in a quoted description, too) and character references (&#x27;) keep their digits.
MARKUP_OR_DIGITS = re.compile(MARKUP.pattern + r"|&#?\w+;|[0-9]+")


@dataclass(frozen=True)
class PrintJob:
    """Everything that a render needs, and nothing that could reach back."""

    title: str
    html: str
    css: str
    images: dict[str, bytes]
    terms: frozenset[str] = frozenset()

    @property
    def sha256(self) -> str:
        """Names the content: equal data print equally."""
        digest = hashlib.sha256(f"{self.title}\n{self.html}\n{self.css}".encode())
        digest.update("\n".join(sorted(self.terms)).encode())
        for address, content in sorted(self.images.items()):
            digest.update(address.encode() + hashlib.sha256(content).digest())
        return digest.hexdigest()


def prepare_print(form: Form) -> PrintJob:
    """Make the print job of a form; the pictures of its texts are read here."""
    html = render_to_string("documents/print.html", {"form": form})
    return print_job(form, form.title, html, _css(form))


def print_job(form: Form, title: str, html: str, css: str) -> PrintJob:
    """A job of this markup, in the digits of the form, with its pictures and the words that it keeps whole."""
    html = FIGURE_ADDRESS.sub(r'"figure:\1"', html)
    if form.thai_digits:
        html = in_thai_digits(html)
    return PrintJob(title, html, css, pictures_of(html, form.agency_code), terms_of(html, form))


def terms_of(html: str, form: Form) -> frozenset[str]:
    """What this print keeps whole beside the project's dictionary; only what occurs, so that it names the content."""
    terms, names = names_to_keep(form.agency_code)
    text = unescape(MARKUP.sub("", html))
    known = terms | terms_in(names)
    return frozenset(term for term in (digits_of(form, term) for term in known) if term in text)


def in_thai_digits(html: str) -> str:
    """The same markup with every number of its texts in Thai digits."""
    return MARKUP_OR_DIGITS.sub(lambda m: to_thai_digits(m[0]) if m[0].isdigit() else m[0], html)


def pictures_of(html: str, agency_code: str) -> dict[str, bytes]:
    """The pictures of the agency and shared ones, whatever address a text may have come to hold."""
    uids = set(re.findall(r'"figure:([0-9a-f-]{36})"', html))
    usable = Figure.objects.filter(Q(agency=None) | Q(agency__code=agency_code))
    images = {}
    for figure in usable.filter(uid__in=uids):
        with figure.file.open("rb") as file:
            images[f"figure:{figure.uid}"] = file.read()
    return images


def _css(form: Form) -> str:
    shares = [FOUR_COLUMNS if category.has_owner_column else THREE_COLUMNS for category in form.categories]
    return "\n".join(
        [
            f"html {{ font-size: {css_points(form.font_points):.2f}pt; }}",
            f"@page {{ margin: 15mm {SIDE_MM}mm 16mm {SIDE_MM + form.binding_margin_mm}mm;",
            # What stands there is stamped on the finished pages, see foot_of.
            "  @bottom-center { content: none } }",
            *(
                _scoped(column_css(share), category.number)
                for share, category in zip(shares, form.categories, strict=True)
            ),
            THAI_LISTS if form.thai_digits else "",
        ]
    )


def document_of(form: Form) -> Document:
    """What the printed file says about itself, with the feet of its pages."""
    return Document(form.title, foot_of(form), mirror_mm=form.binding_margin_mm if form.duplex else 0)


def foot_of(form: Form) -> Foot:
    """What stands below each page: which draft or issue this is, and the page's number."""
    return Foot(
        left=digits_of(form, form.foot),
        points=round(css_points(form.font_points) * FOOT_SHARE, 2),
        left_mm=SIDE_MM + form.binding_margin_mm,
        right_mm=SIDE_MM,
        baseline_mm=FOOT_BASELINE_MM,
        numbers=digits_of(form, "0123456789"),
    )


def _scoped(css: str, number: int) -> str:
    """The same rules for one category only: categories of one document may differ in their columns."""
    return re.sub(r"^(?=[a-z.])", f"#category-{number} ", css, flags=re.MULTILINE)


def digits_of(form: Form, text: str) -> str:
    """A plain text in the digits that the form is printed in."""
    return to_thai_digits(text) if form.thai_digits else text


# With Thai digits chosen the numbers of lists are Thai too; the circled ones have no Thai form.
# The markers are inline content, see documents/pdf/css/lists.css.
THAI_LISTS = """
ol > li::before { content: counter(list-item, pmqa-thai) "."; }
ol.marker-paren > li::before { content: counter(list-item, pmqa-thai) ")"; }
ol.marker-bracket > li::before { content: "(" counter(list-item, pmqa-thai) ")"; }
ol.marker-circle > li::before { content: counter(list-item, pmqa-circle); }
"""
