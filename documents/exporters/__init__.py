"""Every format in which a form leaves the workbench, one module each.

An exporter takes an `Order` and gives an `Export`; it never sees a request. `export` picks the exporter and loads its
module only then, so that a web process never carries the print engine.
"""

from __future__ import annotations

from importlib import import_module

from documents.enums import Format

from .order import Export, Order, Step

# In the order in which pages offer them.
EXPORTERS: dict[Format, str] = {
    Format.PDF: "documents.exporters.pdf",
    Format.DOCX: "documents.exporters.docx",
    Format.XLSX: "documents.exporters.xlsx",
    Format.HTML: "documents.exporters.page",
    Format.JSON: "documents.exporters.exchange",
}

__all__ = ["EXPORTERS", "Export", "Order", "Step", "export"]


def export(order: Order) -> Export:
    """Make the file that was asked for.

    Raises documents.pdf.child.RenderError for the formats that are laid out.
    """
    made: Export = import_module(EXPORTERS[order.format]).export(order)
    return made
