"""Writing the library as the files that `formats` reads: one writer per format, pictures beside.

Reading an export and exporting again gives the same cases, in every format.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from tempfile import TemporaryFile
from typing import BinaryIO, Final

from django.db import models

from framework.models import Edition
from organizations.models import Agency
from texts.models import Figure

from .library import FIGURES, Library, NotExportable
from .readable import json_file, yaml_file
from .tables import csv_file, xlsx_file

__all__ = ["ExportFormat", "ExportedFile", "NotExportable", "export_practices", "write_zip"]

PRACTICES: Final = "practices"


class ExportFormat(models.TextChoices):
    """What the library can be written as."""

    XLSX = "xlsx", "Excel (.xlsx)"
    CSV = "csv", "CSV"
    JSON = "json", "JSON"
    YAML = "yaml", "YAML"


@dataclass(frozen=True)
class ExportedFile:
    """One file of an export: its name below the folder, and what writes it into an open file."""

    name: str
    write: Callable[[BinaryIO], None]


def export_practices(
    edition: Edition, format: ExportFormat = ExportFormat.YAML, *, kept_to: Agency | None = None
) -> Iterator[ExportedFile]:
    """Every file of the published cases that are shared or kept to one agency, criteria in the codes of `edition`.

    One file or picture at a time and a few cases at once, so that memory does not grow with the library.
    Raises NotExportable before any file is given.
    """
    library = Library(edition, kept_to)
    # both are found out before anything is written
    categories, _ = library.order, library.figure_names
    if format == ExportFormat.YAML:
        for number in categories:
            name = f"{PRACTICES}/category_{number}.yaml"
            yield ExportedFile(name, partial(_write_category, library, number))
    elif format == ExportFormat.JSON:
        yield ExportedFile(f"{PRACTICES}.json", partial(_write_json, library))
    elif format == ExportFormat.CSV:
        yield ExportedFile(f"{PRACTICES}.csv", partial(_write_csv, library))
    else:
        yield ExportedFile(f"{PRACTICES}.xlsx", partial(xlsx_file, library))
    for name, figure in library.pictures():
        yield ExportedFile(f"{FIGURES}/{name}", partial(_write_figure, figure))


def write_zip(files: Iterator[ExportedFile], target: BinaryIO) -> None:
    """The files as one archive."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for exported in files:
            # a workbook is an archive itself, whose writer goes back and forth
            with TemporaryFile() as file:
                exported.write(file)
                file.seek(0)
                with archive.open(exported.name, "w", force_zip64=True) as packed:
                    shutil.copyfileobj(file, packed)


def _write_category(library: Library, number: int, file: BinaryIO) -> None:
    file.write(yaml_file(library, number))


def _write_json(library: Library, file: BinaryIO) -> None:
    file.writelines(json_file(library))


def _write_csv(library: Library, file: BinaryIO) -> None:
    file.writelines(csv_file(library))


def _write_figure(figure: Figure, file: BinaryIO) -> None:
    with figure.file.open("rb") as source:
        shutil.copyfileobj(source, file)
