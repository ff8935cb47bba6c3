"""What becomes of a paper on its way: scanned, photographed, turned, shrunk, blurred, or altered on purpose."""

from __future__ import annotations

import io
import random
from contextlib import closing

import pikepdf
import pypdfium2
from PIL import Image, ImageChops, ImageFilter

SCAN_DPI, PHOTO_DPI = 200, 170


def picture(pdf: bytes, dpi: int = SCAN_DPI, page: int = 0) -> Image.Image:
    with (
        closing(pypdfium2.PdfDocument(pdf)) as document,
        closing(document[page]) as sheet,
        closing(sheet.render(scale=dpi / 72)) as bitmap,
    ):
        return bitmap.to_pil().convert("RGB")


def scan(pdf: bytes, seed: int = 1) -> Image.Image:
    """A little askew, greyish, with the scanner's grain."""
    page = picture(pdf).rotate(
        0.6 if seed % 2 else -0.5, fillcolor="white", resample=Image.Resampling.BICUBIC
    )
    return _grain(page.convert("L"), seed, 9).convert("RGB")


def photo(pdf: bytes, seed: int = 1) -> Image.Image:
    """Held over a desk: in perspective, one corner in the shade, grain, a compressed picture."""
    page = picture(pdf, PHOTO_DPI)
    width, height = page.size
    slant = width * 0.02
    corners = (-slant, -slant, slant, height + slant, width - slant / 2, height + slant / 2, width + slant, 0)
    page = page.transform(
        page.size, Image.Transform.QUAD, corners, resample=Image.Resampling.BICUBIC, fillcolor=(96, 82, 70)
    )
    shade = Image.linear_gradient("L").resize(page.size).point(lambda value: 255 - value // 4)
    page = ImageChops.multiply(page, shade.convert("RGB"))
    return _grain(page, seed, 12)


def _grain(page: Image.Image, seed: int, strength: int) -> Image.Image:
    small = (page.width // 2, page.height // 2)
    raw = random.Random(seed).randbytes(small[0] * small[1])
    noise = Image.frombytes("L", small, raw).point(lambda value: 128 + (value - 128) * strength // 128)
    noise = noise.resize(page.size).convert(page.mode)
    return ImageChops.add(page, noise, offset=-128)


def blurred(page: Image.Image) -> Image.Image:
    return page.filter(ImageFilter.GaussianBlur(7))


def jpeg(page: Image.Image, *, quality: int = 72, turned_to: int = 1) -> bytes:
    """`turned_to` is the orientation that a phone writes beside the pixels (EXIF 0x0112)."""
    exif = Image.Exif()
    exif[0x0112] = turned_to
    return _saved(page, "JPEG", quality=quality, exif=exif)


def png(page: Image.Image) -> bytes:
    return _saved(page, "PNG")


def tiff(*pages: Image.Image) -> bytes:
    """Black and white, as faxes and copiers make them; several pages in one file."""
    bare = [page.convert("L").point(lambda value: 255 if value > 150 else 0).convert("1") for page in pages]
    return _saved(bare[0], "TIFF", save_all=True, append_images=bare[1:], compression="group4")


def webp(page: Image.Image) -> bytes:
    return _saved(page, "WEBP", quality=80)


def scanned_pdf(*pages: Image.Image) -> bytes:
    """A PDF that holds pictures alone, as scanners make them."""
    return _saved(
        pages[0], "PDF", resolution=SCAN_DPI, save_all=True, append_images=list(pages[1:]), quality=72
    )


def _saved(page: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    page.save(file, kind, **options)
    return file.getvalue()


def text_under_picture(seen: bytes, read: bytes) -> bytes:
    """One paper's picture over another's text layer: people see the first, machines read the second."""
    with (
        pikepdf.open(io.BytesIO(read)) as below,
        pikepdf.open(io.BytesIO(scanned_pdf(picture(seen, 150)))) as above,
    ):
        page = pikepdf.Page(below.pages[0])
        page.add_overlay(pikepdf.Page(above.pages[0]))
        return _written(below)


def locked(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        file = io.BytesIO()
        document.save(file, encryption=pikepdf.Encryption(owner="eier", user="bruker"))
        return file.getvalue()


def huge_page(pdf: bytes) -> bytes:
    """A page that claims to be five kilometres wide."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.pages[0].MediaBox = pikepdf.Array([0, 0, 14_400_000, 14_400_000])
        return _written(document)


def many_pages(pdf: bytes, pages: int) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for _ in range(pages - 1):
            document.pages.append(document.pages[0])
        return _written(document)


def _written(document: pikepdf.Pdf) -> bytes:
    file = io.BytesIO()
    document.save(file, deterministic_id=True)
    return file.getvalue()
