"""Loading shared cases from an Excel sheet on the command line; the pages do the same with a dry run to confirm."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from framework.files import Fault, FileRefused
from organizations.importers.tables import RowState
from organizations.importers.workbook import RefusedWorkbook
from organizations.models import User

from .case_sheets import CasePlan, PlannedCase, plan_cases, read_cases
from .importers import Outcome, Report
from .sheet_writing import write_cases


@dataclass(frozen=True)
class CellFault(Fault):
    """A fault of one cell, or of the whole file when `cell` is empty."""

    cell: str = ""

    @property
    def place(self) -> str:
        """Where it is, for the person: cases.xlsx แผ่นงาน “ตัวอย่าง” แถว 3 คอลัมน์ B (หน่วยงาน)."""
        return f"{self.file} {self.cell}".strip()


def load_case_sheet(path: Path, *, by: User | None = None, dry_run: bool = False) -> Report:
    """Read the file and write what is new or changed, all or nothing; a dry run writes nothing.

    New cases with a text are published, as those of the readable files are. Raises FileRefused with every fault.
    """
    plan = _plan(path)
    if not dry_run:
        write_cases(plan=plan, kept_to=None, publish=True, by=by)
    return Report([outcome for case in plan.cases for outcome in _outcomes(case)], _warnings(plan, path))


def _plan(path: Path) -> CasePlan:
    try:
        with path.open("rb") as file:
            plan = plan_cases(read_cases(file, size=path.stat().st_size), kept_to=None)
    except RefusedWorkbook as refused:
        raise FileRefused([CellFault(path.name, 0, "", str(refused))]) from refused
    except OSError as error:
        raise FileRefused([CellFault(path.name, 0, "", f"เปิดไฟล์ไม่ได้ ({error.strerror})")]) from error
    if plan.faults:
        raise FileRefused([CellFault(path.name, 0, "", fault.message, fault.place) for fault in plan.faults])
    return plan


def _outcomes(case: PlannedCase) -> list[Outcome]:
    """What happens to the case; a withdrawn one is a warning instead."""
    if case.state == RowState.WITHDRAWN:
        return []
    label = f"{case.facts.agency.name}: {case.facts.title}"
    key = case.key or f"แถว {case.number}"
    return [Outcome("practice", key, label, case.state == RowState.NEW, case.changed)]


def _warnings(plan: CasePlan, path: Path) -> list[Fault]:
    return [
        CellFault(path.name, 0, "", f"ตัวอย่าง “{case.key}” ถูกถอนแล้ว จึงข้ามไป", f"แถว {case.number}")
        for case in plan.cases
        if case.state == RowState.WITHDRAWN
    ]
