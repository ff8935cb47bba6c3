"""Registering from pictures (B5): dropping them with and without a script, confirming, and what became of it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from medlem.core.identifiers import uuid7
from medlem.gateways.photos import Doubt, Parts
from medlem.memberships.queries import points_of
from medlem.products import photos
from medlem.products.models import PhotoBatch, Product
from medlem.products.photo_queries import findings_in
from medlem.products.sightings import Trouble, Unsure
from medlem.web.portal import photo_words
from tests.gateways.pictures import camera, code, jpeg, photo_of_box, tiff
from tests.people import Cast
from tests.rows import rows
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/products/photos/"
PARTS = "/en/products/photos/parts/"
R5, RF70 = "012021000345", "3122001234"
EAN_R5 = "2900000000056"
WHOLE = jpeg(camera(serial=R5, lens="RF70-200mm F2.8 L IS USM", lens_serial=RF70))
INSIDE = jpeg(camera(serial=R5, lens="EF50mm f/1.8 STM", lens_serial="0000214e1c"))
PURCHASE = {"purchased_on": "2024-03-12", "purchase_country": "NO", "dealer": "Fotohuset AS"}


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now + timedelta(seconds=30), folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def file(content: bytes, name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(client: Client, batch: UUID, content: bytes, /, **fields: Any) -> HttpResponse:
    """Sends parts of a picture as the script does: the first of them, unless `ranges` says which."""
    ranges = fields.pop("ranges", [(0, min(len(content), 512 * 1024))])
    values = {
        "batch": str(batch),
        "filename": "IMG_1.jpg",
        "size": len(content),
        "from": [start for start, _end in ranges],
        "part": [file(content[start:end], "part") for start, end in ranges],
    }
    return client.post(PARTS, {**values, **fields})  # type: ignore[return-value]


def batch_of(cast: Cast, *contents: bytes, now: datetime) -> PhotoBatch:
    public_id = uuid7()
    for place, content in enumerate(contents, 1):
        photos.take(
            account=cast.fjordlys,
            batch_id=public_id,
            filename=f"IMG_{place}.jpg",
            parts=Parts.whole(content),
            of_box=False,
            by=cast.alice.as_member,
            now=now,
        )
    return PhotoBatch.objects.get(public_id=public_id)


def address(batch: PhotoBatch) -> str:
    return f"{PAGE}{batch.public_id}/"


def answers(page: str, **changes: str) -> dict[str, str]:
    """The form of a page as it stands, and with changes by the piece's name: `take`, `model`, `serial_number`."""
    values = dict(PURCHASE)
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and re.match(r"[0-9a-f]{16}-", name[1]) and ("checkbox" not in tag or " checked" in tag):
            values[name[1]] = value[1] if value else ""
    for name, value in changes.items():
        (key,) = (each for each in values if each.endswith("-model") and values[each] == "EOS R5")
        values[key.replace("-model", f"-{name}")] = value
    return values


# --- dropping them -------------------------------------------------------------------------------------


def test_b5_the_page_says_what_is_sent_and_what_is_kept(alice: Client) -> None:
    page = alice.get(PAGE)
    assert (
        lacking(
            words(page),
            ["at most the first 512 kB", "No picture is kept", "where it was taken is never read"],
        )
        == []
    )
    assert re.search(r'data-head="524288"', page.text)
    assert "<script>" not in page.text


def test_b5_without_a_script_pictures_come_whole_and_are_read(cast: Cast, alice: Client) -> None:
    late = tiff(camera(serial="012021000346"), first=3_000_000)
    box = photo_of_box(code(EAN_R5, "EAN13"), code("012021000347"), turn=45)
    batch = uuid7()
    answer = alice.post(
        PAGE,
        {
            "batch": str(batch),
            "pictures": [file(WHOLE), file(late, "late.tif"), file(b"hello", "notes.txt")],
            "boxes": [file(box, "box.jpg")],
        },
    )
    assert (answer.status_code, answer.url) == (302, f"{PAGE}{batch}/")
    said = dict(findings_in(PhotoBatch.objects.get(public_id=batch)))
    assert {name: each.body.serial for name, each in said.items()} == {
        "IMG_1.jpg": R5,
        "late.tif": "012021000346",
        "notes.txt": "",
        "box.jpg": "",
    }
    page = words(alice.get(answer.url))
    assert (
        lacking(
            page, ["EOS R5", "RF 70-200mm", "On the box in box.jpg", "notes.txt", "not a kind of picture"]
        )
        == []
    )


def test_b5_no_picture_chosen_is_said(alice: Client) -> None:
    page = alice.post(PAGE, {"batch": str(uuid7())})
    assert page.status_code == 422
    assert "Choose at least one picture." in words(page)


def test_b5_more_than_can_be_sent_at_once_is_said(alice: Client) -> None:
    page = alice.post(PAGE, {"pictures": [file(b"x", f"{number}.jpg") for number in range(101)]})
    assert page.status_code == 422
    assert "at most 100 pictures" in words(page)
    assert PhotoBatch.objects.count() == 0


def test_b5_a_script_sends_the_first_part_and_what_is_asked_for(cast: Cast, alice: Client) -> None:
    batch = uuid7()
    late = tiff(camera(serial=R5), first=3_000_000)
    first = send(alice, batch, late)
    ranges = first.json()["more"]
    assert sum(end - start for start, end in ranges) < 100_000
    assert send(alice, batch, late, ranges=ranges).json() == {"done": True}
    ((name, said),) = findings_in(PhotoBatch.objects.get(public_id=batch))
    assert (name, said.body.serial) == ("IMG_1.jpg", R5)


def test_b5_a_telephone_s_picture_is_asked_for_whole_and_looked_through(cast: Cast, alice: Client) -> None:
    batch = uuid7()
    box = photo_of_box(code(EAN_R5, "EAN13"), code(R5)) + bytes(600_000)
    whole = send(alice, batch, box).json()["more"]
    assert whole == [[0, len(box)]]
    assert send(alice, batch, box, ranges=whole).json() == {"done": True}
    assert send(alice, batch, box[:-1], ranges=[(0, len(box) - 1)], of_box="on").json() == {"done": True}
    assert [len(said.codes) for _name, said in findings_in(PhotoBatch.objects.get(public_id=batch))] == [2, 2]


@pytest.mark.parametrize(
    "fields",
    [
        {"size": "-1"},
        {"size": "many"},
        {"batch": "1"},
        {"filename": ""},
        {"from": ["0", "1"]},
        {"from": ["-1"]},
        {"from": []},
    ],
)
def test_b5_parts_that_make_no_sense_are_refused(alice: Client, fields: dict[str, Any]) -> None:
    answer = send(alice, uuid7(), WHOLE, **fields)
    assert (answer.status_code, answer.json()) == (400, {"error": "This picture could not be read."})
    assert PhotoBatch.objects.count() == 0


def test_b5_a_picture_that_is_too_large_is_refused_before_it_is_read(alice: Client) -> None:
    answer = send(alice, uuid7(), bytes(17_000_000), ranges=[(0, 17_000_000)], of_box="on")
    assert answer.status_code == 413
    assert answer.json() == {"error": "This picture is too large to send."}


def test_b5_looking_for_bar_codes_has_a_limit(alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from medlem.web.portal import photos as pages
    from medlem.web.throttle import Limit

    monkeypatch.setattr(pages, "BOXES", Limit("boxes", 1, 3600))
    batch = uuid7()
    box = photo_of_box(code(EAN_R5, "EAN13"))
    assert send(alice, batch, box, of_box="on").status_code == 200
    assert send(alice, batch, box, of_box="on").status_code == 429
    page = alice.post(PAGE, {"batch": str(batch), "boxes": [file(box)]}, follow=True)
    assert "a little too often" in words(page)
    assert send(alice, batch, WHOLE).status_code == 200


def test_b5_pictures_are_added_to_a_batch_that_waits(cast: Cast, alice: Client, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    page = alice.get(f"{PAGE}?batch={batch.public_id}")
    assert f'value="{batch.public_id}"' in page.text
    assert "1 picture of 23 Nov 2026, 10:00 waits to be confirmed." in words(alice.get(PAGE))
    assert send(alice, batch.public_id, INSIDE).json() == {"done": True}
    alice.post(address(batch), answers(alice.get(address(batch)).text))
    assert alice.get(f"{PAGE}?batch={batch.public_id}").status_code == 404
    refused = send(alice, batch.public_id, jpeg(camera()))
    assert refused.status_code == 409
    assert "confirmed already" in refused.json()["error"]
    page = alice.post(PAGE, {"batch": str(batch.public_id), "pictures": [file(jpeg(camera()))]}, follow=True)
    assert "confirmed already" in words(page)


def test_b5_another_account_s_batch_does_not_exist(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    charlie, before = signed_in(cast.charlie), rows()
    answered = [
        charlie.get(address(batch)),
        charlie.post(address(batch), PURCHASE),
        charlie.get(f"{PAGE}?batch={batch.public_id}"),
        charlie.get(f"{PAGE}?batch=1"),
        charlie.post(PAGE, {"batch": str(batch.public_id), "pictures": [file(INSIDE)]}),
        send(charlie, batch.public_id, INSIDE),
    ]
    assert [answer.status_code for answer in answered] == [404] * 6
    assert rows() == before


# --- confirming them -------------------------------------------------------------------------------------


def test_b5_certain_pieces_are_ticked_and_doubtful_ones_say_why(
    cast: Cast, alice: Client, now: datetime
) -> None:
    nikon = jpeg(camera("NIKON CORPORATION", "NIKON Z 9", serial="3001006"))
    batch = batch_of(cast, WHOLE, INSIDE, nikon, jpeg(), now=now)
    page = alice.get(address(batch))
    values = answers(page.text)
    assert sorted(values[name] for name in values if name.endswith("-model")) == [
        "EF 50mm f/1.8 STM",
        "EOS R5",
        "RF 70-200mm F2.8L IS USM",
    ]
    assert len([name for name in values if name.endswith("-take")]) == 2
    assert lacking(
        words(page),
        [
            "4 pictures were read.",
            "In IMG_1.jpg, IMG_2.jpg; the earliest is of 12 Mar 2024",
            "The picture only has 0000214E1C, a number inside the product.",
            "NIKON Z 9",
            "Not in the catalogue",
            "This picture carries no camera data: perhaps it was edited or sent through a messenger.",
        ],
    ) == []  # fmt: skip
    assert "0000214E1C" not in values.values()


def test_b5_one_press_registers_all_that_is_ticked(cast: Cast, alice: Client, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, INSIDE, now=now)
    values = answers(alice.get(address(batch)).text)
    answer = alice.post(address(batch), values)
    assert (answer.status_code, answer.url) == (302, address(batch))
    assert points_of(cast.fjordlys) == 250 + 215
    done = words(alice.get(address(batch)))
    assert (
        lacking(done, ["2 products from your pictures", "You have 465 points now.", "Registered", "Left out"])
        == []
    )
    before = rows()
    again = alice.post(address(batch), values)
    assert "2 products from your pictures" in words(again)
    assert rows() == before


def test_b5_what_the_catalogue_does_not_know_stands_apart_and_is_taken_by_choosing_a_model(
    cast: Cast, alice: Client, now: datetime
) -> None:
    unknown = jpeg(camera("Canon", "Canon EOS R9", serial="023021000999"))
    batch = batch_of(cast, WHOLE, unknown, now=now)
    page = alice.get(address(batch))
    said = words(page)
    assert said.index("Tick what is yours") < said.index("We also saw") < said.index("Choose a model")
    values = answers(page.text)
    assert len([name for name in values if name.endswith("-take")]) == 2
    (key,) = (name for name in values if name.endswith("-model") and not values[name])
    wrong = alice.post(address(batch), {**values, key: "Hasselblad"})
    assert (wrong.status_code, "We do not know the model “Hasselblad”." in words(wrong)) == (422, True)
    alice.post(address(batch), {**values, key: "EOS R6"})
    assert Product.objects.get(model__name="EOS R6").serial_number == "023021000999"
    # It is found again from where pictures are dropped.
    assert f'<a href="{address(batch)}">2 pictures of 23 Nov 2026' in " ".join(alice.get(PAGE).text.split())


def test_b5_what_is_wrong_is_said_where_it_is_and_nothing_is_lost(
    cast: Cast, alice: Client, now: datetime
) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    page = alice.get(address(batch)).text
    for changes, said in (
        ({"serial_number": "00000"}, "Only zeros cannot be a serial number."),
        ({"model": "EOS R55"}, "We do not know the model “EOS R55”. Did you mean EOS R5"),
        ({"model": ""}, "Choose the model."),
    ):
        wrong = alice.post(address(batch), {**answers(page, **changes), "dealer": "Eget sted"})
        assert wrong.status_code == 422
        assert lacking(words(wrong), ["Something needs another look", said]) == []
        assert 'value="Eget sted"' in wrong.text
        assert Product.objects.count() == 0
    for changed, said in (
        ({"purchased_on": "2030-01-01"}, "This date is in the future"),
        ({"purchased_on": "last year"}, "Write day, month and year"),
    ):
        wrong = alice.post(address(batch), {**answers(page), **changed})
        assert wrong.status_code == 422
        assert said in words(wrong)
    nothing = alice.post(address(batch), PURCHASE)
    assert nothing.status_code == 422
    assert "Tick at least one of the pieces" in words(nothing)


def test_b5_what_the_account_has_is_shown_as_such(cast: Cast, alice: Client, now: datetime) -> None:
    first = batch_of(cast, WHOLE, now=now)
    alice.post(address(first), answers(alice.get(address(first)).text))
    page = alice.get(address(batch_of(cast, WHOLE, now=now)))
    assert lacking(words(page), ["Nothing to register in these pictures", "In your list already."]) == []


def test_b5_an_incomplete_or_removed_product_is_told_as_it_stands(
    cast: Cast, alice: Client, now: datetime
) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    alice.post(address(batch), {**answers(alice.get(address(batch)).text), "dealer": ""})
    assert "missing: dealer" in words(alice.get(address(batch)))


def test_b5_a_page_of_all_pieces_of_a_batch_can_be_sent(settings: Any) -> None:
    """A body and a lens in each picture, each with three fields; and the details of all."""
    assert photos.MOST_PHOTOS * 2 * 3 + 20 < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS


@pytest.mark.parametrize("confirmed", [False, True])
def test_b5_a_long_batch_costs_no_more_queries(
    cast: Cast, alice: Client, now: datetime, confirmed: bool, django_assert_num_queries: Any
) -> None:
    for count in (1, 12):
        batch = batch_of(
            cast,
            *(jpeg(camera(serial=f"0120210{count:02d}{number:03d}")) for number in range(count)),
            now=now,
        )
        if confirmed:
            alice.post(address(batch), answers(alice.get(address(batch)).text))
        with django_assert_num_queries(8):
            assert alice.get(address(batch)).status_code == 200


def test_b5_every_doubt_and_trouble_has_its_words() -> None:
    said = {**photo_words.DOUBTS, **photo_words.TROUBLES}
    assert set(said) == {*Doubt, *Unsure, *Trouble}
    with translation.override("nb"):
        norwegian = [str(each) for each in said.values()]
    assert not {str(each) for each in said.values()} & set(norwegian)
