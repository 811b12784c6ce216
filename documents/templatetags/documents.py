"""The ways to take a form away, for the pages that offer them."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

from assessment.models import Round
from documents.enums import Format
from documents.exporters import EXPORTERS
from texts.cleaning import plain_text

register = template.Library()


@register.inclusion_tag("documents/_export_more.html", takes_context=True)
def export_more(context: template.Context, round: Round, category: int | str) -> dict[str, object]:
    """The document for the meeting and every format but the PDF, which has a button of its own.

    `category` is empty for the whole form.
    """
    formats = [format for format in EXPORTERS if format != Format.PDF]
    return {"round": round, "category": category, "formats": formats, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("documents/_round_papers.html")
def round_papers(round: Round, runs: bool) -> dict[str, object]:
    """The issues of a round, and for those who run it the ways to issue and to bring files in."""
    issues = round.issues.only("uid", "number", "note", "issued_at", "scan", "round_id")
    return {"round": round, "issues": issues, "runs": runs}


@register.inclusion_tag("documents/_issues_to_compare.html")
def issues_to_compare(round: Round, number: int | None = None) -> dict[str, object]:
    """Ways to compare each issue of the round with today's draft, whole or one category."""
    return {"issues": round.issues.only("uid", "number", "round_id"), "number": number}


@register.filter
def answer(answers: Mapping[str, str], name: str) -> str:
    """What the person has chosen for a piece on the page that comes back; empty where nothing was chosen yet."""
    return answers.get(name, "")


@register.filter
def plain_words(html: str) -> str:
    """The words of a rich text."""
    return plain_text(html)
