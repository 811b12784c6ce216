"""Remarks about a criterion: writing one, answering, sending drafts, settling, taking back.

Scripts get the one thread that changed, so that what is being typed elsewhere in the page stays; a browser without
scripts gets a page for the form and then the page of the criterion.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import reswap, retarget

from assessment.access import for_criterion
from assessment.forms.comment import CommentForm, ThreadForm, people_of
from assessment.models import CriterionAnalysis, CriterionThread
from assessment.permissions import (
    answers_in,
    comments_on,
    keeps_drafts,
    speaks_for_others,
    state_allows_comments,
)
from assessment.services.comments import (
    change_draft,
    reopen_thread,
    reply,
    resolve_thread,
    send_draft,
    start_thread,
    withdraw_comment,
)
from assessment.threads import ThreadView, mentioned_in, texts_of_criterion, threads_of_criterion
from organizations.access import SignedInRequest
from texts.forms import present_versions
from texts.models import Comment, CommentQuerySet, StaleVersion
from texts.scans import scan_response
from texts.services import KeyReused, TextLocked

CLOSED = "แบบฟอร์มปีนี้ปิดแล้ว จึงยังไม่ได้บันทึก ข้อความของท่านยังอยู่ครบด้านล่าง"
ONLY_READ = "แบบฟอร์มปีนี้ปิดแล้ว อ่านข้อสังเกตได้อย่างเดียว"
REUSED = "ข้อสังเกตนี้ถูกส่งไปก่อนแล้วจากหน้าอื่น กรุณากดอีกครั้งหากต้องการส่งเพิ่มเป็นอีกข้อหนึ่ง"
STALE = "ร่างนี้ถูกแก้ไข ส่ง หรือลบไปแล้วจากหน้าอื่น จึงยังไม่ได้บันทึก ข้อความของท่านยังอยู่ครบด้านล่าง กรุณาคัดลอกไว้แล้วเปิดหน้านี้ใหม่"


# --- what an answer shows -------------------------------------------------------------------------


def panel_context(
    request: SignedInRequest, analysis: CriterionAnalysis, activities: Any = None
) -> dict[str, Any]:
    """The panel on the page of the criterion; two queries where the activities were read already."""
    views = threads_of_criterion(request.user, analysis, texts_of_criterion(analysis, activities))
    return {
        "open_threads": [view for view in views if view.thread.is_open],
        "settled_threads": [view for view in views if not view.thread.is_open],
        "may_comment": comments_on(request.user, analysis.sheet)
        and state_allows_comments(analysis.sheet.round),
    }


def _address(analysis: CriterionAnalysis, fragment: str = "") -> str:
    round = analysis.sheet.round
    return reverse("criterion", args=[round.agency.code, round.year, analysis.wording.code]) + fragment


def _thread_answer(
    request: SignedInRequest, analysis: CriterionAnalysis, thread: int, *, first: bool = False
) -> HttpResponse:
    """The thread as it stands now: alone for a script, in its page for a browser without scripts."""
    views = threads_of_criterion(request.user, analysis, texts_of_criterion(analysis))
    view = next((view for view in views if view.placed.thread_id == thread), None)
    if not request.htmx:  # type: ignore[attr-defined]
        return redirect(_address(analysis, f"#thread-{view.thread.uid}" if view else "#comments"))
    context = {
        "view": view,
        "first": first,
        "count": sum(view.thread.is_open for view in views),
        "round": analysis.sheet.round,
        "user": request.user,
    }
    return render(request, "assessment/_thread_answer.html", context)


def _form_answer(
    request: SignedInRequest,
    analysis: CriterionAnalysis,
    form: CommentForm,
    *,
    about: ThreadView | None = None,
    draft: Comment | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form: in its place in the page for a script, as a page of its own without."""
    context = {
        "form": form,
        "about": about,
        "draft": draft,
        "page_round": analysis.sheet.round,
        "round": analysis.sheet.round,
        "analysis": analysis,
        "keeps_drafts": keeps_drafts(request.user, analysis.sheet.round),
        "back_url": _address(analysis, f"#thread-{about.thread.uid}" if about else "#comments"),
        "post_url": request.path,
    }
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "assessment/comment.html", context, status=status)
    response = render(request, "assessment/_comment_form.html", context, status=status)
    sent = form.cleaned_data.get("uid") if form.is_bound else None
    if sent:
        # what was refused comes back in the place of the form, not of the thread
        response = reswap(retarget(response, f"#comment-form-{sent}"), "outerHTML")
    return response


# --- writing --------------------------------------------------------------------------------------


def _form(
    request: SignedInRequest, analysis: CriterionAnalysis, kind: type[CommentForm], **about: Any
) -> CommentForm:
    user, round = request.user, analysis.sheet.round
    initial = {"uid": uuid.uuid4()} | about.pop("initial", {})
    return kind(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        people=people_of(round.agency, user),
        speaks=speaks_for_others(user, round),
        **about,
    )


def _is_draft(request: SignedInRequest, analysis: CriterionAnalysis) -> bool:
    return "draft" in request.POST and keeps_drafts(request.user, analysis.sheet.round)


def _shut(request: SignedInRequest, analysis: CriterionAnalysis) -> HttpResponse | None:
    """Nobody fills in a form that will be refused."""
    if request.method == "POST" or state_allows_comments(analysis.sheet.round):
        return None
    messages.error(request, ONLY_READ)
    return redirect(_address(analysis, "#comments"))


def _refused(form: CommentForm, error: Exception) -> int:
    """Say why nothing was written; the status for the answer."""
    if isinstance(error, KeyReused):
        form.add_error(None, REUSED)
        present_versions(form, uid=uuid.uuid4())
    else:
        form.add_error(None, CLOSED if isinstance(error, TextLocked) else STALE)
    return 409


@require_http_methods(["GET", "HEAD", "POST"])
@for_criterion(writing=False)
def comment_new(request: SignedInRequest, analysis: CriterionAnalysis) -> HttpResponse:
    """Start a thread about the criterion or about a passage."""
    if not comments_on(request.user, analysis.sheet):
        raise PermissionDenied
    if shut := _shut(request, analysis):
        return shut
    form = _form(request, analysis, ThreadForm, texts=texts_of_criterion(analysis))
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        words = form.words(draft=_is_draft(request, analysis))
        try:
            made = start_thread(
                analysis=analysis,
                words=words,
                by=request.user,
                quoted=form.quoted,  # type: ignore[attr-defined]
            )
            return _thread_answer(request, analysis, made.thread_id, first=True)
        except (TextLocked, KeyReused) as error:
            status = _refused(form, error)
    return _form_answer(request, analysis, form, status=status)


def _thread(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> ThreadView:
    """A thread of the criterion that this person can see; a draft of somebody else is not found."""
    views = threads_of_criterion(request.user, analysis, texts_of_criterion(analysis))
    found = next((view for view in views if view.thread.uid == uid), None)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_criterion(writing=False)
def comment_reply(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Answer in a thread."""
    here = Comment.objects.sent().filter(thread__uid=uid, thread__criterion_thread__analysis=analysis)
    if not answers_in(request.user, analysis.sheet, mentioned_in(here.prefetch_related("mentions"))):
        raise PermissionDenied
    about = _thread(request, analysis, uid)
    if shut := _shut(request, analysis):
        return shut
    form = _form(request, analysis, CommentForm)
    form.fields["body"].label = "คำตอบ"
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        words = form.words(draft=_is_draft(request, analysis))
        try:
            reply(placed=_placed(about, analysis), words=words, by=request.user)
            return _thread_answer(request, analysis, about.placed.thread_id)
        except (TextLocked, KeyReused) as error:
            status = _refused(form, error)
    return _form_answer(request, analysis, form, about=about, status=status)


def _placed(view: ThreadView, analysis: CriterionAnalysis) -> CriterionThread:
    """The row with the criterion as the address has found it."""
    view.placed.analysis = analysis
    return view.placed


def _comments_of(analysis: CriterionAnalysis) -> CommentQuerySet:
    rows = Comment.objects.filter(thread__criterion_thread__analysis=analysis)
    return rows.select_related("thread__criterion_thread")


def _own(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> Comment:
    """One of the person's own comments on the criterion; those of others are not among them."""
    found = get_object_or_404(_comments_of(analysis).filter(author=request.user), uid=uid)
    found.thread.criterion_thread.analysis = analysis
    return found


def _own_draft(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> Comment:
    """The person's own comment, where the person may still write; roles end while drafts lie."""
    found = _own(request, analysis, uid)
    about = found.thread.comments.sent().prefetch_related("mentions")
    if not answers_in(request.user, analysis.sheet, mentioned_in(about)):
        raise PermissionDenied
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@for_criterion(writing=False)
def comment_edit(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Write one's own draft anew, and send it or keep it."""
    comment = _own_draft(request, analysis, uid)
    if shut := _shut(request, analysis):
        return shut
    if request.method != "POST" and not (comment.is_draft and not comment.is_withdrawn):
        messages.info(request, "ความเห็นนี้ส่งไปแล้ว จึงแก้ไขไม่ได้ ท่านถอนแล้วเขียนใหม่ได้")
        return redirect(_address(analysis, f"#thread-{comment.thread.uid}"))
    form = _form(request, analysis, CommentForm, initial=_initial(comment))
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        words = form.words(draft=_is_draft(request, analysis))
        base = form.cleaned_data["base_version"] or 0
        try:
            change_draft(comment=comment, base_version=base, words=words, by=request.user)
            return _thread_answer(request, analysis, comment.thread_id)
        except (TextLocked, StaleVersion) as error:
            status = _refused(form, error)
    return _form_answer(request, analysis, form, draft=comment, status=status)


def _initial(comment: Comment) -> dict[str, Any]:
    return {
        "uid": comment.uid,
        "base_version": comment.version,
        "body": comment.body,
        "mentions": [str(pk) for pk in comment.mentions.values_list("pk", flat=True)],
        "source": comment.source,
        "source_date": comment.source_date,
    }


# --- one press ------------------------------------------------------------------------------------


@require_POST
@for_criterion(writing=False)
def comment_send(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Send one's own draft as it stands."""
    comment = _own_draft(request, analysis, uid)
    try:
        if not send_draft(comment=comment, by=request.user):
            messages.info(request, "ร่างนี้ส่งหรือลบไปก่อนแล้ว")
    except TextLocked:
        messages.error(request, ONLY_READ)
    return _thread_answer(request, analysis, comment.thread_id)


@require_POST
@for_criterion(writing=False)
def comment_withdraw(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Take one's own words back."""
    comment = _own(request, analysis, uid)
    try:
        withdraw_comment(comment=comment, by=request.user)
    except TextLocked:
        messages.error(request, ONLY_READ)
    return _thread_answer(request, analysis, comment.thread_id)


@require_POST
@for_criterion(writing=False)
def thread_resolve(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Say that a remark is dealt with."""
    return _settle(request, analysis, uid, resolve_thread)


@require_POST
@for_criterion(writing=False)
def thread_reopen(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponse:
    """Say that it is not dealt with after all."""
    return _settle(request, analysis, uid, reopen_thread)


def _settle(
    request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID, change: Any
) -> HttpResponse:
    if not comments_on(request.user, analysis.sheet):
        raise PermissionDenied
    view = _thread(request, analysis, uid)
    # a draft that nobody else knows of cannot be dealt with
    if not view.is_sent:
        raise Http404
    try:
        change(placed=_placed(view, analysis), by=request.user)
    except TextLocked:
        messages.error(request, ONLY_READ)
    return _thread_answer(request, analysis, view.placed.thread_id)


@require_safe
@for_criterion(writing=False)
def comment_scan(request: SignedInRequest, analysis: CriterionAnalysis, uid: uuid.UUID) -> HttpResponseBase:
    """The paper of an office or a meeting, for whoever may read its comment."""
    comment = get_object_or_404(_comments_of(analysis).readable_by(request.user), uid=uid)
    scan = None if comment.is_withdrawn else comment.scan
    return scan_response(scan, f"comment-{comment.uid.hex[:8]}")
