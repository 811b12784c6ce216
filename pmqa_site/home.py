"""What the home page shows to whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from assessment.enums import RoundState
from assessment.gaps import GapOverview, gap_overview
from assessment.models import Round
from assessment.progress import RoundProgress, round_progress
from assessment.review import SheetReview, review_of
from feedback.models import FeedbackPoint
from organizations.enums import SHOWN_BY_DEFAULT
from organizations.models import Agency, Notification, User
from organizations.permissions import categories_in, runs_agency

MOST_URGENT = 3


@dataclass(frozen=True)
class Workplace:
    """One agency of the person, with the round at work and what the person does in it.

    `preparing` are the forms that wait to be opened beside it, for those who run the year.
    """

    agency: Agency
    roles: list[str]
    runs: bool
    round: Round | None
    progress: RoundProgress | None
    rows: list[SheetReview] = field(default_factory=list)
    own: list[SheetReview] = field(default_factory=list)
    feedback_count: int = 0
    preparing: list[Round] = field(default_factory=list)
    gaps: GapOverview | None = None

    @property
    def waiting(self) -> list[SheetReview]:
        """The categories that wait for the secretariat."""
        return [row for row in self.rows if row.waits_for_review]


def home_context(user: User, code: str) -> dict[str, object]:
    """The agency asked for (or the first), and the others to change to."""
    agencies = list({m.agency_id: m.agency for m in user.current_memberships}.values())
    agency = next((a for a in agencies if a.code == code), agencies[0] if agencies else None)
    place = _workplace(user, agency) if agency else None
    return {
        "place": place,
        "page_round": place.round if place else None,
        "agencies": agencies if len(agencies) > 1 else [],
        "urgent": urgent_notices(user),
    }


def urgent_notices(user: User) -> list[Notification]:
    """What waits for this very person and was not opened yet: the newest few."""
    waiting = Notification.objects.shown_to(user).unread().filter(kind__in=SHOWN_BY_DEFAULT)
    return list(waiting.newest_first()[:MOST_URGENT])


def _workplace(user: User, agency: Agency) -> Workplace:
    runs = runs_agency(user, agency)
    roles = [m.role_label for m in user.current_memberships if m.agency_id == agency.pk]
    round = Round.objects.at_work(agency)
    if round is None:
        return Workplace(agency, roles, runs, None, None)
    progress = round_progress(round)
    numbers = categories_in(user, agency)
    rows = [review_of(sheet, user) for sheet in progress.sheets]
    own = [row for row in rows if row.sheet.number in numbers]
    points = FeedbackPoint.objects.current().of_year(agency, round.feedback_year).count()
    preparing, gaps = _preparing(round) if runs else [], gap_overview(round, user)
    return Workplace(agency, roles, runs, round, progress, rows, own, points, preparing, gaps)


def _preparing(round: Round) -> list[Round]:
    """The agency's other forms that are being prepared."""
    others = Round.objects.filter(agency=round.agency, state=RoundState.PREPARING).exclude(pk=round.pk)
    return list(others.select_related("agency").newest_first())
