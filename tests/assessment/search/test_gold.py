"""What people ask of the demonstration and what they want to find: all of it among the first twenty.

The wanted texts are those in which the words stand as they are rightly spelt, found without the search: «case» by its
key, «feedback» and «activity» by criterion and place, «answer» by criterion or category and part.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from assessment.models import Activity, CategorySheet, CriterionAnalysis
from assessment.search.finding import Hit
from assessment.search.refreshing import refresh_everything
from feedback.models import FeedbackPoint
from framework.models import EditionCriterion
from organizations.models import User
from practices.models import Practice
from tests.assessment.search.asking import found

GOLD = json.loads(Path(__file__).with_name("search_gold.json").read_text(encoding="utf-8"))
FIRST = 20


@pytest.fixture
def demonstration(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    editions = sorted((settings.BASE_DIR / "fixtures" / "framework").glob("*.yaml"))
    call_command("load_framework", *map(str, editions), verbosity=0)
    call_command("load_demonstration", verbosity=0)
    refresh_everything()
    return User.objects.get(username="senate-secretariat")


def name_of(hit: Hit) -> str:
    """How the list calls what was found."""
    if hit.kind == "case":
        return f"case {Practice.objects.get(pk=hit.object_id).key}"
    if hit.kind == "feedback":
        point = FeedbackPoint.objects.get(pk=hit.object_id)
        code = EditionCriterion.objects.get(edition__code="2564", criterion=point.criterion_id).code
        return f"feedback {code}/{point.position}"
    if hit.kind == "activity":
        places = Activity.objects.get(pk=hit.object_id).places.order_by("analysis__wording__position")
        return f"activity {places[0].analysis.wording.code}/{places[0].position}"
    if hit.part.startswith("sheet_"):
        number = CategorySheet.objects.get(pk=hit.object_id).number
        return f"answer หมวด {number}/{hit.part.removeprefix('sheet_')}"
    return f"answer {CriterionAnalysis.objects.get(pk=hit.object_id).wording.code}/{hit.part}"


def test_everything_that_is_wanted_is_among_the_first_twenty_and_nothing_of_others(demonstration):
    assert len({question["asked"] for question in GOLD}) >= 60
    missing = {}
    for question in GOLD:
        names = {name_of(hit) for hit in found(demonstration, question["asked"]).hits[:FIRST]}
        if lacking := set(question["wanted"]) - names:
            missing[question["asked"]] = sorted(lacking)
    assert missing == {}

    # the secretariat of the other agency, whose form is empty, asks the same
    other = User.objects.get(username="nso-secretariat")
    kinds = {hit.kind for question in GOLD for hit in found(other, question["asked"]).hits}
    assert kinds == {"case"}
