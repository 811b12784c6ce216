"""The verdict over ledgers and database: what was promised and not held. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .ledger import CONFLICT, LOCKED, MINE, THEIRS, Edit, Fault, Span, StoredRevision, StoredText
from .writing import marks, paragraphs

LOST = "lost"
OVERWRITTEN = "silently overwritten"
DOUBLED = "doubled"
GAP = "gap in the history"
FALSE_CONFLICT = "false conflict"
WRONG_MERGE = "wrong merge"
WRONG_ORDER = "order turned round"
WRITTEN_WHILE_CLOSED = "written while closed"
UNANSWERED = "never answered"
BAD_ANSWER = "bad answer"
# a trial without kills, conflicts or saves shows nothing
NOTHING = "nothing happened"


def verdict(
    edits: Iterable[Edit],
    texts: Mapping[str, StoredText],
    closings: Iterable[Span] = (),
) -> list[Fault]:
    """Everything that is wrong; nothing may be saved in the closings."""
    by_text: dict[str, list[Edit]] = {address: [] for address in texts}
    for edit in edits:
        by_text.setdefault(edit.text, []).append(edit)
    spans = list(closings)
    found: list[Fault] = []
    for address, own in by_text.items():
        stored = texts.get(address, StoredText(0, "", []))
        found += _Case(address, own, stored).faults()
        found += _written_while_closed(own, [span for span in spans if address in span.texts])
    return found


def came_after_its_refusal(edit: Edit, stored: StoredText) -> bool:
    """A sending that was given up on the way arrived after a later one had been refused, and could be saved then.

    Its text is in the history and takes out nothing unseen, so it is counted and is no fault.
    """
    if edit.key not in stored.keys:
        return False
    version, at = stored.keys[edit.key]
    if edit.outcome == CONFLICT:
        return version > edit.version
    return edit.outcome == LOCKED and at >= edit.last_sent


class _Case:
    """One text: what was sent to it and what stands in it."""

    def __init__(self, address: str, edits: list[Edit], stored: StoredText) -> None:
        self.address = address
        self.edits = edits
        self.stored = stored
        self.revisions: dict[int, StoredRevision] = {row.version: row for row in stored.revisions}
        # the edit by the version that holds its very text
        self.makers: dict[int, Edit] = {}
        for edit in edits:
            if edit.saved:
                self.makers.setdefault(edit.version, edit)
            elif came_after_its_refusal(edit, stored):
                self.makers.setdefault(stored.keys[edit.key][0], edit)

    def faults(self) -> list[Fault]:
        """All faults of this text."""
        return [
            *self._gaps(),
            *self._answers(),
            *self._lost(),
            *self._doubled(),
            *self._overwritten(),
            *self._false_conflicts(),
            *self._wrong_order(),
        ]

    def _fault(self, kind: str, what: str) -> Fault:
        return Fault(kind, self.address, what)

    def _html(self, version: int) -> str:
        row = self.revisions.get(version)
        return row.html if row else ""

    # --- the history itself -----------------------------------------------------------------------

    def _gaps(self) -> Iterator[Fault]:
        """Versions are 1, 2, 3 … without gap or double, and the newest one is what stands in the text."""
        versions = sorted(row.version for row in self.stored.revisions)
        if versions != list(range(1, self.stored.version + 1)):
            yield self._fault(GAP, f"the text is at {self.stored.version}, its history has {versions[-5:]}")
        if self.stored.html != self._html(self.stored.version):
            yield self._fault(GAP, f"what stands is not version {self.stored.version} of the history")

    def _answers(self) -> Iterator[Fault]:
        for edit in self.edits:
            for trouble in edit.troubles:
                yield self._fault(BAD_ANSWER, trouble)
            if not edit.outcome and not edit.troubles:
                yield self._fault(UNANSWERED, f"{edit.key} after {edit.sendings} sendings")

    # --- acknowledged means kept ------------------------------------------------------------------

    def _lost(self) -> Iterator[Fault]:
        """The very text of an acknowledged edit stands in the version that the client was told, by that person."""
        for edit in self.edits:
            if edit.outcome == LOCKED:
                yield from self._lost_proposal(edit)
            elif edit.saved:
                row = self.revisions.get(edit.version)
                if row is None or row.html != edit.html or row.author != edit.writer:
                    yield self._fault(LOST, f"edit {edit.key} was acknowledged as version {edit.version}")

    def _lost_proposal(self, edit: Edit) -> Iterator[Fault]:
        """A late edit stands in a proposal, or as a text already, when told so; it must not have been saved before."""
        stands = any(row.html == edit.html for row in self.revisions.values())
        if edit.proposal and (edit.writer, edit.html) not in self.stored.proposals and not stands:
            yield self._fault(LOST, f"late edit {edit.key} is in no proposal")
        if edit.key in self.stored.keys and not came_after_its_refusal(edit, self.stored):
            yield self._fault(BAD_ANSWER, f"edit {edit.key} was told that it is late, and had been saved")

    def _doubled(self) -> Iterator[Fault]:
        """Every version has exactly one edit behind it; a merge or «theirs» has its second version."""
        seen: dict[int, Edit] = {}
        for edit in self.edits:
            if edit.saved:
                other = seen.setdefault(edit.version, edit)
                if other is not edit:
                    yield self._fault(DOUBLED, f"{other.key} and {edit.key} are both version {edit.version}")
        for version in self._untold():
            yield self._fault(DOUBLED, f"nobody was told of version {version}")

    def _untold(self) -> set[int]:
        """Versions that no client was told of; the second one of a pair belongs to the first."""
        second = {version + 1 for version in self.makers if self._has_second(version)}
        return set(self.revisions) - set(self.makers) - second

    def _has_second(self, version: int) -> bool:
        row = self.revisions.get(version)
        return row is not None and row.has_second

    # --- nobody's words vanish unseen -------------------------------------------------------------

    def _overwritten(self) -> Iterator[Fault]:
        """From one version to the next only that vanishes which its author took out, or saw and decided on."""
        for version, edit in self.makers.items():
            if version not in self.revisions:
                continue
            before = self._html(version - 1)
            if edit.choice == THEIRS:
                if self._html(version + 1) != before:
                    yield self._fault(OVERWRITTEN, f"version {version + 1} should be {version - 1} again")
                continue
            merged = self._has_second(version)
            after = self._html(version + 1 if merged else version)
            vanished = marks(before) - marks(after) - self._meant(edit)
            if vanished:
                yield self._fault(OVERWRITTEN, f"version {version} by {edit.key} took out {sorted(vanished)}")
            if merged:
                yield from self._wrong_merge(edit, before, after)

    def _meant(self, edit: Edit) -> frozenset[str]:
        """The marks that the author took out knowingly."""
        return edit.removed | (marks(self._html(edit.base)) if edit.choice == MINE else frozenset())

    def _brought(self, edit: Edit) -> frozenset[str]:
        """The marks that the author wants to stand: new ones, and after a decision also those that had been away."""
        if edit.choice != MINE:
            return edit.added
        return marks(edit.html) - marks(self._html(edit.base))

    def _wrong_merge(self, edit: Edit, before: str, after: str) -> Iterator[Fault]:
        """A merge has both people's changes, whole paragraphs of either, and nothing else."""
        brought = self._brought(edit)
        if not brought <= marks(after):
            yield self._fault(WRONG_MERGE, f"version {edit.version + 1} is without what {edit.key} added")
        strange = set(paragraphs(after)) - set(paragraphs(before)) - set(paragraphs(edit.html))
        back = marks(after) - marks(before) - brought
        if strange or back:
            yield self._fault(WRONG_MERGE, f"version {edit.version + 1} has {sorted(back)} that nobody wrote")

    # --- no conflict without another person -------------------------------------------------------

    def _false_conflicts(self) -> Iterator[Fault]:
        for edit in self.edits:
            if edit.outcome != CONFLICT:
                continue
            if self._own_text_stands(edit):
                yield self._fault(FALSE_CONFLICT, f"{edit.key} met its own lost answer")
            elif not self._others_between(edit):
                yield self._fault(FALSE_CONFLICT, f"{edit.key}: nobody saved after version {edit.base}")

    def _own_text_stands(self, edit: Edit) -> bool:
        """The very text had been committed by the time of the conflict, and nobody was told."""
        if edit.key in self.stored.keys and not came_after_its_refusal(edit, self.stored):
            return True
        rows = (self.revisions[version] for version in self._untold() if version <= edit.version)
        return any(row.author == edit.writer and row.html == edit.html for row in rows)

    def _others_between(self, edit: Edit) -> bool:
        span = range(self._seen(edit.base) + 1, edit.version + 1)
        rows = [self.revisions[version] for version in span if version in self.revisions]
        return any(row.author != edit.writer or self._came_late(row.version) for row in rows)

    def _came_late(self, version: int) -> bool:
        """Of an own sending that came after its refusal nobody was told, so it is as good as another person's."""
        maker = self.makers.get(version)
        return maker is not None and not maker.saved

    def _seen(self, version: int) -> int:
        """Up to which version others' words are in this one; what was merged or set aside is without the newer."""
        maker = self.makers.get(version)
        while maker is not None and self._has_second(version):
            version = maker.base if maker.choice == MINE else maker.known_version
            maker = self.makers.get(version)
        return version

    # --- time goes one way ------------------------------------------------------------------------

    def _wrong_order(self) -> Iterator[Fault]:
        """An edit sent after another's acknowledgement never gets a lower version."""
        latest: Edit | None = None
        for _, edit in sorted(self.makers.items(), reverse=True):
            if not edit.saved:
                continue
            if latest is not None and latest.answered < edit.first_sent:
                yield self._fault(WRONG_ORDER, f"{edit.key} was sent after version {latest.version} was told")
            if latest is None or edit.answered < latest.answered:
                latest = edit


def _written_while_closed(edits: Iterable[Edit], spans: list[Span]) -> Iterator[Fault]:
    """Nothing that was sent and answered inside a closed span is saved."""
    for edit in edits:
        if edit.saved and any(span.start < edit.first_sent and edit.answered < span.end for span in spans):
            yield Fault(WRITTEN_WHILE_CLOSED, edit.text, f"{edit.key} was saved as version {edit.version}")
