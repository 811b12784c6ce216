"""The form as a Word document, which can come back into its round (documents/importers/draft.py)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from documents.enums import Purpose
from documents.form import Form
from documents.printing import FOUR_COLUMNS, THREE_COLUMNS
from documents.word.package import write_document, write_remarks
from documents.word.text import Picture
from texts.cleaning import figure_uids
from texts.models import Figure

from .order import Export, Order, Step


def export(order: Order) -> Export:
    """Write the document. Raises UncleanText for a text that no way in of ours can have written."""
    if order.purpose == Purpose.COMMENTS:
        return _remarks(order)
    order.on_progress(Step("กำลังอ่านข้อมูล", 1, 3))
    form = order.read()
    order.on_progress(Step("กำลังเขียนไฟล์ Word", 2, 3))
    shares = [FOUR_COLUMNS if category.has_owner_column else THREE_COLUMNS for category in form.categories]
    written = write_document(form, pictures_of(form), shares, round_uid=str(order.round.uid))
    return Export(order.filename, order.format.media_type, written.content, written.sha256)


def _remarks(order: Order) -> Export:
    """The table of remarks."""
    order.on_progress(Step("กำลังอ่านข้อมูล", 1, 2))
    form, categories = order.read_remarks()
    written = write_remarks(form, categories)
    return Export(order.filename, order.format.media_type, written.content, written.sha256)


def pictures_of(form: Form) -> dict[str, Picture]:
    """The pictures that the form shows: those of the agency and shared ones, whatever a text may name."""
    uids = {uid for html in _texts(form) for uid in figure_uids(html)}
    uids |= {figure.uid for category in form.categories for figure in category.figures}
    usable = Figure.objects.filter(Q(agency=None) | Q(agency__code=form.agency_code), uid__in=uids)
    pictures = {}
    for figure in usable:
        with figure.file.open("rb") as file:
            pictures[str(figure.uid)] = Picture(file.read(), figure.extension, figure.width, figure.height)
    return pictures


def _texts(form: Form) -> Iterator[str]:
    """Every rich text of the form."""
    for category in form.categories:
        yield from (category.obstacles, category.remedies)
        for row in category.rows:
            yield from (row.analysis, row.obstacles, row.remedies)
            yield from (block.html for block in row.activities)
            yield from (practice.html for criterion in row.criteria for practice in criterion.practices)
