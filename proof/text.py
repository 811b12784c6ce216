"""`./pmqa prove text`: what is printed is what is read, for every font, style and reader.

The torture text stands in every font, regular, bold, italic and both, with the characters in exactly this order. The
whole form of the demonstration, where this installation has it, stands in every font: character by character, its
cells and pictures below one another so that there is one reading order, without the headings that every page repeats.
Blanks are not compared: readers put their own. Two readers do not know /ActualText; for them nikhahit, tone and า may
stand for tone and ำ, nothing else may differ.
"""

from __future__ import annotations

import difflib
import html
import os
import re
import sys
from collections.abc import Iterator
from itertools import product

from documents.pdf.fonts import DEJAVU, GARUDA, LAKSAMAN, NORASI, SARABUN, Family, find_fonts
from documents.pdf.render import render

from .readers import READERS, as_read, squeezed

FONTS: dict[str, Family] = {"Laksaman": LAKSAMAN, "Sarabun": SARABUN, "Garuda": GARUDA, "Norasi": NORASI}
STYLES = {
    "regular": "{}",
    "bold": "<b>{}</b>",
    "italic": "<i>{}</i>",
    "bold italic": "<b><i>{}</i></b>",
    "underlined": "<u>{}</u>",
}
TORTURE = (
    "น้ำ ซ้ำ ก๊ำ ปู่ ป้ำ ผู้ ทั้ง กตัญญู ฐานะ ญี่ปุ่น เฟื่องฟู ๑๒๓",
    "น้ำน้ำ Water น้ำ 123 PMQA 4.0 office ffi fi fl สำนักงาน ก.พ.ร. (Best Practice) “ที่” ‘ก’ – — … % ฿ ฯลฯ ต่าง ๆ",
    "ฎู ฏู ฐู ญู ฤๅ ฦๅ ปิ ปี ปึ ปื ป่ำ ฝ้ำ ฟ้า ปั้ ฝั่ง ฟื้น ป็ ป์ โป่ง ศิลป์ กิโลเมตร สิ่งพิมพ์ ฎีกา ฏุ ก่ำ ก๋ำ กฺ นํ ๛ ๏ ๚",
    "ซ้ำซ้อน ปู่ย่าตายาย ผู้ใหญ่ทั้งหลายกตัญญูต่อฐานะ เก่ง แก้ ใช่ ไม้ เปี๊ยะ ปุ๊ ปู๊ ฟุ้ง ฝุ่น ญู่ ฐุ้ ดำเนินการ จำนวน คำสั่ง",
)
PLAIN_PAGE = "@page { @bottom-center { content: none } }"


def torture_pdf(family: Family, style: str) -> bytes:
    """The torture text in one font and style, one paragraph per line of it."""
    body = "".join(f"<p>{STYLES[style].format(html.escape(line))}</p>" for line in TORTURE)
    return render(body, {}, title="", css=PLAIN_PAGE, fonts=find_fonts(families=(family, DEJAVU)))


def differences(wanted: str, found: str) -> list[tuple[str, str]]:
    """What was read differently: (written, read)."""
    if wanted == found:
        return []
    codes = difflib.SequenceMatcher(None, wanted, found, autojunk=False).get_opcodes()
    return [(wanted[a:b], found[c:d]) for kind, a, b, c, d in codes if kind != "equal"]


def torture_faults(font: str, style: str) -> dict[str, list[tuple[str, str]]]:
    """By reader: what it reads differently from what was written."""
    pdf = torture_pdf(FONTS[font], style)
    wanted = squeezed("".join(TORTURE))
    return {name: differences(wanted, as_read(name, "".join(read(pdf)))) for name, read in READERS.items()}


# --- the whole form --------------------------------------------------------------------------------------


def form_text(source: str) -> str:
    """What the texts of a printed form say in the order of its cells, without blanks."""
    body = re.sub(r"<thead>.*?</thead>", "", source, flags=re.DOTALL)
    return squeezed(html.unescape(re.sub(r'<(?:[^<>"]|"[^"]*")*>', "", body)))


def read_cells(pdf: bytes, name: str) -> str:
    """What a reader finds in a form that was set in one column per cell, without blanks."""
    return as_read(name, "".join(READERS[name](pdf)))


def in_one_column(source: str) -> str:
    """The form with its cells below one another: the same texts and marks, and one reading order for every reader."""
    body = re.sub(r"<thead>.*?</thead>", "", source, flags=re.DOTALL)
    return re.sub(r"</?(?:table|tbody|tr|td|th|colgroup|col)\b(?:[^<>\"]|\"[^\"]*\")*>", "", body)


FLOWING = (
    PLAIN_PAGE + " ul, ol { padding: 0 } li::before { content: none !important; display: none !important }"
    " .part, .part > div, .figure-grid { display: block } .figure-grid figure { width: auto }"
    " figure, figcaption { text-align: left }"
)


def form_faults(source: str, images: dict[str, bytes], font: str) -> dict[str, list[tuple[str, str]]]:
    """By reader: what it reads differently from the cells of the form."""
    fonts = find_fonts(families=(FONTS[font], DEJAVU))
    pdf = render(in_one_column(source), images, title="", css=FLOWING, fonts=fonts)
    wanted = form_text(source)
    return {name: differences(wanted, read_cells(pdf, name)) for name in READERS}


def _demonstration() -> tuple[str, dict[str, bytes]] | None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmqa_site.settings")
    import django

    django.setup()
    from django.utils import timezone

    from assessment.models import Round
    from documents.printing import prepare_print
    from documents.reading import read_form

    round = Round.objects.filter(agency__code="senate", year=2565).select_related("agency", "edition").first()
    if round is None:
        return None
    job = prepare_print(read_form(round, at=timezone.localtime()))
    return job.html, job.images


def _rows() -> Iterator[tuple[str, str, dict[str, list[tuple[str, str]]]]]:
    for font, style in product(FONTS, STYLES):
        yield font, style, torture_faults(font, style)
    form = _demonstration()
    if form is None:
        print("ไม่มีข้อมูลสาธิต จึงตรวจเฉพาะข้อความทดสอบ: ./pmqa run")
        return
    for font in FONTS:
        yield font, "whole form", form_faults(*form, font)


def main() -> int:
    """Print the table: how many places each reader reads differently; 1 when there is any."""
    print(f"{'font':<10} {'text':<12} " + " ".join(f"{name:>9}" for name in READERS))
    failed = False
    for font, text, faults in _rows():
        print(f"{font:<10} {text:<12} " + " ".join(f"{len(faults[name]):>9}" for name in READERS))
        for name, found in faults.items():
            failed = failed or bool(found)
            for written, read in found[:5]:
                print(f"           {name}: {written[:40]!r} → {read[:40]!r}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
