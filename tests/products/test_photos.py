"""Registering from pictures (B5): what is taken in, and confirming it all at once, exactly once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from medlem.core.errors import Refused
from medlem.core.identifiers import uuid7
from medlem.events.queries import history_of
from medlem.gateways.barcodes import Symbology
from medlem.gateways.photos import NeedsMore, Parts
from medlem.memberships.queries import points_of
from medlem.products import actions, photos
from medlem.products.models import Photo, PhotoBatch, Product, ProductModel
from medlem.products.photo_queries import (
    findings_in,
    known,
    open_photo_batches,
    own_pieces,
    photo_batches_to_forget,
    product_id_of,
    registered_from,
)
from medlem.products.photos import Chosen, Confirmed, NoSuchBatch, NothingChosen, PiecesRefused
from medlem.products.rules import Details
from medlem.products.sightings import Findings, SeenPiece, Trouble, pieces_in
from medlem.products.status import ProductStatus
from tests import factories
from tests.gateways.pictures import camera, code, jpeg, photo_of_box, tiff
from tests.people import Cast, open_account
from tests.rows import rows
from tests.together import together

R5, RF70 = "012021000345", "3122001234"
EAN_R5 = "2900000000056"
TODAY = date(2026, 11, 23)
PURCHASE = Details(purchased_on=date(2024, 3, 12), purchase_country="NO", dealer="Fotohuset AS")
WHOLE = jpeg(camera(serial=R5, lens="RF70-200mm F2.8 L IS USM", lens_serial=RF70))


def take(
    cast: Cast, content: bytes, *, batch: UUID, now: datetime, name: str = "IMG_1.jpg", **changes: Any
) -> Photo | NeedsMore:
    values = {
        "account": cast.fjordlys,
        "parts": Parts.whole(content),
        "of_box": False,
        "by": cast.bob.as_member,
    }
    return photos.take(**{**values, **changes}, batch_id=batch, filename=name, now=now)


def kept(photo: Photo | NeedsMore) -> Findings:
    assert isinstance(photo, Photo)
    photo.refresh_from_db()
    return Findings.from_json(photo.findings)


def batch_of(cast: Cast, *contents: bytes, now: datetime) -> PhotoBatch:
    public_id = uuid7()
    for place, content in enumerate(contents):
        take(cast, content, batch=public_id, name=f"IMG_{place}.jpg", now=now)
    return PhotoBatch.objects.get(public_id=public_id)


def pieces(batch: PhotoBatch) -> list[SeenPiece]:
    return pieces_in(findings_in(batch), known(ProductModel.objects.all()))


def chosen(batch: PhotoBatch, **serials: str) -> list[Chosen]:
    """All pieces of known models as they were seen, or with other serial numbers by the model's code."""
    models = ProductModel.objects.in_bulk()
    found = [(piece, models[piece.model_id]) for piece in pieces(batch) if piece.model_id]
    return [
        Chosen(
            key=piece.key,
            model=model,
            serial_number=serials.get(model.code.replace("-", "_"), piece.serial),
        )
        for piece, model in found
    ]


def confirm(
    cast: Cast, batch: PhotoBatch, *, now: datetime, purchase: Details = PURCHASE, **serials: str
) -> list[Product]:
    return photos.confirm(
        batch=batch,
        chosen=chosen(batch, **serials),
        purchase=purchase,
        by=cast.bob.as_member,
        now=now,
    )


# --- taking pictures in ------------------------------------------------------------------------------


def test_b5_a_picture_says_what_took_it_and_is_not_kept(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    photo = batch.photos.get()
    assert (photo.filename, photo.at, batch.made_by_id) == ("IMG_0.jpg", now, cast.bob.public_id)
    assert [(piece.name, piece.serial) for piece in pieces(batch)] == [
        ("Canon EOS R5", R5),
        ("RF70-200mm F2.8 L IS USM", RF70),
    ]


def test_b5_the_same_picture_twice_is_one(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, WHOLE, jpeg(camera(serial="012021000346")), now=now)
    assert [photo.filename for photo in batch.photos.all()] == ["IMG_0.jpg", "IMG_2.jpg"]


def test_b5_nothing_is_kept_until_there_is_enough_of_a_picture(cast: Cast, now: datetime) -> None:
    content = tiff(camera(serial=R5), first=2_000_000)
    batch, before = uuid7(), rows()
    taken = take(cast, content, batch=batch, parts=Parts(len(content), {0: content[:1000]}), now=now)
    assert isinstance(taken, NeedsMore)
    assert rows() == before
    pieces_sent = {start: content[start:end] for start, end in taken.ranges}
    assert (
        kept(take(cast, content, batch=batch, parts=Parts(len(content), pieces_sent), now=now)).body.serial
        == R5
    )


@pytest.mark.parametrize(
    ("content", "of_box", "trouble"),
    [
        (jpeg(), False, Trouble.NO_CAMERA),
        (jpeg(), True, Trouble.UNREADABLE),
        (photo_of_box(code("012021000345")), False, Trouble.NO_CAMERA),
        (photo_of_box(code("012021000345")), True, Trouble.NO_CODE),
        (b"hello", False, Trouble.NO_PICTURE),
        (b"", False, Trouble.NO_PICTURE),
        (jpeg(camera(serial=R5)), False, None),
        (jpeg(camera("Apple", "iPhone 11 Pro")), False, None),
    ],
    ids=["edited", "broken box", "no ean", "box without ean", "text", "empty", "camera", "telephone"],
)  # fmt: skip
def test_b5_a_picture_that_tells_nothing_says_why(
    cast: Cast, now: datetime, content: bytes, of_box: bool, trouble: Trouble | None
) -> None:
    assert kept(take(cast, content, batch=uuid7(), of_box=of_box, now=now)).trouble == trouble


def test_b5_a_box_among_the_pictures_is_recognised(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, photo_of_box(code(EAN_R5, "EAN13"), code(R5), turn=33), now=now)
    (piece,) = pieces(batch)
    assert (piece.name, piece.serial, piece.certain) == (EAN_R5, R5, True)
    codes = findings_in(batch)[0][1].codes
    assert {each.symbology for each in codes} == {Symbology.EAN13, Symbology.CODE128}


def test_b5_only_a_picture_that_names_nothing_of_ours_is_wanted_whole(cast: Cast, now: datetime) -> None:
    """What has a serial number or a model of the catalogue never leaves the browser whole."""
    for content, whole in (
        (jpeg(camera(serial=R5)), False),
        (jpeg(camera()), False),
        (jpeg(camera("NIKON CORPORATION", "NIKON Z 9", serial="3001006")), False),
        (jpeg(camera("Apple", "iPhone 11 Pro")), True),
        (jpeg(), True),
    ):
        for size, box in ((3_000_000, whole), (15_000_001, False)):
            taken = take(cast, b"", batch=uuid7(), parts=Parts(size, {0: content}), now=now)
            assert (taken == NeedsMore(((0, size),))) == box


def test_b5_a_batch_is_its_account_s_alone(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    before = rows()
    with pytest.raises(NoSuchBatch):
        take(cast, jpeg(camera()), batch=batch.public_id, account=cast.nordkapp, now=now)
    assert rows() == before


def test_b5_a_batch_ends_somewhere(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PHOTOS", 1)
    batch = batch_of(cast, WHOLE, now=now)
    with pytest.raises(photos.TooManyPhotos):
        take(cast, jpeg(camera()), batch=batch.public_id, now=now)


# --- confirming ----------------------------------------------------------------------------------------


def test_b5_confirming_registers_all_with_the_same_details(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, WHOLE + b"\0", now=now)
    products = confirm(cast, batch, now=now)
    assert [(each.model.name, each.serial_number, each.status, each.dealer) for each in products] == [
        ("EOS R5", R5, ProductStatus.COMPLETE, "Fotohuset AS"),
        ("RF 70-200mm F2.8L IS USM", RF70, ProductStatus.COMPLETE, "Fotohuset AS"),
    ]
    assert points_of(cast.fjordlys) == 250 + 215
    batch.refresh_from_db()
    assert batch.confirmed_at == now
    (event,) = history_of(batch.public_id)
    assert (event.name, event.after, event.actor_id) == (
        "photos.confirmed",
        {"products": 2},
        cast.bob.public_id,
    )


def test_b5_a_piece_may_be_taken_without_its_details(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    products = confirm(cast, batch, purchase=Details(purchase_country="NO"), eos_r5="", now=now)
    assert {each.status for each in products} == {ProductStatus.INCOMPLETE}
    became = registered_from(batch, pieces(batch), account=cast.fjordlys, today=TODAY)
    assert {row.product.model.code: row.missing for row in became.values()} == {
        "eos-r5": ["serial_number", "purchased_on", "dealer"],
        "rf-70-200mm-f2-8l-is-usm": ["purchased_on", "dealer"],
    }


def test_b5_confirming_twice_registers_once(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    wanted = chosen(batch)
    confirm(cast, batch, now=now)
    before = rows()
    again = photos.confirm(batch=batch, chosen=wanted, purchase=PURCHASE, by=cast.alice.as_member, now=now)
    assert again == []
    assert rows() == before
    with pytest.raises(Confirmed):
        take(cast, jpeg(camera()), batch=batch.public_id, now=now)


def test_b5_two_clicks_at_the_same_moment_register_once(committing: None, now: datetime) -> None:
    account = open_account(
        name="Fjordlys Foto AS", number="974760673", email="alice@fjordlys.example", now=now
    )
    alice = factories.super_user(account)
    batch_id = uuid7()
    photos.take(
        account=account,
        batch_id=batch_id,
        filename="IMG_1.jpg",
        parts=Parts.whole(WHOLE),
        of_box=False,
        by=alice,
        now=now,
    )
    batch = PhotoBatch.objects.get(public_id=batch_id)
    wanted = chosen(batch)

    def press() -> int:
        return len(photos.confirm(batch=batch, chosen=wanted, purchase=PURCHASE, by=alice, now=now))

    assert sorted(together(press, press, press)) == [0, 0, 2]
    assert Product.objects.count() == 2


def test_b5_pictures_that_come_at_the_same_moment_make_one_batch(committing: None, now: datetime) -> None:
    account = open_account(
        name="Fjordlys Foto AS", number="974760673", email="alice@fjordlys.example", now=now
    )
    alice = factories.super_user(account)
    batch_id = uuid7()

    def sending(number: int) -> Any:
        content = jpeg(camera(serial=f"01202100034{number}"))
        return lambda: photos.take(
            account=account,
            batch_id=batch_id,
            filename=f"IMG_{number}.jpg",
            parts=Parts.whole(content),
            of_box=False,
            by=alice,
            now=now,
        )

    taken = together(*(sending(number) for number in range(4)))
    assert [type(each) for each in taken] == [Photo] * 4
    assert PhotoBatch.objects.get().photos.count() == 4


def test_b5_one_wrong_number_registers_nothing_and_is_named(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    before = rows()
    with pytest.raises(PiecesRefused) as refused:
        confirm(cast, batch, eos_r5="0000", rf_70_200mm_f2_8l_is_usm=EAN_R5, now=now)
    assert len(refused.value.pieces) == 2
    assert rows() == before
    with pytest.raises(Refused) as wrong_day:
        confirm(cast, batch, purchase=Details(purchased_on=date(2030, 1, 1)), now=now)
    assert wrong_day.value.field == "purchased_on"
    with pytest.raises(NothingChosen):
        photos.confirm(batch=batch, chosen=[], purchase=PURCHASE, by=cast.bob.as_member, now=now)
    assert rows() == before


def test_b5_what_is_in_the_list_already_is_recognised(cast: Cast, now: datetime) -> None:
    r5 = ProductModel.objects.get(code="eos-r5")
    actions.add(
        account=cast.fjordlys, model=r5, details=Details(serial_number=R5), by=cast.bob.as_member, now=now
    )
    batch = batch_of(cast, WHOLE, now=now)
    own = own_pieces(cast.fjordlys, pieces(batch))
    assert [product.serial_number for product in own.values()] == [R5]
    assert own_pieces(cast.nordkapp, pieces(batch)) == {}
    with pytest.raises(PiecesRefused) as refused:
        confirm(cast, batch, now=now)
    assert list(refused.value.pieces) == list(own)


def test_b4_a_number_that_another_account_holds_is_disputed(cast: Cast, now: datetime) -> None:
    r5 = ProductModel.objects.get(code="eos-r5")
    actions.add(
        account=cast.nordkapp, model=r5, details=Details(serial_number=R5), by=cast.charlie.as_member, now=now
    )
    products = confirm(cast, batch_of(cast, WHOLE, now=now), now=now)
    assert [each.status for each in products] == [ProductStatus.DISPUTED, ProductStatus.COMPLETE]


def test_b5_a_product_is_named_after_its_batch_and_piece(cast: Cast, now: datetime) -> None:
    batch, other = batch_of(cast, WHOLE, now=now), batch_of(cast, WHOLE, now=now)
    keys = [piece.key for piece in pieces(batch)]
    ids = {product_id_of(each, key) for each in (batch, other) for key in keys}
    assert len(ids) == 4
    assert {(public_id.version, public_id.int >> 80) for public_id in ids} == {
        (7, each.public_id.int >> 80) for each in (batch, other)
    }


# --- forgetting --------------------------------------------------------------------------------------------


def test_b5_what_pictures_said_is_erased_after_a_month(cast: Cast, now: datetime) -> None:
    batch = batch_of(cast, WHOLE, now=now)
    confirm(cast, batch, now=now)
    waiting = batch_of(cast, WHOLE, now=now + timedelta(days=1))
    assert list(open_photo_batches(cast.fjordlys)) == [waiting]
    month = now + timedelta(days=30)
    assert photo_batches_to_forget(month) == []
    photos.forget(batch_id=batch.pk, now=month)
    assert PhotoBatch.objects.count() == 2
    assert photo_batches_to_forget(month + timedelta(seconds=1)) == [batch.pk]
    for _twice in range(2):
        photos.forget(batch_id=batch.pk, now=month + timedelta(seconds=1))
    assert list(PhotoBatch.objects.all()) == [waiting]
    assert [event.name for event in history_of(batch.public_id)] == ["photos.confirmed", "photos.forgotten"]
    assert Product.objects.of(cast.fjordlys).count() == 2
