"""Feedback out of a past year's Word form: taken from its column, corrected in rows, entered as a pasted letter is."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from documents.forms import FeedbackFormForm
from documents.importers import RefusedFile
from documents.importers.feedback_column import read_feedback_column
from feedback.views.letters import found_points_page
from feedback.views.points import USUAL_STEP, newest_year
from organizations.access import SignedInRequest, for_agency
from organizations.models import Agency
from organizations.permissions import runs_agency


@require_http_methods(["GET", "HEAD", "POST"])
@for_agency(runs_agency)
def feedback_form(request: SignedInRequest, agency: Agency) -> HttpResponse:
    """Send a form; its points are shown in rows, and nothing is written."""
    form = FeedbackFormForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        usual = newest_year(agency)
        try:
            found = read_feedback_column(form.cleaned_data["file"].read(), usual_year=usual)
        except RefusedFile as refused:
            form.add_error("file", str(refused))
        else:
            place = {"year": found.year or usual, "step": found.step or USUAL_STEP}
            return found_points_page(request, agency, points=found.points, **place)
    status = 422 if form.errors else 200
    return render(request, "documents/feedback_form.html", {"agency": agency, "form": form}, status=status)
