"""The history of each text: what was changed by whom, two versions side by side, and using an older one again."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assessment.access import for_criterion, for_sheet
from assessment.forms.history import CompareForm, ProposalForm, RestoreForm, VersionForm
from assessment.history import shown_entries, timeline
from assessment.late_texts import CRITERION_TEXTS, SHEET_TEXTS
from assessment.models import Activity, CategorySheet, ChosenPractice, CriterionAnalysis, Round
from assessment.permissions import runs_round, writes_sheet
from assessment.refusals import LOCKED, late_words, shut_words
from assessment.services.activities import ActivityElsewhere
from assessment.services.restoring import use_proposal, use_version_again
from organizations.access import SignedInRequest
from organizations.models import User
from texts.differences import stretches
from texts.history import Span
from texts.models import Proposal, Revision, Text
from texts.services import AlreadyDecided, KeyReused, SavedText, TextConflict, TextLocked, dismiss_proposal

from .activities import address

PER_PAGE = 20
# Choices of the comparison; whoever looks for something older pages back to it.
MOST_CHOICES = 200
SHUT_NOW = "{} จึงเปลี่ยนข้อความไม่ได้"
ACTIVITY_GONE = "กิจกรรมนี้ถูกนำออกแล้ว กรุณานำกลับมาก่อนจึงจะเปลี่ยนข้อความได้"
CASE_GONE = "ตัวอย่างนี้ถูกนำออกจากแบบฟอร์มแล้ว กรุณาเลือกจากคลังอีกครั้งก่อนจึงจะเปลี่ยนข้อความได้"
CONFLICT = "มีผู้แก้ไขข้อความนี้หลังจากที่ท่านเปิดหน้านี้ จึงยังไม่ได้เปลี่ยน กรุณาดูความต่างล่าสุดด้านล่าง แล้วกดอีกครั้งหากยังต้องการ"
SHUT = "มีผู้ปิด ล็อก หรือนำออกจากแบบฟอร์มหลังจากที่ท่านเปิดหน้านี้ จึงยังไม่ได้เปลี่ยน ข้อความทุกฉบับยังอยู่ครบ"
DECIDED = "มีผู้พิจารณาข้อความนี้ไปก่อนท่านแล้ว"


@dataclass(frozen=True, kw_only=True)
class HistoryPlace:
    """The text whose history is shown, where it stands, and the way back."""

    text: Text
    heading: str
    round: Round
    address: str
    back_url: str
    back_label: str
    activity: Activity | None = None

    def may_write(self, user: User) -> bool:
        """Whether this person writes here at all."""
        raise NotImplementedError

    def refusal(self, user: User) -> str:
        """Why nothing can be changed here now; empty when it can."""
        raise NotImplementedError

    def use_version(self, **asked: Any) -> SavedText:
        """Make an older version the newest one; raises what `services.restoring.use_version_again` raises."""
        raise NotImplementedError

    def use_late(self, **asked: Any) -> SavedText:
        """Let a text that came late stand; raises what `services.restoring.use_proposal` raises."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class SheetHistory(HistoryPlace):
    """The history of a text of a category; `gone` says why it takes no change."""

    sheet: CategorySheet
    gone: str = ""

    def may_write(self, user: User) -> bool:
        """The committee and the secretariat."""
        return writes_sheet(user, self.sheet)

    def refusal(self, user: User) -> str:
        """The category or its text is shut, or what the text belongs to was taken out."""
        if words := shut_words(user, self.sheet):
            return SHUT_NOW.format(words)
        if self.gone or not self.text.locked_at:
            return self.gone
        words = late_words(user, self.sheet, self.activity)
        # those who run the year write over a lock, unless another category shuts the activity
        over_lock = words == LOCKED and runs_round(user, self.round)
        return "" if over_lock else SHUT_NOW.format(words)

    def use_version(self, **asked: Any) -> SavedText:
        """An older version becomes the newest."""
        return use_version_again(sheet=self.sheet, activity=self.activity, text=self.text, **asked)

    def use_late(self, **asked: Any) -> SavedText:
        """What came late stands."""
        return use_proposal(sheet=self.sheet, activity=self.activity, **asked)


def history(request: SignedInRequest, place: HistoryPlace) -> HttpResponse:
    """Everybody who reads the round reads the history; who writes here may use an older text again."""
    if request.method == "POST":
        return _decide(request, place) if "proposal" in request.POST else _restore(request, place)
    if "version" in request.GET:
        return _version_page(request, place, _clean(VersionForm(request.GET))["version"])
    if "old" in request.GET:
        return _compare_page(request, place)
    return _list_page(request, place)


def _clean(form: forms.Form) -> dict[str, Any]:
    """What a form says; our own links and buttons always make sense, so anything else is not found."""
    if not form.is_valid():
        raise Http404
    return form.cleaned_data


def _context(request: SignedInRequest, place: HistoryPlace) -> dict[str, object]:
    return {
        "page_round": place.round,
        "place": place,
        "writes": place.may_write(request.user),
        "refusal": place.refusal(request.user),
    }


def _list_page(request: SignedInRequest, place: HistoryPlace, *, status: int = 200) -> HttpResponse:
    happened = timeline(place.text, place.activity)
    page = Paginator(happened, PER_PAGE).get_page(request.GET.get("page"))
    proposals = (
        Proposal.objects.filter(text=place.text).select_related("author", "decided_by").order_by("-at", "-pk")
    )
    context = _context(request, place) | {
        "page": page,
        "entries": shown_entries(place.text, happened, list(page)),
        "choices": [entry for entry in happened if isinstance(entry, Span)][:MOST_CHOICES],
        "waiting": [(late, stretches(place.text.html, late.html)) for late in proposals.open()[:PER_PAGE]],
        "dismissed": proposals.filter(accepted=False)[:PER_PAGE],
    }
    return render(request, "assessment/history.html", context, status=status)


def _version_page(
    request: SignedInRequest, place: HistoryPlace, version: int, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """One version with what would change if it were used again."""
    revisions = Revision.objects.filter(text=place.text).select_related("author")
    revision = get_object_or_404(revisions, version=version)
    context = _context(request, place) | {
        "revision": revision,
        "changes": stretches(place.text.html, revision.html),
        "is_current": revision.html == place.text.html,
        "neighbours": {
            "before": revision.version - 1,
            "after": revision.version + 1 if revision.version < place.text.version else 0,
        },
        "problem": problem,
        "key": uuid.uuid4(),
    }
    return render(request, "assessment/history_version.html", context, status=status)


def _compare_page(request: SignedInRequest, place: HistoryPlace) -> HttpResponse:
    """Two versions, the older one first whichever way round they were chosen."""
    asked = _clean(CompareForm(request.GET))
    versions = {asked["old"], asked["new"] or place.text.version}
    revisions = Revision.objects.filter(text=place.text, version__in=versions).select_related("author")
    found = sorted(revisions, key=lambda revision: revision.version)
    if len(found) != len(versions):
        raise Http404
    older, newer = found[0], found[-1]
    context = _context(request, place) | {
        "older": older,
        "newer": newer,
        "changes": stretches(older.html, newer.html),
    }
    return render(request, "assessment/history_compare.html", context)


def _restore(request: SignedInRequest, place: HistoryPlace) -> HttpResponse:
    """The old text becomes a new version on top of the one that the person compared it with."""
    asked = _clean(RestoreForm(request.POST))
    version = asked["version"]
    if place.refusal(request.user):
        return _version_page(request, place, version, status=409)
    try:
        place.use_version(**asked, by=request.user)
    except Revision.DoesNotExist as error:
        raise Http404 from error
    except (TextConflict, KeyReused):
        place.text.refresh_from_db()
        return _version_page(request, place, version, problem=CONFLICT, status=409)
    except (TextLocked, ActivityElsewhere):
        return _version_page(request, place, version, problem=SHUT, status=409)
    messages.success(request, "ใช้ข้อความเดิมอีกครั้งแล้ว ข้อความก่อนหน้านี้ยังอยู่ในประวัติ")
    return redirect(place.address)


def _decide(request: SignedInRequest, place: HistoryPlace) -> HttpResponse:
    """Take or leave a text that came late."""
    asked = _clean(ProposalForm(request.POST))
    proposal = get_object_or_404(Proposal, text=place.text, pk=asked["proposal"])
    try:
        if asked["decision"] == "dismiss":
            dismiss_proposal(proposal=proposal, by=request.user)
            messages.success(request, "ไม่ใช้ข้อความที่มาช้าแล้ว ข้อความนั้นยังอ่านได้ท้ายหน้านี้")
        elif place.refusal(request.user):
            return _list_page(request, place, status=409)
        else:
            base_version = asked["base_version"]
            place.use_late(proposal=proposal, base_version=base_version, by=request.user)
            messages.success(request, "ใช้ข้อความที่มาช้าแล้ว ข้อความก่อนหน้านี้ยังอยู่ในประวัติ")
    except AlreadyDecided:
        messages.error(request, DECIDED)
    except (TextConflict, KeyReused):
        messages.error(request, CONFLICT)
    except (TextLocked, ActivityElsewhere):
        messages.error(request, SHUT)
    return redirect(place.address)


# --- where the texts stand ------------------------------------------------------------------------


def _of_criterion(analysis: CriterionAnalysis, name: str, *rest: object, **about: Any) -> HistoryPlace:
    parts = address(analysis)
    return SheetHistory(
        round=analysis.sheet.round,
        sheet=analysis.sheet,
        address=reverse(name, args=[*parts, *rest]),
        back_url=reverse("criterion", args=parts),
        back_label=f"ข้อ {analysis.wording.code}",
        **about,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_criterion(writing=False, posting=True)
def activity_history(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """An activity: its text, and who changed owners, dates and criteria."""
    activity = get_object_or_404(Activity.objects.known_to(analysis).select_related("text"), uid=uid)
    heading = f"ประวัติกิจกรรม ข้อ {analysis.wording.code}"
    stands = not activity.withdrawn_at and activity.places.filter(analysis=analysis).exists()
    gone = "" if stands else ACTIVITY_GONE
    about = {"text": activity.text, "heading": heading, "activity": activity, "gone": gone}
    return history(request, _of_criterion(analysis, "activity_history", uid, **about))


@require_http_methods(["GET", "HEAD", "POST"])
@for_criterion(writing=False, posting=True)
def criterion_text_history(request: SignedInRequest, analysis: CriterionAnalysis, kind: str) -> HttpResponse:
    """Analysis, obstacles or remedies of a criterion."""
    if kind not in CRITERION_TEXTS:
        raise Http404
    heading = f"ประวัติ{CRITERION_TEXTS[kind]} ข้อ {analysis.wording.code}"
    about = {"text": getattr(analysis, kind), "heading": heading}
    return history(request, _of_criterion(analysis, "criterion_text_history", kind, **about))


@require_http_methods(["GET", "HEAD", "POST"])
@for_criterion(writing=False, posting=True)
def chosen_text_history(
    request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID
) -> HttpResponse:
    """The copied text of a case."""
    rows = ChosenPractice.objects.filter(analysis=analysis).select_related("text")
    chosen = get_object_or_404(rows, uid=uid)
    heading = f"ประวัติตัวอย่างของ{chosen.agency_name} ข้อ {analysis.wording.code}"
    gone = CASE_GONE if chosen.withdrawn_at else ""
    about = {"text": chosen.text, "heading": heading, "gone": gone}
    return history(request, _of_criterion(analysis, "chosen_text_history", uid, **about))


@require_http_methods(["GET", "HEAD", "POST"])
@for_sheet(writing=False, posting=True)
def sheet_text_history(request: SignedInRequest, sheet: CategorySheet, kind: str) -> HttpResponse:
    """Obstacles or remedies of a whole category."""
    if kind not in SHEET_TEXTS:
        raise Http404
    parts = (sheet.round.agency.code, sheet.round.year, sheet.number)
    place = SheetHistory(
        round=sheet.round,
        text=getattr(sheet, kind),
        heading=f"ประวัติ{CRITERION_TEXTS[kind]} หมวด {sheet.number}",
        sheet=sheet,
        address=reverse("sheet_text_history", args=[*parts, kind]),
        back_url=reverse("sheet", args=parts),
        back_label=f"หมวด {sheet.number}",
    )
    return history(request, place)
