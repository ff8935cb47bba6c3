"""The components: readable by everybody, in both languages and schemes, from 320 pixels up (look.md)."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from tests.browser import House, violations

STATIC = Path(settings.PACKAGE) / "web" / "static"


def drawn(source: str, **values: Any) -> str:
    """A piece of a page in English as it is sent, blanks between tags left out."""
    with translation.override("en"):
        html = Template(CottonCompiler().process(source)).render(Context(values))
    return re.sub(r"\s*(<[^>]+>)\s*", r"\1", " ".join(html.split()))


# --- in the browser ---------------------------------------------------------------------------


TROUBLE = {"error", "warning"}


@pytest.fixture
def demo(house: House) -> str:
    return f"{house.url}/demo/components/"


@pytest.mark.look
@pytest.mark.parametrize("language", ["nb", "en"])
def test_axe_finds_nothing(page: Any, demo: str, language: str) -> None:
    """In both colour schemes, on a wide screen and on the smallest phone."""
    page.goto(f"{demo}?language={language}")
    assert page.locator("html").get_attribute("lang") == language
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page, colours=language == "nb") == [], width


@pytest.mark.look
@pytest.mark.parametrize("width", [320, 640, 1280])
def test_nothing_sticks_out_and_the_browser_has_no_complaint(page: Any, demo: str, width: int) -> None:
    complaints: list[str] = []
    # What the browser merely notes, such as that it need not set the focus as we did, is no complaint.
    page.on("console", lambda said: complaints.append(said.text) if said.type in TROUBLE else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(demo)

    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert complaints == []


def test_components_are_found_by_role_and_name(page: Any, demo: str) -> None:
    """The names that contract.md promises are exact: hints and marks stand outside of them."""
    page.goto(f"{demo}?language=en")

    assert page.get_by_role("switch", name="Business levels", exact=True).first.is_checked()
    assert page.get_by_role("radio", name="Card", exact=True).first.is_checked()
    assert page.get_by_label("Phone", exact=True).count() == 2
    assert page.get_by_label("Evidence", exact=True).first.get_attribute("type") == "file"
    assert page.get_by_role("button", name="Migrate products", exact=True).count() == 2


def test_error_summary_leads_to_the_field(page: Any, demo: str) -> None:
    page.goto(f"{demo}?language=en")
    summary = page.get_by_role("alert")
    assert summary.evaluate("element => element === document.activeElement")

    summary.get_by_role("link", name="Organisation number").click()

    assert page.evaluate("document.activeElement.name") == "refused-registration_number"


def test_a_form_is_sent_once(page: Any, demo: str) -> None:
    page.goto(f"{demo}?language=en")
    page.evaluate("""() => {
        window.sent = 0;
        const form = document.querySelector("form[data-once]");
        window.addEventListener("submit", (event) => {
            if (!event.defaultPrevented) window.sent += 1;
            event.preventDefault();
        });
    }""")

    button = page.get_by_role("button", name="Continue", exact=True).last
    button.click()
    button.click(force=True)

    assert page.evaluate("window.sent") == 1


# --- as they are sent --------------------------------------------------------------------------


def test_what_is_passed_on_is_escaped() -> None:
    html = drawn(
        '<c-button label="{{ label }}" :data-a="evil" data-b="{{ evil }}" hidden />',
        label="<b>",
        evil='"><script>',
    )

    assert html == (
        '<button class="button button-primary" type="submit" data-a="&quot;&gt;&lt;script&gt;" '
        'data-b="&quot;&gt;&lt;script&gt;" hidden>&lt;b&gt;</button>'
    )


def test_b3_greyed_points_are_said_to_wait() -> None:
    assert drawn('<c-points :points="310" />') == '<span class="points">310</span>'
    assert drawn('<c-points :points="215" :granted="False" />') == (
        '<span class="points points-waiting">(215)<span class="visually-hidden">, not counted yet</span></span>'
    )


def test_b3_a_tick_is_never_colour_alone() -> None:
    assert drawn("<c-tick />") == (
        '<span class="tick tick-done"><svg class="icon" role="img" aria-label="Complete">'
        '<use href="/static/icons.svg#done"></use></svg></span>'
    )
    assert drawn('<c-tick :done="False" />') == (
        '<span class="tick tick-missing"><svg class="icon" role="img" aria-label="Needs details">'
        '<use href="/static/icons.svg#gap"></use></svg></span>'
    )


def test_a_switch_needs_no_script() -> None:
    html = drawn('<c-switch label="Business levels" :on="on" name="levels" value="individual" />', on=True)

    assert html == (
        '<form method="get"><button class="switch" type="submit" role="switch" aria-checked="true" '
        'name="levels" value="individual"><span>Business levels</span>'
        '<span class="switch-track" aria-hidden="true"></span>'
        '<span class="switch-word" aria-hidden="true">On</span></button></form>'
    )


def test_nothing_of_the_page_around_leaks_into_a_component() -> None:
    """Each component declares what it takes; a page's own `title` or `kind` is not taken for an attribute."""
    around = dict.fromkeys(
        ("title", "kind", "state", "label", "hint", "href", "icon", "tag", "error"), "LEAK"
    )

    assert "LEAK" not in drawn(
        "<c-button>Go</c-button><c-tag>New</c-tag><c-notice>Hello</c-notice>", **around
    )


# --- budgets and rules of the house ------------------------------------------------------------------


def test_styles_and_scripts_stay_small() -> None:
    """look.md: 25 kB of CSS and 30 kB of JavaScript, compressed; htmx takes some 17 of those."""

    def packed(pattern: str) -> int:
        return sum(len(gzip.compress(path.read_bytes())) for path in STATIC.glob(pattern))

    assert packed("css/*.css") < 25_000
    assert packed("*.js") < 7_000


def test_no_page_has_inline_styles_or_scripts() -> None:
    """The Content-Security-Policy would drop them; mails are no pages."""
    web = Path(settings.PACKAGE) / "web"
    files = [*(web / "templates").rglob("*.html"), *(web / "components").rglob("*.html")]
    pages = [path for path in files if path.parent.name != "mail"]

    assert [p.name for p in pages if " style=" in p.read_text() or "<style" in p.read_text()] == []
    assert [p.name for p in pages if "<script>" in p.read_text() or " onclick=" in p.read_text()] == []
