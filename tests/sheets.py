"""Workbooks and CSV files as people send them, for the tests of every importer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def xlsx(title: str, *rows: Sequence[Any]) -> bytes:
    """One sheet with these rows; a text that begins with "=" is a formula, as typing it makes it."""
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    return saved(book)


def csv_text(*rows: Sequence[Any], delimiter: str = ",") -> str:
    """The rows as Excel writes CSV."""
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue()


def send(client: Client, address: str, content: bytes, name: str = "file.xlsx") -> HttpResponse:
    """Upload a file to the address."""
    return client.post(address, {"file": SimpleUploadedFile(name, content)})


def confirm(client: Client, view: str, args: list[Any], shown: HttpResponse, **fields: str) -> HttpResponse:
    """Press the button of a dry run."""
    number = re.search(r'name="number" value="([^"]+)"', shown.content.decode())[1]
    return client.post(reverse(view, args=args), {"number": number} | fields)
