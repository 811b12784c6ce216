"""A finished activity of one's own as a case of the library: a draft, which a curator completes and publishes."""

from __future__ import annotations

from django.db import transaction

from assessment.models import Activity, Round
from assessment.owner_line import owner_line_text
from organizations.models import AuditEvent, User
from practices.models import Practice, PracticeStatus
from practices.services import Facts, create_practice
from thai.text import one_line

_TITLE_LENGTH = 150
_SOURCE_LENGTH = 300


class NotFinished(Exception):
    """Only what was done can be an example to others."""


class NothingWritten(Exception):
    """The activity has no text."""


def proposed_case(activity: Activity) -> Practice | None:
    """The case that was made of this activity, in whatever state it is by now."""
    return Practice.objects.filter(uid=activity.case_uid).first()


@transaction.atomic
def propose_case(*, activity: Activity, by: User) -> Practice:
    """Make a draft kept to the agency, with text, criteria and owners of the activity; twice gives the same one.

    The form does not change by it, so a submitted category and a closed year take it, too.
    Raises NotFinished, NothingWritten.
    """
    # two presses at once wait for each other
    round = Round.objects.select_for_update(of=("self",)).select_related("agency").get(pk=activity.round_id)
    if made := proposed_case(activity):
        return made
    if activity.finished_at is None:
        raise NotFinished
    if activity.text.is_blank:
        raise NothingWritten
    practice = create_practice(
        uid=activity.case_uid,
        key=f"case-{activity.case_uid.hex[:16]}",
        facts=_facts(activity, round),
        html=activity.text.html,
        kept_to=round.agency,
        status=PracticeStatus.DRAFT,
        by=by,
    )
    AuditEvent.record("practice.proposed", activity, by=by, agency=round.agency, practice=practice.key)
    return practice


def _facts(activity: Activity, round: Round) -> Facts:
    places = activity.places.select_related("analysis__wording").order_by("analysis__wording__position")
    wordings = [place.analysis.wording for place in places]
    owners = owner_line_text(activity.owner_lines.select_related("owner"))
    codes = ", ".join(wording.code for wording in wordings)
    source = f"กิจกรรมปี {round.year} ข้อ {codes}"
    return Facts(
        agency=round.agency,
        title=_title(activity),
        award="",
        award_year=None,
        summary="",
        source=(f"{owners} {source}" if owners else source)[:_SOURCE_LENGTH],
        criteria=frozenset(wording.criterion_id for wording in wordings),
    )


def _title(activity: Activity) -> str:
    """The first line of the text, as a proposal; a long one ends at a blank."""
    line = one_line(activity.text.plain.split("\n")[0]) or f"กิจกรรมปี {activity.round.year}"
    if len(line) <= _TITLE_LENGTH:
        return line
    return line[:_TITLE_LENGTH].rpartition(" ")[0] or line[:_TITLE_LENGTH]
