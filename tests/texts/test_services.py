"""Saving: nobody's words are lost, nobody's are written twice."""

from __future__ import annotations

import uuid

import pytest
from django.utils import timezone

from organizations.models import AuditEvent, User
from tests.world import World
from texts.cleaning import UncleanText
from texts.models import Revision, SaveKey, Text
from texts.services import KeyReused, SavedText, TextConflict, TextLocked, new_text, save_text

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


class TestRepeatedSave:
    def test_same_key_same_text_gives_the_same_answer_and_writes_nothing(
        self, text: Text, person: User
    ) -> None:
        key = uuid.uuid4()
        first = save(text, 1, "<p>สอง</p>", person, key)
        before = counts()
        again = save(text, 1, "<p>สอง</p>", person, key)
        assert again == SavedText(first.version, first.at, replayed=True)
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
