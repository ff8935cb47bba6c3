"""Registering from pictures: a hundred of them from the first part to the products, boxes, and damaged files."""

from __future__ import annotations

import random
import re
import time

import house

house.build()

from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.test import Client  # noqa: E402

from medlem.core.identifiers import uuid7  # noqa: E402
from medlem.gateways import barcodes  # noqa: E402
from medlem.gateways.photos import Parts, UnknownKind, read  # noqa: E402
from medlem.products.models import Product  # noqa: E402
from medlem.products.sightings import enough_codes  # noqa: E402
from tests import people  # noqa: E402
from tests.gateways.pictures import camera, code, cr3, heif, jpeg, photo_of_box, tiff  # noqa: E402

COUNT = 100
HEAD = 512 * 1024

account = people.open_account(
    name="Fjordlys Foto AS", number="300000001", email="eier@foto.example", now=house.NOW
)
client = Client()
client.force_login(account.people.get().user)
batch = uuid7()


def picture(number: int) -> bytes:
    """The first part of a picture, as full as it is sent: twenty bodies, each with five lenses."""
    content = jpeg(
        camera(
            serial=f"0120210{number % 20:05d}",
            lens="RF24-70mm F2.8 L IS USM",
            lens_serial=f"31220{number:05d}",
        )
    )
    return content.ljust(HEAD, b"\0")


def send(number: int) -> None:
    parts = {"from": "0", "part": SimpleUploadedFile("part", picture(number))}
    fields = {"batch": str(batch), "filename": f"IMG_{number}.jpg", "size": 12_000_000}
    answer = client.post("/en/products/photos/parts/", {**fields, **parts})
    if answer.json() != {"done": True}:
        raise RuntimeError(answer.text)


def confirm() -> None:
    page = client.get(f"/en/products/photos/{batch}/").text
    form = {"purchased_on": "2024-03-12", "purchase_country": "NO", "dealer": "Fotohuset"}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([0-9a-f]{16}-\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            form[name[1]] = value[1] if value else ""
    answer = client.post(f"/en/products/photos/{batch}/", form)
    if answer.status_code != 302:
        raise RuntimeError(answer.text)


taken = sorted(house.seconds(lambda number=number: send(number)) for number in range(COUNT))
house.figure("photos.read_ms_p50", 1000 * taken[COUNT // 2], "ms")
house.figure("photos.read_100_s", sum(taken), "s")
house.figure(
    "photos.page_100_ms_p50", house.median_ms(lambda: client.get(f"/en/products/photos/{batch}/")), "ms"
)
house.figure("photos.confirm_120_s", house.seconds(confirm), "s")
print(f"  {Product.objects.of(account).count()} products of {COUNT} pictures")

box = photo_of_box(code("2900000000032", "EAN13"), code("012021000345"), turn=33)
house.figure(
    "photos.box_ms_p50",
    house.median_ms(lambda: barcodes.read(box, enough=enough_codes, thorough=True), times=10),
    "ms",
)

chance = random.Random(4711)
whole = [
    make(camera(serial="012021000345", lens="RF50mm F1.2 L USM", lens_serial="3122001234"))
    for make in (jpeg, tiff, heif)
] + [cr3("Canon EOS R5", exif={0xA431: "012021000345"}, note={0x0C: 4711})]
worst = 0.0
for _ in range(20_000):
    damaged = bytearray(chance.choice(whole))
    for _ in range(chance.choice((1, 3, 20))):
        at = chance.randrange(len(damaged))
        damaged[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\1", chance.randbytes(4)))
    began = time.perf_counter()
    try:
        read(Parts(12_000_000, {0: bytes(damaged)}))
    except UnknownKind:
        continue
    worst = max(worst, time.perf_counter() - began)
house.figure("photos.damaged_ms_max", 1000 * worst, "ms")
