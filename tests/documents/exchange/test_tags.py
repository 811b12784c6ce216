"""The tags of a case travel with the form that uses it."""

from __future__ import annotations

import uuid

import pytest

from documents.exchange.faults import ExchangeRefused
from documents.exchange.taking import bring_in
from practices.models import Practice
from tests.documents.exchange.conftest import document_of, file_of


def test_a_new_case_brings_its_tags(full):
    def under_another_key(document):
        document["practices"][0]["key"] = "tagged-case"
        chosen = document["sheets"][0]["criteria"][0]["practices"][0]
        chosen |= {"practice": "tagged-case", "uid": str(uuid.uuid4())}

    content = file_of(full, under_another_key)
    assert document_of(content)["practices"][0]["tags"] == ["Innovation", "เครือข่าย"]
    bring_in(content)
    assert Practice.objects.get(key="tagged-case").tag_names == ["Innovation", "เครือข่าย"]


def test_a_file_from_before_there_were_tags_is_taken(full):
    assert bring_in(file_of(full, lambda document: document["practices"][0].pop("tags"))).plan.units == ()


def test_tags_that_are_none_are_refused_with_their_place(full):
    def mixed(document):
        document["practices"][0]["tags"] = ["ก, ข"]

    with pytest.raises(ExchangeRefused) as refused:
        bring_in(file_of(full, mixed))
    assert [(fault.place, fault.message) for fault in refused.value.faults] == [
        ("practices[0].tags", "แท็ก “ก, ข” ต้องไม่มีจุลภาคหรืออัฒภาค")
    ]
