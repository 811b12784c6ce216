"""What a PDF may load: the pictures it was given and the font files of its font set. Nothing else.

WeasyPrint's own fetcher opens file:, http:, ftp: and data: addresses; through pictures, style sheets,
attachments and fonts a text could read files of the server or call other machines (reliability: 46 known
ways). This one has no handlers at all, so there is nothing to slip past.
"""

from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO

from PIL import Image, UnidentifiedImageError
from weasyprint.urls import URLFetcher, URLFetcherResponse

from .fonts import FontSet

# Pictures are re-encoded to at most 2400 pixels a side at upload; this is the second line of defence.
# 24 million pixels decode to some 100 MB.
MAX_PIXELS = 24_000_000
# A black pixel that form.css stretches into a rule (layout.py says why a picture and not a border).
RULE_URL = "rule:black"
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}


class PictureRefused(ValueError):
    """A given picture is not a PNG, JPEG or WebP file, is damaged, or is too large."""


class ClosedFetcher(URLFetcher):
    """Serves ``images`` by their exact address (for example ``figure:6f1c…``) and the fonts by theirs."""

    def __init__(self, images: Mapping[str, bytes], fonts: FontSet) -> None:
        """Raises PictureRefused for a picture that must not be decoded."""
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self.images = {RULE_URL: _black_pixel(), **images}
        self._media_types = {url: _media_type(url, data) for url, data in self.images.items()}
        self._fonts = fonts.paths_by_url
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
        """Raises ValueError for every other address; WeasyPrint then goes on without it."""
        if url in self.images:
            return URLFetcherResponse(url, self.images[url], {"Content-Type": self._media_types[url]})
        if url in self._fonts:
            return URLFetcherResponse(url, self._fonts[url].read_bytes(), {"Content-Type": "font/ttf"})
        self.refused.append(url)
        raise ValueError("This address is not part of the document.")


def _media_type(url: str, data: bytes) -> str:
    try:
        with Image.open(BytesIO(data), formats=tuple(MEDIA_TYPES)) as picture:
            width, height = picture.size
            media_type = MEDIA_TYPES[picture.format or ""]
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise PictureRefused(f"{url}: not a readable PNG, JPEG or WebP picture") from error
    if width * height > MAX_PIXELS:
        raise PictureRefused(f"{url}: {width} × {height} pixels are more than {MAX_PIXELS}")
    return media_type


@lru_cache
def _black_pixel() -> bytes:
    file = BytesIO()
    Image.new("L", (1, 1), 0).save(file, "PNG")
    return file.getvalue()
