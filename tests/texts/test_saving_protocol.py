"""Saving against a small reference model: whatever three people, a bad line and a lock do in whatever order.

The model is a list of versions and a dict of keys. The services must give the answer that the model gives and leave
the rows that the model has; beside it the verdict of `./pmqa prove edits` must find nothing to say about the story.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from organizations.models import AuditEvent, User
from proof.edits import verdict
from proof.edits.ledger import CONFLICT, LOCKED, MERGED, MINE, SAVED, THEIRS, Edit, StoredRevision, StoredText
from proof.edits.writing import corrected, first_text, next_text, paragraph, paragraphs
from tests.world import World
from texts.merging import merge
from texts.models import Proposal, Revision, SaveKey, Text
from texts.services import (
    AlreadyDecided,
    KeyReused,
    SavedText,
    TextConflict,
    TextLocked,
    accept_proposal,
    dismiss_proposal,
    keep_proposal,
    save_text,
    saved_before,
    set_aside,
)

PEOPLE = ("committee_1", "committee_3", "secretariat")
person_numbers = st.integers(0, len(PEOPLE) - 1)


@dataclass
class Model:
    """What must stand: versions as (html, author, kind), and by key what was asked and the version that it made."""

    versions: list[tuple[str, int, str]] = field(default_factory=list)
    keys: dict[uuid.UUID, tuple[int, str, int]] = field(default_factory=dict)
    proposals: dict[uuid.UUID, tuple[str, int]] = field(default_factory=dict)
    locked: bool = False

    @property
    def current(self) -> int:
        """The version that stands."""
        return len(self.versions)

    def html(self, version: int) -> str:
        """What a version holds; version 0 is the blank text."""
        return self.versions[version - 1][0] if version else ""

    def answer(
        self, key: uuid.UUID, base: int, html: str, by: int, *, theirs: bool, over_lock: bool, merging: bool
    ) -> tuple[str, int, int]:
        """What the service says – saved, conflict, locked or reused – with first and last version."""
        if key in self.keys:
            seen_base, seen_html, version = self.keys[key]
            same = (seen_base, seen_html) == (base, html)
            return (SAVED, version, self.current) if same else ("reused", 0, 0)
        if self.locked and not over_lock:
            return LOCKED, 0, 0
        rows = self._rows(base, html, theirs=theirs, merging=merging)
        if rows is None:
            return CONFLICT, self.current, self.current
        first = self.current + 1
        self.versions += [(stored, by, kind) for stored, kind in rows]
        self.keys[key] = (base, html, first)
        return SAVED, first, self.current

    def _rows(self, base: int, html: str, *, theirs: bool, merging: bool) -> list[tuple[str, str]] | None:
        stands = self.html(self.current)
        if theirs:
            return [(html, "set_aside"), (stands, "kept")]
        if base == self.current or (merging and html == stands):
            return [(html, "written")]
        merged = merge(self.html(base), stands, html) if merging else None
        if merged is None:
            return None
        return [(html, "written")] if merged == html else [(html, "before_merge"), (merged, "merged")]


@dataclass
class Page:
    """The text as one person has it before the eyes."""

    version: int = 0
    html: str = ""
    refused: Edit | None = None


class Saving(RuleBasedStateMachine):
    """Three pages of one text."""

    agency: Any
    people: list[User]

    def __init__(self) -> None:
        super().__init__()
        self.text = Text.objects.create(agency=self.agency)
        self.events = AuditEvent.objects.count()
        self.model = Model()
        self.pages = [Page() for _ in self.people]
        self.edits: list[Edit] = []
        self.clock = 0.0

    @initialize(begun=st.booleans())
    def open_the_page(self, begun: bool) -> None:
        """Three pages of a text that somebody began, or of a blank one."""
        if begun:
            self._send(0, self._edit(0, 0, first_text(self.people[0].pk, 0)))
            self.pages = [Page(1, self.model.html(1)) for _ in self.people]

    # --- what people do ---------------------------------------------------------------------------

    @rule(person=person_numbers, chance=st.randoms(use_true_random=False))
    def type_and_save(self, person: int, chance: Any) -> None:
        """The next edit of a page, on whatever base that page has."""
        page = self.pages[person]
        html = next_text(page.html, self.people[person].pk, len(self.edits), chance)
        self._send(person, self._edit(person, page.version, html))

    @rule(person=person_numbers, place=st.integers(0, 4))
    def make_the_same_correction(self, person: int, place: int) -> None:
        """A change that somebody else makes alike."""
        parts = paragraphs(self.pages[person].html)
        if parts:
            parts[place] = corrected(parts[place])
            self._send(person, self._edit(person, self.pages[person].version, "".join(parts)))

    @rule(person=person_numbers)
    def take_back(self, person: int) -> None:
        """What was typed is taken back before it was sent."""
        page = self.pages[person]
        if page.html:
            self._send(person, self._edit(person, page.version, page.html))

    @rule(person=person_numbers, place=st.integers(0, 4))
    def save_without_scripts(self, person: int, place: int) -> None:
        """The plain form does not merge."""
        page = self.pages[person]
        parts = paragraphs(page.html) or paragraphs(first_text(self.people[person].pk, len(self.edits)))
        parts[place] = paragraph(self.people[person].pk, len(self.edits), 9)
        self._send(person, self._edit(person, page.version, "".join(parts)), merging=False)

    @precondition(lambda self: any(page.refused for page in self.pages))
    @rule(choice=st.sampled_from((MINE, THEIRS)), data=st.data())
    def decide(self, choice: str, data: st.DataObject) -> None:
        """A conflict is decided; the person was shown what stood then."""
        waiting = [number for number, page in enumerate(self.pages) if page.refused]
        person = data.draw(st.sampled_from(waiting))
        refused = self.pages[person].refused
        assert refused is not None
        edit = self._edit(person, refused.version, refused.html, choice=choice)
        edit.known, edit.known_version = refused.known, refused.known_version
        self._send(person, edit)

    @precondition(lambda self: self.edits)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Any request comes once more, also one that was given up long ago."""
        edit = data.draw(st.sampled_from(self.edits))
        state, first, _ = self._ask(edit, merging=True)
        if state == SAVED and not edit.saved:
            # it could not be saved when it was answered, and nobody waits for it any more
            self.clock += 1
            self.times[edit.key] = self.clock
        elif edit.saved:
            assert (state, first) == (SAVED, edit.version)

    @precondition(lambda self: self.model.keys)
    @rule(data=st.data())
    def reuse_a_key(self, data: st.DataObject) -> None:
        """The same key with another text is a fault of the sender and changes nothing."""
        key = data.draw(st.sampled_from(sorted(self.model.keys)))
        with pytest.raises(KeyReused):
            save_text(text=self.text, base_version=0, html="<p>อื่น</p>", key=key, by=self.people[0])

    # --- locks ------------------------------------------------------------------------------------

    @rule()
    def lock_or_open(self) -> None:
        """The sheet is submitted, or given back."""
        self.model.locked = not self.model.locked
        at = timezone.now() if self.model.locked else None
        Text.objects.filter(pk=self.text.pk).update(locked_at=at)

    @precondition(lambda self: self.model.locked)
    @rule(place=st.integers(0, 4))
    def correct_over_the_lock(self, place: int) -> None:
        """The secretariat corrects a submitted text."""
        person = len(self.people) - 1
        parts = paragraphs(self.pages[person].html) or paragraphs(first_text(0, len(self.edits)))
        parts[place] = paragraph(0, len(self.edits), 9)
        self._send(person, self._edit(person, self.pages[person].version, "".join(parts)), over_lock=True)

    @precondition(lambda self: self.model.proposals)
    @rule(data=st.data(), accepted=st.booleans())
    def decide_a_proposal(self, data: st.DataObject, accepted: bool) -> None:
        """What came late stands after all, or not; nobody can decide twice."""
        key = data.draw(st.sampled_from(sorted(self.model.proposals)))
        proposal = Proposal.objects.get(text=self.text, key=key)
        decider = self.people[-1]
        html, _ = self.model.proposals[key]
        was_decided = proposal.decided_at is not None
        try:
            if accepted:
                saved = accept_proposal(
                    proposal=proposal, base_version=self.model.current, by=decider, over_lock=True
                )
                assert saved.version == self.model.current + 1
            else:
                dismiss_proposal(proposal=proposal, by=decider)
        except AlreadyDecided:
            assert was_decided
            return
        assert not was_decided
        if accepted:
            self._note_acceptance(key, html, decider)

    def _note_acceptance(self, key: uuid.UUID, html: str, decider: User) -> None:
        base = self.model.current
        self.model.versions.append((html, decider.pk, "accepted"))
        self.model.keys[key] = (base, html, base + 1)
        # the one who accepts sees both texts, as in a conflict that is decided
        self.clock += 1
        stands = self.model.html(base)
        told = Edit(decider.pk, "text", f"accepted {key}", base, html, known=stands, known_version=base)
        told.first_sent, told.answered = self.clock, self.clock + 0.5
        told.outcome, told.version = SAVED, base + 1
        self.accepted.append(told)
        # and goes on from the page that shows it
        self.pages[self.people.index(decider)] = Page(base + 1, html)

    # --- sending ----------------------------------------------------------------------------------

    @property
    def times(self) -> dict[str, float]:
        """When something was saved that nobody was told of."""
        return self.__dict__.setdefault("_times", {})

    @property
    def accepted(self) -> list[Edit]:
        """Proposals that were accepted, as edits of whoever accepted them."""
        return self.__dict__.setdefault("_accepted", [])

    def _edit(self, person: int, base: int, html: str, choice: str = "") -> Edit:
        page = self.pages[person]
        writer, key = self.people[person].pk, str(uuid.UUID(int=len(self.edits) + 1))
        edit = Edit(writer, "text", key, base, html, known=page.html, known_version=page.version)
        edit.choice = choice
        self.edits.append(edit)
        return edit

    def _send(self, person: int, edit: Edit, *, merging: bool = True, over_lock: bool = False) -> None:
        """Send, compare with the model, and take the answer into the page as the editor does."""
        self.clock += 1
        edit.first_sent = edit.last_sent = self.clock
        edit.sendings = 1
        state, first, last = self._ask(edit, merging=merging, over_lock=over_lock)
        edit.answered = self.clock + 0.5
        edit.outcome, edit.version, edit.current = state, first, last
        page = self.pages[person]
        page.refused = edit if state == CONFLICT else None
        if state == SAVED:
            edit.outcome = MERGED if last > first else SAVED
            page.version, page.html = last, self.model.html(last)
        elif state == LOCKED:
            self._propose(edit)

    def _propose(self, edit: Edit) -> None:
        author = next(user for user in self.people if user.pk == edit.writer)
        kept = keep_proposal(
            text=self.text, base_version=edit.base, html=edit.html, key=uuid.UUID(edit.key), by=author
        )
        stands = edit.html == self.model.html(self.model.current)
        assert (kept is None) == stands
        edit.proposal = kept is not None
        if kept:
            self.model.proposals[uuid.UUID(edit.key)] = (edit.html, edit.writer)

    def _ask(self, edit: Edit, *, merging: bool, over_lock: bool = False) -> tuple[str, int, int]:
        """The answer of the service, which must be the model's."""
        author = next(user for user in self.people if user.pk == edit.writer)
        sent = {
            "text": self.text,
            "base_version": edit.base,
            "html": edit.html,
            "key": uuid.UUID(edit.key),
            "by": author,
        }
        theirs = edit.choice == THEIRS
        wanted = self.model.answer(
            sent["key"],
            edit.base,
            edit.html,
            edit.writer,
            theirs=theirs,
            over_lock=over_lock,
            merging=merging,
        )
        assert self._service(sent, theirs=theirs, merging=merging, over_lock=over_lock) == wanted
        return wanted

    @staticmethod
    def _service(
        sent: dict[str, Any], *, theirs: bool, merging: bool, over_lock: bool
    ) -> tuple[str, int, int]:
        try:
            saved: SavedText = (
                set_aside(**sent, over_lock=over_lock)
                if theirs
                else save_text(**sent, merging=merging, over_lock=over_lock)
            )
        except TextConflict as conflict:
            return CONFLICT, conflict.current.version, conflict.current.version
        except TextLocked:
            return LOCKED, 0, 0
        except KeyReused:
            return "reused", 0, 0
        again = saved_before(**sent)
        assert again is not None
        assert (again.version, again.current, again.replayed) == (saved.version, saved.current, True)
        return SAVED, saved.version, saved.current

    # --- what must hold ---------------------------------------------------------------------------

    @invariant()
    def the_text_is_the_newest_version(self) -> None:
        """After every step, and nothing half done."""
        row = Text.objects.get(pk=self.text.pk)
        assert (row.version, row.html) == (self.model.current, self.model.html(self.model.current))
        assert Revision.objects.filter(text=row).count() == self.model.current
        assert SaveKey.objects.filter(text=row).count() == len(self.model.keys)

    def teardown(self) -> None:
        """The whole history at the end, and the verdict on the story."""
        rows = Revision.objects.filter(text=self.text).order_by("version")
        stored = list(rows.values_list("version", "html", "author_id", "kind"))
        assert [row[1:] for row in stored] == self.model.versions
        assert [row[0] for row in stored] == list(range(1, self.model.current + 1))
        late = set(Proposal.objects.filter(text=self.text).values_list("author_id", "html"))
        assert late == {(author, html) for html, author in self.model.proposals.values()}
        saves = AuditEvent.objects.filter(verb="text.saved", object_id=str(self.text.pk)).count()
        assert saves == len(self.model.keys)
        keys = {str(key): (v, self.times.get(str(key), 0.0)) for key, (_, _, v) in self.model.keys.items()}
        told = StoredText(
            self.model.current,
            self.model.html(self.model.current),
            [StoredRevision(*row) for row in stored],
            {key: value for key, value in keys.items() if key not in self._accepted_keys()},
            late,
        )
        assert verdict.verdict([*self.edits, *self.accepted], {"text": told}) == []

    def _accepted_keys(self) -> set[str]:
        return {edit.key.removeprefix("accepted ") for edit in self.accepted}


def test_saving_is_as_the_model_says_whatever_happens(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # the marks alone tell the paragraphs apart, and cleaning 8 KB a hundred times shows nothing more
    monkeypatch.setattr("proof.edits.writing.SENTENCE", "ผล")
    people = [world.here.people[name] for name in PEOPLE]
    machine = type("SavingHere", (Saving,), {"agency": world.here.agency, "people": people})
    limits = settings(
        max_examples=40,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        # a story that fails is short enough to read, and making it shorter takes minutes
        phases=[Phase.explicit, Phase.generate],
    )
    run_state_machine_as_test(machine, settings=limits)
