"""What a picture file is made of, read byte by byte.

A picture that holds nothing but pixels may keep its bytes, so that export and import do not wear it out.
Decoders skip what they do not know: comments, location data, a second file appended. These checks do not.
"""

from __future__ import annotations

import struct
from typing import Final

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# Pixels, palette, transparency and how large and bright they are meant; no text, time, Exif or private chunks.
PNG_CHUNKS: Final = frozenset(
    {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"IDAT", b"IEND"}
)

_SOI, _EOI, _SOS, _APP0 = 0xD8, 0xD9, 0xDA, 0xE0
# Quantisation and Huffman tables, frame headers of baseline and progressive pictures, restart interval.
_JPEG_SEGMENTS: Final = frozenset({0xDB, 0xC4, 0xC0, 0xC1, 0xC2, 0xDD})
_LONGEST_JFIF: Final = 16


def is_plain_png(raw: bytes) -> bool:
    """Only picture chunks, and nothing after the end."""
    if not raw.startswith(PNG_SIGNATURE):
        return False
    position = len(PNG_SIGNATURE)
    while position + 12 <= len(raw):
        (length,) = struct.unpack_from(">I", raw, position)
        kind = raw[position + 4 : position + 8]
        if kind not in PNG_CHUNKS:
            return False
        position += 12 + length
        if kind == b"IEND":
            return length == 0 and position == len(raw)
    return False


def is_plain_jpeg(raw: bytes) -> bool:
    """Only the JFIF header, tables and pixels, and nothing after the end."""
    position = 2
    if raw[:2] != bytes((0xFF, _SOI)):
        return False
    while position + 4 <= len(raw) and raw[position] == 0xFF:
        marker = raw[position + 1]
        (length,) = struct.unpack_from(">H", raw, position + 2)
        if not _is_picture_segment(marker, raw[position + 4 : position + 2 + length]):
            return False
        position += 2 + length
        if marker == _SOS:
            position = _end_of_scan(raw, position)
        if raw[position : position + 2] == bytes((0xFF, _EOI)):
            return position + 2 == len(raw)
    return False


def _is_picture_segment(marker: int, content: bytes) -> bool:
    if marker == _APP0:
        # a longer one carries a thumbnail, which may show what was cut away
        return content.startswith(b"JFIF\0") and len(content) < _LONGEST_JFIF
    return marker == _SOS or marker in _JPEG_SEGMENTS


def _end_of_scan(raw: bytes, position: int) -> int:
    """Where the next marker stands; stuffed bytes (FF 00) and restart marks (FF D0–D7) belong to the pixels."""
    while (position := raw.find(b"\xff", position)) >= 0:
        following = raw[position + 1 : position + 2]
        if following != b"\0" and not b"\xd0" <= following <= b"\xd7":
            return position
        position += 2
    return len(raw)
