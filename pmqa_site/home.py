"""What the home page shows to whom."""

from __future__ import annotations

from dataclasses import dataclass, field

from assessment.models import Round
from assessment.progress import RoundProgress, SheetProgress, round_progress
from feedback.models import FeedbackPoint
from organizations.models import Agency, User
from organizations.permissions import categories_in, runs_agency


@dataclass(frozen=True)
class Workplace:
    """One agency of the person, with the newest round and what the person does in it."""

    agency: Agency
    roles: list[str]
    runs: bool
    round: Round | None
    progress: RoundProgress | None
    own: list[SheetProgress] = field(default_factory=list)
    feedback_count: int = 0

    @property
    def others(self) -> list[tuple[SheetProgress, bool]]:
        """The rows of the overview."""
        return [(sheet, False) for sheet in self.progress.sheets] if self.progress else []


def home_context(user: User, code: str) -> dict[str, object]:
    """The agency asked for (or the first), and the others to change to."""
    agencies = list({m.agency_id: m.agency for m in user.current_memberships}.values())
    agency = next((a for a in agencies if a.code == code), agencies[0] if agencies else None)
    place = _workplace(user, agency) if agency else None
    return {
        "place": place,
        "page_round": place.round if place else None,
        "agencies": agencies if len(agencies) > 1 else [],
    }


def _workplace(user: User, agency: Agency) -> Workplace:
    runs = runs_agency(user, agency)
    roles = [m.role_label for m in user.current_memberships if m.agency_id == agency.pk]
    round = Round.objects.filter(agency=agency).newest_first().select_related("agency", "edition").first()
    if round is None:
        return Workplace(agency, roles, runs, None, None)
    progress = round_progress(round)
    numbers = categories_in(user, agency)
    own = [sheet for sheet in progress.sheets if sheet.sheet.number in numbers]
    points = FeedbackPoint.objects.current().of_year(agency, round.feedback_year).count()
    return Workplace(agency, roles, runs, round, progress, own, points)
