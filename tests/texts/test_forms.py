"""The form field: what it takes, what it refuses, what it hands to the editor."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms
from django.template import Context, Template

from tests.world import World
from texts.forms import MODULES, RichTextField
from texts.models import Figure

pytestmark = pytest.mark.django_db


def make_form(data: str | None, agency: Any = None, **options: Any) -> forms.Form:
    """A form with one rich text."""

    class TextForm(forms.Form):
        text = RichTextField(label="กิจกรรม", agency=agency, **options)

    return TextForm(None if data is None else {"text": data})


def result(data: str, **options: Any) -> str | list[str]:
    """The stored text, or the messages."""
    form = make_form(data, **options)
    return form.cleaned_data["text"] if form.is_valid() else [str(error) for error in form.errors["text"]]


def make_figure(agency: Any) -> str:
    """A picture's markup."""
    figure = Figure.objects.create(
        agency=agency,
        file="x.png",
        extension="png",
        media_type="image/png",
        width=1,
        height=1,
        sha256="0" * 64,
    )
    return f'<figure><img src="/figures/{figure.uid}/" alt=""></figure>'


class TestClean:
    @pytest.mark.parametrize(
        "data", ["", "   ", "<p></p>", "<p><br></p>", "<p>&nbsp;</p>", "<ul><li></li></ul>", "&#8203;<p></p>"]
    )
    def test_required_means_content(self, data: str) -> None:
        assert result(data) == ["กรุณาเขียนข้อความ"]
        assert result(data, required=False) == ""

    def test_markup_is_stored_clean(self) -> None:
        assert result("<div onclick=x>ก <b>ข</b></div><script>y</script>") == "<p>ก <strong>ข</strong></p>"

    def test_plain_lines_become_paragraphs(self) -> None:
        assert result("บรรทัดแรก 1 < 2\r\n\r\nบรรทัดสอง") == "<p>บรรทัดแรก 1 &lt; 2</p><p>บรรทัดสอง</p>"

    def test_unclean_text_is_refused_and_stays_in_the_form(self) -> None:
        form = make_form("<div>" * 500 + "ก")
        assert not form.is_valid()
        assert form.errors["text"] == ["ข้อความมีรายการหรือตารางซ้อนกันหลายชั้นเกินไป กรุณาลดจำนวนชั้น"]
        assert "&lt;div&gt;&lt;div&gt;" in str(form["text"])

    def test_limit_counts_code_points_of_the_content(self) -> None:
        assert result("<p><strong>ที่นี่</strong></p>", character_limit=6) == "<p><strong>ที่นี่</strong></p>"
        message = "ข้อความยาว 7 อักขระ เกินที่กำหนดไว้ 6 อักขระ กรุณาตัดให้สั้นลง"
        assert result("<p>ที่นี่ก</p>", character_limit=6) == [message]

    def test_has_changed_compares_what_would_be_stored(self) -> None:
        field = RichTextField(required=False)
        assert not field.has_changed("<ol><li>ก</li></ol>", "<ol><li><p>ก</p></li></ol>\n")
        assert not field.has_changed("", "<p></p>")
        assert field.has_changed("<p>ก</p>", "<p>ข</p>")
        assert field.has_changed("<p>ก</p>", "<div>" * 500)


class TestFigures:
    def test_own_and_shared_ones_pass(self, world: World) -> None:
        html = make_figure(world.here.agency) + make_figure(None)
        assert result(html + html, agency=world.here.agency) == html + html
        assert not result("", agency=world.here.agency, required=False)

    def test_a_picture_alone_is_content(self, world: World) -> None:
        html = make_figure(world.here.agency)
        assert result(html, agency=world.here.agency) == html

    @pytest.mark.parametrize("attributes", ['src="{}" alt=""', 'alt="" src="{}"', "src='{}'"])
    def test_foreign_and_unknown_ones_are_refused(self, world: World, attributes: str) -> None:
        foreign = make_figure(world.there.agency).split('"')[1]
        unknown = "/figures/0b5c3d1e-1111-4222-8333-944445555666/"
        for source in (foreign, unknown):
            html = f"<p>ก</p><img {attributes.format(source)}>" + make_figure(world.here.agency)
            assert result(html, agency=world.here.agency) == [
                "ภาพนี้ไม่อยู่ในหน่วยงานของท่าน กรุณาลบภาพนั้นแล้วแทรกภาพใหม่"
            ]

    def test_without_an_agency_only_shared_ones_pass(self, world: World) -> None:
        shared = make_figure(None)
        assert result(shared) == shared
        assert isinstance(result(make_figure(world.here.agency)), list)

    def test_the_agency_may_be_named_later_and_for_one_form_only(self, world: World) -> None:
        class TextForm(forms.Form):
            text = RichTextField()

        html = make_figure(world.here.agency)
        form, other = TextForm({"text": html}), TextForm({"text": html})
        form.fields["text"].use_agency(world.here.agency)  # type: ignore[attr-defined]
        assert form.is_valid()
        assert not other.is_valid()
        assert "data-pmqa-upload" not in str(other["text"])


class TestWidget:
    def test_hooks(self, world: World) -> None:
        html = str(make_form(None, agency=world.here.agency, character_limit=1_000)["text"])
        assert "<textarea" in html
        assert " data-pmqa-editor" in html
        assert 'data-pmqa-upload="/a/senate/figures/new/"' in html
        assert 'data-pmqa-limit="1000"' in html
        assert 'lang="th"' in html
        # a browser cannot point at a field that the editor hides
        assert " required" not in html

    def test_one_block_per_line_for_people_without_scripts(self) -> None:
        form = make_form(None)
        form.initial["text"] = "<p>ก</p><ul><li>ข</li></ul>"
        assert "\n&lt;p&gt;ก&lt;/p&gt;\n&lt;ul&gt;&lt;li&gt;ข&lt;/li&gt;&lt;/ul&gt;</textarea>" in str(
            form["text"]
        )

    def test_typed_lines_come_back_as_typed(self) -> None:
        form = make_form("ก < ข\nค", character_limit=1)
        assert not form.is_valid()
        assert ">\nก &lt; ข\nค</textarea>" in str(form["text"])


class TestMedia:
    def render(self, tag: str, **context: Any) -> str:
        """A template with one of our tags."""
        template = Template("{% load texts %}" + tag)
        return template.render(Context({"csp_nonce": "n0nce", **context}))

    def test_import_map_and_styles_carry_the_nonce(self) -> None:
        html = self.render("{% editor_scripts %}")
        assert html.index('type="importmap"') < html.index("texts/editor.js")
        assert html.count('nonce="n0nce"') == 4
        for name in (*MODULES, "editor"):
            assert f"/static/texts/{name}.js" in html

    def test_form_scripts_are_those_of_its_fields(self) -> None:
        assert self.render("{% form_scripts form %}", form=make_form(None)) == self.render(
            "{% editor_scripts %}"
        )
        assert self.render("{% form_scripts form %}", form=forms.Form()) == ""
