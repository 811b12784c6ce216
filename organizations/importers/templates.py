"""Workbooks to fill in: headings, one example row, choices in the cells, and a sheet that explains each column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from .tables import CHOICES, Columns

TEXT = "@"
WRAPPED = Alignment(wrap_text=True, vertical="top")


def template(
    columns: Columns,
    *,
    example: Sequence[object],
    widths: Sequence[float],
    choices: Mapping[str, Sequence[str]],
    explanations: Iterable[tuple[str, str]],
) -> bytes:
    """The workbook; `choices` maps a field to what its cells offer, `widths` are in characters."""
    workbook = Workbook()
    sheet = workbook.active or workbook.create_sheet()
    sheet.title = columns.sheet
    for index, (heading, value, width) in enumerate(
        zip(columns.headings.values(), example, widths, strict=True), start=1
    ):
        column = sheet.column_dimensions[get_column_letter(index)]
        # as text, so that Excel makes no date of a code such as 1.2 and no formula of a line that begins with "-"
        column.width, column.number_format = width, TEXT
        sheet.cell(1, index, heading).font = Font(bold=True)
        cell = sheet.cell(2, index, str(value))
        cell.data_type, cell.number_format, cell.alignment = "s", TEXT, WRAPPED
    sheet.freeze_panes = "A2"
    _explain(workbook, explanations)
    _offer(workbook, sheet, columns, choices)
    target = BytesIO()
    workbook.save(target)
    return target.getvalue()


def _explain(workbook: Workbook, lines: Iterable[tuple[str, str]]) -> None:
    sheet = workbook.create_sheet("คำอธิบาย")
    for line in lines:
        sheet.append(line)
    for row in sheet.iter_rows():
        row[0].font = Font(bold=True)
        for cell in row:
            cell.alignment = WRAPPED
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 90


def _offer(
    workbook: Workbook, sheet: Worksheet, columns: Columns, choices: Mapping[str, Sequence[str]]
) -> None:
    """Choices stand in a sheet of their own, because a list inside the rule may hold 255 characters only."""
    if not choices:
        return
    listed = workbook.create_sheet(CHOICES)
    fields = list(columns.headings)
    for index, (name, values) in enumerate(choices.items(), start=1):
        letter = get_column_letter(index)
        for row, value in enumerate([columns.headings[name], *values], start=1):
            listed.cell(row, index, value).data_type = "s"
        rule = DataValidation(
            type="list", formula1=f"'{CHOICES}'!${letter}$2:${letter}${len(values) + 1}", allow_blank=True
        )
        # a code that this list does not have may still be right for another year: warn, and check on import
        rule.errorStyle = "warning"
        column = get_column_letter(fields.index(name) + 1)
        rule.add(f"{column}2:{column}{columns.max_rows + 2}")
        sheet.add_data_validation(rule)
    listed.sheet_state = "hidden"
