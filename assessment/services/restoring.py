"""Using a text again that is not the one that stands: an older version, or one that came too late."""

from __future__ import annotations

import uuid

from django.db import transaction

from assessment.models import Activity, CategorySheet
from organizations.models import User
from texts.enums import RevisionKind
from texts.models import Proposal, Revision, Text
from texts.services import SavedText, accept_proposal, save_text

from .activities import ActivityElsewhere
from .locks import hold_sheets, refuse_locked_activity
from .texts import saving_as


@transaction.atomic
def use_version_again(
    *,
    sheet: CategorySheet,
    text: Text,
    version: int,
    base_version: int,
    key: uuid.UUID,
    by: User,
    activity: Activity | None = None,
) -> SavedText:
    """Make an older version of a text of this category the newest one, on top of the version it was compared with.

    Raises Revision.DoesNotExist, TextConflict, TextLocked, KeyReused (texts.services), and ActivityElsewhere for the
    text of an activity that was taken out of the category meanwhile; nothing is written then.
    """
    _hold(sheet, activity, by)
    html = Revision.objects.values_list("html", flat=True).get(text=text, version=version)
    return save_text(
        text=text,
        base_version=base_version,
        html=html,
        key=key,
        by=by,
        kind=RevisionKind.RESTORED,
        **saving_as(sheet, by),
    )


@transaction.atomic
def use_proposal(
    *,
    sheet: CategorySheet,
    proposal: Proposal,
    base_version: int,
    by: User,
    activity: Activity | None = None,
) -> SavedText:
    """Let a text of this category that came too late stand. Raises AlreadyDecided and what is raised above."""
    _hold(sheet, activity, by)
    return accept_proposal(proposal=proposal, base_version=base_version, by=by, **saving_as(sheet, by))


def _hold(sheet: CategorySheet, activity: Activity | None, by: User) -> None:
    """The place takes changes of this person until the end. Raises TextLocked, ActivityElsewhere."""
    hold_sheets(sheet.round, [sheet], by=by)
    if activity is None:
        return
    here = activity.places.filter(analysis__sheet=sheet, activity__withdrawn_at=None)
    if not here.exists():
        raise ActivityElsewhere
    refuse_locked_activity(activity, by=by)
