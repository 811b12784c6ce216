"""What stands in the database after everything has ended, in the form that the verdict reads."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.models import Activity
from texts.models import Proposal, Revision, SaveKey

from .ledger import StoredRevision, StoredText


def uid_of(address: str) -> str:
    """The activity's uid in the address of its text."""
    return address.rstrip("/").split("/")[-2]


def read_texts(addresses: Iterable[str]) -> dict[str, StoredText]:
    """By address; a text that was never saved is not there."""
    by_uid = {uid_of(address): address for address in addresses}
    activities = Activity.objects.filter(uid__in=by_uid).select_related("text")
    return {by_uid[str(activity.uid)]: _text(activity) for activity in activities}


def _text(activity: Activity) -> StoredText:
    text = activity.text
    rows = Revision.objects.filter(text=text).values_list("version", "html", "author_id", "kind")
    late = Proposal.objects.filter(text=text).values_list("author_id", "html")
    keys = SaveKey.objects.filter(text=text).values_list("key", "version", "at")
    return StoredText(
        version=text.version,
        html=text.html,
        revisions=[StoredRevision(*row) for row in rows],
        keys={str(key): (version, at.timestamp()) for key, version, at in keys},
        proposals=set(late),
    )
