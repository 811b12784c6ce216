"""Where Thai words begin and end: PyThaiNLP's newmm with the terms of this field added.

The dictionary takes about a second and 80 MB to load, so that happens at the first use, not at start-up.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
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
_BEGINNING: Final = 2
_THAI_LETTER = re.compile("[ก-ฺเ-๎]")
_OTHER_RUN = re.compile("[A-Za-z]+|[0-9๐-๙]+|[^A-Za-z0-9ก-๛]")
_UNKNOWN_COST: Final = 10
_LONGEST_WORD: Final = 20
# A hyphen between blanks stays with what follows; PDFium takes one at the end of a line for a cut word.
_DANGLING_HYPHEN = re.compile("(?<!\\S)-\\s+$")
_CLUSTER = re.compile("[เ-ไ]?.[ะ-ฺๅ็-๎]*", re.DOTALL)
_SPACE_BEFORE_REPEAT = re.compile(" (?=[ๆฯ])")
# the unfinished rest of an unknown word; ณ and ธ are words by themselves
_FRAGMENT = re.compile("[ก-ฆง-ฒด-ทน-ฮ]$")


@lru_cache(maxsize=1)
def terms() -> frozenset[str]:
    """Return the terms of the project's own dictionary, ``thai/dictionary.txt``."""
    lines = (line.strip() for line in _DICTIONARY.read_text(encoding="utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def terms_in(names: Iterable[str]) -> frozenset[str]:
    """The pieces of names between which a line may end: what stands between blanks and holds a Thai letter."""
    pieces = (piece.strip(_OPENING + _CLOSING) for name in names for piece in name.split())
    return frozenset(piece for piece in pieces if len(piece) >= _BEGINNING and _THAI_LETTER.search(piece))


@lru_cache(maxsize=128)
def tokens(text: str) -> tuple[str, ...]:
    """Cut ``text`` into words, spaces and punctuation; put together again they are exactly ``text``."""
    if not text:
        return ()
    from pythainlp.tokenize import word_tokenize

    return tuple(word_tokenize(text, engine="newmm", custom_dict=_trie(), keep_whitespace=True))


def is_word(text: str) -> bool:
    """Whether the dictionary has this very word."""
    return text in _trie()


def unbreakable_parts(text: str, more_terms: frozenset[str] = frozenset()) -> list[str]:
    """Cut ``text`` where a printed line may end, and nowhere else.

    Never inside a term of the dictionary or of ``more_terms``, a run of digits or a Latin word; never before
    ๆ, ฯ, a vowel or tone mark, closing marks or other punctuation; never after an opening mark, a hyphen or a
    full stop. Spaces stay at the end of the part before them. Put together again the parts are exactly ``text``.
    """
    closed = _inside_terms(text, more_terms)
    words = tokens(text)
    parts: list[str] = []
    position = 0
    for index, word in enumerate(words):
        previous = words[index - 1] if index else ""
        dangling = _DANGLING_HYPHEN.search(text, max(0, position - 4), position)
        if parts and (position in closed or dangling or not _may_break(previous, word)):
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


def _inside_terms(text: str, more_terms: frozenset[str], shorter_than: int = sys.maxsize) -> set[int]:
    """Positions that lie inside an occurrence of a term, the longest one from each place on."""
    by_beginning = _terms_by_beginning(more_terms)
    closed: set[int] = set()
    for start in range(len(text)):
        for term in by_beginning.get(text[start : start + _BEGINNING], ()):
            if len(term) < shorter_than and text.startswith(term, start):
                closed.update(range(start + 1, start + len(term)))
                break
    return closed


@lru_cache(maxsize=64)
def _terms_by_beginning(more_terms: frozenset[str]) -> dict[str, list[str]]:
    """Terms by their first characters, the longest first: one look-up per place instead of hundreds of tries."""
    known: dict[str, list[str]] = {}
    for term in sorted(terms() | more_terms, key=len, reverse=True):
        if len(term) >= _BEGINNING:
            known.setdefault(term[:_BEGINNING], []).append(term)
    return known


@lru_cache(maxsize=1)
def _trie() -> Trie:
    from pythainlp.corpus.common import thai_words
    from pythainlp.util import Trie

    return Trie(thai_words() | terms())


def inner_breaks(piece: str) -> tuple[list[int], list[int], list[int]]:
    """Positions where a piece that is wider than its column may be cut after all, the best kind first.

    Between words and outside the smaller terms inside it; between its words, which are those of PyThaiNLP's
    dictionary, as few as possible; between letters with their marks. Marks that belong to a neighbour keep their
    place in all of them.
    """
    best = _fewest_words(piece)
    words: list[int] = []
    position = len(piece)
    while position := best[position][1]:
        words.insert(0, position)
    letters = [match.start() for match in _CLUSTER.finditer(piece)]
    words, letters = ([cut for cut in cuts if cut and _can_be_cut(piece, cut)] for cuts in (words, letters))
    closed = _inside_terms(piece, frozenset(), shorter_than=len(piece.strip(_OPENING + _CLOSING)))
    return [cut for cut in words if cut not in closed], words, letters


def _can_be_cut(piece: str, cut: int) -> bool:
    last, first = piece[cut - 1], piece[cut]
    return bool(_CAN_START.match(first) and (_CAN_END.match(last) or last.isspace() or last in "/-–._@"))


def _fewest_words(term: str) -> list[tuple[int, int]]:
    """For every position: the least cost of cutting what is before it, and where its last piece begins."""
    from pythainlp.corpus.common import thai_words

    words = thai_words()
    best = [(0, 0)]
    for end in range(1, len(term) + 1):
        # a character that belongs to no word costs more than any word, and sticks to what is before it
        options = [(best[end - 1][0] + _UNKNOWN_COST, best[end - 1][1])]
        for start in range(max(0, end - _LONGEST_WORD), end):
            piece = term[start:end]
            if piece != term and (piece in words or _OTHER_RUN.fullmatch(piece)):
                options.append((best[start][0] + 1, start))
        best.append(min(options))
    return best
