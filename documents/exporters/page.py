"""The form as one page that any browser opens: text, pictures and style in one file, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import re
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from documents.printing import prepare_print
from thai.dates import format_datetime
from thai.text import to_thai_digits

from .order import Export, Order, Step

SIGNATURES: Final = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg"}
FIGURE: Final = re.compile(r'src="(figure:[0-9a-f-]{36})"')


def export(order: Order) -> Export:
    """Write the page; its tables are those of the print."""
    order.on_progress(Step("กำลังเตรียมข้อมูล", 0, 1))
    form = order.read()
    job = prepare_print(form)

    def embed(found: re.Match[str]) -> str:
        return f'src="{_address(job.images.get(found[1], b""))}"'

    draft = f"ร่าง ณ วันที่ {format_datetime(form.read_at)}"
    # safe: the same templates have made it for the print, from texts that passed the allow-list
    body = mark_safe(FIGURE.sub(embed, job.html))  # noqa: S308
    context = {"form": form, "body": body, "draft": to_thai_digits(draft) if form.thai_digits else draft}
    page: str = render_to_string("documents/page.html", context)
    return Export(order.filename, order.format.media_type, page.encode(), job.sha256)


def _address(content: bytes) -> str:
    """The picture itself as an address; one that is not ours stays empty and shows its description."""
    kind = next((kind for signature, kind in SIGNATURES.items() if content.startswith(signature)), "")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}" if kind else "data:,"
