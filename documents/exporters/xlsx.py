"""The form as an Excel workbook."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import replace

from documents.form import Form
from documents.xlsx.category_sheet import write_category
from documents.xlsx.cells import new_workbook, to_bytes
from documents.xlsx.tables import flat_tables, write_table

from .order import Export, Order, Step, nobody_waits


def export(order: Order) -> Export:
    """Write the workbook: a sheet per category, then the flat tables."""
    form = order.read()
    content = make_workbook(form, order.on_progress)
    return Export(order.filename, order.format.media_type, content, _digest(form))


def make_workbook(form: Form, on_progress: Callable[[Step], None] = nobody_waits) -> bytes:
    """The bytes of the workbook; equal forms give equal bytes."""
    workbook = new_workbook(form.title)
    tables = flat_tables(form)
    total = len(form.categories) + len(tables)
    for done, category in enumerate(form.categories):
        on_progress(Step(f"กำลังเขียนหมวด {category.number}", done, total))
        write_category(workbook.create_sheet(f"หมวด {category.number}"), category, form)
    for done, table in enumerate(tables, start=len(form.categories)):
        on_progress(Step(f"กำลังเขียนตาราง{table.name}", done, total))
        write_table(workbook.create_sheet(table.name), table)
    on_progress(Step("กำลังบันทึกไฟล์", total, total))
    return to_bytes(workbook, form.read_at)


def _digest(form: Form) -> str:
    """Names the data: the moment at which they were read does not count."""
    data = replace(form, read_at=datetime.datetime.min)
    return hashlib.sha256(repr(data).encode("utf-8", "surrogatepass")).hexdigest()
