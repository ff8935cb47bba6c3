"""The printable list of equipment: what stands on it, that it has pages, and what it refuses (B9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from medlem.gateways.documents import text_of
from medlem.gateways.equipment_list import LABELS, EquipmentList, Item, render

LIST = EquipmentList(
    language="nb",
    made_on=date(2026, 11, 23),
    wordmark="CPS",
    accent="#0b5cad",
    business="Blåfjell Bilder AS",
    facts=("Organisasjonsnummer 985589712", "2 stykker · 23.11.2026"),
    items=(
        Item("EOS R5", "0012340", "12.03.2024", "Foto & #strong[Nord] $x$", "Norge"),
        Item("RF 50mm F1.2L USM", "", "", "", ""),
    ),
    note="Slik bedriften har registrert det.",
    labels={name: name.title() for name in LABELS} | {"page": "Side {page} av {pages}"},
)


def test_b9_everything_stands_on_the_list_and_nothing_is_markup() -> None:
    (page,) = text_of(render(LIST))
    text = " ".join(page.text.split())
    for expected in (
        "Blåfjell Bilder AS",
        "Organisasjonsnummer 985589712",
        "1 EOS R5 0012340 12.03.2024 Foto & #strong[Nord] $x$ Norge",
        "2 RF 50mm F1.2L USM",
        "Slik bedriften har registrert det.",
        "Side 1 av 1",
    ):
        assert expected in text, expected


def test_b9_a_long_list_has_pages_with_the_heading_on_each() -> None:
    pages = text_of(render(replace(LIST, items=LIST.items * 40)))
    assert len(pages) > 2
    assert all("Serial_Number" in page.text for page in pages)
    assert f"Side 2 av {len(pages)}" in pages[1].text


def test_b9_the_same_list_is_the_same_file() -> None:
    assert render(LIST) == render(LIST)


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"labels": {}}, "no label for country, dealer, model"),
        ({"accent": "blue"}, "accent is 'blue'"),
        ({"language": "norsk bokmål"}, "language is 'norsk bokmål'"),
    ],
)
def test_what_cannot_be_printed_is_refused(wrong: dict[str, object], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(LIST, **wrong)  # type: ignore[arg-type]
