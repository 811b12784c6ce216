"""Where Thai words begin and end: PyThaiNLP's newmm with the terms of this field added.

The dictionary takes about a second and 80 MB to load, so that happens at the first use, not at start-up.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pythainlp.util import Trie

ZERO_WIDTH_SPACE: Final = "\u200b"
NO_BREAK_SPACE: Final = "\u00a0"

_DICTIONARY: Final = Path(__file__).with_name("dictionary.txt")
_OPENING = "([{<“‘«‹"
_CLOSING = ")]}>”’»›"
# a line may begin with a Thai consonant or the vowel before it, a Latin letter, a digit, an opening mark
_CAN_START = re.compile(f"[ก-ฮเแโใไA-Za-z0-9๐-๙{re.escape(_OPENING)}]")
# and end after Thai letters and their marks, ฯ, ๆ, a Latin letter, a digit, a closing mark. A full stop is
# not among them: in Thai it stands inside abbreviations (ก.พ.ร.), where no line may end.
_CAN_END = re.compile(f"[ก-ฯะ-ฺๅ-๎A-Za-z0-9๐-๙{re.escape(_CLOSING)}]")
_NEVER_FIRST = frozenset("ๆฯ.,:;!?%…" + _CLOSING)
_THAI_LETTER = re.compile("[ก-ฺเ-๎]")
_SPACE_BEFORE_REPEAT = re.compile(" (?=[ๆฯ])")
# the unfinished rest of an unknown word; ณ and ธ are words by themselves
_FRAGMENT = re.compile("[ก-ฆง-ฒด-ทน-ฮ]$")


@lru_cache(maxsize=1)
def terms() -> frozenset[str]:
    """Return the terms of the project's own dictionary, ``thai/dictionary.txt``."""
    lines = (line.strip() for line in _DICTIONARY.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


@lru_cache(maxsize=128)
def tokens(text: str) -> tuple[str, ...]:
    """Cut ``text`` into words, spaces and punctuation; put together again they are exactly ``text``."""
    if not text:
        return ()
    from pythainlp.tokenize import word_tokenize

    return tuple(word_tokenize(text, engine="newmm", custom_dict=_trie(), keep_whitespace=True))


def unbreakable_parts(text: str) -> list[str]:
    """Cut ``text`` where a printed line may end, and nowhere else.

    Never inside a term of the dictionary, a run of digits or a Latin word; never before ๆ, ฯ, a vowel or
    tone mark, closing marks or other punctuation; never after an opening mark or a full stop. Spaces stay at
    the end of the part before them. Put together again the parts are exactly ``text``.
    """
    closed = _inside_terms(text)
    words = tokens(text)
    parts: list[str] = []
    position = 0
    for index, word in enumerate(words):
        previous = words[index - 1] if index else ""
        if parts and (position in closed or not _may_break(previous, word)):
            parts[-1] += word
        else:
            parts.append(word)
        position += len(word)
    return parts


def break_opportunities(text: str) -> str:
    """Return ``text`` with U+200B where a printed line may end between two words.

    For the print path only: the result is never stored, because zero-width characters break searching and
    counting. Beside spaces nothing is added; a line may end there anyway. The space that good typing puts
    before ๆ becomes a no-break space, so that no line begins with ๆ.
    """
    plain = _SPACE_BEFORE_REPEAT.sub(NO_BREAK_SPACE, text.replace(ZERO_WIDTH_SPACE, ""))
    joined = ""
    for part in unbreakable_parts(plain):
        needed = joined and not joined[-1].isspace() and not part[0].isspace()
        joined += ZERO_WIDTH_SPACE + part if needed else part
    return joined


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between two neighbouring tokens."""
    last, first = before[-1], after[0]
    if first.isspace():
        return False
    if last.isspace():
        return first not in _NEVER_FIRST
    if _FRAGMENT.match(before) or _FRAGMENT.match(after):
        return False
    between_scripts_or_words = _THAI_LETTER.match(last) or _THAI_LETTER.match(first)
    return bool(between_scripts_or_words and _CAN_END.match(last) and _CAN_START.match(first))


def _inside_terms(text: str) -> set[int]:
    """Positions that lie inside an occurrence of a term, the longest one from each place on."""
    closed: set[int] = set()
    for match in _term_pattern().finditer(text):
        closed.update(range(match.start(1) + 1, match.end(1)))
    return closed


@lru_cache(maxsize=1)
def _term_pattern() -> re.Pattern[str]:
    longest_first = sorted(terms(), key=len, reverse=True)
    # the look-ahead also finds terms that overlap
    return re.compile("(?=(" + "|".join(map(re.escape, longest_first)) + "))")


@lru_cache(maxsize=1)
def _trie() -> Trie:
    from pythainlp.corpus.common import thai_words
    from pythainlp.util import Trie

    return Trie(thai_words() | terms())
