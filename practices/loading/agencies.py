"""Which public bodies the rows of a load mean; each is looked up once."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Final

from organizations.models import Agency
from practices.agencies import core_name, new_agency_fault
from practices.models import Load, StagedAgency
from practices.rows import AgencyValues, CaseRow

FIELDS: Final = ("name", "short_name", "kind")

# (field, message) of one row
RowFault = tuple[str, str]


class AgencyBook:
    """All agencies of the installation, and those that the rows so far have brought."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.unsaved: list[StagedAgency] = []
        self._staged: dict[str, StagedAgency] = {}
        self._seen: dict[tuple[AgencyValues, frozenset[str]], StagedAgency] = {}
        self._by_code: dict[str, Agency] = {}
        self._by_name: dict[str, Agency] = {}
        self._by_short: defaultdict[str, list[Agency]] = defaultdict(list)
        self._by_core: defaultdict[str, list[Agency]] = defaultdict(list)
        for agency in Agency.objects.all():
            self._note(agency)

    def find(self, row: CaseRow) -> StagedAgency | RowFault:
        """The body of this row, or why there is none."""
        given = frozenset(row.given & {"code", *FIELDS})
        values = row.agency
        if seen := self._seen.get((values, given)):
            return seen
        found = self._with_code(row) if values.code else self._with_name(row)
        if isinstance(found, StagedAgency):
            self._seen[values, given] = found
        return found

    def _note(self, agency: Agency) -> None:
        self._by_code[agency.code] = agency
        self._by_name[agency.name] = agency
        self._by_core[core_name(agency.name)].append(agency)
        if agency.short_name:
            self._by_short[agency.short_name].append(agency)

    def _with_code(self, row: CaseRow) -> StagedAgency | RowFault:
        values = row.agency
        if staged := self._staged.get(values.code):
            # the readers hold that all rows say the same of it
            return staged
        same = self._by_code.get(values.code)
        wanted = _wanted(row, same)
        changed = [name for name in FIELDS if same and getattr(same, name) != wanted[name]]
        if same and same.hosted and changed:
            message = "หน่วยงานนี้ใช้งานระบบอยู่ แก้ชื่อด้วยไฟล์ไม่ได้ กรุณาใช้ข้อมูลตามที่มีในระบบ"
            return "agency", f"{message}: {same.name} {same.short_name} {same.kind}"
        if alike := self._other_alike(values.name, same):
            return "agency", f"สะกดคล้ายกับ “{alike.name}” รหัส {alike.code} ที่มีในระบบแล้ว กรุณาใช้รหัสนั้น"
        if same is None and not wanted["kind"]:
            return "kind", f"ยังไม่มีหน่วยงานรหัส “{values.code}” ในระบบ กรุณาระบุประเภทเพื่อเพิ่มหน่วยงานนี้"
        return self._stage(row, same, values.code, wanted, changed)

    def _other_alike(self, name: str, same: Agency | None) -> Agency | None:
        core = core_name(name)
        if not name or (same and core_name(same.name) == core):
            return None
        # of those that the files bring, their readers know
        return next((agency for agency in self._by_core[core] if agency.pk and agency is not same), None)

    def _with_name(self, row: CaseRow) -> StagedAgency | RowFault:
        name = row.agency.name
        short = self._by_short[name]
        found = self._by_name.get(name) or (short[0] if len(short) == 1 else None)
        if found is None:
            if fault := new_agency_fault(name, row.agency.kind, self._by_core[core_name(name)]):
                return ("agency" if fault[0] == "name" else "kind"), fault[1]
            return self._stage(row, None, f"agency-{uuid.uuid4().hex[:10]}", _wanted(row, None), [])
        standing = {field: getattr(found, field) for field in FIELDS}
        return self._staged.get(found.code) or self._stage(row, found, found.code, standing, [])

    def _stage(
        self, row: CaseRow, agency: Agency | None, code: str, wanted: dict[str, str], changed: list[str]
    ) -> StagedAgency:
        staged = StagedAgency(
            load=self.load,
            agency=agency,
            is_new=agency is None,
            base_version=agency.version if agency else None,
            code=code,
            changed=changed,
            **wanted,
        )
        if agency is None:
            # the rows below mean the same new body, and one spelt almost like it is pointed out there
            self._note(Agency(code=code, **wanted))
        self._staged[code] = staged
        self.unsaved.append(staged)
        return staged


def _wanted(row: CaseRow, same: Agency | None) -> dict[str, str]:
    """What the body will say: what the file has, else what stands."""
    standing = {name: getattr(same, name) if same else "" for name in FIELDS}
    said = {name: getattr(row.agency, name) for name in FIELDS if name in row.given or name == "name"}
    # no body is without a name or a kind: an empty cell says nothing
    # and in a table no cell that is left empty does
    clears = bool(row.place.path)
    return standing | {n: value for n, value in said.items() if value or (clears and n == "short_name")}
