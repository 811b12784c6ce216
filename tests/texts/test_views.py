"""Pictures over HTTP: who may fetch and bring them, and in what dress they are sent."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from organizations.enums import Role
from tests.texts.test_figures import huge_png, picture
from tests.world import World
from texts.figures import add_figure
from texts.models import Figure

pytestmark = pytest.mark.django_db

NEW = "/a/senate/figures/new/"


def stored(agency: Any) -> Figure:
    """A picture of an agency."""
    raw = picture("PNG")
    return add_figure(file=io.BytesIO(raw), size=len(raw), agency=agency, by=None)


def send(client: Client, content: bytes, name: str = "ภาพ.png", kind: str = "image/png") -> Any:
    """Upload one file."""
    return client.post(NEW, {"file": SimpleUploadedFile(name, content, kind)})


class TestFetching:
    def test_headers_let_a_browser_only_draw_it(self, client: Client, world: World) -> None:
        figure = stored(world.here.agency)
        client.force_login(world.here.people[Role.EXECUTIVE])
        response = client.get(figure.get_absolute_url())
        assert response.status_code == 200
        assert b"".join(response.streaming_content) == picture("PNG")  # type: ignore[attr-defined]
        assert {
            name: response[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")
        } == {
            "Content-Type": "image/png",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=86400, immutable",
        }
        assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert response["Content-Disposition"] == f'inline; filename="{figure.uid}.png"'

    def test_address_is_the_one_that_texts_name(self, world: World) -> None:
        figure = stored(world.here.agency)
        assert figure.get_absolute_url() == f"/figures/{figure.uid}/"

    def test_people_of_other_agencies_and_none_find_nothing(self, client: Client, world: World) -> None:
        address = stored(world.here.agency).get_absolute_url()
        for user in (world.there.people[Role.SECRETARIAT], world.stranger, world.admin):
            client.force_login(user)
            assert client.get(address).status_code == 404

    def test_shared_ones_are_for_everybody_who_is_signed_in(self, client: Client, world: World) -> None:
        address = stored(None).get_absolute_url()
        assert client.get(address).status_code == 302
        for user in (world.there.people[Role.SECRETARIAT], world.stranger):
            client.force_login(user)
            response = client.get(address)
            assert response.status_code == 200
            # Read to its end: closing it by hand would also close the test's own connection.
            assert b"".join(response.streaming_content) == picture("PNG")  # type: ignore[attr-defined]

    def test_unknown_and_lost_files(self, client: Client, world: World) -> None:
        client.force_login(world.here.people["committee_1"])
        assert client.get(reverse("figure", args=[uuid.uuid4()])).status_code == 404
        figure = stored(world.here.agency)
        figure.file.delete(save=False)
        assert client.get(f"/figures/{figure.uid}/").status_code == 404

    def test_only_reading(self, client: Client, world: World) -> None:
        client.force_login(world.here.people["committee_1"])
        assert client.post(stored(world.here.agency).get_absolute_url()).status_code == 405


class TestBringing:
    def test_answer(self, client: Client, world: World) -> None:
        client.force_login(world.here.people["committee_1"])
        response = send(
            client, picture("JPEG", size=(4_800, 1_200)), "IMG_0001.HEIC", "application/octet-stream"
        )
        figure = Figure.objects.get()
        assert response.status_code == 201
        assert response.json() == {"url": f"/figures/{figure.uid}/", "width": 2_400, "height": 600}
        assert (figure.agency, figure.uploaded_by) == (world.here.agency, world.here.people["committee_1"])

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.AGENCY_ADMIN, 201),
            (Role.SECRETARIAT, 201),
            ("committee_3", 201),
            (Role.UNIT_OFFICER, 403),
            (Role.EXECUTIVE, 403),
        ],
    )
    def test_members_who_write(self, client: Client, world: World, role: str, status: int) -> None:
        client.force_login(world.here.people[role])
        assert send(client, picture("PNG")).status_code == status
        assert Figure.objects.count() == (status == 201)

    def test_others(self, client: Client, world: World) -> None:
        assert send(client, picture("PNG")).status_code == 302
        for user, status in (
            (world.there.people[Role.SECRETARIAT], 404),
            (world.stranger, 404),
            (world.admin, 403),
        ):
            client.force_login(user)
            assert send(client, picture("PNG")).status_code == status
        assert not Figure.objects.exists()

    @pytest.mark.parametrize(
        ("content", "status", "begins"),
        [
            (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", 422, "ไฟล์นี้ไม่ใช่ภาพ"),
            (b"<!doctype html><script>alert(1)</script>", 422, "ไฟล์นี้ไม่ใช่ภาพ"),
            (picture("GIF"), 422, "ไฟล์นี้ไม่ใช่ภาพ"),
            (picture("PNG")[:40], 422, "ไฟล์นี้ไม่ใช่ภาพ"),
            (huge_png(8_000, 8_000), 422, "ภาพมีขนาดใหญ่เกิน 24 ล้านจุด"),
            (b"", 422, "ไฟล์นี้ว่างเปล่า"),
            (
                b"\x89PNG\r\n\x1a\n" + b"\0" * 30 * 1024 * 1024,
                413,
                "ไฟล์ภาพใหญ่เกิน 10 เมกะไบต์ (ไฟล์นี้ 30.0 เมกะไบต์)",
            ),
        ],
        ids=["svg", "html", "gif", "cut", "pixels", "empty", "30MB"],
    )
    def test_bad_files_are_named_in_thai(
        self, client: Client, world: World, content: bytes, status: int, begins: str
    ) -> None:
        client.force_login(world.here.people["committee_1"])
        response = send(client, content)
        assert response.status_code == status
        assert list(response.json()) == ["error"]
        assert response.json()["error"].startswith(begins)
        assert not Figure.objects.exists()

    def test_no_file(self, client: Client, world: World) -> None:
        client.force_login(world.here.people["committee_1"])
        response = client.post(NEW, {"file": "ข้อความ"})
        assert (response.status_code, response.json()) == (422, {"error": "กรุณาเลือกไฟล์ภาพก่อน"})

    def test_not_by_get_and_not_without_a_token(self, world: World) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(world.here.people["committee_1"])
        assert strict.get(NEW).status_code == 405
        response = strict.post(NEW, {"file": SimpleUploadedFile("a.png", picture("PNG"))})
        assert response.status_code == 403
        assert not Figure.objects.exists()
