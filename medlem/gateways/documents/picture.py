"""Pages of documents as pictures: for the person who looks at them (A8), and for the reader of pictures.

What is shown is always a PNG made anew from the pixels: nothing that an uploaded file carries besides
them, such as scripts, fonts or where a photo was taken, reaches the browser.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from pi_heif import HeifImageFile
from PIL import Image, ImageFile

from .errors import BrokenFile, NoSuchPage, TooLargePicture
from .kind import Kind
from .pdfium import drawn, opened_page

MOST_PIXELS = 60_000_000
MOST_SHOWN = 8_000_000  # pixels: 2,400 wide for an A4 page
MOST_FRAMES = 500  # pages of a TIFF that are counted; no scanner makes more
TURNS = (0, 90, 180, 270)


def shown(content: bytes, kind: Kind, *, page: int, width: int, turn: int = 0) -> bytes:
    """Page `page` (the first is 1) as a PNG about `width` pixels wide, turned clockwise by `turn` degrees.

    No more than eight million pixels. Raises NoSuchPage, EncryptedFile, BrokenFile and TooLargePicture.
    """
    if page < 1 or turn not in TURNS:
        raise NoSuchPage(page)
    if kind is Kind.PDF:
        with opened_page(content, page) as opened:
            picture = drawn(opened, scale=width / max(1.0, opened.get_width()), most_pixels=MOST_SHOWN)
    else:
        highest = max(1, MOST_SHOWN // width)
        picture = _photo(content, kind, page, shortest=width, longest=max(width, highest))
        picture.thumbnail((width, highest))
    file = io.BytesIO()
    turned(picture, turn).save(file, "PNG", compress_level=4)
    return file.getvalue()


def page_picture(content: bytes, kind: Kind, page: int, *, dots_per_inch: int, longest: int) -> Image.Image:
    """The page in colour, upright as far as the file says, for reading: a PDF at `dots_per_inch`, a picture
    as it is; its longer side no longer than `longest` pixels. Raises as `shown` does."""
    if kind is not Kind.PDF:
        return _photo(content, kind, page, shortest=longest, longest=longest)
    with opened_page(content, page) as opened:
        side = max(1.0, opened.get_width(), opened.get_height())
        return drawn(opened, scale=min(dots_per_inch / 72, longest / side), most_pixels=longest * longest)


def turned(picture: Image.Image, turn: int) -> Image.Image:
    """The picture turned clockwise by quarter turns."""
    ways = {
        90: Image.Transpose.ROTATE_270,
        180: Image.Transpose.ROTATE_180,
        270: Image.Transpose.ROTATE_90,
    }
    return picture.transpose(ways[turn]) if turn else picture


# --- pictures that are files ----------------------------------------------------------------------


def _photo(content: bytes, kind: Kind, number: int, *, shortest: int, longest: int) -> Image.Image:
    """No side longer than `longest`; a JPEG is unpacked no larger than `shortest` needs, which is quicker."""
    with unpacking(), opened_picture(content, kind) as picture:
        if number > 1:
            if kind is not Kind.TIFF or number > MOST_FRAMES:
                raise NoSuchPage(number)
            _go_to(picture, number)
        picture.draft("RGB", (shortest, shortest))
        return upright(picture, longest=longest)


def _go_to(picture: Image.Image, number: int) -> None:
    try:
        picture.seek(number - 1)
    except EOFError as error:
        raise NoSuchPage(number) from error


def frames_of(picture: Image.Image) -> int:
    """How many pages a TIFF has that can be gone to; a damaged one ends the count, as it ends the reading."""
    for number in range(1, MOST_FRAMES):
        try:
            picture.seek(number)
        except Exception:  # EOFError behind the last, anything on a damaged one
            return number
    return MOST_FRAMES


def upright(picture: Image.Image, *, longest: int) -> Image.Image:
    """Unpacks the picture, in colour on white paper, its longer side at most `longest` pixels. Phones and
    cameras write which side is up beside the pixels. Raises TooLargePicture."""
    if picture.width * picture.height > MOST_PIXELS:
        raise TooLargePicture("")
    picture.load()
    orientation: int = picture.getexif().get(0x0112) or 1
    plain = _on_paper(picture)
    plain.thumbnail((longest, longest), reducing_gap=3.0)
    way = EXIF_TURNS.get(orientation)
    return plain.transpose(way) if way is not None else plain


EXIF_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _on_paper(picture: Image.Image) -> Image.Image:
    """In colour. What is transparent is white, and sixteen bits of grey are eight."""
    if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
        grey = picture.convert("I").convert("F")
        low, high = (float(end) for end in grey.getextrema())  # type: ignore[arg-type]
        span = max(1.0, high - low)
        return grey.point(lambda value: (value - low) * (255.0 / span)).convert("L").convert("RGB")
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(paper, seen).convert("RGB")
    return picture.convert("RGB") if picture.mode != "RGB" else picture.copy()


def opened_picture(content: bytes, kind: Kind) -> ImageFile.ImageFile:
    """The picture file, opened and not yet unpacked. Raises anything on a damaged one: see `unpacking`."""
    if kind is Kind.HEIC and not _has_all_its_data(content):
        raise EOFError("the file ends before its data")
    file = io.BytesIO(content)
    picture: ImageFile.ImageFile = (
        HeifImageFile(file) if kind is Kind.HEIC else Image.open(file, formats=[kind.upper()])
    )
    return picture


@contextmanager
def unpacking() -> Iterator[None]:
    """Turns what the readers of picture formats raise into BrokenFile and TooLargePicture."""
    try:
        yield
    except (TooLargePicture, NoSuchPage, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLargePicture("") from error
    except Exception as error:
        # They raise anything on a damaged file: OSError, SyntaxError, KeyError, struct.error…
        raise BrokenFile("") from error


def _has_all_its_data(heic: bytes) -> bool:
    """Whether the boxes of picture data end within the file (ISO/IEC 14496-12, 4.2).

    libheif unpacks a file that was cut off, and paints what is missing grey.
    """
    at = 0
    while at + 16 <= len(heic):
        size, name = int.from_bytes(heic[at : at + 4]), heic[at + 4 : at + 8]
        if size == 1:  # then the size follows, in eight bytes
            size = int.from_bytes(heic[at + 8 : at + 16])
        if name == b"mdat" and at + size > len(heic):
            return False
        if size < 8:  # 0: to the end of the file
            return True
        at += size
    return True
