"""Rows → document: everything of a round, or of some of its categories."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q

from assessment.models import (
    Activity,
    ActivityOwner,
    ActivityPlace,
    CategorySheet,
    ChosenPractice,
    CriterionAnalysis,
    PointLink,
    Round,
    SheetFigure,
)
from feedback.models import FeedbackPoint
from organizations.models import Agency, Owner
from practices.models import Practice
from texts.cleaning import figure_uids
from texts.models import Figure, Text

from . import FORMAT, VERSION, Document

SETTINGS = (
    "title",
    "feedback_year",
    "feedback_step",
    "deadline",
    "font_points",
    "binding_margin_mm",
    "thai_digits",
    "duplex",
)
HEADINGS = (
    "layout",
    "heading_feedback",
    "heading_practice",
    "heading_activity",
    "heading_owner",
    "criterion_label",
    "feedback_label",
    "print_title",
)

TEXTS = ("analysis", "obstacles", "remedies")


def read_round(round: Round, numbers: set[int] | None = None) -> Document:
    """The document of a round; `numbers` limits it to some categories and what these use.

    Activities and feedback that were taken out are no part of the form and stay behind. The caller reads inside
    `documents.reading.one_moment`.
    """
    sheets = _sheets(round, numbers)
    analyses = [analysis for sheet in sheets for analysis in sheet.analyses.all()]
    activities = _activities(analyses)
    points = _points(round, None if numbers is None else analyses)
    practices = _practices(analyses)
    document: Document = {
        "format": FORMAT,
        "version": VERSION,
        "edition": _edition(round),
        "agency": agency_facts(round.agency),
        "round": _settings(round),
        "owners": _owners(activities),
        "agencies": _agencies(practices),
        "practices": [_practice(practice) for practice in practices],
        "sheets": [_sheet(sheet) for sheet in sheets],
        "activities": [_activity(activity, {point.pk for point in points}) for activity in activities],
        "feedback": [_point(point) for point in points],
    }
    document["figures"] = _figures(round, used_figures(document))
    return document


def text_pieces(document: Document) -> Iterable[tuple[str, dict[str, Any]]]:
    """Every rich text of a document with its place; each is a dict of html and version."""
    for index, practice in enumerate(document["practices"]):
        yield f"practices[{index}].text", practice["text"]
    for index, activity in enumerate(document["activities"]):
        yield f"activities[{index}].text", activity["text"]
    for index, sheet in enumerate(document["sheets"]):
        place = f"sheets[{index}]"
        yield from ((f"{place}.{name}", sheet[name]) for name in ("obstacles", "remedies"))
        for number, criterion in enumerate(sheet["criteria"]):
            inner = f"{place}.criteria[{number}]"
            yield from ((f"{inner}.{name}", criterion[name]) for name in TEXTS)
            for which, chosen in enumerate(criterion["practices"]):
                yield f"{inner}.practices[{which}].text", chosen["text"]


def used_figures(document: Document) -> list[str]:
    """The uids of the figures that a document uses, each once."""
    used = [uid for _, text in text_pieces(document) for uid in figure_uids(text["html"])]
    used += [row["figure"] for sheet in document["sheets"] for row in sheet["figures"]]
    return sorted(set(used))


def agency_facts(agency: Agency) -> dict[str, str]:
    """What a document says about a public body."""
    return {"code": agency.code, "name": agency.name, "short_name": agency.short_name, "kind": agency.kind}


def _sheets(round: Round, numbers: set[int] | None) -> list[CategorySheet]:
    places = ActivityPlace.objects.filter(activity__withdrawn_at=None).select_related("activity__text")
    analyses = CriterionAnalysis.objects.select_related(
        "wording__criterion", "analysis", "obstacles", "remedies"
    )
    chosen = ChosenPractice.objects.current().select_related("text", "practice")
    sheets = CategorySheet.objects.filter(round=round).select_related("category", "obstacles", "remedies")
    if numbers is not None:
        sheets = sheets.filter(category__number__in=numbers)
    owners = ActivityOwner.objects.select_related("owner")
    links = PointLink.objects.select_related("point")
    return list(
        sheets.order_by("category__number").prefetch_related(
            Prefetch("analyses", analyses.order_by("wording__position")),
            Prefetch("analyses__activity_places", places),
            Prefetch("analyses__activity_places__activity__owner_lines", owners),
            Prefetch("analyses__activity_places__activity__point_links", links),
            Prefetch("analyses__chosen_practices", chosen),
            Prefetch("figures", SheetFigure.objects.select_related("figure")),
        )
    )


def _activities(analyses: Iterable[CriterionAnalysis]) -> list[Activity]:
    """In the order of the form, each where it stands first."""
    found: dict[int, Activity] = {}
    for analysis in analyses:
        for place in analysis.activity_places.all():
            found.setdefault(place.activity_id, place.activity)
    return list(found.values())


def _practices(analyses: Iterable[CriterionAnalysis]) -> list[Practice]:
    wanted = {chosen.practice_id for analysis in analyses for chosen in analysis.chosen_practices.all()}
    cases = Practice.objects.filter(pk__in=wanted).select_related("agency", "text")
    return list(cases.prefetch_related("criteria", "tags").order_by("key"))


def _edition(round: Round) -> dict[str, Any]:
    rows = round.edition.criteria.select_related("criterion").order_by("position")
    return {
        "code": round.edition.code,
        "criteria": [{"code": row.code, "identity": row.criterion.identity} for row in rows],
    }


def _settings(round: Round) -> dict[str, Any]:
    facts = {name: getattr(round, name) for name in SETTINGS}
    facts["deadline"] = round.deadline.isoformat() if round.deadline else None
    return {"uid": str(round.uid), "version": round.version, "year": round.year, **facts}


def _owners(activities: Iterable[Activity]) -> list[dict[str, str]]:
    owners: dict[str, Owner] = {
        str(line.owner.uid): line.owner for activity in activities for line in activity.owner_lines.all()
    }
    return [
        {"uid": uid, "name": owner.name, "abbreviation": owner.abbreviation, "kind": owner.kind}
        for uid, owner in sorted(owners.items())
    ]


def _agencies(practices: Iterable[Practice]) -> list[dict[str, str]]:
    agencies = {practice.agency.code: practice.agency for practice in practices}
    return [agency_facts(agency) for _, agency in sorted(agencies.items())]


def _practice(practice: Practice) -> dict[str, Any]:
    return {
        "key": practice.key,
        "agency": practice.agency.code,
        "title": practice.title,
        "award": practice.award,
        "award_year": practice.award_year,
        "summary": practice.summary,
        "source": practice.source,
        "criteria": sorted(criterion.identity for criterion in practice.criteria.all()),
        "kept": practice.kept_to_id is not None,
        "tags": practice.tag_names,
        "text": _text(practice.text),
    }


def _text(text: Text) -> dict[str, Any]:
    return {"html": text.html, "version": text.version}


def _sheet(sheet: CategorySheet) -> dict[str, Any]:
    return {
        "category": sheet.number,
        "version": sheet.version,
        **{name: getattr(sheet, name) for name in HEADINGS},
        "obstacles": _text(sheet.obstacles),
        "remedies": _text(sheet.remedies),
        "figures": [
            {
                "uid": str(row.uid),
                "figure": str(row.figure.uid),
                "caption": row.caption,
                "alternative": row.alternative,
            }
            for row in sheet.figures.all()
        ],
        "criteria": [_criterion(analysis) for analysis in sheet.analyses.all()],
    }


def _criterion(analysis: CriterionAnalysis) -> dict[str, Any]:
    return {
        "uid": str(analysis.uid),
        "criterion": analysis.wording.criterion.identity,
        "analysis": _text(analysis.analysis),
        "obstacles": _text(analysis.obstacles),
        "remedies": _text(analysis.remedies),
        "practices": [
            {
                "uid": str(chosen.uid),
                "practice": chosen.practice.key,
                "agency_name": chosen.agency_name,
                "award_line": chosen.award_line,
                "source_version": chosen.source_version,
                "text": _text(chosen.text),
            }
            for chosen in analysis.chosen_practices.all()
        ],
        "activities": [str(place.activity.uid) for place in analysis.activity_places.all()],
    }


def _activity(activity: Activity, points: set[int]) -> dict[str, Any]:
    """`points` are the keys of the feedback that goes along: nothing refers to what is not in the document."""
    links = [link for link in activity.point_links.all() if link.point_id in points]
    return {
        "uid": str(activity.uid),
        "version": activity.owners_version,
        "text": _text(activity.text),
        "starts_on": activity.starts_on.isoformat() if activity.starts_on else None,
        "ends_on": activity.ends_on.isoformat() if activity.ends_on else None,
        "owners": [
            {"owner": str(line.owner.uid), "joiner": line.joiner, "note": line.note}
            for line in activity.owner_lines.all()
        ],
        "answers": sorted(str(link.point.uid) for link in links),
    }


def _points(round: Round, analyses: Iterable[CriterionAnalysis] | None) -> list[FeedbackPoint]:
    """Of all steps of the year; `analyses` limits them to these criteria."""
    points = FeedbackPoint.objects.current().of_year(round.agency, round.feedback_year)
    if analyses is not None:
        points = points.filter(criterion__in=[analysis.wording.criterion_id for analysis in analyses])
    ordered = points.select_related("criterion").order_by("criterion__identity", "step", "position", "uid")
    return list(ordered)


def _point(point: FeedbackPoint) -> dict[str, Any]:
    names = ("step", "position", "text", "strength", "gap", "level")
    return {
        "uid": str(point.uid),
        "version": point.version,
        "criterion": point.criterion.identity,
        **{name: getattr(point, name) for name in names},
        # only where there is one: files from before there were sub-items have none
        **({"sub_item": point.sub_item} if point.sub_item else {}),
    }


def _figures(round: Round, uids: list[str]) -> list[dict[str, Any]]:
    """The agency's pictures and shared ones, whatever address a text may have come to hold."""
    usable = Figure.objects.filter(Q(agency=None) | Q(agency=round.agency), uid__in=uids)
    return [_figure(figure) for figure in sorted(usable, key=lambda figure: str(figure.uid))]


def _figure(figure: Figure) -> dict[str, Any]:
    with figure.file.open("rb") as file:
        content = file.read()
    return {
        "uid": str(figure.uid),
        "name": figure.name,
        "shared": figure.agency_id is None,
        "media_type": figure.media_type,
        "size": len(content),
        "sha256": figure.sha256,
        "content": base64.b64encode(content).decode(),
    }
