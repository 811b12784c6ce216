"""The verdict of `./pmqa prove edits` on ledgers and histories made by hand: it finds each fault, and only that."""

from __future__ import annotations

import random

import pytest

from proof.edits import verdict
from proof.edits.ledger import BEFORE_MERGE, SET_ASIDE, Edit, Span, StoredRevision, StoredText
from proof.edits.writing import corrected, first_text, marks, next_text, paragraph, paragraphs

TEXT = "/a/proof/2569/1.1/activities/1/text/"
ANN, BEN = 1, 2
FIRST = first_text(ANN, 0)


def changed(html: str, place: int, writer: int, number: int) -> str:
    """The text with one paragraph rewritten."""
    parts = paragraphs(html)
    parts[place] = paragraph(writer, number, 0)
    return "".join(parts)


class Story:
    """A text, its history and the ledgers of the people who wrote it; steps are told right unless said."""

    def __init__(self) -> None:
        self.edits: list[Edit] = []
        self.stored = StoredText(0, "", [])
        self.clock = 100.0

    def store(self, author: int, html: str, kind: str = "written") -> int:
        """A row of the history on top of what stands."""
        self.stored.version += 1
        self.stored.html = html
        self.stored.revisions.append(StoredRevision(self.stored.version, html, author, kind))
        return self.stored.version

    def told(self, writer: int, base: int, known: str, html: str, outcome: str, version: int, **more) -> Edit:
        """An edit with its answer."""
        self.clock += 1
        edit = Edit(
            writer=writer,
            text=TEXT,
            key=f"key-{len(self.edits)}",
            base=base,
            html=html,
            known=known,
            known_version=base,
            first_sent=self.clock,
            last_sent=self.clock,
            answered=self.clock + 0.5,
            sendings=1,
            outcome=outcome,
            version=version,
            current=version,
        )
        for name, value in more.items():
            setattr(edit, name, value)
        self.edits.append(edit)
        return edit

    def save(self, writer: int, known: str, html: str, **more) -> Edit:
        """A save on top of what stands."""
        base = self.stored.version
        edit = self.told(writer, base, known, html, "saved", self.store(writer, html), **more)
        self.stored.keys[edit.key] = (edit.version, self.clock)
        return edit

    def merge(self, writer: int, base: int, known: str, html: str, merged: str) -> Edit:
        """A save beside what others wrote after `base`."""
        version = self.store(writer, html, BEFORE_MERGE)
        self.store(writer, merged, "merged")
        edit = self.told(writer, base, known, html, "merged", version, current=version + 1)
        self.stored.keys[edit.key] = (version, self.clock)
        return edit

    def faults(self, spans=()) -> list[str]:
        """The kinds of what is wrong."""
        found = verdict.verdict(self.edits, {TEXT: self.stored}, spans)
        return [fault.kind for fault in found]


@pytest.fixture
def story() -> Story:
    """Ann began, Ben went on."""
    story = Story()
    story.save(ANN, "", FIRST)
    story.save(BEN, FIRST, changed(FIRST, 0, BEN, 1))
    return story


@pytest.fixture
def merged(story: Story) -> Story:
    """Ann changes another paragraph than Ben did, from the first version."""
    mine = changed(FIRST, 5, ANN, 2)
    story.merge(ANN, 1, FIRST, mine, changed(changed(FIRST, 0, BEN, 1), 5, ANN, 2))
    return story


class TestRightStories:
    def test_saves_one_after_the_other(self, story: Story):
        assert story.faults() == []

    def test_merge_of_two_paragraphs(self, merged: Story):
        assert merged.faults() == []

    def test_typing_on_from_the_own_text_after_a_merge(self, merged: Story):
        mine = changed(FIRST, 5, ANN, 2)
        more = changed(mine, 6, ANN, 3)
        merged.merge(ANN, 3, mine, more, changed(merged.stored.html, 6, ANN, 3))
        assert merged.faults() == []

    def test_conflict_decided_for_mine(self, story: Story):
        mine = changed(FIRST, 0, ANN, 2)
        story.told(ANN, 1, FIRST, mine, "conflict", 2)
        story.save(ANN, FIRST, mine, choice="mine", known_version=1)
        assert story.faults() == []

    def test_conflict_decided_for_theirs(self, story: Story):
        mine, theirs = changed(FIRST, 0, ANN, 2), story.stored.html
        story.told(ANN, 1, FIRST, mine, "conflict", 2)
        version = story.store(ANN, mine, SET_ASIDE)
        story.store(ANN, theirs, "kept")
        story.told(ANN, 2, FIRST, mine, "merged", version, choice="theirs", known_version=1)
        assert story.faults() == []

    def test_decision_for_mine_merged_with_what_came_after_the_panel(self, story: Story):
        # the panel showed that Ben had rewritten paragraphs 0 and 1; Ann wants hers, with paragraph 1 as it was
        shown = story.save(BEN, story.stored.html, changed(story.stored.html, 1, BEN, 2)).html
        mine = changed(FIRST, 0, ANN, 2)
        story.told(ANN, 1, FIRST, mine, "conflict", 3)
        story.save(BEN, shown, changed(shown, 7, BEN, 3))
        decided = story.merge(ANN, 3, FIRST, mine, changed(mine, 7, BEN, 3))
        decided.choice, decided.known_version = "mine", 1
        assert story.faults() == []

    def test_conflict_after_a_merge_with_what_the_merge_brought(self, merged: Story):
        # Ann never saw Ben's paragraph, so it is his words that she meets although she made version 4
        mine = changed(FIRST, 5, ANN, 2)
        merged.told(ANN, 3, mine, changed(mine, 0, ANN, 3), "conflict", 4)
        assert merged.faults() == []

    def test_late_edit_in_a_proposal(self, story: Story):
        late = changed(FIRST, 3, ANN, 2)
        story.told(ANN, 1, FIRST, late, "locked", 0, proposal=True)
        story.stored.proposals.add((ANN, late))
        assert story.faults() == []

    def test_sending_given_up_on_the_way_that_came_after_a_refusal(self, story: Story):
        mine = changed(FIRST, 0, ANN, 2)
        refused = story.told(ANN, 1, FIRST, mine, "conflict", 2)
        story.save(ANN, FIRST, mine, choice="mine", known_version=1)
        story.stored.keys[refused.key] = (story.store(ANN, mine), story.clock + 3)
        assert story.faults() == []
        # without scripts nothing is merged, and Ann meets what she was not told of
        story.told(ANN, 3, mine, changed(mine, 5, ANN, 3), "conflict", 4)
        assert story.faults() == []


class TestFaults:
    def test_lost_edit(self, story: Story):
        story.told(ANN, 2, story.stored.html, changed(story.stored.html, 4, ANN, 2), "saved", 3)
        assert story.faults() == [verdict.LOST]

    def test_edit_acknowledged_as_a_version_that_holds_another_text(self, story: Story):
        theirs = story.stored.html
        story.told(ANN, 1, FIRST, changed(FIRST, 4, ANN, 2), "saved", story.store(ANN, theirs))
        assert verdict.LOST in story.faults()

    def test_edit_in_the_name_of_another_person(self, story: Story):
        html = changed(story.stored.html, 4, ANN, 2)
        story.told(ANN, 2, story.stored.html, html, "saved", story.store(BEN, html))
        assert story.faults() == [verdict.LOST]

    def test_acknowledged_text_that_was_never_stored(self, story: Story):
        story.stored.revisions.clear()
        story.stored.version, story.stored.html = 0, ""
        assert story.faults() == [verdict.LOST, verdict.LOST]

    def test_late_edit_that_is_in_no_proposal(self, story: Story):
        story.told(ANN, 1, FIRST, changed(FIRST, 3, ANN, 2), "locked", 0, proposal=True)
        assert story.faults() == [verdict.LOST]

    def test_edit_told_late_that_had_been_saved(self, story: Story):
        late = changed(story.stored.html, 3, ANN, 2)
        edit = story.told(ANN, 2, story.stored.html, late, "locked", 0, last_sent=story.clock + 9)
        story.stored.keys[edit.key] = (story.store(ANN, late), story.clock)
        assert verdict.BAD_ANSWER in story.faults()

    def test_silent_overwrite(self, story: Story):
        # Ann read version 1 and saves it with her change on top of Ben's version 2
        mine = changed(FIRST, 4, ANN, 2)
        story.told(ANN, 1, FIRST, mine, "saved", story.store(ANN, mine))
        assert story.faults() == [verdict.OVERWRITTEN]

    def test_silent_overwrite_told_as_the_next_version(self, story: Story):
        """A server that lies about the base: only the marks show it."""
        mine = changed(FIRST, 4, ANN, 2)
        story.told(ANN, 2, FIRST, mine, "saved", story.store(ANN, mine))
        assert story.faults() == [verdict.OVERWRITTEN]

    def test_decision_that_overwrites_what_came_after_the_panel(self, story: Story):
        mine = changed(FIRST, 0, ANN, 2)
        story.told(ANN, 1, FIRST, mine, "conflict", 2)
        story.save(BEN, story.stored.html, changed(story.stored.html, 7, BEN, 3))
        story.told(ANN, 2, FIRST, mine, "saved", story.store(ANN, mine), choice="mine", known_version=1)
        assert story.faults() == [verdict.OVERWRITTEN]

    def test_theirs_that_does_not_stand(self, story: Story):
        mine = changed(FIRST, 0, ANN, 2)
        story.told(ANN, 1, FIRST, mine, "conflict", 2)
        version = story.store(ANN, mine, SET_ASIDE)
        story.store(ANN, FIRST, "kept")
        story.told(ANN, 2, FIRST, mine, "merged", version, choice="theirs", known_version=1)
        assert story.faults() == [verdict.OVERWRITTEN]

    def test_merge_without_theirs(self, story: Story):
        mine = changed(FIRST, 5, ANN, 2)
        story.merge(ANN, 1, FIRST, mine, mine)
        # Ben's paragraph is away, and the one that he rewrote is back
        assert story.faults() == [verdict.OVERWRITTEN, verdict.WRONG_MERGE]

    def test_merge_without_mine(self, story: Story):
        story.merge(ANN, 1, FIRST, changed(FIRST, 5, ANN, 2), story.stored.html)
        assert story.faults() == [verdict.WRONG_MERGE]

    def test_merge_that_brings_back_what_was_taken_out(self, story: Story):
        mine = changed(FIRST, 5, ANN, 2)
        both = changed(changed(FIRST, 0, BEN, 1), 5, ANN, 2)
        story.merge(ANN, 1, FIRST, mine, paragraphs(FIRST)[0] + both)
        assert story.faults() == [verdict.WRONG_MERGE]

    def test_merge_inside_a_paragraph(self, story: Story):
        both = changed(changed(FIRST, 0, BEN, 1), 5, ANN, 2)
        story.merge(ANN, 1, FIRST, changed(FIRST, 5, ANN, 2), both.replace("คณะทำงาน", "คณะ", 1))
        assert story.faults() == [verdict.WRONG_MERGE]

    def test_gap_in_the_history(self, story: Story):
        del story.stored.revisions[0]
        assert verdict.GAP in story.faults()

    def test_version_that_is_there_twice(self, story: Story):
        story.stored.revisions.append(story.stored.revisions[-1])
        assert story.faults() == [verdict.GAP]

    def test_text_that_is_not_its_newest_version(self, story: Story):
        story.stored.html = FIRST
        assert story.faults() == [verdict.GAP]

    def test_edit_applied_twice(self, story: Story):
        story.store(BEN, story.stored.html)
        assert story.faults() == [verdict.DOUBLED]

    def test_two_edits_told_the_same_version(self, story: Story):
        html = changed(story.stored.html, 4, ANN, 2)
        story.save(ANN, story.stored.html, html)
        story.told(ANN, 2, story.stored.html, html, "saved", 3)
        assert story.faults() == [verdict.DOUBLED]

    def test_conflict_without_another_person(self, story: Story):
        story.told(BEN, 2, story.stored.html, changed(story.stored.html, 0, BEN, 2), "conflict", 2)
        assert story.faults() == [verdict.FALSE_CONFLICT]

    def test_conflict_with_the_own_lost_answer_although_the_key_came_along(self, story: Story):
        mine = changed(story.stored.html, 0, ANN, 2)
        edit = story.told(ANN, 2, story.stored.html, mine, "conflict", 3)
        story.stored.keys[edit.key] = (story.store(ANN, mine), story.clock)
        assert verdict.FALSE_CONFLICT in story.faults()

    def test_conflict_with_the_own_lost_answer_and_somebody_on_top(self, story: Story):
        """Without keys: Ann's first sending is version 3, Ben went on, her repetition is refused."""
        base, mine = story.stored.html, changed(story.stored.html, 0, ANN, 2)
        story.store(ANN, mine)
        story.save(BEN, mine, changed(mine, 0, BEN, 3))
        story.told(ANN, 2, base, mine, "conflict", 4)
        assert story.faults() == [verdict.DOUBLED, verdict.FALSE_CONFLICT]

    def test_order_turned_round(self, story: Story):
        early = story.save(ANN, story.stored.html, changed(story.stored.html, 4, ANN, 2))
        late = story.save(BEN, story.stored.html, changed(story.stored.html, 6, BEN, 2))
        early.first_sent = late.answered + 1
        early.answered = early.first_sent + 1
        assert story.faults() == [verdict.WRONG_ORDER]

    def test_saved_while_closed(self, story: Story):
        edit = story.save(ANN, story.stored.html, changed(story.stored.html, 4, ANN, 2))
        start, end, here = edit.first_sent - 0.1, edit.answered + 0.1, frozenset({TEXT})
        assert story.faults([Span(start, end, here)]) == [verdict.WRITTEN_WHILE_CLOSED]
        assert story.faults([Span(start, edit.answered - 0.1, here)]) == []
        assert story.faults([Span(start, end, frozenset({"/another/"}))]) == []

    def test_answer_that_never_came(self, story: Story):
        story.told(ANN, 2, story.stored.html, FIRST, "", 0)
        assert story.faults() == [verdict.UNANSWERED]

    def test_answer_of_another_kind(self, story: Story):
        story.told(ANN, 2, story.stored.html, FIRST, "", 0, troubles=["500 Internal Server Error"])
        assert story.faults() == [verdict.BAD_ANSWER]


class TestWriting:
    def test_every_mark_stands_once_whatever_happens_to_a_text(self):
        chance = random.Random(1)
        html = ""
        for number in range(400):
            html = next_text(html, number % 7, number, chance)
            assert len(marks(html)) == len(paragraphs(html))

    def test_the_same_correction_is_the_same_for_everybody(self):
        assert corrected(paragraph(1, 2, 3)) == paragraph(1, 2, 103)
