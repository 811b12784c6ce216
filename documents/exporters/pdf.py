"""The Thai PDF of the form, the one for the meeting, and the table of remarks."""

from __future__ import annotations

from documents.enums import Purpose
from documents.meeting import prepare_meeting
from documents.memo import prepare_memo
from documents.pdf.assembly import page_count
from documents.pdf.child import Progress, render_in_child
from documents.print_parts import print_category, print_form
from documents.remark_table import prepare_remarks, print_remarks

from .order import Export, Order, Step

WEASYPRINT_STEPS = 7


def export(order: Order) -> Export:
    """Lay out what changed and give the PDF. Raises documents.pdf.child.RenderError."""
    if order.purpose == Purpose.MEETING:
        return _meeting(order)
    if order.purpose == Purpose.COMMENTS:
        return _remarks(order)

    def tell(category: int, page: int, done: int, total: int) -> None:
        order.on_progress(Step(_words(category, page), done, total))

    if order.category is not None and order.whole_numbering:
        made = print_category(order.read(whole=True), order.category, tell)
    else:
        front = prepare_memo(order.issue) if order.issue and order.issue.has_memo else None
        made = print_form(order.read(), tell, front=front)
    return Export(order.filename, order.format.media_type, made.content, made.sha256, made.pages)


def _meeting(order: Order) -> Export:
    """The document for the meeting: laid out as a whole, because it changes from meeting to meeting."""
    job = prepare_meeting(order.read())

    def tell(progress: Progress) -> None:
        order.on_progress(Step(_words(0, progress.page), progress.step, WEASYPRINT_STEPS))

    content = render_in_child(
        job.html, job.images, title=job.title, css=job.css, terms=job.terms, on_progress=tell
    )
    return Export(order.filename, order.format.media_type, content, job.sha256, page_count(content))


def _remarks(order: Order) -> Export:
    """The table of remarks, laid out as a whole."""
    form, categories = order.read_remarks()
    job = prepare_remarks(form, categories)

    def tell(progress: Progress) -> None:
        order.on_progress(Step(_words(0, progress.page), progress.step, WEASYPRINT_STEPS))

    content, pages = print_remarks(job, form, tell)
    return Export(order.filename, order.format.media_type, content, job.sha256, pages)


def _words(category: int, page: int) -> str:
    words = f"กำลังจัดหมวด {category}" if category else "กำลังจัดหน้า"
    return f"{words} หน้า {page}" if page else words
