"""Names of models as people write them (B2, B9)."""

from __future__ import annotations

import pytest

from medlem.products.models import ProductModel
from medlem.products.queries import model_named, models_matching
from medlem.products.spelling import Word, matching, same_name, spelled, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("EOS R5 Mark II", ("eos", "r5", "2")),
        ("Canon EOS R5m2", ("canon", "eos", "r5", "2")),
        ("EOS 5D MkIV", ("eos", "5d", "4")),
        ("EF 70-200mm f/2.8L IS III USM", ("ef", "70200mm", "f28l", "is", "3", "usm")),
        ("Speedlite 600EX II-RT", ("speedlite", "600ex", "2rt")),
        ("EOS R50 V", ("eos", "r50", "v")),
        ("Mark Foto", ("mark", "foto")),
        ("2 mm", ("2", "mm")),
    ],
)
def test_b2_a_generation_is_a_digit_however_it_is_written(name: str, words: tuple[str, ...]) -> None:
    assert spelled(name) == words


@pytest.mark.parametrize(
    "typed", ["R5 mk 2", "r5 ii", "R5 Mark II", "r52", "r5m2", "r5 mark2", "R5 MkII", "r5 m2"]
)
def test_b2_the_second_generation_is_found_however_it_is_typed(typed: str) -> None:
    names: dict[str, list[str]] = {name: [] for name in ("EOS R5", "EOS R5 C", "EOS R50", "EOS R6 Mark II")}
    assert matching(typed, {**names, "EOS R5 Mark II": []}) == ["EOS R5 Mark II"]


def test_b2_what_fits_as_a_whole_word_comes_first() -> None:
    names: dict[str, list[str]] = {name: [] for name in ("EOS R50", "EOS R5 C", "EOS R5", "EOS R6")}
    assert matching("r5", names) == ["EOS R5", "EOS R5 C", "EOS R50"]
    assert matching("eos r5", names) == ["EOS R5", "EOS R5 C", "EOS R50"]
    assert matching("hasselblad", names) == []


def test_b9_a_mark_and_its_generation_are_one_word_of_a_search() -> None:
    assert words_of("R5 mk 2 Mark Foto") == [
        Word("R5", "r5"),
        Word("mk 2", "2"),
        Word("Mark", "mark"),
        Word("Foto", "foto"),
    ]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("70-200 2.8", "EF 70-200mm f/2.8L IS II USM"),
        ("rf 70-200 f/2.8", "RF 70-200mm F2.8L IS USM"),
        ("rf135", "RF 135mm F1.8L IS USM"),
        ("5d4", "EOS 5D Mark IV"),
        ("1dx iii", "EOS-1D X Mark III"),
    ],
)
@pytest.mark.django_db
def test_b2_the_catalogue_is_searched_as_people_type(cast: object, typed: str, first: str) -> None:
    assert models_matching(typed, most=9)[0] == first


@pytest.mark.django_db
def test_b2_a_name_that_could_mean_several_is_no_name(cast: object) -> None:
    assert str(model_named("eos r5 mk 2")) == "EOS R5 Mark II"
    assert (model_named("r5"), model_named("-"), model_named("")) == (None, None, None)
    ProductModel.objects.create(code="other", name="EOS R5-2", brand="Canon", kind="body")
    assert model_named("eos r5 mk 2") is None
    assert str(model_named("EOS R5 Mark II")) == "EOS R5 Mark II"


def test_b2_two_ways_of_writing_are_the_same_name() -> None:
    assert same_name("EOS-1DX MkIII", "eos 1d x mark 3")
    assert not same_name("EOS R5", "EOS R50")
