"""The exchange format of a round: everything in it as one JSON file, version 1 (docs/adr/0014-exchange-format.md).

    rows → reading → canonical            the way out: `read_round` gives a document, `dump` its one spelling
    parsing → checking → matching → plan → writing     the way in; nothing is written before the last

A document is plain data that `schema.json` describes. Rows are known by their uid, criteria by their identity,
public bodies by their code, cases of the library by their key. Who did something and when is left out.
"""

from __future__ import annotations

from typing import Any, Final

FORMAT: Final = "pmqa-round"
VERSION: Final = 1

Document = dict[str, Any]

__all__ = ["FORMAT", "VERSION", "Document"]
