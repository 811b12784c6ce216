"""Development gaps as CSV, for those who type them into eMENSCR or count them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from assessment.enums import Quarter
from assessment.gaps import GapSheet, gap_sheets
from assessment.models import Round
from organizations.exporters.audit import plain_cell

MEDIA_TYPE = "text/csv; charset=utf-8"
HEADINGS = (
    "ลำดับ",
    "รหัส",
    "ประเด็น",
    "เหตุผลที่เลือก",
    "หน่วยงานหลัก",
    "หน่วยงานที่เกี่ยวข้อง",
    "ปี",
    "ไตรมาส",
    "สถานะ",
    "ข้อความ",
    "จำนวนอักขระ",
)


def gaps_csv(round: Round) -> tuple[str, str, bytes]:
    """File name, media type and content: a row for each gap and quarter, UTF-8 with the mark that Excel asks for.

    The fourth quarter always has its row; the others have one when somebody wrote for them.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in [HEADINGS, *_rows(round)]:
        writer.writerow([plain_cell(cell) for cell in row])
    name = f"pmqa-{round.agency.code}-{round.year}-gaps.csv"
    return name, MEDIA_TYPE, f"\ufeff{buffer.getvalue()}".encode()


def _rows(round: Round) -> Iterator[tuple[str, ...]]:
    by_quarter = [gap_sheets(round, quarter) for quarter in Quarter]
    for number, of_gap in enumerate(zip(*by_quarter, strict=True), start=1):
        for sheet in of_gap:
            if sheet.copy.text or sheet.report.quarter == Quarter.FOURTH:
                yield _cells(number, sheet)


def _cells(number: int, sheet: GapSheet) -> tuple[str, ...]:
    gap, copy = sheet.gap, sheet.copy
    return (
        str(number),
        gap.code,
        gap.title,
        gap.reason,
        str(sheet.lead.unit),
        ", ".join(str(row.unit) for row in sheet.others),
        str(gap.round.year),
        str(sheet.report.quarter),
        sheet.report.get_state_display(),
        copy.text,
        str(copy.length),
    )
