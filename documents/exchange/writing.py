"""Document → rows: one method per kind of piece, all inside the transaction of `taking.take_in`."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Max

from assessment.enums import ActivityStep
from assessment.models import (
    Activity,
    ActivityPlace,
    CategorySheet,
    ChosenPractice,
    CriterionAnalysis,
    Round,
    SheetFigure,
)
from assessment.services.activities import (
    ActivityData,
    OwnerLine,
    save_activity,
    save_owners_and_dates,
)
from assessment.services.activity_changes import record_change
from assessment.services.links import link_point
from assessment.services.locks import mark_changed
from assessment.services.practices import choose_practice
from assessment.services.round_settings import refuse_other_feedback
from assessment.services.texts import RoundTexts
from feedback.models import FeedbackPoint
from feedback.services import add_point, change_point
from organizations.models import Agency, AuditEvent, Owner, User
from practices.models import Practice, PracticeStatus
from practices.services import Facts, create_practice
from practices.tags import distinct
from texts.figures import Encoded, store_figure
from texts.models import Figure, Text
from texts.services import new_text

from . import Document
from .matching import Target, own_key

Row = dict[str, Any]


class RoundChanged(Exception):
    """Somebody changed what the plan was made for; nothing was written."""


class Writing:
    """Writes the pieces of a plan; remembers the rows that later pieces refer to."""

    def __init__(self, document: Document, target: Target, by: User | None) -> None:
        self.document = document
        self.target = target
        self.by = by
        self.owners: dict[str, Owner] = dict(target.owners)
        self.cases: dict[str, Practice] = dict(target.cases)
        self.stored_figures: list[Figure] = []
        self.texts: RoundTexts | None = None

    @property
    def agency(self) -> Agency:
        """Whose round is written."""
        return self.target.agency

    def _record(self, verb: str, row: Any, **facts: Any) -> None:
        AuditEvent.record(verb, row, by=self.by, agency=self.agency, **facts)

    # --- before the pieces ---

    def take_identity(self) -> None:
        """An empty round becomes the one that the document was written from, so that it is known again."""
        Round.objects.filter(pk=self.target.round.pk).update(uid=self.document["round"]["uid"])
        for sheet in self.document["sheets"]:
            for row in sheet["criteria"]:
                analysis = self.target.analyses[row["criterion"]]
                CriterionAnalysis.objects.filter(pk=analysis.pk).update(uid=row["uid"])

    def figures(self, pictures: dict[str, Encoded]) -> None:
        """Store the pictures that are not here yet. Raises RoundChanged when one arrived meanwhile."""
        for row in self.document["figures"]:
            shared = row["shared"] and self.target.trusted
            figure = store_figure(
                pictures[row["uid"]],
                agency=None if shared else self.agency,
                by=self.by,
                name=row["name"],
                uid=uuid.UUID(row["uid"]),
            )
            if str(figure.uid) != row["uid"]:
                raise RoundChanged
            self.stored_figures.append(figure)

    # --- round and sheets ---

    def text(self, *, stored: Text, html: str) -> None:
        """A text on top of the version that the plan was made for."""
        self._save(stored, html)

    def _save(self, text: Text, html: str) -> None:
        if self.texts is None:
            self.texts = RoundTexts(self.target.round, self.by)
        self.texts.save(text=text, base_version=text.version, html=html, key=uuid.uuid4())

    def settings(self, *, owner: Round | CategorySheet, values: Row) -> None:
        """Settings of the round or the headings of a sheet."""
        if isinstance(owner, Round):
            refuse_other_feedback(owner, values)
        owner.claim_version(owner.version)
        for name, value in values.items():
            setattr(owner, name, _date(value) if name == "deadline" else value)
        owner.save(update_fields=list(values))
        self._record("settings.saved", owner, fields=list(values))

    def sheet_figure(self, *, sheet: CategorySheet, row: Row) -> None:
        """A full-width figure, new at the end or with another picture and other words."""
        values = {"caption": row["caption"], "alternative": row["alternative"]}
        values["figure"] = Figure.objects.get(uid=row["figure"])
        if SheetFigure.objects.filter(uid=row["uid"], sheet=sheet).update(**values):
            return
        last = sheet.figures.aggregate(last=Max("position"))["last"] or 0
        figure = SheetFigure.objects.create(uid=row["uid"], sheet=sheet, position=last + 1, **values)
        self._record("sheet_figure.added", figure)

    def order_figures(self, *, sheet: CategorySheet, uids: Sequence[str]) -> None:
        """The full-width figures of a category in this order."""
        _number(list(SheetFigure.objects.filter(sheet=sheet)), uids)
        self._record("sheet_figure.moved", sheet)

    # --- criteria ---

    def choice(self, *, analysis: CriterionAnalysis, row: Row) -> None:
        """A case with the text as it was chosen, behind those that stand there; one that was taken out comes back."""
        practice = self.cases[row["practice"]]
        if ChosenPractice.objects.filter(analysis=analysis, practice=practice).exists():
            self._choose_again(analysis, practice, row)
            return
        last = ChosenPractice.objects.filter(analysis=analysis).aggregate(last=Max("position"))["last"] or 0
        chosen = ChosenPractice.objects.create(
            uid=row["uid"],
            analysis=analysis,
            practice=practice,
            position=last + 1,
            agency_name=row["agency_name"],
            award_line=row["award_line"],
            text=new_text(agency=self.agency, html=row["text"]["html"], by=self.by),
            source_version=self._source_version(practice, row),
        )
        mark_changed([analysis])
        self._record("practice.chosen", chosen, practice=practice.key)

    def _source_version(self, practice: Practice, row: Row) -> int:
        """Which version of the case here was copied: versions of another installation count for its own library.

        Where nobody had changed the case before the document was written, and it says the same here, it is the one
        that stands; otherwise the copy is of an older text, which page and panel then say.
        """
        if self.target.same:
            return int(row["source_version"])
        case = next(case for case in self.document["practices"] if case["key"] == row["practice"])
        was_current = row["source_version"] == case["text"]["version"]
        return practice.text.version if was_current and practice.text.html == case["text"]["html"] else 0

    def _choose_again(self, analysis: CriterionAnalysis, practice: Practice, row: Row) -> None:
        chosen = choose_practice(analysis=analysis, practice=practice, by=self.by)
        ChosenPractice.objects.filter(pk=chosen.pk).update(
            uid=row["uid"], agency_name=row["agency_name"], award_line=row["award_line"]
        )
        text, html = chosen.text, row["text"]["html"]
        if text.html != html:
            self._save(text, html)

    def names(self, *, chosen: ChosenPractice, row: Row) -> None:
        """The line over a chosen case."""
        chosen.agency_name, chosen.award_line = row["agency_name"], row["award_line"]
        chosen.save(update_fields=["agency_name", "award_line"])
        mark_changed([chosen.analysis_id])
        self._record("practice.renamed", chosen)

    def order_practices(self, *, analysis: CriterionAnalysis, uids: Sequence[str]) -> None:
        """The chosen cases of a criterion in this order."""
        analysis.claim_version(analysis.practices_version, "practices_version")
        _number(list(ChosenPractice.objects.filter(analysis=analysis)), uids)
        mark_changed([analysis])
        self._record("practice.moved", analysis)

    def activity(self, *, home: CriterionAnalysis, row: Row) -> None:
        """A new activity at the end of its first criterion; where else it stands comes with that list."""
        save_activity(analysis=home, data=self._data(row), by=self.by)

    def details(self, *, activity: Activity, row: Row) -> None:
        """Owner line and dates of an activity that stands here."""
        data = self._data(row, owners_version=activity.owners_version)
        save_owners_and_dates(activity=activity, data=data, by=self.by)

    def _data(self, row: Row, owners_version: int = 1) -> ActivityData:
        return ActivityData(
            uid=uuid.UUID(row["uid"]),
            key=uuid.uuid4(),
            html=row["text"]["html"],
            owners_version=owners_version,
            owners=[OwnerLine(self.owners[o["owner"]], o["joiner"], o["note"]) for o in row["owners"]],
            starts_on=_date(row["starts_on"]),
            ends_on=_date(row["ends_on"]),
        )

    def order_activities(self, *, analysis: CriterionAnalysis, uids: Sequence[str]) -> None:
        """These activities in the criterion, in this order."""
        analysis.claim_version(analysis.activities_version, "activities_version")
        places = ActivityPlace.objects.filter(analysis=analysis).select_related("activity")
        standing = {str(place.activity.uid): place for place in places}
        activities = Activity.objects.filter(round=self.target.round, uid__in=uids)
        rows = {str(activity.uid): activity for activity in activities}
        for position, uid in enumerate(uids, start=1):
            place = standing.get(uid) or ActivityPlace(analysis=analysis, activity=rows[uid])
            place.position = position
            place.save()
            if uid not in standing:
                record_change(activity=rows[uid], step=ActivityStep.DETAILS, by=self.by)
        mark_changed([analysis])
        self._record("activity.moved", analysis)

    # --- what the agency and the library hold ---

    def new_owner(self, *, row: Row) -> None:
        """An owner that the agency does not have yet."""
        owner = Owner.objects.create(
            uid=row["uid"],
            agency=self.agency,
            name=row["name"],
            abbreviation=row["abbreviation"],
            kind=row["kind"],
        )
        self._record("owner.created", owner)
        self.owners[row["uid"]] = owner

    def new_case(self, *, row: Row) -> None:
        """A case that the library does not have: shared by an installation administrator, otherwise kept."""
        taken = Practice.objects.filter(key=row["key"]).exists()
        shared = self.target.trusted and not row["kept"] and not taken
        html = row["text"]["html"]
        self.cases[row["key"]] = create_practice(
            uid=uuid.uuid4(),
            key=own_key(row["key"], self.agency) if taken else row["key"],
            facts=Facts(
                agency=self._public_body(row["agency"]),
                title=row["title"],
                award=row["award"],
                award_year=row["award_year"],
                summary=row["summary"],
                source=row["source"],
                criteria=frozenset(self.target.criteria[identity].pk for identity in row["criteria"]),
                tags=frozenset(distinct(row["tags"])),
            ),
            html=html,
            kept_to=None if shared else self.agency,
            status=PracticeStatus.PUBLISHED if html else PracticeStatus.DRAFT,
            by=self.by,
        )

    def _public_body(self, code: str) -> Agency:
        """The agency of a case: of this code, or of this name, or new as an example."""
        row = next(row for row in self.document["agencies"] if row["code"] == code)
        found = self.target.agencies.get(code) or Agency.objects.filter(name=row["name"]).first()
        if found is None:
            found = Agency.objects.create(**row)
            AuditEvent.record("agency.created", found, by=self.by, code=found.code)
        self.target.agencies[code] = found
        return found

    def point(self, *, found: FeedbackPoint | None, row: Row, year: int) -> None:
        """A feedback point of a Buddhist-era year, new or corrected."""
        criterion = self.target.criteria[row["criterion"]]
        names = ("step", "text", "strength", "gap", "level", "sub_item")
        values = {name: row[name] for name in names if name in row}
        if found is None:
            uid = uuid.UUID(row["uid"])
            place = {"position": row["position"], "uid": uid, "agency": self.agency}
            add_point(year=year, criterion=criterion, by=self.by, **place, **values)
        else:
            change_point(
                point=found,
                base_version=found.version,
                by=self.by,
                year=year,
                criterion=criterion,
                **values,
            )

    def answers(self, *, uid: str, points: Sequence[str]) -> None:
        """Link an activity to the points that it answers; those that the document brought are stored by now."""
        activity = Activity.objects.select_related("round__agency").get(round=self.target.round, uid=uid)
        for point in points:
            found = self.target.points.get(point) or FeedbackPoint.objects.get(agency=self.agency, uid=point)
            link_point(activity=activity, point=found, by=self.by)


def _date(typed: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(typed) if typed else None


def _number(rows: list[Any], uids: Sequence[str]) -> None:
    """Give the rows the positions of their uids."""
    for row in rows:
        row.position = uids.index(str(row.uid)) + 1
    type(rows[0])._default_manager.bulk_update(rows, ["position"])
