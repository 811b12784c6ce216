"""What the browser is told about one autosave: JSON that always has a `state`.

There is no address of texts here: the view of the row that holds the text has checked who may write, and hands over
how it saves.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from django import forms
from django.http import JsonResponse
from django.template.loader import render_to_string
from django.utils import timezone

from organizations.access import SignedInRequest
from organizations.models import Agency, User
from thai.differences import render_differences, render_marked

from .forms import RichTextField
from .merging import merge_start
from .models import Revision, Text
from .services import KeyReused, SavedText, TextConflict, TextLocked, keep_proposal, saved_before


class Saving(Protocol):
    """How a view saves; `theirs` keeps what was sent in the history and leaves what stands."""

    def __call__(self, *, base_version: int, html: str, key: uuid.UUID, theirs: bool) -> SavedText | None:
        """Raises what `texts.services.save_text` raises; None when there was nothing to save."""


ANOTHER_PERSON = "ขณะนี้มีผู้อื่นเข้าใช้ในเครื่องนี้ ข้อความของท่านยังอยู่ในหน้านี้ กรุณาเข้าใช้ด้วยบัญชีของท่านอีกครั้ง"
UNREADABLE = "คำขอบันทึกนี้ไม่สมบูรณ์ ข้อความของท่านยังอยู่ในหน้านี้"
KEPT = "ระบบเก็บข้อความที่ท่านพิมพ์ไว้ในประวัติเพื่อพิจารณาแล้ว"
NOT_KEPT = "จึงยังไม่ได้บันทึก ข้อความของท่านยังอยู่ในเครื่องนี้"


@dataclass(frozen=True)
class AutosaveTarget:
    """The text of one address, None before its first save; `locked_words` say why a lock refuses."""

    agency: Agency
    text: Text | None
    save: Saving
    locked_words: str


@dataclass(frozen=True)
class Answer:
    """What became of one autosave."""

    status: int
    facts: dict[str, object]

    def response(self, **more: object) -> JsonResponse:
        """The answer for the browser, with what the page of this text shows besides."""
        return JsonResponse(self.facts | more, status=self.status)


class AutosaveForm(forms.Form):
    """What the editor sends."""

    base_version = forms.IntegerField(min_value=0)
    key = forms.UUIDField()
    choice = forms.ChoiceField(choices=[("", ""), ("mine", ""), ("theirs", "")], required=False)

    def __init__(self, *args: Any, agency: Agency, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["html"] = RichTextField(label="ข้อความ", agency=agency, required=False)

    @property
    def first_error(self) -> str:
        """Why the server refuses what was sent."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


def autosave(request: SignedInRequest, target: AutosaveTarget) -> Answer:
    """Save what the editor sent and say what became of it."""
    if request.headers.get("X-PMQA-User", str(request.user.pk)) != str(request.user.pk):
        return _answer("forbidden", 403, message=ANOTHER_PERSON)
    form = AutosaveForm(request.POST, agency=target.agency)
    if not form.is_valid():
        return _answer("refused", 422, message=form.first_error)
    sent = {name: form.cleaned_data[name] for name in ("base_version", "html", "key")}
    try:
        saved = target.save(**sent, theirs=form.cleaned_data["choice"] == "theirs")
    except TextConflict as conflict:
        return _conflict(conflict.current, sent["base_version"], sent["html"])
    except KeyReused:
        return _answer("refused", 422, message=UNREADABLE)
    except TextLocked:
        return _late(target, sent, by=request.user)
    return _saved(saved, sent["html"])


def _answer(state: str, status: int, **facts: object) -> Answer:
    return Answer(status, {"state": state, **facts})


def _saved(saved: SavedText | None, sent: str) -> Answer:
    if saved is None:
        return _answer("saved", 200, version=0, clock="")
    facts: dict[str, object] = {"version": saved.version, "clock": f"{timezone.localtime(saved.at):%H:%M:%S}"}
    if saved.current == saved.version:
        return _answer("saved", 200, **facts)
    facts["current"] = saved.current
    if saved.replayed:
        return _answer("saved", 200, **facts)
    facts |= {"html": saved.html, "notice": ""}
    if saved.merged:
        changes = render_differences(sent, saved.html)
        facts["notice"] = render_to_string("texts/_merged.html", {"changes": changes})
    return _answer("merged", 200, **facts)


def _conflict(current: Text, base_version: int, mine: str) -> Answer:
    """Both texts side by side, each with the words marked that the other has not."""
    base = Revision.objects.filter(text=current, version=base_version).values_list("html", flat=True).first()
    context = {
        "current": current,
        "theirs": render_marked(mine, current.html),
        "mine": render_marked(current.html, mine),
        "merge_start": merge_start(base or "", current.html, mine),
    }
    panel = render_to_string("texts/_conflict.html", context)
    return _answer("conflict", 409, version=current.version, panel=panel)


def _late(target: AutosaveTarget, sent: dict[str, Any], *, by: User) -> Answer:
    """The sheet was submitted or the form closed meanwhile: the text is kept for whoever may still write.

    Unless it was saved before that and only the answer got lost: then it is not late.
    """
    if target.text is None:
        return _answer("locked", 409, message=f"{target.locked_words} {NOT_KEPT}", proposal=False)
    try:
        seen = saved_before(text=target.text, by=by, **sent)
        if seen is None and keep_proposal(text=target.text, by=by, **sent) is None:
            # it stands already: perhaps this very request, sent twice, was saved a moment ago after all
            seen = saved_before(text=target.text, by=by, **sent)
    except KeyReused:
        return _answer("refused", 422, message=UNREADABLE)
    if seen:
        return _saved(seen, sent["html"])
    return _answer("locked", 409, message=f"{target.locked_words} {KEPT}", proposal=True)
