"""Pictures that people bring, and pictures that somebody made to do harm."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, PngImagePlugin

from organizations.models import AuditEvent
from tests.world import World
from texts.figures import MAX_BYTES, FigureTooLarge, add_figure, encode_figure
from texts.models import Figure
from texts.picture_bytes import is_plain_jpeg, is_plain_png

NOT_A_PICTURE = "ไฟล์นี้ไม่ใช่ภาพ PNG, JPEG หรือ WebP ที่เปิดได้ กรุณาเลือกไฟล์ภาพอื่น"


def picture(kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (40, 20), **options: Any) -> bytes:
    """A small picture, left half light and right half dark so that its direction can be seen."""
    image = Image.new(mode, size, options.pop("color", None) or _light(mode))
    image.paste(_dark(mode), (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _light(mode: str) -> Any:
    return {
        "L": 230,
        "1": 1,
        "P": 1,
        "CMYK": (10, 10, 10, 0),
        "RGBA": (230, 230, 230, 255),
        "I;16": 60000,
    }.get(mode, (230, 230, 230))


def _dark(mode: str) -> Any:
    return {"L": 10, "1": 0, "P": 0, "CMYK": (200, 200, 200, 40), "RGBA": (10, 10, 10, 0), "I;16": 2570}.get(
        mode, (10, 10, 10)
    )


def encoded(raw: bytes) -> tuple[Image.Image, str, bytes]:
    """What we would store, opened again."""
    content, kind, width, height = encode_figure(io.BytesIO(raw), len(raw))
    image = Image.open(io.BytesIO(content))
    image.load()
    assert (image.format, image.size) == (kind, (width, height))
    return image, kind, content


def refusal(raw: bytes) -> str:
    """The Thai message for a refused file."""
    with pytest.raises(ValidationError) as caught:
        encode_figure(io.BytesIO(raw), len(raw))
    return caught.value.messages[0]


def verdict(raw: bytes) -> str:
    """The message for a file that may be refused, "" when it was taken."""
    try:
        encode_figure(io.BytesIO(raw), len(raw))
    except ValidationError as error:
        return str(error.messages[0])
    return ""


def huge_png(width: int, height: int) -> bytes:
    """A picture of a few kilobytes that unpacks to a whole wall of pixels."""
    rows = zlib.compress(b"\0" * ((width // 8 + 1) * height), 9)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", rows),
        (b"IEND", b""),
    ]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


class TestHostileFiles:
    @pytest.mark.parametrize("side", [8_000, 12_000, 20_000])
    def test_too_many_pixels_are_refused_before_decoding(self, side: int) -> None:
        raw = huge_png(side, side)
        assert len(raw) < 100_000
        assert refusal(raw).startswith("ภาพมีขนาดใหญ่เกิน 24 ล้านจุด กรุณาย่อภาพก่อน")

    def test_refusal_of_8000_pixels_names_the_size(self) -> None:
        assert "ภาพนี้ 8,000 × 8,000 จุด" in refusal(huge_png(8_000, 8_000))

    def test_thirty_megabytes_are_refused_without_reading(self) -> None:
        class Unread(io.BytesIO):
            def read(self, *args: Any) -> bytes:
                raise AssertionError("read a file that is too large")

        with pytest.raises(FigureTooLarge) as caught:
            encode_figure(Unread(), 30 * 1024 * 1024)
        assert caught.value.messages == ["ไฟล์ภาพใหญ่เกิน 10 เมกะไบต์ (ไฟล์นี้ 30.0 เมกะไบต์) กรุณาย่อภาพก่อน"]

    def test_a_size_that_lies_does_not_help(self) -> None:
        with pytest.raises(FigureTooLarge):
            encode_figure(io.BytesIO(b"x" * (MAX_BYTES + 1)), 100)

    @pytest.mark.parametrize(
        "raw",
        [
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            b"<!doctype html><script>alert(1)</script>",
            b"%PDF-1.7\n",
            b"PK\x03\x04" + b"\0" * 60,
            b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
            b"\x89PNG\r\n\x1a\n",
            b"\xff\xd8\xff\xe0",
            b"RIFF\x10\0\0\0WEBPVP8 ",
        ],
        ids=["svg", "html", "pdf", "zip", "eps", "png-head", "jpeg-head", "webp-head"],
    )
    def test_what_is_no_picture(self, raw: bytes) -> None:
        assert refusal(raw) == NOT_A_PICTURE

    @pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
    def test_other_formats(self, kind: str) -> None:
        assert refusal(picture(kind)) == NOT_A_PICTURE

    def test_nothing(self) -> None:
        assert refusal(b"") == "ไฟล์นี้ว่างเปล่า กรุณาเลือกไฟล์ภาพอื่น"

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_cut_off_anywhere_never_a_crash(self, kind: str) -> None:
        raw = picture(kind, size=(64, 64))
        messages = {verdict(raw[:end]) for end in range(1, len(raw) - 12, 7)}
        assert messages <= {"", NOT_A_PICTURE}
        assert NOT_A_PICTURE in messages

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_flipped_bytes_never_crash(self, kind: str) -> None:
        raw = picture(kind, size=(64, 64))
        places = range(8, len(raw), 5)
        messages = {verdict(raw[:at] + bytes((raw[at] ^ 0xFF,)) + raw[at + 1 :])[:20] for at in places}
        assert messages <= {"", NOT_A_PICTURE[:20], "ภาพมีขนาดใหญ่เกิน 24 ล้านจุด"[:20]}
        assert NOT_A_PICTURE[:20] in messages

    @pytest.mark.parametrize("tail", [b"PK\x03\x04evil.zip", b"<script>alert(1)</script>"])
    @pytest.mark.parametrize("kind", ["PNG", "JPEG"])
    def test_polyglots_lose_their_second_half(self, kind: str, tail: bytes) -> None:
        raw = picture(kind)
        # the same end mark once more, so that looking at the last bytes alone would be fooled
        ending = raw[-8:] if kind == "PNG" else raw[-2:]
        _, _, content = encoded(raw + tail + ending)
        assert tail not in content
        assert content != raw + tail + ending

    def test_markup_inside_a_comment_goes(self) -> None:
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", "<script>alert(1)</script>")
        info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta>13.7563N</x:xmpmeta>")
        _, _, content = encoded(picture("PNG", pnginfo=info))
        assert b"script" not in content
        assert b"xmpmeta" not in content

    def test_an_unknown_chunk_goes(self) -> None:
        raw = picture("PNG")
        data = b"<html>hidden</html>"
        chunk = struct.pack(">I", len(data)) + b"prVt" + data + struct.pack(">I", zlib.crc32(b"prVt" + data))
        _, _, content = encoded(raw[:33] + chunk + raw[33:])
        assert b"hidden" not in content

    def test_an_unknown_jpeg_segment_goes(self) -> None:
        raw = picture("JPEG")
        data = b"<html>hidden</html>"
        segment = b"\xff\xe5" + struct.pack(">H", len(data) + 2) + data
        _, _, content = encoded(raw[:2] + segment + raw[2:])
        assert b"hidden" not in content


class TestCleanPictures:
    def test_exif_turns_the_picture_and_goes_with_the_location(self) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6  # turn by a quarter clockwise to stand upright
        exif.get_ifd(0x8825)[1] = "N"
        exif.get_ifd(0x8825)[2] = (13.0, 45.0, 22.7)
        exif[0x010F] = "Camera of somebody"
        image, kind, content = encoded(picture("JPEG", size=(400, 200), exif=exif))
        assert (kind, image.size) == ("JPEG", (200, 400))
        assert image.getpixel((100, 50))[0] > 200 > 60 > image.getpixel((100, 350))[0]  # type: ignore[index]
        assert not image.getexif()
        assert b"Exif" not in content
        assert b"Camera" not in content

    def test_animated_webp_keeps_its_first_frame(self) -> None:
        frames = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
        out = io.BytesIO()
        frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100, lossless=True)
        image, kind, _ = encoded(out.getvalue())
        assert kind == "JPEG"
        assert getattr(image, "n_frames", 1) == 1
        red, green, blue = image.getpixel((15, 15))  # type: ignore[misc]
        assert red > 240
        assert max(green, blue) < 15

    def test_transparent_webp_stays_transparent(self) -> None:
        image, kind, _ = encoded(picture("WEBP", mode="RGBA", lossless=True))
        assert (kind, image.mode) == ("PNG", "RGBA")
        assert image.getpixel((35, 10))[3] == 0  # type: ignore[index]

    def test_cmyk_jpeg_becomes_rgb(self) -> None:
        image, kind, _ = encoded(picture("JPEG", mode="CMYK"))
        assert (kind, image.mode) == ("JPEG", "RGB")
        assert image.getpixel((5, 10))[0] > 200 > 80 > image.getpixel((35, 10))[0]  # type: ignore[index]

    def test_sixteen_bits_are_scaled_not_cut(self) -> None:
        image, kind, _ = encoded(picture("PNG", mode="I;16", size=(3_000, 10)))
        assert (kind, image.mode) == ("PNG", "L")
        assert image.getpixel((5, 4)) == 60000 // 257
        assert image.getpixel((2_390, 4)) == 2570 // 257

    def test_palette_with_transparency(self) -> None:
        source = Image.new("P", (3_000, 30), 1)
        source.putpalette([255, 0, 0, 0, 0, 255])
        source.paste(0, (1_500, 0, 3_000, 30))
        out = io.BytesIO()
        source.save(out, "PNG", transparency=0)
        image, kind, _ = encoded(out.getvalue())
        assert (kind, image.mode, image.width) == ("PNG", "RGBA", 2_400)
        assert image.getpixel((10, 10)) == (0, 0, 255, 255)
        assert image.getpixel((2_390, 10))[3] == 0  # type: ignore[index]

    def test_two_pictures_in_one_jpeg_of_a_phone_become_one(self) -> None:
        out = io.BytesIO()
        first, second = Image.new("RGB", (20, 20), "red"), Image.new("RGB", (20, 20), "blue")
        first.save(out, "MPO", save_all=True, append_images=[second])
        _, kind, content = encoded(out.getvalue())
        assert kind == "JPEG"
        assert is_plain_jpeg(content)
        assert len(content) < len(out.getvalue())

    @pytest.mark.parametrize(
        ("size", "expected"), [((4_800, 1_200), (2_400, 600)), ((100, 4_800), (50, 2_400))]
    )
    def test_large_ones_are_made_smaller(self, size: tuple[int, int], expected: tuple[int, int]) -> None:
        image, _, _ = encoded(picture("JPEG", size=size))
        assert image.size == expected

    @pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "1", "P"])
    def test_a_plain_png_keeps_its_bytes(self, mode: str) -> None:
        raw = picture("PNG", mode=mode)
        assert encode_figure(io.BytesIO(raw), len(raw))[0] == raw

    @pytest.mark.parametrize(
        "options", [{}, {"progressive": True}, {"quality": 95, "subsampling": 0}, {"dpi": (96, 96)}]
    )
    def test_a_plain_jpeg_keeps_its_bytes(self, options: dict[str, Any]) -> None:
        raw = picture("JPEG", size=(300, 300), **options)
        assert encode_figure(io.BytesIO(raw), len(raw))[0] == raw

    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
    def test_what_we_wrote_is_taken_back_unchanged(self, kind: str) -> None:
        _, _, content = encoded(picture(kind, size=(3_000, 100)))
        assert encode_figure(io.BytesIO(content), len(content))[0] == content


class TestPictureBytes:
    def test_plain(self) -> None:
        assert is_plain_png(picture("PNG"))
        assert is_plain_jpeg(picture("JPEG"))
        assert not is_plain_png(picture("JPEG"))
        assert not is_plain_jpeg(picture("PNG"))

    def test_exif_and_comments_are_not_plain(self) -> None:
        exif = Image.Exif()
        exif[0x010F] = "Camera"
        assert not is_plain_jpeg(picture("JPEG", exif=exif))
        assert not is_plain_jpeg(picture("JPEG", comment="secret"))
        assert not is_plain_png(picture("PNG", exif=exif))

    @pytest.mark.parametrize(
        "raw", [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"\xff\xd8\xff\xd9", b"\xff\xd8\xff\xda\0"]
    )
    def test_fragments(self, raw: bytes) -> None:
        assert not is_plain_png(raw)
        assert not is_plain_jpeg(raw)


@pytest.mark.django_db
class TestAddFigure:
    def test_stored_by_uid_with_an_audit_row(self, world: World) -> None:
        raw = picture("PNG")
        person = world.here.people["committee_1"]
        figure = add_figure(file=io.BytesIO(raw), size=len(raw), agency=world.here.agency, by=person)
        assert figure.file.name == f"figures/{figure.uid.hex[:2]}/{figure.uid.hex}.png"
        assert (figure.media_type, figure.width, figure.height) == ("image/png", 40, 20)
        assert figure.uploaded_by == person
        with figure.file.open() as stored:
            assert stored.read() == raw
        event = AuditEvent.objects.get(verb="figure.added")
        assert (event.actor, event.agency, event.facts) == (
            person,
            world.here.agency,
            {"sha256": figure.sha256},
        )

    def test_the_same_picture_is_stored_once_per_agency(self, world: World) -> None:
        raw = picture("PNG")
        figures = [
            add_figure(file=io.BytesIO(raw), size=len(raw), agency=agency, by=None)
            for agency in (world.here.agency, world.here.agency, world.there.agency, None)
        ]
        assert figures[0] == figures[1]
        assert len({figure.pk for figure in figures}) == 3
        assert Figure.objects.count() == 3

    def test_a_refused_file_leaves_nothing(self, world: World) -> None:
        with pytest.raises(ValidationError):
            add_figure(file=io.BytesIO(b"<svg/>"), size=6, agency=world.here.agency, by=None)
        assert not Figure.objects.exists()
        assert not AuditEvent.objects.filter(verb="figure.added").exists()
