"""Texts by language, and colours that can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medlem.programme.colour import contrast
from medlem.programme.text import Text


def test_a_text_is_said_in_the_readers_language_or_else_in_the_default() -> None:
    text = Text.model_validate({"en": "Silver", "nb": "Sølv"}, context={"languages": ("nb", "en")})
    assert (text.in_("en"), text.in_("nb"), text.in_("sv")) == ("Silver", "Sølv", "Sølv")


def test_contrasts_that_others_publish() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@given(COLOURS, COLOURS)
def test_contrast_knows_no_order(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one) >= 1
    assert contrast(one, one) == 1
