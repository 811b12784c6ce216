"""The Thai PDF of the form."""

from __future__ import annotations

from io import BytesIO

from pikepdf import Pdf

from documents.pdf.child import Progress, render_in_child
from documents.printing import prepare_print

from .order import Export, Order, Step

WEASYPRINT_STEPS = 7


def export(order: Order) -> Export:
    """Lay out and give the PDF. Raises documents.pdf.child.RenderError."""
    job = prepare_print(order.read())
    content = render_in_child(
        job.html,
        job.images,
        title=job.title,
        css=job.css,
        terms=job.terms,
        on_progress=lambda progress: order.on_progress(_step(progress)),
    )
    with Pdf.open(BytesIO(content)) as document:
        pages = len(document.pages)
    return Export(order.filename, order.format.media_type, content, job.sha256, pages)


def _step(progress: Progress) -> Step:
    words = f"กำลังจัดหน้า {progress.page}" if progress.page else "กำลังเตรียมข้อมูล"
    return Step(words, progress.step, WEASYPRINT_STEPS)
