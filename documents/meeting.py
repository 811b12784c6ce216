"""The document for the meeting: what OPDC said, the draft answer, numbered lines, room for remarks.

Every page is a sheet of lines of one height, and all text stands on them, so that «หน้า 3 บรรทัดที่ 12» names one line.
The numbers therefore belong to the page and not to the text: they are printed beside it in a margin box.
"""

from __future__ import annotations

from django.template.loader import render_to_string

from .form import Form
from .pdf.fonts import css_points
from .printing import PrintJob, digits_of, print_job

# A4 portrait in millimetres: the sheet has a whole number of lines.
TOP, BOTTOM, LEFT, RIGHT = 20, 17, 25, 62
LINE_MM = 6.5
LINES = int((297 - TOP - BOTTOM) / LINE_MM)


def prepare_meeting(form: Form) -> PrintJob:
    """Make the print job; the pictures of its texts are read here."""
    html = render_to_string("documents/meeting.html", {"form": form})
    return print_job(form, f"เอกสารประกอบการประชุม {form.title}", html, _css(form))


def _css(form: Form) -> str:
    points = css_points(form.font_points)
    line = f"{LINE_MM}mm"
    numbers = r"\A ".join(digits_of(form, str(number)) for number in range(1, LINES + 1))
    numbering = "thai" if form.thai_digits else "decimal"
    read_at = digits_of(form, form.foot)
    small = f"font-size: {points * 0.8:.2f}pt;"
    return f"""
@page {{ size: A4 portrait; margin: {TOP}mm {RIGHT}mm {297 - TOP - LINES * LINE_MM:.2f}mm {LEFT}mm;
  @left-top {{ content: "{numbers}"; white-space: pre; text-align: right; vertical-align: top; width: {LEFT - 8}mm;
    padding-right: 3mm; line-height: {line}; {small} color: #555; }}
  @right-top {{ content: "ข้อสังเกต / มติที่ประชุม"; width: {RIGHT - 12}mm; height: {LINES * LINE_MM:.2f}mm; margin-left: 4mm;
    padding-left: 3mm; border-left: 0.5pt solid #555; vertical-align: top; text-align: left; {small} color: #555; }}
  @bottom-left {{ content: "{read_at}"; white-space: nowrap; {small} }}
  @bottom-center {{ content: ""; }}
  @bottom-right {{ content: "หน้า " counter(page, {numbering}) " จาก " counter(pages, {numbering}); {small} }} }}
html {{ font-size: {points:.2f}pt; line-height: {line}; }}
{MEETING_CSS.replace("LINE", line)}"""


# Nothing here may be taller than whole lines: no margins, paddings or borders between lines, pictures in whole lines.
MEETING_CSS = """
body, p, ul, ol, li, h1, h2, h3, figure, figcaption, table { margin-top: 0; margin-bottom: 0; }
h1, h2, h3, figcaption { font-size: 1em; line-height: LINE; }
/* markers come from another font, whose lines would be taller */
ul > li::before, ol > li::before { line-height: 0; }
h1 { text-align: center; }
section + section { break-before: page; }
h3 { break-after: avoid; }
.label { font-weight: bold; break-after: avoid; }
.open { font-style: italic; }
figure { height: calc(LINE * 12); overflow: hidden; }
figure img { height: calc(LINE * 11); max-width: 100%; object-fit: contain; }
figcaption { height: LINE; overflow: hidden; }
td table td, td table th, td, th { padding-top: 0; padding-bottom: 0; border-top-width: 0; border-bottom-width: 0; }
"""
