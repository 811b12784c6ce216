"""Downloading the library: who gets which cases, and what a case that no file can hold does."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from framework.models import Criterion
from organizations.enums import Role
from practices.formats import CaseReading, read_cases
from practices.models import Practice, PracticeStatus
from tests.world import join


@pytest.fixture
def library(world, make_practice) -> None:
    here, there = world.here.agency, world.there.agency
    make_practice("ใช้ร่วม")
    make_practice("ร่างร่วม", status=PracticeStatus.DRAFT)
    make_practice("ของเรา", kept_to=here, agency=here)
    make_practice("ร่างของเรา", kept_to=here, agency=here, status=PracticeStatus.DRAFT)
    make_practice("ของเขา", kept_to=there, agency=there)


@pytest.fixture
def download(client, tmp_path):
    def run(user, format: str = "csv", **query: str) -> list[str]:
        client.force_login(user)
        response = client.get(reverse("practice_export", args=[format]), query)
        assert response.status_code == 200
        assert response["Content-Disposition"] == f'attachment; filename="pmqa-practices-{format}.zip"'
        path = tmp_path / "library.zip"
        path.write_bytes(b"".join(response.streaming_content))
        with CaseReading() as reading:
            titles = [row.title for row in read_cases([path], reading)]
            assert not reading.faults
        return titles

    return run


@pytest.mark.parametrize("format", ["xlsx", "csv", "json", "yaml"])
def test_an_administrator_takes_the_shared_cases(library, world, download, format) -> None:
    assert download(world.admin, format) == ["ใช้ร่วม"]


def test_a_secretary_takes_the_own_cases_and_the_shared_ones(library, world, download, client) -> None:
    secretary = world.here.people[Role.SECRETARIAT]
    assert download(secretary) == ["ของเรา"]
    assert download(secretary, **{"for": world.here.agency.code}) == ["ของเรา"]
    assert download(secretary, **{"for": "_shared"}) == ["ใช้ร่วม"]
    for code in (world.there.agency.code, "none", ""):
        assert client.get(reverse("practice_export", args=["csv"]), {"for": code}).status_code == 404
    assert client.get("/practices/export/exe/").status_code == 404


def test_who_writes_for_several_agencies_takes_each_alone(library, world, download) -> None:
    person = join(world.here.people[Role.SECRETARIAT], world.there.agency, Role.SECRETARIAT)
    assert download(person, **{"for": world.there.agency.code}) == ["ของเขา"]
    assert download(person, **{"for": world.here.agency.code}) == ["ของเรา"]


def test_who_writes_no_cases_takes_none(library, world, client) -> None:
    client.force_login(world.here.people["committee_1"])
    assert client.get(reverse("practice_export", args=["csv"])).status_code == 403
    assert "ดาวน์โหลดทั้งคลัง" not in client.get(reverse("practice_list")).content.decode()
    client.force_login(world.here.people[Role.SECRETARIAT])
    assert "ดาวน์โหลดทั้งคลัง" in client.get(reverse("practice_list")).content.decode()


def test_a_case_that_no_file_can_hold_is_named(library, world, client, tmp_path) -> None:
    case = Practice.objects.get(title="ใช้ร่วม")
    case.criteria.add(Criterion.objects.create(identity="pmqa4-old"))
    client.force_login(world.admin)
    page = client.get(reverse("practice_export", args=["xlsx"]), follow=True)
    told = f"ตัวอย่าง “{case.key}” ใช้เกณฑ์ที่ไม่มีในฉบับ 2564: pmqa4-old"
    assert [str(message) for message in page.context["messages"]] == [f"ดาวน์โหลดไม่ได้: {told}"]
    with pytest.raises(CommandError, match="pmqa4-old"):
        call_command("dump_practices", tmp_path, format="json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("format", ["xlsx", "csv", "json", "yaml"])
def test_an_export_costs_the_same_for_one_and_thirty_cases(
    world, make_practice, client, django_assert_max_num_queries, format
) -> None:
    client.force_login(world.admin)
    costs = []
    for number in (1, 30):
        while Practice.objects.count() < number:
            title = f"เรื่อง {Practice.objects.count()}"
            make_practice(title, tags=frozenset({"Innovation"}), html=f"<p>{'ก' * 12_000}</p>")
        with django_assert_max_num_queries(25) as queries:
            response = client.get(reverse("practice_export", args=[format]))
            with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
                assert len(archive.namelist()) == 1
        costs.append(len(queries))
    assert costs[0] == costs[1]
