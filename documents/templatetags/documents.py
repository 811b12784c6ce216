"""The ways to take a form away, for the pages that offer them."""

from __future__ import annotations

from django import template

from assessment.models import Round
from documents.enums import Format
from documents.exporters import EXPORTERS

register = template.Library()


@register.inclusion_tag("documents/_export_more.html", takes_context=True)
def export_more(context: template.Context, round: Round, category: int | str) -> dict[str, object]:
    """Every format but the PDF, which has a button of its own; `category` is empty for the whole form."""
    formats = [format for format in EXPORTERS if format != Format.PDF]
    return {"round": round, "category": category, "formats": formats, "csrf_token": context.get("csrf_token")}
