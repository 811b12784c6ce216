"""The stored form of Thai text, and small rules about characters, digits and enumerations.

Everything here is pure: text in, text or number out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

THAI_DIGITS = "๐๑๒๓๔๕๖๗๘๙"
ARABIC_DIGITS = "0123456789"

NIKHAHIT = "\u0e4d"
SARA_AA = "\u0e32"
SARA_AM = "\u0e33"
TONE_MARKS = "\u0e48-\u0e4b"

_TO_ARABIC = str.maketrans(THAI_DIGITS, ARABIC_DIGITS)
_TO_THAI = str.maketrans(ARABIC_DIGITS, THAI_DIGITS)

# Word writes a soft line break as U+000B; U+0085, U+2028 and U+2029 come from other office programs.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Controls; soft hyphen; zero-width spaces and joiners; direction marks and overrides; invisible operators;
# BOM; and surrogates, which no database can store. None of them has a mark on paper.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff]"
)

# People type the two halves of ำ with the tone mark between them or before them; only one order is stored.
_SPLIT_SARA_AM = re.compile(f"{NIKHAHIT}([{TONE_MARKS}]*){SARA_AA}")


def normalise(text: str) -> str:
    """Return ``text`` in the form in which the product stores, compares and counts it.

    ``\\n`` line ends; no control, zero-width or direction characters (``\\n`` and ``\\t`` stay); NFC;
    U+0E4D + tone mark + U+0E32 becomes tone mark + U+0E33. Never NFKC: it would take every ำ apart again.
    Doing it twice changes nothing more.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", text)
    joined = _SPLIT_SARA_AM.sub(rf"\1{SARA_AM}", text)
    # A tone mark that moved may now stand beside another mark whose canonical place is after it.
    return joined if joined == text else unicodedata.normalize("NFC", joined)


def count_characters(text: str) -> int:
    """Count code points after normalising, as the answer limits do: a tone mark is one, a line end is one."""
    return len(normalise(text))


def to_arabic_digits(text: str) -> str:
    """Replace ๐–๙ by 0–9."""
    return text.translate(_TO_ARABIC)


def to_thai_digits(text: str) -> str:
    """Replace 0–9 by ๐–๙."""
    return text.translate(_TO_THAI)


def join_thai(items: Iterable[str], last: str = "และ") -> str:
    """Enumerate as Thai does, «ก ข และ ค»: ``last`` before the last one; blanks are left out."""
    names = [name for name in (item.strip() for item in items) if name]
    if len(names) < 2:
        return "".join(names)
    return f"{' '.join(names[:-1])} {last} {names[-1]}"


def one_line(text: str) -> str:
    """A name as it is stored: single spaces, no line ends."""
    return " ".join(text.split())
