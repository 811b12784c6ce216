"""Pages of feedback: read by the agency's members, entered by those who run its year."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback.forms import FeedbackPointForm
from feedback.grammar import suggest_level, suggest_marks
from feedback.models import FeedbackLetter, FeedbackPoint
from feedback.overview import overview
from feedback.services import (
    FeedbackLocked,
    OrderChanged,
    add_point,
    change_point,
    locks_of,
    reorder,
    withdraw_point,
)
from feedback.sub_items import known_sub_items, suggest_sub_item
from framework.models import EditionCriterion
from framework.services import wordings_of_year
from organizations.access import SignedInRequest, for_agency
from organizations.models import Agency, AuditEvent
from organizations.permissions import is_member, runs_agency
from texts.models import StaleVersion
from thai.dates import be_year
from thai.forms import YearField
from thai.text import normalise, to_arabic_digits

# Most letters of OPDC come after the second step.
USUAL_STEP = 2


@dataclass(frozen=True)
class Draft:
    """What the form holds, to be shown with its marks before it is saved."""

    text: str
    strength: str
    gap: str


@require_safe
@for_agency(is_member)
def feedback_list(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """The feedback of one year by category and criterion, years as tabs."""
    points = FeedbackPoint.objects.visible_to(request.user).filter(agency=agency).current()
    counts = dict(points.order_by("-year").values_list("year").annotate(count=Count("pk")))
    year = year_of(request, default=max(counts, default=_last_year()))
    tabs = sorted({year: 0, **counts}.items(), reverse=True)
    locks, found = locks_of(agency, year), overview(agency, year)
    context = {
        "agency": agency,
        "year": year,
        "tabs": tabs,
        "tabs_with_points": [(tab, count) for tab, count in tabs if count],
        "other_years": any(tab != year for tab in counts),
        "overview": found,
        "may_edit": runs_agency(request.user, agency),
        "locked_steps": sorted(locks.whole_steps),
        "locked": {point.pk for point in found.points if locks.holds(point)},
        "approved": bool(locks.criteria),
        "papers": FeedbackLetter.objects.current().visible_to(request.user).filter(agency=agency, year=year),
    }
    return render(request, "feedback/feedback_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(runs_agency)
def feedback_new(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Enter one point; the address may name the criterion and the year."""
    year = year_of(request, default=newest_year(agency))
    wordings = wordings_of_year(year)
    step, criterion = step_of(request, agency, year), request.GET.get("criterion", "")
    initial = {"year": year, "step": step, "criterion": criterion}
    if "suggest" in request.POST:
        return _with_suggestion(request, agency, wordings)
    form = FeedbackPointForm(_posted(request), initial=initial, wordings=wordings, agency=agency)
    if request.method == "POST" and form.is_valid():
        fields = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            point = add_point(agency=agency, by=request.user, **fields)
        except FeedbackLocked as locked:
            return _locked_page(request, agency, form, locked)
        messages.success(request, "บันทึกข้อเสนอแนะแล้ว")
        if "again" in request.POST:
            query = f"?criterion={point.criterion_id}&year={point.year}&step={point.step}"
            return redirect(reverse("feedback_new", args=[agency.code]) + query)
        return redirect(_list_url(point))
    return _form_page(request, agency, form)


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(runs_agency)
def feedback_edit(request: SignedInRequest, agency: Agency, uid: uuid.UUID) -> HttpResponse:
    """Correct one point; a stale save shows what stands now and keeps what was typed."""
    point = _point(request, agency, uid, withdrawn_too=request.method == "POST")
    wordings = wordings_of_year(point.year)
    if "suggest" in request.POST:
        return _with_suggestion(request, agency, wordings, point=point)
    form = FeedbackPointForm(_posted(request), initial=_initial(point), wordings=wordings)
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        try:
            change_point(point=point, base_version=fields.pop("version") or 0, by=request.user, **fields)
        except StaleVersion:
            return _conflict_page(request, agency, point.fresh(), wordings)
        except FeedbackLocked as locked:
            return _locked_page(request, agency, form, locked, point=point)
        messages.success(request, "บันทึกข้อเสนอแนะแล้ว")
        return redirect(_list_url(point))
    return _form_page(request, agency, form, point=point)


@require_POST
@for_agency(runs_agency)
def feedback_withdraw(request: SignedInRequest, agency: Agency, uid: uuid.UUID) -> HttpResponse:
    """Take a point out of lists and forms."""
    point = _point(request, agency, uid)
    version = request.POST.get("version", "")
    try:
        withdraw_point(point=point, base_version=int(version) if version.isdecimal() else 0, by=request.user)
    except StaleVersion:
        current = point.fresh()
        form = FeedbackPointForm(initial=_initial(current), wordings=wordings_of_year(current.year))
        return _form_page(request, agency, form, status=409, point=current, conflict=_conflict(current))
    except FeedbackLocked as locked:
        messages.error(request, str(locked))
        return redirect(_list_url(point))
    messages.success(request, "ถอนข้อเสนอแนะแล้ว ข้อความเดิมยังเก็บอยู่ในระบบ")
    return redirect(_list_url(point))


@require_POST
@for_agency(runs_agency)
def feedback_move(request: SignedInRequest, agency: Agency, uid: uuid.UUID) -> HttpResponse:
    """Move a point one place up or down among the points of its criterion."""
    point = _point(request, agency, uid)
    siblings = FeedbackPoint.objects.of_year(agency, point.year).filter(criterion=point.criterion).current()
    order = list(siblings.order_by("position", "pk").values_list("pk", flat=True))
    try:
        _swap(order, point.pk, up=request.POST.get("direction") == "up")
        reorder(agency=agency, year=point.year, criterion=point.criterion, order=order, by=request.user)
    except OrderChanged:
        messages.warning(request, "รายการเปลี่ยนไประหว่างนั้น กรุณาตรวจลำดับอีกครั้ง")
    except FeedbackLocked as locked:
        messages.error(request, str(locked))
    return redirect(_list_url(point))


def _swap(order: list[int], pk: int, *, up: bool) -> None:
    """Change places with the neighbour. Raises OrderChanged when somebody took the point away meanwhile."""
    if pk not in order:
        raise OrderChanged
    here = order.index(pk)
    there = max(0, here - 1) if up else min(len(order) - 1, here + 1)
    order[here], order[there] = order[there], order[here]


# --- parts of pages -------------------------------------------------------------------------------


def _form_page(
    request: HttpRequest, agency: Agency, form: FeedbackPointForm, status: int | None = None, **context: Any
) -> HttpResponse:
    """The page of the form; `conflict` and `suggested` say why it is shown again."""
    refused = form.is_bound and bool(form.errors)
    page = {
        "agency": agency,
        "form": form,
        "point": None,
        "conflict": None,
        "suggested": False,
        "draft": _draft(form),
        "paper": _paper(agency, form),
        "back_url": reverse("feedback_list", args=[agency.code]),
        **context,
    }
    return render(request, "feedback/feedback_form.html", page, status=status or (422 if refused else 200))


def _paper(agency: Agency, form: FeedbackPointForm) -> FeedbackLetter | None:
    """The received paper of the year and step in the form."""
    year, step = (to_arabic_digits(str(form[name].value() or "")) for name in ("year", "step"))
    if not (year.isdecimal() and step.isdecimal()):
        return None
    return (
        FeedbackLetter.objects.current().filter(agency=agency, year=int(year[:4]), step=int(step[:1])).first()
    )


def _locked_page(
    request: HttpRequest, agency: Agency, form: FeedbackPointForm, locked: FeedbackLocked, **context: Any
) -> HttpResponse:
    """Why a closed form keeps its feedback, above everything that was typed."""
    form.add_error(None, str(locked))
    return _form_page(request, agency, form, status=409, **context)


def _with_suggestion(
    request: HttpRequest, agency: Agency, wordings: list[EditionCriterion], **context: Any
) -> HttpResponse:
    """The form as it was typed, with the marks taken from the text as far as it has any; nothing is saved."""
    typed = request.POST.dict()
    text = normalise(typed.get("text", ""))
    marks = suggest_marks(text)
    wording = next((each for each in wordings if str(each.criterion_id) == typed.get("criterion")), None)
    sub_item = suggest_sub_item(text, wording, known_sub_items([wording])) if wording else ""
    found = {"level": suggest_level(text), "sub_item": sub_item}
    initial = {**typed, "strength": marks.strength, "gap": marks.gap}
    initial |= {name: value for name, value in found.items() if value}
    form = FeedbackPointForm(initial=initial, wordings=wordings)
    return _form_page(request, agency, form, suggested=True, **context)


def _conflict_page(
    request: HttpRequest, agency: Agency, current: FeedbackPoint, wordings: list[EditionCriterion]
) -> HttpResponse:
    """The person's own words in the form, now on top of what stands; the other words above it."""
    data = request.POST.copy()
    data["version"] = str(current.version)
    form = FeedbackPointForm(data, wordings=wordings)
    return _form_page(request, agency, form, status=409, point=current, conflict=_conflict(current))


def _conflict(current: FeedbackPoint) -> dict[str, Any]:
    """What stands now, and who changed it when."""
    events = AuditEvent.objects.filter(object_type=current._meta.label_lower, object_id=str(current.pk))
    return {"point": current, "event": events.select_related("actor").order_by("-at", "-pk").first()}


def _posted(request: HttpRequest) -> QueryDict | None:
    """The form's data; a POST without any is an empty form, not an unsent one."""
    return request.POST if request.method == "POST" else None


def _draft(form: FeedbackPointForm) -> Draft | None:
    """The text with its marks as the form holds it; None for an empty form."""
    text, strength, gap = (
        normalise(str(form[name].value() or "")).strip() for name in ("text", "strength", "gap")
    )
    return Draft(text, strength, gap) if text else None


def _initial(point: FeedbackPoint) -> dict[str, Any]:
    names = ("year", "step", "text", "strength", "gap", "level", "sub_item", "version")
    return {"criterion": point.criterion_id, **{name: getattr(point, name) for name in names}}


def _point(
    request: SignedInRequest, agency: Agency, uid: uuid.UUID, withdrawn_too: bool = False
) -> FeedbackPoint:
    """A point of this agency; `withdrawn_too` lets a late save meet its conflict page instead of a 404."""
    points = FeedbackPoint.objects.editable_by(request.user).filter(agency=agency)
    points = points if withdrawn_too else points.current()
    return get_object_or_404(points.select_related("agency", "criterion"), uid=uid)


def _list_url(point: FeedbackPoint) -> str:
    return (
        reverse("feedback_list", args=[point.agency.code])
        + f"?year={point.year}#criterion-{point.criterion_id}"
    )


def year_of(request: HttpRequest, default: int) -> int:
    """The year in the address, in Thai or Arabic digits; one that cannot be is named and not used."""
    typed = request.GET.get("year", "")
    if not typed:
        return default
    try:
        year: int = YearField().clean(typed)
    except ValidationError as error:
        messages.warning(request, f"{error.messages[0]} จึงแสดงปี {default}")
        return default
    return year


def step_of(request: HttpRequest, agency: Agency, year: int) -> int:
    """The step in the address, else that of the point entered last for this year: a letter has one step."""
    if (typed := request.GET.get("step", "")) in ("1", "2", "3"):
        return int(typed)
    last = FeedbackPoint.objects.of_year(agency, year).current().order_by("-pk").first()
    return last.step if last else USUAL_STEP


def newest_year(agency: Agency) -> int:
    """The Buddhist-era year of the newest feedback; without any, last year."""
    newest = FeedbackPoint.objects.filter(agency=agency).current().order_by("-year").first()
    return newest.year if newest else _last_year()


def _last_year() -> int:
    """Feedback is normally about the year before."""
    return be_year(timezone.localdate()) - 1
