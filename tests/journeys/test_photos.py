"""Registering from pictures in a browser (B5): only parts of the files leave it, and one press registers all."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import House
from tests.gateways.pictures import camera, code, jpeg, photo_of_box, tiff
from tests.journeys.test_accessibility import become, look


@pytest.mark.look
def test_b5_pictures_are_dropped_read_in_parts_and_confirmed_with_one_press(
    house: House, page: Page, tmp_path: Path
) -> None:
    body, other = "012021009345", "045021009777"
    pictures = {
        "IMG_1.jpg": jpeg(camera(serial=body, lens="RF70-200mm F2.8 L IS USM", lens_serial="3122009234"))
        + bytes(3_000_000),
        "IMG_2.jpg": jpeg(camera(serial=body, lens="EF50mm f/1.8 STM", lens_serial="0000214e1c")),
        "late.tif": tiff(camera(model="Canon EOS R3", serial=other), first=4_000_000),
        "edited.jpg": jpeg(),
    }
    for name, content in pictures.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "box.jpg").write_bytes(
        photo_of_box(code("2900000000254", "EAN13"), code("912000009123"), turn=33)
    )
    sent = []
    page.on("request", lambda request: sent.append(len(request.post_data_buffer or b"")))

    become(page, house, "Nora Natt")
    page.goto(f"{house.url}/en/products/add/")
    page.get_by_role("link", name="Register from pictures").click()
    expect(page.get_by_role("button", name="Read the pictures")).to_be_hidden()
    page.get_by_label("Pictures of bar codes on boxes").set_input_files(tmp_path / "box.jpg")
    expect(page.get_by_role("heading", name="What your pictures show")).to_be_visible()
    page.get_by_role("link", name="Add more pictures").click()
    page.get_by_label("Pictures taken with your equipment").set_input_files(
        [tmp_path / name for name in pictures]
    )
    expect(page.get_by_role("heading", name="What your pictures show")).to_be_visible()
    assert max(sent) < 540_000  # of three and four megabytes

    expect(page.get_by_role("checkbox", checked=True)).to_have_count(4)
    expect(page.get_by_role("main")).to_contain_text("0000214E1C, a number inside the product")
    expect(page.get_by_role("main")).to_contain_text("This picture carries no camera data")
    assert look(page, page.url) == []
    page.get_by_label("Purchase date").fill("2024-03-01")
    page.get_by_label("Dealer").fill("Fotohuset AS")
    page.get_by_role("button", name="Register what is ticked").click()
    expect(page.get_by_role("heading", name="What was registered")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Registered")).to_have_count(4)
    expect(page.get_by_role("row").filter(has_text="EF 50mm f/1.8 STM")).to_contain_text("Left out")
    assert look(page, page.url) == []
