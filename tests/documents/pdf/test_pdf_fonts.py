"""Fonts are found by file, or the person who runs the server is told what to install."""

import pytest

from documents.pdf.fonts import DEJAVU, LAKSAMAN, FontMissing, css_points, find_fonts


def test_all_faces_are_found_and_named_by_file():
    faces = find_fonts().faces
    assert [(face.weight, face.style) for face in faces[:4]] == [
        ("normal", "normal"), ("bold", "normal"), ("normal", "italic"), ("bold", "italic"),
    ]  # fmt: skip
    assert all(face.path.is_file() and face.url in find_fonts().css() for face in faces)


@pytest.mark.parametrize("family", [LAKSAMAN, DEJAVU])
def test_a_missing_font_names_its_debian_package(tmp_path, family):
    with pytest.raises(FontMissing, match=f"apt-get install {family.package}"):
        find_fonts((tmp_path,), (family,))


def test_fonts_of_another_folder_can_be_used(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    for _weight, _style, name in DEJAVU.files:
        (tmp_path / "deep" / "er" / name).write_bytes(b"")
    assert len(find_fonts((tmp_path,), (DEJAVU,)).faces) == len(DEJAVU.files)


@pytest.mark.parametrize(("sarabun", "points"), [(16, 10.67), (14, 9.33)])
def test_sizes_people_know_become_the_sizes_of_laksaman(sarabun, points):
    assert css_points(sarabun) == points
