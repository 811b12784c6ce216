"""Making the PDF of a round: an exporter takes the round and gives (file name, media type, bytes)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils import timezone

from assessment.models import Round

from .form import one_moment, read_form
from .pdf.child import Progress, render_in_child
from .printing import prepare_print


@dataclass(frozen=True)
class Export:
    """A finished file; `sha256` names the data that it was made of, not the file."""

    filename: str
    media_type: str
    content: bytes
    sha256: str


def export_pdf(
    round: Round,
    *,
    category: int | None = None,
    thai_digits: bool | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Export:
    """The Thai PDF of the form or of one category; `thai_digits=None` follows the round's setting.

    Raises documents.pdf.child.RenderError.
    """
    numbers = None if category is None else {category}
    with one_moment():
        form = read_form(round, numbers, at=timezone.localtime())
    if thai_digits is not None:
        form = replace(form, thai_digits=thai_digits)
    job = prepare_print(form)
    content = render_in_child(job.html, job.images, title=job.title, css=job.css, on_progress=on_progress)
    return Export(job.filename, "application/pdf", content, job.sha256)
