"""Cases of the library for tests of choosing them."""

from __future__ import annotations

import uuid

from framework.models import Criterion
from organizations.models import Agency
from practices.models import Practice, PracticeStatus
from practices.services import Facts, create_practice


def make_case(
    key: str,
    *,
    codes: tuple[str, ...] = ("1.1",),
    kept_to: Agency | None = None,
    status: PracticeStatus = PracticeStatus.PUBLISHED,
    html: str = "",
) -> Practice:
    """A case «เรื่อง <key>» of «กรม <key>» with the award of 2564."""
    agency, _ = Agency.objects.get_or_create(code=f"dept-{key}", name=f"กรม {key}")
    facts = Facts(
        agency=agency,
        title=f"เรื่อง {key}",
        award="รางวัล PMQA หมวด 1",
        award_year=2564,
        summary="",
        source="",
        criteria=frozenset(Criterion.objects.filter(wordings__code__in=codes).values_list("pk", flat=True)),
    )
    html = html or f"<p>เนื้อหา {key}</p>"
    return create_practice(
        uid=uuid.uuid4(), key=key, facts=facts, html=html, kept_to=kept_to, status=status, by=None
    )
