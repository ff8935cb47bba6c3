"""What pictures come to (B5): each piece once, with its model, its number, and why one should look again."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from medlem.gateways.barcodes import Code, Symbology
from medlem.gateways.photos import Doubt, Seen
from medlem.products.sightings import (
    Findings,
    Kind,
    Known,
    SeenPiece,
    Trouble,
    Unsure,
    eans_in,
    enough_codes,
    pieces_in,
    serial_candidates,
)

R5, R3, RF70, EF50 = 1, 2, 3, 4
EAN_R5, EAN_RF70, EAN_OTHER = "2900000000056", "2900000000537", "4006381333931"
KNOWN = Known(
    names={
        "eosr5": R5,
        "canoneosr5x": R5,
        "eosr3": R3,
        "rf70200mmf28lisusm": RF70,
        "ef50mmf18stm": EF50,
    },
    eans={EAN_R5: R5, EAN_RF70: RF70},
    hints={R5: "[0-9]{12}", R3: "[0-9]{12}", RF70: "[0-9]{10}", EF50: "[0-9]{10}"},
    brands=frozenset({"canon"}),
)
NOTHING = Seen()
BODY = Seen("Canon EOS R5", "012021000345")
LENS = Seen("RF70-200mm F2.8 L IS USM", "3122001234")


def findings(
    body: Seen = NOTHING, lens: Seen = NOTHING, *, make: str = "Canon", on: date | None = None
) -> Findings:
    return Findings(make=make, body=body, lens=lens, taken_on=on)


def seen(*pictures: Findings) -> list[SeenPiece]:
    return pieces_in([(f"IMG_{place}.jpg", each) for place, each in enumerate(pictures, 1)], KNOWN)


def short(piece: SeenPiece) -> tuple[Any, ...]:
    return piece.model_id, piece.serial, piece.doubts, piece.filenames


def test_b5_several_pictures_of_one_camera_give_one_product() -> None:
    pieces = seen(
        findings(BODY, LENS, on=date(2024, 5, 17)), findings(BODY, on=date(2024, 3, 12)), findings(BODY, LENS)
    )
    assert [short(piece) for piece in pieces] == [
        (R5, BODY.serial, (), ("IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg")),
        (RF70, LENS.serial, (), ("IMG_1.jpg", "IMG_3.jpg")),
    ]
    assert [piece.earliest_on for piece in pieces] == [date(2024, 3, 12), date(2024, 5, 17)]
    assert [piece.certain for piece in pieces] == [True, True]


def test_b5_two_cameras_of_one_model_are_two() -> None:
    other = Seen(BODY.name, "012021000346")
    assert [piece.serial for piece in seen(findings(BODY), findings(other))] == [BODY.serial, other.serial]


@pytest.mark.parametrize(
    ("name", "make", "model"),
    [
        ("Canon EOS R5", "Canon", R5),
        ("EOS R5", "Canon", R5),
        ("Canon EOS R5x", "Canon", R5),  # a former name
        ("RF70-200mm F2.8 L IS USM", "Canon", RF70),
        ("RF70-200mm F2.8 L IS USM+EXTENDER RF1.4x", "Canon", RF70),
        ("Canon EF 50mm f/1.8 STM", "Canon", EF50),
        ("Canon EOS R5 C", "Canon", None),
        ("NIKON Z 9", "NIKON CORPORATION", None),
        ("EOS R5", "", R5),
    ],
)
def test_b5_a_model_is_known_by_the_names_that_cameras_write(name: str, make: str, model: int | None) -> None:
    assert KNOWN.model_called(name, make) == model


def test_b5_a_piece_without_number_is_the_one_that_was_seen_with_one() -> None:
    nameless = Seen(BODY.name, "", (Doubt.ZEROS,))
    (piece,) = seen(findings(nameless), findings(BODY))
    assert short(piece) == (R5, BODY.serial, (), ("IMG_1.jpg", "IMG_2.jpg"))
    other = Seen(BODY.name, "012021000346")
    assert len(seen(findings(nameless), findings(BODY), findings(other))) == 3


def test_b5_lenses_without_number_are_told_apart_by_the_body() -> None:
    lens = Seen("EF50mm f/1.8 STM", "", (Doubt.ZEROS,))
    other = Seen("Canon EOS R3", "045021000777")
    pieces = seen(findings(BODY, lens), findings(BODY, lens), findings(other, lens))
    assert [(piece.model_id, piece.doubts, piece.certain) for piece in pieces if piece.kind is Kind.LENS] == [
        (EF50, (Doubt.ZEROS,), False)
    ] * 2


def test_b5_a_number_inside_a_lens_tells_two_apart_and_is_no_serial_number() -> None:
    lenses = [Seen("EF50mm f/1.8 STM", number, (Doubt.INTERNAL,)) for number in ("0000214e1c", "0000204d8d")]
    pieces = seen(*(findings(lens=lens) for lens in lenses))
    assert [(piece.serial, piece.inside) for piece in pieces] == [("", "0000214E1C"), ("", "0000204D8D")]
    assert not any(piece.certain for piece in pieces)


def test_b5_a_number_with_and_without_its_zeros_is_one() -> None:
    edited = Seen(BODY.name, BODY.serial.lstrip("0"), (Doubt.REWRITTEN,))
    (piece,) = seen(findings(edited), findings(BODY))
    assert (piece.serial, piece.doubts) == (BODY.serial, ())
    (alone,) = seen(findings(edited))
    assert (alone.serial, alone.doubts) == ("12021000345", (Doubt.REWRITTEN, Unsure.UNUSUAL))


@pytest.mark.parametrize(
    ("body", "make", "ours", "doubts"),
    [
        (Seen("Canon EOS R5", "012021000345"), "Canon", True, ()),
        (Seen("Canon EOS R5", "12021"), "Canon", True, (Unsure.UNUSUAL,)),
        (Seen("Canon EOS R5", "(F35) 2008:07:01"), "Canon", True, (Unsure.NO_SERIAL,)),
        (Seen("Canon EOS R5"), "Canon", True, (Unsure.NO_SERIAL,)),
        (Seen("Canon EOS 5D", "0123456789"), "Canon", True, (Unsure.NO_MODEL,)),
        (Seen("NIKON Z 9", "3001006"), "NIKON CORPORATION", False, (Unsure.NO_MODEL,)),
    ],
)
def test_b5_why_one_should_look_again(body: Seen, make: str, ours: bool, doubts: tuple[str, ...]) -> None:
    (piece,) = seen(findings(body, make=make))
    assert (piece.ours, piece.doubts, piece.certain) == (ours, doubts, not doubts)


def test_b5_what_the_catalogue_knows_comes_first() -> None:
    pictures = (
        findings(Seen("NIKON Z 9", "3001006"), make="NIKON CORPORATION"),
        findings(Seen("Canon EOS 5D", "0123456789"), LENS),
        findings(BODY),
    )
    assert [(piece.model_id, piece.name) for piece in seen(*pictures)] == [
        (R5, BODY.name),
        (RF70, LENS.name),
        (None, "Canon EOS 5D"),
        (None, "NIKON Z 9"),
    ]


def test_b5_findings_are_kept_as_json() -> None:
    for each in (
        Findings(make="Canon", body=BODY, lens=Seen("X", "", (Doubt.ZEROS,)), taken_on=date(2024, 3, 12)),
        Findings(codes=(Code(Symbology.EAN13, EAN_R5),)),
        Findings(trouble=Trouble.NO_CAMERA),
    ):
        assert Findings.from_json(json.loads(json.dumps(each.to_json()))) == each


# --- boxes ------------------------------------------------------------------------------------------


def codes(*texts: str) -> tuple[Code, ...]:
    """Codes as a box has them: what is an EAN in one of the EAN's own."""
    return tuple(Code(Symbology.EAN13 if text in KNOWN.eans else Symbology.CODE128, text) for text in texts)


@pytest.mark.parametrize(
    ("texts", "model", "serial", "doubts"),
    [
        ([EAN_R5, "012021000345"], R5, "012021000345", ()),
        (
            [EAN_R5, "012021000345", "3122001234", "AB-12"],
            R5,
            "012021000345",
            (),
        ),  # the others have no such shape
        ([EAN_R5, "S/N: 0120-21"], R5, "0120-21", (Unsure.UNUSUAL,)),
        ([f"(01)0{EAN_R5}(21)012021000345"], R5, "012021000345", ()),
        ([f"010{EAN_R5[:-1]}621012021000345"], R5, "012021000345", ()),
        ([EAN_R5], R5, "", (Unsure.NO_SERIAL,)),
        ([EAN_R5, EAN_R5, "https://x.example/"], R5, "", (Unsure.NO_SERIAL,)),
        ([EAN_R5, "012021000345", "012021000346"], R5, "", (Unsure.SEVERAL,)),
        ([EAN_OTHER, "012021000345"], None, "012021000345", (Unsure.NO_MODEL,)),
    ],
)
def test_b5_a_box_gives_its_model_and_the_serial_number_where_it_is_coded(
    texts: list[str], model: int | None, serial: str, doubts: tuple[str, ...]
) -> None:
    (piece,) = seen(Findings(codes=codes(*texts)))
    assert (piece.kind, piece.model_id, piece.serial, piece.doubts) == (Kind.BOX, model, serial, doubts)
    assert piece.certain == (model is not None and bool(serial) and not doubts)


def test_b5_an_ean_is_never_taken_for_a_serial_number() -> None:
    printed_as_another_code = [Code(Symbology.CODE128, text) for text in (EAN_R5, f"0{EAN_R5}", EAN_OTHER)]
    assert serial_candidates(printed_as_another_code, "") == []
    assert eans_in(printed_as_another_code) == [EAN_R5, EAN_OTHER]
    assert not enough_codes(printed_as_another_code)
    assert enough_codes([*printed_as_another_code, Code(Symbology.CODE128, "012021000345")])


def test_b5_two_boxes_in_one_picture_are_told_apart_by_the_shape_of_their_numbers() -> None:
    pieces = seen(Findings(codes=codes(EAN_R5, EAN_RF70, "3122001234", "012021000345")))
    assert {piece.model_id: piece.serial for piece in pieces} == {R5: "012021000345", RF70: "3122001234"}


def test_b5_a_piece_and_its_box_are_one() -> None:
    (piece,) = seen(findings(BODY), Findings(codes=codes(EAN_R5, BODY.serial)), Findings(codes=codes(EAN_R5)))
    assert (piece.model_id, piece.serial, len(piece.filenames)) == (R5, BODY.serial, 3)


def test_b5_a_choice_of_numbers_is_offered_where_a_box_has_several() -> None:
    (piece,) = seen(Findings(codes=codes(EAN_R5, "012021000345", "012021000346")))
    assert piece.candidates == ("012021000345", "012021000346")
