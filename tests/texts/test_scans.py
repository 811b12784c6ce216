"""How a kept paper is sent: what a browser may do with it, and what happens when it is gone."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.http import Http404

from texts.models import Comment
from texts.scans import scan_response

# sending a file to its end closes old connections, as after every request
pytestmark = pytest.mark.django_db


def stored(name: str, content: bytes = b"%PDF-1.7") -> FieldFile:
    file = FieldFile(Comment(), Comment._meta.get_field("scan"), name)
    if content:
        file.name = default_storage.save(name, ContentFile(content))
    return file


@pytest.mark.parametrize(
    ("name", "suffix", "media_type"),
    [("a/b.pdf", "pdf", "application/pdf"), ("x.png", "png", "image/png"), ("x.jpg", "jpg", "image/jpeg")],
)
def test_a_paper_is_saved_under_its_name_and_can_do_nothing(name: str, suffix: str, media_type: str) -> None:
    with closing(scan_response(stored(name), "comment-1")) as answer:
        headers = ("Content-Type", "Content-Disposition", "Cache-Control", "X-Content-Type-Options")
        assert [answer[header] for header in headers] == [
            media_type,
            f'attachment; filename="comment-1.{suffix}"',
            "private, no-store",
            "nosniff",
        ]
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.getvalue() == b"%PDF-1.7"


def test_a_paper_to_look_at_has_the_policy_that_its_page_needs() -> None:
    with closing(
        scan_response(stored("x.pdf"), "letter", shown=True, policy="frame-ancestors 'self'")
    ) as answer:
        assert answer["Content-Disposition"] == 'inline; filename="letter.pdf"'
        assert answer["Content-Security-Policy"] == "frame-ancestors 'self'"
    with closing(scan_response(stored("x.pdf"), "issue", shown=True, policy="")) as answer:
        assert "Content-Security-Policy" not in answer


@pytest.mark.parametrize("missing", [None, stored("", b""), stored("never-kept.pdf", b"")])
def test_a_paper_that_is_not_there_is_not_found(missing: FieldFile | None) -> None:
    with pytest.raises(Http404):
        scan_response(missing, "x")
