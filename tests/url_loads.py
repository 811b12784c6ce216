"""Files of cases in the world of tests/url_world.py: one set waits for a decision, another one was refused."""

from __future__ import annotations

from django.utils import timezone

from organizations.models import Agency, User
from practices.enums import LoadState, StagedState
from practices.models import Load, Practice, StagedAgency, StagedCase, StagedPicture


def make_loads(case: Practice, by: User) -> dict[str, Load]:
    """For the agency that keeps the case, which the waiting load changes."""
    about = {"kept_to": case.kept_to, "by": by, "uploaded": True}
    counts = {"new": 0, "changed": 1, "same": 0, "withdrawn": 0, "agencies_new": 1, "agencies_changed": 0}
    waiting = Load.objects.create(state=LoadState.READ, counts=counts, **about)
    refused = Load.objects.create(
        state=LoadState.REFUSED, ended_at=timezone.now(), fault_count=1, faults=[["ไฟล์", "ผิด"]], **about
    )
    agency = StagedAgency.objects.create(
        load=waiting, is_new=True, code="new", name="กรมใหม่", short_name="ใหม่", kind="department"
    )
    StagedCase.objects.create(
        load=waiting,
        sequence=1,
        state=StagedState.CHANGED,
        practice=case,
        base_version=case.version,
        base_text=case.text.version,
        key=case.key,
        agency=agency,
        place="ไฟล์ แถว 2",
        title=case.title,
        html="<p>ใหม่</p>",
        plain="ใหม่",
    )
    StagedPicture.objects.create(load=waiting, placeholder=waiting.uid, name="ภาพ", path="/ภาพ")
    return {"load": waiting, "refused_load": refused}


def mark_loads(agency: Agency, word: str) -> None:
    """Put the marks of the agency into everything that its files said, past every service."""
    loads = Load.objects.filter(kept_to=agency)
    loads.update(
        files=[{"name": f"{word}-cases.xlsx", "sha256": "0" * 64}],
        faults=[[f"{word}-place", f"{word}-fault"]],
        warnings=[[f"{word}-place", f"{word}-warning"]],
    )
    StagedAgency.objects.filter(load__in=loads).update(name=f"{word}-body", short_name=f"{word}-body-short")
    StagedCase.objects.filter(load__in=loads).update(
        place=f"{word}-row",
        title=f"{word}-case",
        award=f"{word}-award",
        summary=f"{word}-sum",
        source=f"{word}-src",
        tags=[f"{word}-tag"],
        differences=[["summary", f"{word}-before", f"{word}-after"]],
        html=f"<p>{word}-text</p>",
        plain=f"{word}-text",
    )
    StagedPicture.objects.filter(load__in=loads).update(name=f"{word}-figure", path=f"/{word}-figure")
