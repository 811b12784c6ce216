"""Whether a copied case is the one that stands is told by the library of this installation."""

from __future__ import annotations

import pytest

from assessment.models import ChosenPractice
from assessment.sources import source_changes
from documents.exchange.taking import bring_in
from tests.documents.exchange.conftest import document_of, file_of


def of_another_library(*, version: int, copied: int):
    """The file as a library writes it in which the case has had other versions."""

    def changed(document):
        document["practices"][0]["text"]["version"] = version
        document["sheets"][0]["criteria"][0]["practices"][0]["source_version"] = copied

    return changed


@pytest.mark.parametrize(("copied", "changes"), [(7, []), (6, ["เนื้อหาเปลี่ยน"])])
def test_a_copy_from_elsewhere_is_of_what_stands_if_it_was_so_there(full, copied, changes):
    content = file_of(full, of_another_library(version=7, copied=copied))
    assert document_of(content)["practices"][0]["text"]["version"] == 7
    bring_in(content, year=2571)
    rows = ChosenPractice.objects.select_related("practice__agency", "practice__text", "text")
    chosen = rows.get(analysis__sheet__round__year=2571)
    assert source_changes(chosen) == changes
