"""A document beside the database: which rows are there already, and whether it may have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

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
from assessment.services.rounds import texts_of
from feedback.models import FeedbackPoint
from framework.models import Criterion
from organizations.models import Agency, Owner
from practices.models import Practice

from . import Document
from .checking import rows_of
from .faults import Faults
from .figures import NOT_USABLE


@dataclass(frozen=True)
class Target:
    """The round that a document goes into, with its rows by what names them in the document.

    `created`: the round was made for this document. `same`: the document was written from this very round, so
    that versions can be compared. `trusted`: cases and pictures may be shared with the whole installation.
    """

    round: Round
    created: bool
    same: bool
    trusted: bool
    criteria: dict[str, Criterion]
    sheets: dict[int, CategorySheet]
    analyses: dict[str, CriterionAnalysis]
    activities: dict[str, Activity]
    answers: dict[str, set[int]]
    owners: dict[str, Owner]
    points: dict[str, FeedbackPoint]
    cases: dict[str, Practice]
    agencies: dict[str, Agency]

    @property
    def agency(self) -> Agency:
        """Whose round it is."""
        return self.round.agency


def is_empty(round: Round) -> bool:
    """Nobody has written, chosen or placed anything in the round yet."""
    return not (
        texts_of(round).exclude(html="").exists()
        or Activity.objects.filter(round=round).exists()
        or ChosenPractice.objects.current().filter(analysis__sheet__round=round).exists()
        or SheetFigure.objects.filter(sheet__round=round).exists()
    )


def match(document: Document, round: Round, *, trusted: bool, created: bool) -> Target:
    """The rows of the round beside those of the document.

    Raises ExchangeRefused: another edition, criteria that are unknown here or stand in another category, rows
    of another round or agency (which are neither touched nor shown), a document of another round for one
    in which something was written.
    """
    faults = Faults()
    same = str(round.uid) == document["round"]["uid"]
    if not same and not is_empty(round):
        faults.add("round.uid", "ไฟล์มาจากแบบฟอร์มอื่น จึงนำเข้าได้เฉพาะแบบฟอร์มที่ยังไม่มีข้อความ")
    sheets = {sheet.number: sheet for sheet in _sheets(round)}
    analyses = {a.wording.criterion.identity: a for sheet in sheets.values() for a in sheet.analyses.all()}
    _check_edition(document, round, sheets, analyses, faults)
    _check_foreign(document, round, faults)
    faults.raise_if_any()
    activities = Activity.objects.filter(round=round).select_related("text")
    owners = ActivityOwner.objects.select_related("owner")
    return Target(
        round=round,
        created=created,
        same=same,
        trusted=trusted,
        criteria=_criteria(document, faults),
        sheets=sheets,
        analyses=analyses,
        activities={str(a.uid): a for a in activities.prefetch_related(Prefetch("owner_lines", owners))},
        answers=_answers(round),
        owners=_owners(document, round.agency),
        points=_points(document, round),
        cases=_cases(document, round.agency),
        agencies={agency.code: agency for agency in _agencies(document)},
    )


def _sheets(round: Round) -> Iterable[CategorySheet]:
    # its sheet with round and agency comes from the sheet below; joined here as well, they would be ten tables,
    # for which PostgreSQL does not look for the best order any more
    analyses = CriterionAnalysis.objects.select_related(
        "wording__criterion", "analysis", "obstacles", "remedies"
    )
    places = ActivityPlace.objects.filter(activity__withdrawn_at=None).select_related("activity__text")
    chosen = ChosenPractice.objects.current().select_related("text", "practice")
    sheets = CategorySheet.objects.filter(round=round).order_by("category__number")
    return sheets.select_related("category", "round__agency", "obstacles", "remedies").prefetch_related(
        Prefetch("analyses", analyses.order_by("wording__position")),
        Prefetch("analyses__activity_places", places),
        Prefetch("analyses__chosen_practices", chosen),
        Prefetch("figures", SheetFigure.objects.select_related("figure")),
    )


# --- what must agree ------------------------------------------------------------------------------


def _check_edition(
    document: Document,
    round: Round,
    sheets: dict[int, CategorySheet],
    analyses: dict[str, CriterionAnalysis],
    faults: Faults,
) -> None:
    if document["edition"]["code"] != round.edition.code:
        message = f"ไฟล์ใช้เกณฑ์ฉบับ {document['edition']['code']} แต่แบบฟอร์มปีนี้ใช้ฉบับ {round.edition.code}"
        faults.add("edition.code", message)
        return
    for place, sheet in rows_of(document, "sheets"):
        if sheet["category"] not in sheets:
            faults.add(f"{place}.category", f"ไม่มีหมวด {sheet['category']} ในแบบฟอร์มนี้")
            continue
        for number, row in enumerate(sheet["criteria"]):
            analysis = analyses.get(row["criterion"])
            if analysis is None or analysis.sheet.number != sheet["category"]:
                message = f"ไม่มีเกณฑ์ “{row['criterion']}” ในหมวด {sheet['category']} ของฉบับนี้"
                faults.add(f"{place}.criteria[{number}].criterion", message)
    _check_codes(document, round, faults)


def _check_codes(document: Document, round: Round, faults: Faults) -> None:
    """The same code must mean the same criterion in both installations."""
    stored = dict(round.edition.criteria.values_list("code", "criterion__identity"))
    for number, row in enumerate(document["edition"]["criteria"]):
        if stored.get(row["code"]) != row["identity"]:
            here = stored.get(row["code"], "ไม่มีข้อนี้")
            message = f"ข้อ {row['code']} ในไฟล์คือ “{row['identity']}” แต่ในระบบนี้คือ “{here}”"
            faults.add(f"edition.criteria[{number}]", message)


def _check_foreign(document: Document, round: Round, faults: Faults) -> None:
    """Rows that carry these uids elsewhere: one message for all of them, which tells nothing of what they are."""
    owned: dict[str, QuerySet[Any]] = {
        "owners": Owner.objects.exclude(agency=round.agency),
        "activities": Activity.objects.exclude(round=round),
        "sheet figures": SheetFigure.objects.exclude(sheet__round=round),
        "criteria": CriterionAnalysis.objects.exclude(sheet__round=round),
        "chosen": ChosenPractice.objects.exclude(analysis__sheet__round=round),
        "feedback": FeedbackPoint.objects.exclude(
            agency=round.agency, year=document["round"]["feedback_year"]
        ),
    }
    for kind, rows in owned.items():
        wanted = {row["uid"]: place for place, row in rows_of(document, kind)}
        taken = {str(uid) for uid in rows.filter(uid__in=wanted).values_list("uid", flat=True)}
        for uid, place in wanted.items():
            if uid in taken:
                faults.add(f"{place}.uid", NOT_USABLE)
    if Round.objects.exclude(pk=round.pk).filter(uid=document["round"]["uid"]).exists():
        faults.add("round.uid", NOT_USABLE)
    _check_parents(document, round, faults)


def _check_parents(document: Document, round: Round, faults: Faults) -> None:
    """Rows of this round do not change their criterion, category or case."""
    sheets = SheetFigure.objects.filter(sheet__round=round).values_list("uid", "sheet__category__number")
    criterion = "wording__criterion__identity"
    analyses = CriterionAnalysis.objects.filter(sheet__round=round).values_list("uid", criterion)
    chosen = ChosenPractice.objects.filter(analysis__sheet__round=round)
    choices = chosen.values_list("uid", f"analysis__{criterion}", "practice__key")
    stored = {str(uid): tuple(parents) for rows in (sheets, analyses, choices) for uid, *parents in rows}
    for place, uid, parents in _parents(document, round.agency):
        if uid in stored and stored[uid] not in parents:
            faults.add(f"{place}.uid", NOT_USABLE)


def _parents(document: Document, agency: Agency) -> Iterator[tuple[str, str, list[tuple[Any, ...]]]]:
    """Place, uid and possible parents of the rows that stand below others."""
    for at, sheet in rows_of(document, "sheets"):
        for n, figure in enumerate(sheet["figures"]):
            yield f"{at}.figures[{n}]", figure["uid"], [(sheet["category"],)]
    for at, row in rows_of(document, "criteria"):
        yield at, row["uid"], [(row["criterion"],)]
        for n, chosen in enumerate(row["practices"]):
            keys = (chosen["practice"], own_key(chosen["practice"], agency))
            yield f"{at}.practices[{n}]", chosen["uid"], [(row["criterion"], key) for key in keys]


def _criteria(document: Document, faults: Faults) -> dict[str, Criterion]:
    """The criteria that feedback and cases name. Raises ExchangeRefused for unknown ones."""
    wanted = {row["criterion"] for row in document["feedback"]}
    wanted |= {identity for case in document["practices"] for identity in case["criteria"]}
    known = {row.identity: row for row in Criterion.objects.filter(identity__in=wanted)}
    for place, row in rows_of(document, "feedback"):
        if row["criterion"] not in known:
            faults.add(f"{place}.criterion", f"ไม่มีเกณฑ์ “{row['criterion']}” ในระบบนี้")
    for place, row in rows_of(document, "practices"):
        for number, identity in enumerate(row["criteria"]):
            if identity not in known:
                faults.add(f"{place}.criteria[{number}]", f"ไม่มีเกณฑ์ “{identity}” ในระบบนี้")
    faults.raise_if_any()
    return known


# --- what is there already ------------------------------------------------------------------------


def _owners(document: Document, agency: Agency) -> dict[str, Owner]:
    """By the uid in the document: the same row, or one of the same name."""
    stored = list(Owner.objects.filter(agency=agency))
    by_uid = {str(owner.uid): owner for owner in stored}
    by_name = {owner.name: owner for owner in stored}
    found = {row["uid"]: by_uid.get(row["uid"]) or by_name.get(row["name"]) for row in document["owners"]}
    return {uid: owner for uid, owner in found.items() if owner}


def _answers(round: Round) -> dict[str, set[int]]:
    """The keys of the points that each activity answers, by the activity's uid."""
    found: dict[str, set[int]] = {}
    for uid, point in PointLink.objects.filter(activity__round=round).values_list("activity__uid", "point"):
        found.setdefault(str(uid), set()).add(point)
    return found


def _points(document: Document, round: Round) -> dict[str, FeedbackPoint]:
    """By the uid in the document: the same row, or the same words about the same criterion and step."""
    points = FeedbackPoint.objects.of_year(round.agency, document["round"]["feedback_year"])
    stored = list(points.select_related("criterion", "agency").order_by("pk"))
    by_uid = {str(point.uid): point for point in stored}
    by_words = {(p.criterion.identity, p.step, p.text): p for p in stored if p.withdrawn_at is None}
    found = {
        row["uid"]: by_uid.get(row["uid"]) or by_words.get((row["criterion"], row["step"], row["text"]))
        for row in document["feedback"]
    }
    return {uid: point for uid, point in found.items() if point}


def _cases(document: Document, agency: Agency) -> dict[str, Practice]:
    """Cases of these keys that this agency may use; a key that another agency keeps is as if it were free."""
    keys = [row["key"] for row in document["practices"]]
    keys += [own_key(key, agency) for key in keys]
    usable = Practice.objects.filter(Q(kept_to=None) | Q(kept_to=agency), key__in=keys)
    by_key = {case.key: case for case in usable.select_related("agency", "text")}
    found = {
        row["key"]: by_key.get(row["key"]) or by_key.get(own_key(row["key"], agency))
        for row in document["practices"]
    }
    return {key: case for key, case in found.items() if case}


def own_key(key: str, agency: Agency) -> str:
    """The key under which an agency keeps a case whose own key is taken."""
    return f"{key[: 79 - len(agency.code)]}-{agency.code}"


def _agencies(document: Document) -> Iterable[Agency]:
    return Agency.objects.filter(code__in=[row["code"] for row in document["agencies"]])
