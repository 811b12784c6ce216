"""The Thai PDF of the form."""

from __future__ import annotations

from documents.print_parts import print_category, print_form

from .order import Export, Order, Step


def export(order: Order) -> Export:
    """Lay out what changed and give the PDF. Raises documents.pdf.child.RenderError."""

    def tell(category: int, page: int, done: int, total: int) -> None:
        order.on_progress(Step(_words(category, page), done, total))

    if order.category is not None and order.whole_numbering:
        made = print_category(order.read(whole=True), order.category, tell)
    else:
        made = print_form(order.read(), tell)
    return Export(order.filename, order.format.media_type, made.content, made.sha256, made.pages)


def _words(category: int, page: int) -> str:
    words = f"กำลังจัดหมวด {category}" if category else "กำลังจัดหน้า"
    return f"{words} หน้า {page}" if page else words
