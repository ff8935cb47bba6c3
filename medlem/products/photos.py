"""Registering equipment from pictures: taking what they say, and confirming it all at once (B5).

A picture is read and thrown away; what it says of its camera is kept until it is confirmed, or a month.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.core.errors import Refused
from medlem.events.actions import record
from medlem.events.actors import SYSTEM, Actor
from medlem.gateways import barcodes
from medlem.gateways.photos import NeedsMore, Parts, PhotoReading, UnknownKind, read
from medlem.products import actions
from medlem.products.models import Photo, PhotoBatch, Product, ProductModel
from medlem.products.photo_queries import KEPT, known, product_id_of
from medlem.products.rules import Details
from medlem.products.sightings import Findings, Trouble, eans_in, enough_codes

MOST_PHOTOS = 1000
"""In one batch, which is confirmed on one page."""
LARGEST_BOX = 15_000_000
"""The largest picture that is sent whole, to look for bar codes in it."""
LONGEST_NAME = 120


class NoSuchBatch(Exception):
    """The batch is another account's: to this one it does not exist."""


class Confirmed(Refused):
    """The batch was confirmed; what comes later is another batch."""


class TooManyPhotos(Refused):
    """More pictures than one page can show."""


class NothingChosen(Refused):
    """Nothing was ticked."""


class PiecesRefused(Refused):
    """Some of the pieces cannot be registered as they are; nothing was. `pieces` has each with its refusal."""

    def __init__(self, pieces: Mapping[str, Refused]) -> None:
        super().__init__(_("Nothing was registered yet. Correct what is marked, or take its tick away."))
        self.pieces = pieces


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A piece that is to be registered, as somebody has confirmed it; `key` is the seen piece's."""

    key: str
    model: ProductModel
    serial_number: str


# --- pictures come in ------------------------------------------------------------------------------


def take(
    *, account: Account, batch_id: UUID, filename: str, parts: Parts, of_box: bool, by: Actor, now: datetime
) -> Photo | NeedsMore:
    """Reads what has arrived of a picture and keeps what it says, or says which parts it takes instead.

    The camera's data is read from the parts of the file that hold it. A picture that names neither a serial
    number nor a model of the catalogue is wanted whole, and looked through for bar codes; one that was given
    as the picture of a box (`of_box`) is looked through thoroughly, and for nothing else. The first picture
    makes the batch; the same picture again changes nothing. No event: nothing of the account's has changed.
    Raises NoSuchBatch, Confirmed and TooManyPhotos.
    """
    findings = _findings(parts, of_box=of_box)
    if isinstance(findings, NeedsMore):
        return findings
    return _kept(
        account=account,
        batch_id=batch_id,
        filename=filename,
        sha256=_fingerprint(parts),
        findings=findings,
        by=by,
        now=now,
    )


def _findings(parts: Parts, *, of_box: bool) -> Findings | NeedsMore:
    if of_box:
        return _of_box(parts, thorough=True)
    try:
        reading = read(parts)
    except UnknownKind:
        return Findings(trouble=Trouble.NO_PICTURE)
    if isinstance(reading, NeedsMore):
        return reading
    findings = Findings.of(reading)
    if _tells(reading) or not _may_show_box(parts):
        return (
            findings
            if reading.body.name or reading.lens.name
            else replace(findings, trouble=Trouble.NO_CAMERA)
        )
    boxed = _of_box(parts, thorough=False)
    if isinstance(boxed, NeedsMore) or not boxed.trouble:
        return boxed
    # A telephone's picture that shows no box: what took it is named, so that nobody wonders.
    return findings if reading.body.name else replace(findings, trouble=Trouble.NO_CAMERA)


def _tells(reading: PhotoReading) -> bool:
    """Whether the camera's data is worth having: a serial number, or a model that the catalogue knows."""
    seen = [each for each in (reading.body, reading.lens) if each.name]
    if any(each.serial for each in seen) or not seen:
        return bool(seen)
    catalogue = known(ProductModel.objects.all())
    return any(catalogue.model_called(each.name, reading.make) is not None for each in seen)


def _may_show_box(parts: Parts) -> bool:
    return parts.size <= LARGEST_BOX and bool(barcodes.kind_of(parts.at(0, min(16, parts.size))))


def _of_box(parts: Parts, *, thorough: bool) -> Findings | NeedsMore:
    content = parts.complete
    if content is None:
        return (
            NeedsMore(((0, parts.size),))
            if parts.size <= LARGEST_BOX
            else Findings(trouble=Trouble.UNREADABLE)
        )
    try:
        codes = barcodes.read(content, enough=enough_codes, thorough=thorough)
    except barcodes.UnreadablePicture:
        return Findings(trouble=Trouble.UNREADABLE)
    if not eans_in(codes):
        return Findings(trouble=Trouble.NO_CODE)
    return Findings(codes=tuple(codes))


def _fingerprint(parts: Parts) -> str:
    """Of what was read, which is the same each time: the same file twice is one picture."""
    digest = hashlib.sha256(str(parts.size).encode())
    for start, piece in parts.pieces:
        digest.update(f"|{start}|".encode())
        digest.update(piece)
    return digest.hexdigest()


@transaction.atomic
def _kept(
    *,
    account: Account,
    batch_id: UUID,
    filename: str,
    sha256: str,
    findings: Findings,
    by: Actor,
    now: datetime,
) -> Photo:
    Account.objects.select_for_update().get(pk=account.pk)
    batch = PhotoBatch.objects.filter(public_id=batch_id).first()
    if batch is None:
        batch = PhotoBatch.objects.create(
            public_id=batch_id, account=account, made_by_id=by.person_id, made_at=now
        )
    if batch.account_id != account.pk:
        raise NoSuchBatch
    if batch.confirmed_at:
        raise Confirmed(_("These pictures were confirmed already. Choose the new ones on a new page."))
    if batch.photos.count() >= MOST_PHOTOS:
        raise TooManyPhotos(_("This is as many pictures as one page can show. Confirm these first."))
    photo, _is_new = Photo.objects.get_or_create(
        batch=batch,
        sha256=sha256,
        defaults={"filename": filename[-LONGEST_NAME:], "findings": findings.to_json(), "at": now},
    )
    return photo


# --- and are confirmed -----------------------------------------------------------------------------


@transaction.atomic
def confirm(
    *, batch: PhotoBatch, chosen: Sequence[Chosen], purchase: Details, by: Actor, now: datetime
) -> list[Product]:
    """Registers what was chosen of a batch, all with the same purchase details, and closes the batch (B5).

    Holds the account's lock, so of two clicks the second finds the batch confirmed and registers nothing.
    Writes each product with its event and points (`actions.add`), then the batch with its event. Complete
    or not, disputed or not: as if each had been registered by itself. Raises NothingChosen, PiecesRefused,
    and Refused for a purchase date that cannot be.
    """
    Account.objects.select_for_update().get(pk=batch.account_id)
    batch = PhotoBatch.objects.select_for_update(of=("self",)).select_related("account").get(pk=batch.pk)
    if batch.confirmed_at:
        return []
    if not chosen:
        raise NothingChosen(_("Tick at least one of the pieces, or go back without registering any."))
    products, refused = _registered(batch, chosen, purchase, by=by, now=now)
    if refused:
        raise PiecesRefused(refused)
    batch.confirmed_at = now
    batch.save(update_fields=["confirmed_at"])
    record(
        "photos.confirmed",
        by=by,
        now=now,
        subject=batch,
        account_id=batch.account.public_id,
        after={"products": len(products)},
    )
    return products


def _registered(
    batch: PhotoBatch, chosen: Sequence[Chosen], purchase: Details, *, by: Actor, now: datetime
) -> tuple[list[Product], dict[str, Refused]]:
    products, refused = [], {}
    for piece in chosen:
        try:
            product = actions.add(
                account=batch.account,
                model=piece.model,
                details=replace(purchase, serial_number=piece.serial_number),
                public_id=product_id_of(batch, piece.key),
                by=by,
                now=now,
            )
        except Refused as error:
            if error.field != "serial_number":
                raise  # it concerns all of them, such as a day that has not come
            refused[piece.key] = error
        else:
            products.append(product)
    return products, refused


@transaction.atomic
def forget(*, batch_id: int, now: datetime) -> None:
    """Deletes what pictures said, when it has been kept long enough; the products stay. The tick calls it."""
    batch = (
        PhotoBatch.objects.select_for_update(of=("self",))
        .select_related("account")
        .filter(pk=batch_id)
        .first()
    )
    if batch is None or batch.made_at >= now - KEPT:
        return
    record(
        "photos.forgotten",
        by=SYSTEM,
        now=now,
        subject=batch,
        account_id=batch.account.public_id,
        after={"photos": batch.photos.count()},
    )
    batch.delete()
