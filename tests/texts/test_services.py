"""Saving: nobody's words are lost, nobody's are written twice."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from organizations.models import AuditEvent, User
from tests.world import World
from texts.cleaning import UncleanText
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
    new_text,
    save_text,
    set_aside,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(world: World) -> User:
    """A committee member of the agency «senate»."""
    return world.here.people["committee_1"]


@pytest.fixture
def text(world: World, person: User) -> Text:
    """A text with one accepted save."""
    return new_text(agency=world.here.agency, html="<p>แรก</p>", by=person)


def counts() -> tuple[int, int, int]:
    """Rows that a save writes."""
    return (
        Revision.objects.count(),
        SaveKey.objects.count(),
        AuditEvent.objects.filter(verb="text.saved").count(),
    )


def save(text: Text, base_version: int, html: str, by: User, key: uuid.UUID | None = None) -> SavedText:
    """A save with a key of its own unless told otherwise."""
    return save_text(text=text, base_version=base_version, html=html, key=key or uuid.uuid4(), by=by)


class TestNewText:
    def test_empty_one_is_version_zero_without_history(self, world: World) -> None:
        text = new_text(agency=world.here.agency)
        assert (text.version, text.html, text.is_blank) == (0, "", True)
        assert counts() == (0, 0, 0)

    def test_with_content_it_is_version_one(self, text: Text, person: User) -> None:
        assert (text.version, text.html, text.plain, text.updated_by) == (1, "<p>แรก</p>", "แรก", person)
        assert counts() == (1, 1, 1)

    def test_unclean_content_leaves_no_row(self, world: World, person: User) -> None:
        with pytest.raises(UncleanText):
            save_text(
                text=new_text(agency=world.here.agency),
                base_version=0,
                html="<div>" * 500,
                key=uuid.uuid4(),
                by=person,
            )
        assert counts() == (0, 0, 0)


class TestAcceptedSave:
    def test_writes_text_revision_key_and_audit_row(self, text: Text, person: User, world: World) -> None:
        key = uuid.uuid4()
        saved = save(text, 1, "<p>สอง <b>หนา</b></p><script>x</script>", person, key)
        text.refresh_from_db()
        assert (saved.version, saved.replayed) == (2, False)
        assert (text.version, text.html, text.plain) == (2, "<p>สอง <strong>หนา</strong></p>", "สอง หนา")
        assert (text.updated_at, text.updated_by) == (saved.at, person)
        revision = text.revisions.get(version=2)
        assert (revision.html, revision.author, revision.at) == (text.html, person, saved.at)
        assert SaveKey.objects.get(key=key).version == 2
        event = AuditEvent.objects.filter(verb="text.saved").latest("pk")
        assert (event.actor, event.agency, event.object_id) == (person, world.here.agency, str(text.pk))
        # the audit log names what was saved and never repeats it
        assert event.facts == {"version": 2}

    def test_a_text_may_be_emptied(self, text: Text, person: User) -> None:
        save(text, 1, "<p></p>", person)
        text.refresh_from_db()
        assert (text.html, text.plain, text.is_blank) == ("", "", True)


class TestStaleSave:
    def test_is_refused_with_what_stands_now(self, text: Text, person: User, world: World) -> None:
        other = world.here.people["secretariat"]
        save(text, 1, "<p>ของอีกคน</p>", other)
        before = counts()
        with pytest.raises(TextConflict) as caught:
            save(text, 1, "<p>ของฉัน</p>", person)
        current = caught.value.current
        assert (current.html, current.version, current.updated_by) == ("<p>ของอีกคน</p>", 2, other)
        assert counts() == before
        text.refresh_from_db()
        assert text.html == "<p>ของอีกคน</p>"

    def test_two_who_read_the_same_version_cannot_both_win(
        self, text: Text, person: User, world: World
    ) -> None:
        first, second = Text.objects.get(pk=text.pk), Text.objects.get(pk=text.pk)
        save(first, first.version, "<p>ก</p>", person)
        with pytest.raises(TextConflict):
            save(second, second.version, "<p>ข</p>", world.here.people["secretariat"])
        assert [revision.html for revision in text.revisions.all()] == ["<p>ก</p>", "<p>แรก</p>"]

    def test_a_version_of_the_future_is_a_conflict_too(self, text: Text, person: User) -> None:
        with pytest.raises(TextConflict):
            save(text, 7, "<p>ก</p>", person)


class TestMergingSave:
    def test_other_paragraphs_are_merged_and_both_versions_are_kept(self, world: World, person: User) -> None:
        other = world.here.people["secretariat"]
        text = new_text(agency=world.here.agency, html="<p>ก</p><p>ข</p>", by=person)
        save(text, 1, "<p>ก!</p><p>ข</p>", other)
        saved = save_text(
            text=text, base_version=1, html="<p>ก</p><p>ข?</p>", key=uuid.uuid4(), by=person, merging=True
        )
        merged = "<p>ก!</p><p>ข?</p>"
        assert saved == SavedText(3, saved.at, current=4, html=merged, merged=True)
        text.refresh_from_db()
        assert (text.version, text.html) == (4, merged)
        kinds = [(r.version, r.kind, r.author) for r in text.revisions.all()[:3]]
        assert kinds == [(4, "merged", person), (3, "before_merge", person), (2, "written", other)]

    def test_typing_on_after_a_merge_is_no_conflict_with_oneself(self, world: World, person: User) -> None:
        text = new_text(agency=world.here.agency, html="<p>ก</p><p>ข</p>", by=person)
        save(text, 1, "<p>ก!</p><p>ข</p>", world.here.people["secretariat"])
        for base, html in ((1, "<p>ก</p><p>ข1</p>"), (3, "<p>ก</p><p>ข12</p>")):
            save_text(text=text, base_version=base, html=html, key=uuid.uuid4(), by=person, merging=True)
        text.refresh_from_db()
        assert (text.version, text.html) == (6, "<p>ก!</p><p>ข12</p>")

    def test_same_words_from_two_people_are_no_conflict(self, text: Text, person: User, world: World) -> None:
        save(text, 1, "<p>สอง</p>", world.here.people["secretariat"])
        key = uuid.uuid4()
        saved = save_text(text=text, base_version=1, html="<p>สอง</p>", key=key, by=person, merging=True)
        assert saved == SavedText(3, saved.at, current=3, html="<p>สอง</p>")

    def test_what_somebody_else_wrote_and_more_is_a_merge_and_not_mine(
        self, world: World, person: User
    ) -> None:
        # told «saved», the page would take its own text for the new version and undo the other's ก! with the next save
        text = new_text(agency=world.here.agency, html="<p>ก</p><p>-</p><p>ข</p>", by=person)
        save(text, 1, "<p>ก!</p><p>-</p><p>ข?</p>", world.here.people["secretariat"])
        mine = "<p>ก</p><p>-</p><p>ข?</p>"
        saved = save_text(text=text, base_version=1, html=mine, key=uuid.uuid4(), by=person, merging=True)
        assert saved == SavedText(3, saved.at, current=4, html="<p>ก!</p><p>-</p><p>ข?</p>", merged=True)
        assert text.revisions.get(version=3).html == mine

    def test_taking_back_what_was_typed_is_a_merge_too(self, world: World, person: User) -> None:
        text = new_text(agency=world.here.agency, html="<p>ก</p><p>ข</p>", by=person)
        save(text, 1, "<p>ก!</p><p>ข</p>", world.here.people["secretariat"])
        key = uuid.uuid4()
        back = save_text(text=text, base_version=1, html="<p>ก</p><p>ข</p>", key=key, by=person, merging=True)
        assert back == SavedText(3, back.at, current=4, html="<p>ก!</p><p>ข</p>", merged=True)

    def test_same_paragraph_is_a_conflict_and_writes_nothing(
        self, text: Text, person: User, world: World
    ) -> None:
        save(text, 1, "<p>สอง</p>", world.here.people["secretariat"])
        before = counts()
        with pytest.raises(TextConflict) as conflict:
            save_text(text=text, base_version=1, html="<p>สาม</p>", key=uuid.uuid4(), by=person, merging=True)
        assert (conflict.value.current.html, counts()) == ("<p>สอง</p>", before)

    def test_a_base_that_never_was_is_a_conflict(self, text: Text, person: User) -> None:
        with pytest.raises(TextConflict):
            save_text(text=text, base_version=9, html="<p>ก</p>", key=uuid.uuid4(), by=person, merging=True)


class TestSetAside:
    def test_theirs_stands_and_mine_is_in_the_history(self, text: Text, person: User) -> None:
        key = uuid.uuid4()
        saved = set_aside(text=text, base_version=1, html="<p>ของฉัน</p>", key=key, by=person)
        assert saved == SavedText(2, saved.at, current=3, html="<p>แรก</p>")
        text.refresh_from_db()
        assert (text.version, text.html) == (3, "<p>แรก</p>")
        kept = [(r.version, r.kind, r.html) for r in text.revisions.all()[:2]]
        assert kept == [(3, "kept", "<p>แรก</p>"), (2, "set_aside", "<p>ของฉัน</p>")]
        again = set_aside(text=text, base_version=1, html="<p>ของฉัน</p>", key=key, by=person)
        assert (again.version, again.replayed, text.revisions.count()) == (2, True, 3)

    def test_locked_text_takes_none(self, text: Text, person: User) -> None:
        Text.objects.update(locked_at=timezone.now())
        with pytest.raises(TextLocked):
            set_aside(text=text, base_version=1, html="<p>ก</p>", key=uuid.uuid4(), by=person)


class TestOverTheLock:
    def test_the_secretariat_writes_for_a_committee_and_the_revision_says_so(
        self, text: Text, world: World
    ) -> None:
        Text.objects.update(locked_at=timezone.now())
        secretary = world.here.people["secretariat"]
        save_text(
            text=text,
            base_version=1,
            html="<p>แทน</p>",
            key=uuid.uuid4(),
            by=secretary,
            on_behalf=True,
            over_lock=True,
        )
        newest = text.revisions.first()
        assert (newest.html, newest.author, newest.on_behalf) == ("<p>แทน</p>", secretary, True)


class TestProposals:
    @pytest.fixture
    def late(self, text: Text, person: User) -> Proposal:
        """What a member wrote while the sheet was being submitted."""
        Text.objects.update(locked_at=timezone.now())
        kept = keep_proposal(text=text, base_version=1, html="<p>มาช้า</p>", key=uuid.uuid4(), by=person)
        assert kept is not None
        return kept

    def test_late_text_is_kept_once_and_changes_nothing(
        self, late: Proposal, text: Text, person: User
    ) -> None:
        again = keep_proposal(text=text, base_version=1, html="<p>มาช้า</p>", key=late.key, by=person)
        assert (again, Proposal.objects.count()) == (late, 1)
        text.refresh_from_db()
        assert (text.version, text.html) == (1, "<p>แรก</p>")

    def test_text_that_stands_already_is_no_proposal(self, text: Text, person: User) -> None:
        kept = keep_proposal(text=text, base_version=0, html="<p>แรก</p>", key=uuid.uuid4(), by=person)
        assert (kept, Proposal.objects.count()) == (None, 0)

    def test_accepted_one_becomes_the_text(self, late: Proposal, text: Text, world: World) -> None:
        secretary = world.here.people["secretariat"]
        accept_proposal(proposal=late, base_version=1, by=secretary, over_lock=True)
        text.refresh_from_db()
        late.refresh_from_db()
        assert (text.html, text.revisions.first().kind) == ("<p>มาช้า</p>", "accepted")
        assert (late.accepted, late.decided_by) == (True, secretary)
        with pytest.raises(AlreadyDecided):
            dismiss_proposal(proposal=late, by=secretary)

    def test_accepting_on_top_of_an_older_version_decides_nothing(self, late: Proposal, world: World) -> None:
        with pytest.raises(TextConflict):
            accept_proposal(
                proposal=late, base_version=0, by=world.here.people["secretariat"], over_lock=True
            )
        assert list(Proposal.objects.open()) == [late]

    def test_dismissed_one_stays_readable(self, late: Proposal, person: User) -> None:
        dismiss_proposal(proposal=late, by=person)
        late.refresh_from_db()
        assert (late.accepted, late.html, list(Proposal.objects.open())) == (False, "<p>มาช้า</p>", [])


class TestRepeatedSave:
    def test_same_key_same_text_gives_the_same_answer_and_writes_nothing(
        self, text: Text, person: User
    ) -> None:
        key = uuid.uuid4()
        first = save(text, 1, "<p>สอง</p>", person, key)
        before = counts()
        again = save(text, 1, "<p>สอง</p>", person, key)
        assert again == SavedText(2, first.at, current=2, html="<p>สอง</p>", replayed=True)
        assert counts() == before

    def test_a_repeated_request_is_answered_although_others_went_on(
        self, text: Text, person: User, world: World
    ) -> None:
        key = uuid.uuid4()
        save(text, 1, "<p>สอง</p>", person, key)
        save(text, 2, "<p>สาม</p>", world.here.people["secretariat"])
        assert save(text, 1, "<p>สอง</p>", person, key).version == 2
        text.refresh_from_db()
        assert text.html == "<p>สาม</p>"

    @pytest.mark.parametrize(("base_version", "html"), [(1, "<p>อื่น</p>"), (2, "<p>สอง</p>")])
    def test_same_key_with_another_text_is_a_fault(
        self, text: Text, person: User, base_version: int, html: str
    ) -> None:
        key = uuid.uuid4()
        save(text, 1, "<p>สอง</p>", person, key)
        before = counts()
        with pytest.raises(KeyReused):
            save(text, base_version, html, person, key)
        assert counts() == before

    def test_the_same_key_may_serve_two_texts(self, text: Text, person: User, world: World) -> None:
        other = new_text(agency=world.here.agency)
        key = uuid.uuid4()
        assert save(text, 1, "<p>ก</p>", person, key).version == 2
        assert save(other, 0, "<p>ข</p>", person, key).version == 1


class TestRefusedSave:
    def test_locked(self, text: Text, person: User) -> None:
        Text.objects.filter(pk=text.pk).update(locked_at=timezone.now())
        before = counts()
        with pytest.raises(TextLocked):
            save(text, 1, "<p>ก</p>", person)
        assert counts() == before
        text.refresh_from_db()
        assert (text.html, text.version) == ("<p>แรก</p>", 1)

    def test_a_locked_text_still_answers_a_repeated_request(self, text: Text, person: User) -> None:
        key = uuid.uuid4()
        save(text, 1, "<p>ก</p>", person, key)
        Text.objects.filter(pk=text.pk).update(locked_at=timezone.now())
        assert save(text, 1, "<p>ก</p>", person, key).replayed

    def test_unclean_writes_nothing(self, text: Text, person: User) -> None:
        before = counts()
        with pytest.raises(UncleanText):
            save(text, 1, "ก" * 200_001, person)
        assert counts() == before
        text.refresh_from_db()
        assert text.version == 1
