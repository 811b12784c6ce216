"""Fixture files and rows that tests of the library start from."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from framework.files import Inline, InlineList, Quoted, dump_data
from framework.models import Criterion
from organizations.models import Agency
from practices.models import Practice, PracticeStatus
from practices.services import Facts, create_practice
from tests.world import world  # noqa: F401

AGENCY = {"code": "dol", "name": "กรมที่ดิน", "short_name": "", "kind": "department"}
CASE = {
    "key": "dol-culture",
    "agency": "dol",
    "title": "ปลูกฝังวัฒนธรรมดิจิทัล",
    "award": "รางวัล PMQA หมวด 1",
    "award_year": 2564,
    "criteria": ["1.2"],
    "summary": "เปิดเผยขั้นตอนและค่าใช้จ่าย",
    "source": "แบบฟอร์มการวิเคราะห์",
    "text": "<p>ย่อหน้าแรก</p>\n",
}


def png(colour: str = "navy", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, format="PNG")
    return out.getvalue()


class CaseFiles:
    """A folder such as fixtures/demo_senate_2565: practices/*.yaml and figures/*.png."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.outside = root.parent / "outside.png"
        (root / "practices").mkdir(parents=True)
        (root / "figures").mkdir()
        (root / "figures" / "map.png").write_bytes(png())
        self.outside.write_bytes(png("red"))

    def write(self, *cases: dict[str, Any], name: str = "one.yaml", **top: Any) -> Path:
        """Write one file; each case is CASE with changes, `top` changes the file itself.

        The agency stands on line 3, the case on line 5 and its text begins on line 14.
        """
        # copies, because the same list twice would become an alias
        practices = [deepcopy(CASE | case) for case in cases or ({},)]
        data = {"edition": Quoted("2564"), "agencies": [AGENCY], "practices": practices} | top
        data["agencies"] = [Inline(agency) for agency in data["agencies"]]
        for practice in practices:
            practice["criteria"] = InlineList(map(Quoted, practice["criteria"]))
        path = self.root / "practices" / name
        path.write_text(dump_data(data), encoding="utf-8")
        return path

    def figure(self, name: str, content: bytes) -> str:
        (self.root / "figures" / name).write_bytes(content)
        return f"../figures/{name}"


@pytest.fixture
def files(tmp_path: Path) -> CaseFiles:
    return CaseFiles(tmp_path / "library")


@pytest.fixture
def make_practice(world) -> Callable[..., Practice]:  # noqa: F811
    """Make a case by the service that pages use; criteria by their code in edition 2564."""

    def make(title: str = "เรื่องตัวอย่าง", **changes: Any) -> Practice:
        number = Practice.objects.count() + 1
        agency = changes.pop("agency", None) or Agency.objects.get_or_create(code="dol", name="กรมที่ดิน")[0]
        codes = changes.pop("codes", ["1.1"])
        criteria = Criterion.objects.filter(wordings__edition=world.edition, wordings__code__in=codes)
        html = changes.pop("html", "<p>เนื้อหาของเรื่อง</p>")
        kept_to = changes.pop("kept_to", None)
        status = changes.pop("status", PracticeStatus.PUBLISHED)
        blank = {"award": "", "award_year": None, "summary": "", "source": ""}
        facts = Facts(
            agency=agency, title=title, criteria=frozenset(c.pk for c in criteria), **(blank | changes)
        )
        return create_practice(
            uid=uuid.uuid4(),
            key=f"made-{number}",
            facts=facts,
            html=html,
            kept_to=kept_to,
            status=status,
            by=None,
        )

    return make
