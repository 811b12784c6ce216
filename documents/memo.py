"""The memorandum (บันทึกข้อความ) that hands an issue in: a page in front of the form, with room for two signatures."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import timezone

from thai.dates import format_date

from .models import Issue
from .pdf.fonts import css_points
from .printing import PrintJob, print_job

# The proportions of the memorandum of the regulations on correspondence: heading 29 points, text 16 points, A4 portrait
# with 3 cm to the left and 2 cm to the right.
HEADING_POINTS, TEXT_POINTS = 29, 16


def prepare_memo(issue: Issue) -> PrintJob:
    """Make the print job of the page in front of an issue that has a memorandum."""
    context = {"issue": issue, "issued_on": format_date(timezone.localtime(issue.issued_at))}
    html = render_to_string("documents/memo.html", context)
    return print_job(issue.form, f"บันทึกข้อความ {issue.memo_subject}", html, MEMO_CSS)


MEMO_CSS = f"""
@page {{ size: A4 portrait; margin: 20mm 20mm 20mm 30mm; @bottom-center {{ content: ""; }} }}
html {{ font-size: {css_points(TEXT_POINTS)}pt; }}
h1 {{ font-size: {css_points(HEADING_POINTS)}pt; text-align: center; line-height: 1.4; margin-bottom: 4mm; }}
p.head {{ margin: 0 0 1mm; }}
p.head b {{ font-size: 1.1em; }}
hr {{ border: 0; border-top: 0.5pt solid #000; margin: 3mm 0; }}
.body p {{ text-indent: 2.5em; margin: 2mm 0 0; }}
.signatures {{ display: flex; gap: 10mm; margin-top: 16mm; break-inside: avoid; }}
.signatures > div {{ flex: 1; text-align: center; }}
.signatures p {{ margin: 0 0 5mm; white-space: nowrap; }}
"""
