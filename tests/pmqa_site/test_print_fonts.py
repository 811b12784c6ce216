"""The web font Sarabun is put together for print at set-up."""

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont

from pmqa_site.setup.print_fonts import FACES, merge_sarabun

WEB = settings.BASE_DIR / "build" / "web" / "sarabun"


def test_every_face_has_thai_and_latin_letters_and_the_licence_is_beside_them(tmp_path):
    target = tmp_path / "print"
    (target / "old").mkdir(parents=True)
    merge_sarabun(WEB, target)
    assert {file.name for file in target.iterdir()} == {*FACES.values(), "LICENSE"}
    for name in FACES.values():
        letters = TTFont(target / name).getBestCmap()
        assert {ord("ก"), ord("ำ"), ord("๙"), ord("A"), ord("é"), ord("“")} <= set(letters)


def test_a_missing_file_leaves_the_old_folder(tmp_path):
    (tmp_path / "print").mkdir()
    with pytest.raises(FileNotFoundError):
        merge_sarabun(tmp_path / "nothing", tmp_path / "print")
    assert (tmp_path / "print").is_dir()
