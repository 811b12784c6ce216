"""Pictures that go into the PDF as they are.

WeasyPrint unpacks a PNG with a palette to full colour and packs it again, twice; on the demonstration form
that is a third of the whole time. But PDF stores pixels exactly as PNG does, palette included, so their bytes
can be copied. It also asks viewers to smooth enlarged pictures, which PDF/A forbids.

``picture_cache`` fills WeasyPrint's picture cache in advance, under the addresses that the HTML will name.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

import pydyf
from PIL import Image
from weasyprint.images import RasterImage

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY, COLOUR, PALETTE = 0, 2, 3
COLOUR_SPACES = {GREY: "/DeviceGray", COLOUR: "/DeviceRGB"}


@dataclass(frozen=True)
class PngParts:
    """What a PDF needs of a PNG without transparency and interlacing; ``pixels`` are still packed."""

    width: int
    height: int
    depth: int
    kind: int
    palette: bytes
    pixels: bytes


class SteadyPicture(RasterImage):
    """A picture that is never smoothed (PDF/A)."""

    def get_x_object(self, interpolate: bool, dpi_ratio: float) -> Any:
        """The picture as an object of the file."""
        return super().get_x_object(False, dpi_ratio)


class CopiedPicture(SteadyPicture):
    """A PNG whose pixels are copied."""

    def __init__(self, parts: PngParts, name: str) -> None:
        # Not the parent's: that one unpacks and packs the pixels.
        self.id = name
        self.width, self.height = parts.width, parts.height
        self.ratio = parts.width / parts.height
        self._dpi = None
        self._parts = parts

    def get_x_object(self, interpolate: bool, dpi_ratio: float) -> Any:
        """The picture as an object of the file."""
        parts = self._parts
        colours = 3 if parts.kind == COLOUR else 1
        space: Any = COLOUR_SPACES.get(parts.kind)
        if parts.kind == PALETTE:
            last = len(parts.palette) // 3 - 1
            space = pydyf.Array(["/Indexed", "/DeviceRGB", last, f"<{parts.palette.hex()}>"])
        extra = {
            "Type": "/XObject",
            "Subtype": "/Image",
            "Width": parts.width,
            "Height": parts.height,
            "ColorSpace": space,
            "BitsPerComponent": parts.depth,
            "Filter": "/FlateDecode",
            "DecodeParms": pydyf.Dictionary(
                # 15: each row says how it was predicted, as in every PNG
                {"Predictor": 15, "Columns": parts.width, "Colors": colours, "BitsPerComponent": parts.depth}
            ),
        }
        return pydyf.Stream([parts.pixels], extra)


def picture_cache(images: Mapping[str, bytes]) -> dict[str, Any]:
    """WeasyPrint's cache with these pictures in it; a damaged one is left to WeasyPrint, which leaves it out."""
    cache: dict[str, Any] = {}
    for address, data in images.items():
        name = sha256(address.encode()).hexdigest()[:32]
        if parts := png_parts(data):
            cache[address] = CopiedPicture(parts, name)
        else:
            picture = Image.open(BytesIO(data))
            cache[address] = SteadyPicture(picture, name, data, cache=cache, orientation="from-image")
    return cache


def png_parts(data: bytes) -> PngParts | None:
    """The parts of a PNG that a PDF can hold as it is; None for every other picture."""
    if not data.startswith(PNG_SIGNATURE):
        return None
    palette, pixels = b"", []
    header: tuple[int, ...] | None = None
    try:
        for kind, content in _chunks(data):
            match kind:
                case b"IHDR":
                    header = struct.unpack(">IIBBBBB", content)
                case b"PLTE":
                    palette = content
                case b"tRNS" | b"eXIf":
                    return None
                case b"IDAT":
                    pixels.append(content)
    except (ValueError, struct.error):
        return None
    return _checked(header, palette, b"".join(pixels))


def _checked(header: tuple[int, ...] | None, palette: bytes, pixels: bytes) -> PngParts | None:
    if header is None or not pixels:
        return None
    width, height, depth, kind, _, _, interlaced = header
    copies = kind in (GREY, COLOUR) or (kind == PALETTE and len(palette) % 3 == 0 and 0 < len(palette) <= 768)
    if interlaced or not copies or depth not in (1, 2, 4, 8) or not width or not height:
        return None
    return PngParts(width, height, depth, kind, palette, pixels)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each chunk. Raises ValueError for a damaged file."""
    place = len(PNG_SIGNATURE)
    while place < len(data):
        length, kind = struct.unpack_from(">I4s", data, place)
        content = data[place + 8 : place + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, place + 8 + length)
        if zlib.crc32(kind + content) != checksum:
            raise ValueError("a chunk is damaged")
        yield kind, content
        place += 12 + length
