"""Everything that takes long is made ready in short batches, in a state that nobody can see."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils import timezone

from organizations.models import Agency
from practices.enums import StagedState
from practices.models import Practice, PracticeStatus, StagedAgency, StagedCase, StagedPicture
from practices.services import tags_called
from texts.cleaning import figure_uids
from texts.figures import encode_figure, store_figure
from texts.models import Text

from .pace import Pace, in_order, portions

PICTURES = "กำลังเก็บภาพ"
WRITING = "กำลังบันทึก"


class Overtaken(Exception):
    """Somebody changed meanwhile what the load was compared with; `found` are pairs of place and message."""

    def __init__(self, places: list[tuple[str, str]]) -> None:
        super().__init__("overtaken")
        self.found = places


def prepare(pace: Pace) -> None:
    """Make agencies, pictures and new cases. Raises Overtaken, LoadStopped."""
    _make_agencies(pace)
    _store_pictures(pace)
    _put_pictures_into_texts(pace)
    _make_cases(pace)


def _make_agencies(pace: Pace) -> None:
    """New bodies come first, because cases need them; the event of the load names them."""
    new = list(pace.load.agencies.filter(is_new=True, agency=None))
    if not new:
        return
    standing = Agency.objects.filter(name__in=[one.name for one in new]).values_list("name", flat=True)
    if taken := set(standing):
        raise Overtaken([(name, "มีผู้เพิ่มหน่วยงานนี้ระหว่างนั้น") for name in sorted(taken)])
    with pace.batch(written=0):
        for one in new:
            one.agency = Agency.objects.create(
                code=one.code, name=one.name, short_name=one.short_name, kind=one.kind
            )
        StagedAgency.objects.bulk_update(new, ["agency"])


def _store_pictures(pace: Pace) -> None:
    pictures = pace.load.pictures.filter(figure=None)
    pace.begin(PICTURES, pictures.count())
    for picture in list(pictures):
        _store_picture(picture, pace)


def _store_picture(picture: StagedPicture, pace: Pace) -> None:
    """Decoding takes its time and comes before the transaction."""
    path = Path(picture.path)
    try:
        with path.open("rb") as file:
            encoded = encode_figure(file, path.stat().st_size)
    except (OSError, ValidationError) as error:
        raise Overtaken([(path.name, "ไฟล์ภาพหายไปหรือถูกแก้ไขระหว่างนั้น")]) from error
    load, uid = pace.load, uuid.uuid4()
    with pace.batch(1, written=0):
        figure = store_figure(encoded, agency=load.kept_to, by=load.by, name=picture.name, uid=uid)
        picture.figure, picture.is_new = figure, figure.uid == uid
        picture.save(update_fields=["figure", "is_new"])


def _put_pictures_into_texts(pace: Pace) -> None:
    """The uids of the stored pictures in the place of what stood for them."""
    with_pictures = pace.load.cases.filter(html__contains="<img").only("pk", "html", "load_id")
    for cases in portions(in_order(with_pictures), lambda case: len(case.html)):
        uids = _uids(pace, cases)
        for case in cases:
            for placeholder in set(figure_uids(case.html)) & set(uids):
                case.html = case.html.replace(placeholder, uids[placeholder])
        with pace.batch(written=0):
            StagedCase.objects.bulk_update(cases, ["html"])


def _uids(pace: Pace, cases: list[StagedCase]) -> dict[str, str]:
    named = {uid for case in cases for uid in figure_uids(case.html)}
    rows = pace.load.pictures.filter(placeholder__in=named).select_related("figure")
    return {str(row.placeholder): str(row.figure.uid) for row in rows if row.figure}


def _make_cases(pace: Pace) -> None:
    """New cases with their texts; `prepared_by` hides them."""
    new = pace.load.cases.filter(state=StagedState.NEW)
    pace.begin(WRITING, pace.load.count("new"))
    last = Practice.with_prepared.aggregate(last=Max("position"))["last"] or 0
    for cases in portions(in_order(new.select_related("agency__agency")), lambda case: 2 * len(case.html)):
        for case in cases:
            if not case.position:
                last += 1
                case.position = last
        with pace.batch(len(cases), written=pace.done + len(cases)):
            _make_portion(pace, cases)


def _make_portion(pace: Pace, cases: list[StagedCase]) -> None:
    load, now = pace.load, timezone.now()
    texts = Text.objects.bulk_create(_text(case, load.kept_to, load.by, now) for case in cases)
    practices = Practice.with_prepared.bulk_create(
        Practice(
            uid=case.uid,
            key=case.key,
            agency=case.agency.agency,
            text=text,
            kept_to=load.kept_to,
            status=PracticeStatus.PUBLISHED if load.publish and case.html else PracticeStatus.DRAFT,
            prepared_by=load,
            **case.values,
        )
        for case, text in zip(cases, texts, strict=True)
    )
    link_cases({practice.pk: case for practice, case in zip(practices, cases, strict=True)})


def link_cases(cases: dict[int, StagedCase]) -> None:
    """Give these cases, which have none, the criteria and tags of their rows."""
    to_criterion, to_tag = Practice.criteria.through, Practice.tags.through
    to_criterion._default_manager.bulk_create(
        to_criterion(practice_id=pk, criterion_id=criterion)
        for pk, case in cases.items()
        for criterion in case.criteria
    )
    tags = tags_called({name for case in cases.values() for name in case.tags})
    to_tag._default_manager.bulk_create(
        to_tag(practice_id=pk, tag_id=tag)
        for pk, case in cases.items()
        for tag in {tags[name].pk for name in case.tags}
    )


def _text(case: StagedCase, kept_to: Agency | None, by: Any, now: Any) -> Text:
    """As `new_text` makes it: version 1 with what it begins with; its revision follows when it is published."""
    written = {"html": case.html, "plain": case.plain, "version": 1, "updated_at": now, "updated_by": by}
    return Text(agency=kept_to, **(written if case.html else {}))
