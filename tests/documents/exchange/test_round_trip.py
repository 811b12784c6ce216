"""Out of one installation, into an empty one, and out again."""

from __future__ import annotations

import hashlib
import io
import json
import random

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from assessment.models import Activity, Round
from documents.enums import Format
from documents.exchange.canonical import comparable, dump
from documents.exchange.reading import read_round
from documents.exchange.renaming import renamed_for
from documents.exchange.taking import bring_in
from documents.exporters import Order, export
from organizations.models import Agency
from practices.models import Practice
from tests.documents.exchange.conftest import file_of, load_demonstration, load_framework, write
from tests.guards import without_guards
from tests.world import criterion, make_round, make_world, write_activity
from texts.cleaning import text_to_html
from texts.models import Figure


def exported(round: Round) -> bytes:
    return export(Order(round=round, format=Format.JSON)).content


def hash_of(figure: Figure) -> str:
    with figure.file.open("rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def emptied(settings, folder) -> None:
    """As after the first start: the framework and nothing else, no files either."""
    with without_guards():
        call_command("flush", interactive=False, verbosity=0)
    settings.MEDIA_ROOT = folder / "other-media"
    load_framework(settings)


def cells_of(round: Round) -> dict[str, list[tuple[str, object]]]:
    """Every filled cell of the workbook by sheet."""
    workbook = load_workbook(io.BytesIO(export(Order(round, Format.XLSX)).content))
    return {
        sheet.title: [
            (cell.coordinate, cell.value) for row in sheet for cell in row if cell.value is not None
        ]
        for sheet in workbook
    }


@pytest.mark.django_db(transaction=True)
def test_the_demonstration_survives_a_round_trip_through_an_empty_installation(settings, tmp_path):
    before = load_demonstration(settings, tmp_path)
    content, cells = exported(before), cells_of(before)
    figures = dict(Figure.objects.values_list("uid", "sha256"))
    emptied(settings, tmp_path)
    assert (Agency.objects.count(), Round.objects.count(), Practice.objects.count()) == (0, 0, 0)
    outcome = bring_in(content)
    assert (outcome.new_agency, outcome.new_round, outcome.plan.conflicts) == (True, True, [])
    after = Round.objects.select_related("agency", "edition").get()
    again = exported(after)
    assert cells_of(after) == cells
    assert sum(map(len, cells.values())) > 600
    assert comparable(json.loads(again)) == comparable(json.loads(content))
    assert dump(comparable(json.loads(again))) == dump(comparable(json.loads(content)))
    # every picture kept its bytes
    stored = {figure.uid: hash_of(figure) for figure in Figure.objects.all()}
    assert stored == {uid: figures[uid] for uid in stored}
    assert len(stored) == len(json.loads(content)["figures"]) > 0
    assert bring_in(content, dry_run=True).plan.units == ()


def test_the_file_of_a_round_holds_everything_and_nothing_of_the_other_agency(full, there):
    document = json.loads(exported(full))
    text = json.dumps(document, ensure_ascii=False)
    assert "nso" not in text
    assert (document["format"], document["version"]) == ("pmqa-round", 1)
    assert [point["step"] for point in document["feedback"]] == [2, 3]
    assert [figure["media_type"] for figure in document["figures"]].count("image/jpeg") == 1
    chosen = document["sheets"][0]["criteria"][0]["practices"]
    assert [case["practice"] for case in chosen] == [row["key"] for row in document["practices"]]
    shared = Activity.objects.get(text__plain="กิจกรรม 2.1")
    placed = [
        c["criterion"]
        for s in document["sheets"]
        for c in s["criteria"]
        if str(shared.uid) in c["activities"]
    ]
    assert placed == ["pmqa4-1.1", "pmqa4-2.1", "pmqa4-3.1"]


def test_the_file_is_canonical(full):
    content = exported(full)
    assert content == exported(full)
    assert content.endswith(b"}\n")
    assert list(json.loads(content)) == sorted(json.loads(content))


def test_one_category_takes_only_what_it_uses(full):
    document = json.loads(export(Order(round=full, format=Format.JSON, category=3)).content)
    assert [sheet["category"] for sheet in document["sheets"]] == [3]
    assert (document["figures"], document["practices"], document["feedback"]) == ([], [], [])
    assert sorted(len(row["owners"]) for row in document["activities"]) == [0, 2]


WORDS = st.text("กขคงจ้ำ <&>\"'0๑abc\n", min_size=1, max_size=30)


@given(
    activities=st.lists(
        st.tuples(WORDS, st.lists(st.sampled_from(["1.2", "3.3", "6.4"]), max_size=2)), max_size=4
    ),
    texts=st.lists(st.tuples(st.sampled_from(["analysis", "obstacles", "remedies"]), WORDS), max_size=3),
    seed=st.integers(0, 5),
)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_small_round_comes_back_equal_under_another_year(db, activities, texts, seed):
    """Another year means other uids: the documents agree when both are brought under the uids of one of them."""
    with transaction.atomic():
        world = make_world()
        round = make_round(world.here, world)
        codes = random.Random(seed).sample(["1.1", "2.2", "4.3", "5.4"], k=1)
        for words, serves in activities:
            write_activity(round, codes[0], escape(words), owners=[world.here.unit], serves=set(serves))
        for name, words in texts:
            write(getattr(criterion(round, codes[0]), name), escape(words))
        content = file_of(round)
        bring_in(content, year=2570)
        copy = read_round(Round.objects.select_related("agency", "edition").get(year=2570))
        expected = renamed_for(json.loads(content), "senate", 2570)
        # the owners stand already and keep their uids
        names = {a["uid"]: b["uid"] for a, b in zip(expected["owners"], copy["owners"], strict=True)}
        assert comparable(copy) == comparable(json.loads(swap(json.dumps(expected), names)))
        transaction.set_rollback(True)


def escape(words: str) -> str:
    return text_to_html(words) or "<p>ก</p>"


def swap(text: str, names: dict[str, str]) -> str:
    for old, new in names.items():
        text = text.replace(old, new)
    return text
