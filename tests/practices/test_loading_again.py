"""What a load meets that people made by hand: pictures without a name, and who is named in a conflict."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse

from framework.models import Edition
from practices.comparing import last_change
from practices.enums import LoadState
from practices.exporters import ExportFormat, export_practices
from practices.loading import load_practices
from practices.models import Practice
from practices.services import Base, Facts, update_practice
from tests.practices.conftest import png
from tests.practices.loads import counts, load_rows, row
from texts.figures import add_figure


@pytest.mark.parametrize("format", ["json", "xlsx", "csv"])
def test_a_picture_from_the_editor_is_known_again(world, make_practice, tmp_path, format) -> None:
    content = png()
    drawn = add_figure(file=io.BytesIO(content), size=len(content), agency=None, by=None)
    make_practice(html=f'<p>ก</p><figure><img src="/figures/{drawn.uid}/" alt="ภาพ"></figure>')
    for exported in export_practices(Edition.objects.newest_first()[0], ExportFormat(format)):
        path = tmp_path / exported.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            exported.write(file)

    load = load_practices([tmp_path], by=None)

    assert (load.state, counts(load)) == (LoadState.NOTHING, (0, 0, 1))


def test_a_conflict_names_who_loaded_the_file_or_who_wrote_after_it(client, world) -> None:
    loader = world.admin
    load_rows(row(1), by=loader)
    load_rows(row(1, title="ชื่อจากไฟล์"), by=loader)
    case = Practice.objects.get()
    found = last_change(case)
    assert found
    assert found.actor == loader
    facts = Facts(**{**vars(Facts.of(case)), "summary": "แก้ด้วยมือ"})
    update_practice(practice=case, base=Base.of(case), facts=facts, html=case.text.html, by=None)
    found = last_change(case)
    assert found
    assert found.actor is None
    client.force_login(loader)
    assert client.get(reverse("practice_edit", args=[case.pk])).status_code == 200
