"""The table of remarks as a PDF: four columns on A4 landscape, heads on every page, tagged as every print."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.template.loader import render_to_string

from .form import Form
from .pdf.assembly import Document, assemble, page_count
from .pdf.child import Limits, Progress, render_in_child
from .pdf.fonts import css_points
from .pdf.layout import column_css
from .pdf.stamps import with_foot
from .printing import SIDE_MM, PrintJob, foot_of, print_job
from .remarks import COLUMNS, HEADINGS, TITLE, RemarkCategory, without_remarks

SECONDS_PER_MEGABYTE = 100


def prepare_remarks(form: Form, categories: Sequence[RemarkCategory]) -> PrintJob:
    """Make the print job; `form` gives the title, the names of the categories and the settings of the print."""
    names = {category.number: category.band for category in form.categories}
    context = {
        "form": form,
        "title": TITLE,
        "headings": HEADINGS,
        "empty": without_remarks(form),
        "categories": [(category, names[category.number]) for category in categories],
    }
    html = render_to_string("documents/remarks.html", context)
    return print_job(form, f"{TITLE} {form.title}", html, _css(form))


def print_remarks(job: PrintJob, form: Form, on_progress: Callable[[Progress], None]) -> tuple[bytes, int]:
    """Lay it out; gives the file and its pages. Raises documents.pdf.child.RenderError."""
    more = SECONDS_PER_MEGABYTE * len(job.html) // 1_000_000
    part = render_in_child(
        job.html,
        job.images,
        title=job.title,
        css=job.css,
        terms=job.terms,
        tagged=True,
        limits=Limits(cpu_seconds=60 + more, wall_seconds=180 + 3 * more),
        on_progress=on_progress,
    )
    foot = foot_of(form)
    mirror = form.binding_margin_mm if form.duplex else 0
    content = with_foot(assemble([part], Document(job.title, foot, mirror_mm=mirror)), foot)
    return content, page_count(content)


def _css(form: Form) -> str:
    return f"""
html {{ font-size: {css_points(form.font_points):.2f}pt; }}
@page {{ margin: 15mm {SIDE_MM}mm 16mm {SIDE_MM + form.binding_margin_mm}mm; @bottom-center {{ content: none }} }}
h1 {{ text-align: center; }}
section {{ margin-top: 4mm; }}
.who {{ font-weight: bold; }}
.note {{ font-size: 0.85em; }}
.quote {{ font-style: italic; margin-bottom: 1mm; }}
td p + p.who, td p + p.change {{ margin-top: 1.5mm; }}
{column_css(COLUMNS)}
"""
