"""The demonstration library, written in every format, read into an empty one and written again: equal."""

from __future__ import annotations

import csv
import random
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from framework.models import Edition
from organizations.models import Agency
from practices.exporters import ExportFormat, export_practices, write_zip
from practices.formats import CaseReading, read_cases
from practices.models import Practice, PracticeStatus, Tag
from practices.rows import CaseRow
from practices.services import Facts, create_practice
from texts.cleaning import figure_uids
from texts.figures import add_figure
from texts.models import Figure

pytestmark = pytest.mark.usefixtures("world")

DEMO = Path(__file__).resolve().parents[2] / "fixtures" / "demo_senate_2565"
FORMATS = [each.value for each in ExportFormat]


@pytest.fixture
def demo(world) -> None:
    """The library as the demonstration loads it."""
    call_command("load_practices", *map(str, sorted(DEMO.glob("practices/*.yaml"))), verbosity=0)


def canonical() -> list[dict[str, Any]]:
    """Everything that an export has to keep, in the order of an export."""
    codes = dict(Edition.objects.get(code="2564").criteria.values_list("criterion_id", "code"))
    pictures = {str(figure.uid): f"{figure.name} {figure.sha256}" for figure in Figure.objects.all()}
    found = []
    for case in Practice.objects.select_related("agency", "text"):
        html = case.text.html
        for uid in figure_uids(html):
            html = html.replace(uid, pictures[uid])
        agency = case.agency
        found.append(
            {
                "key": case.key,
                "agency": (agency.code, agency.name, agency.short_name, agency.kind),
                "facts": (case.title, case.award, case.award_year, case.summary, case.source),
                "criteria": sorted(codes[criterion.pk] for criterion in case.criteria.all()),
                "tags": case.tag_names,
                "html": html,
            }
        )
    return sorted(found, key=lambda case: case["key"])


def exported(folder: Path, format: str) -> dict[str, bytes]:
    """Export into the folder; gives the files, of a workbook and an archive only the names."""
    for each in export_practices(Edition.objects.get(code="2564"), ExportFormat(format)):
        path = folder / each.name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            each.write(file)
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: b"" if path.suffix == ".xlsx" else path.read_bytes() for name, path in files.items()}


def read(*paths: Path) -> list[CaseRow]:
    """The rows of files without a fault; their pictures must not be needed any more."""
    with CaseReading() as reading:
        rows = list(read_cases(paths, reading))
        assert [str(fault) for fault in reading.faults.found] == []
        assert [str(warning) for warning in reading.warnings] == []
    return rows


def empty() -> None:
    """No case, no tag, no body that is not a tenant; texts stay, because what was written is never deleted."""
    Practice.objects.all().delete()
    Tag.objects.all().delete()
    Agency.objects.filter(hosted=False).delete()


def load(path: Path) -> int:
    """Write what the readers give through the services."""
    with CaseReading() as reading:
        rows = 0
        for row in read_cases([path], reading):
            write(row)
            rows += 1
        reading.faults.raise_if_any()
    return rows


def write(row: CaseRow) -> None:
    uids = {}
    for picture in row.text.pictures:
        with picture.path.open("rb") as file:
            size = picture.path.stat().st_size
            uids[picture] = add_figure(file=file, size=size, agency=None, by=None, name=picture.name).uid
    values = {name: getattr(row.agency, name) for name in ("name", "short_name", "kind")}
    agency, _ = Agency.objects.get_or_create(code=row.agency.code, defaults=values)
    facts = Facts(
        agency=agency,
        title=row.title,
        award=row.award,
        award_year=row.award_year,
        summary=row.summary,
        source=row.source,
        criteria=frozenset(row.criteria),
        tags=frozenset(row.tags),
    )
    create_practice(
        uid=uuid.uuid4(),
        key=row.key,
        facts=facts,
        html=row.text.with_uids(uids),
        kept_to=None,
        status=PracticeStatus.PUBLISHED,
        by=None,
        position=row.position or None,
    )


@pytest.mark.parametrize("format", FORMATS)
def test_the_demonstration_library_comes_back_equal(demo, tmp_path, format) -> None:
    before = canonical()
    first = exported(tmp_path / "first", format)
    empty()

    assert load(tmp_path / "first") == 36
    assert canonical() == before
    assert Agency.objects.filter(hosted=False).count() == 23
    assert sum(name.startswith("figures/") for name in first) == 9
    assert sum(bool(case["tags"]) for case in before) == 23
    assert exported(tmp_path / "second", format) == first


@pytest.mark.parametrize("format", FORMATS)
def test_an_archive_holds_the_same_as_the_folder(demo, tmp_path, format) -> None:
    folder = exported(tmp_path / "folder", format)
    with (tmp_path / "library.zip").open("wb") as file:
        write_zip(export_practices(Edition.objects.get(code="2564"), ExportFormat(format)), file)

    with zipfile.ZipFile(tmp_path / "library.zip") as archive:
        assert sorted(archive.namelist()) == sorted(folder)
    keyed = [(row.key, row.text.html, row.tags) for row in read(tmp_path / "library.zip")]
    assert keyed == [(row.key, row.text.html, row.tags) for row in read(tmp_path / "folder")]
    assert len(keyed) == 36


def various(length: int) -> str:
    """So many consonants without any order: archives of what repeats itself are refused as bombs."""
    return "".join(random.Random(2569).choices("กขคงจชซดตถทธนบปผพฟมยรลวสหอ", k=length))


# What a table, an encoding or a spreadsheet could spoil, one per case.
HARD = {
    "formula": {
        "title": "=1+1",
        "award": "@รางวัล",
        "summary": "-ขีด",
        "source": "+บวก",
        "html": "<p>=SUM(A1)</p>",
    },
    "apostrophe": {"title": "'=1", "summary": "''อ้าง'", "award": "'", "source": "'@x", "html": "<p>'=1</p>"},
    "award-with-year": {"award": "รางวัลเลิศรัฐ ปี 2565", "award_year": None},
    "award-in-brackets": {"award": "(รางวัลเลิศรัฐ)", "award_year": 2564},
    "blanks": {"summary": "สอง  เคาะ\nบรรทัด  ใหม่\n\nย่อหน้า", "award": "ก  ข", "source": "เว้น   วรรค"},
    "signs": {
        "title": 'ก,ข;"ค" ง',
        "summary": "&lt; <b> _x0041_ &amp;",
        "html": "<p>_x000D_ &lt;b&gt; &amp;amp;</p>",
    },
    "lines": {"html": "<p>ก</p><ol><li>ข</li><li>ค</li></ol><p>- ง</p>"},
    "marks": {"html": "<p><strong>หนา</strong> <em>เอน</em> <u>ขีด</u></p><p></p><p>ท้าย</p>"},
    "table": {"html": "<table><tbody><tr><th>ก</th><td>ข</td></tr></tbody></table>"},
    "long": {"html": f"<p>{various(120_000)}</p>"},
    "long-lines": {"html": "".join(f"<p>ย่อหน้าที่ {n} {'คำ ' * 40}</p>" for n in range(900))},
    "beyond-the-plane": {"html": "<p>" + "".join(f"😀{n}" for n in range(10_000)) + "</p>"},
    "escapes": {"html": "<p>" + "".join(f"_x{n:04x}_" for n in range(6_000)) + "</p>"},
    "tags": {"tags": frozenset({"Innovation", "คำของเรา", "=แท็ก"})},
    "no-text": {"html": "<p>1.2</p>", "title": "2564", "award": "1.0"},
}


@pytest.fixture
def hard(make_practice) -> None:
    for key, values in HARD.items():
        case = make_practice(**{"title": f"เรื่อง {key}", **values})
        Practice.objects.filter(pk=case.pk).update(key=key)


@pytest.mark.parametrize("format", FORMATS)
def test_what_a_format_could_spoil_comes_back_equal(hard, tmp_path, format) -> None:
    before = canonical()
    first = exported(tmp_path / "first", format)
    empty()

    assert load(tmp_path / "first") == len(HARD)
    assert canonical() == before
    assert exported(tmp_path / "second", format) == first


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_no_cell_of_an_export_becomes_a_formula(hard, tmp_path, format) -> None:
    exported(tmp_path, format)
    if format == "csv":
        with (tmp_path / "practices.csv").open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []
        assert "'=1+1" in cells
        return
    sheet = load_workbook(tmp_path / "practices.xlsx")["ตัวอย่าง"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    quoted = {cell.value for cell in cells if cell.quotePrefix}
    assert {"=1+1", "@รางวัล", "-ขีด", "+บวก"} <= quoted
    assert max(len(str(cell.value or "")) for cell in cells) <= 32_767


def test_a_text_longer_than_a_cell_goes_on_in_the_cells_beside_it(make_practice, tmp_path) -> None:
    make_practice(html=f"<p>{various(120_000)}</p>")
    exported(tmp_path, "csv")
    heading = (tmp_path / "practices.csv").read_text("utf-8-sig").splitlines()[0]
    assert heading.endswith("เนื้อหา (HTML),เนื้อหา (HTML) 2,เนื้อหา (HTML) 3,เนื้อหา (HTML) 4")
