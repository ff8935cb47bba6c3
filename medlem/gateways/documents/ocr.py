"""Reading pictures of text. The reader is found once: rapidocr where its packages are, else Tesseract.

Neither asks the network: rapidocr's models lie in its wheel and are named by path, as it would fetch what
it does not find. Both run in the reading room alone (`room`), one page at a time.
"""

from __future__ import annotations

import csv
import importlib.util
import io
import logging
import os
import shutil
import subprocess
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from .lines import Line
from .picture import turned
from .transcript import Reader

SURE_ENOUGH = 0.5  # below, a line is noise
WELL_READ = 0.85  # from here on, nobody asks whether the page lies on its head
SAMPLE = 6  # lines that tell which side is up
PROOF, CLEARLY_MORE = 12, 1.3  # letters read in the sample, for a page to be turned
TALL = 1.5  # times as high as wide: a line that runs up or down, as rapidocr has it
TESSERACT_SECONDS = 50


class NoReader(Exception):
    """The reader of pictures that was asked for is not here, or does not start."""


class Engine(Protocol):
    """One of the readers of pictures."""

    def read(self, picture: Image.Image) -> tuple[int, list[Line]]:
        """By how many degrees clockwise the picture had to be turned, and what is written on it then."""
        ...


def found(wanted: str) -> Reader | None:
    """The reader that this installation has; `wanted` is auto, none or the name of one. Loads nothing."""
    if wanted in ("auto", Reader.RAPIDOCR) and all(
        map(importlib.util.find_spec, ("rapidocr", "onnxruntime"))
    ):
        return Reader.RAPIDOCR
    if wanted in ("auto", Reader.TESSERACT) and shutil.which("tesseract"):
        return Reader.TESSERACT
    return None


@lru_cache
def engine(reader: Reader) -> Engine:
    """The reader, loaded: a second or two, and some hundred megabytes with rapidocr. Raises NoReader."""
    try:
        return RapidOcr() if reader is Reader.RAPIDOCR else Tesseract()
    except Exception as error:  # whatever a half installed package raises
        raise NoReader(f"{reader}: {type(error).__name__}: {error}") from error


# --- rapidocr -------------------------------------------------------------------------------------


class RapidOcr:
    """PP-OCRv6, small: finds lines on a reduced page, then reads each from the page at its full size."""

    def __init__(self) -> None:
        logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
        import numpy
        import rapidocr

        models = Path(rapidocr.__file__).parent / "models"
        self._numpy = numpy
        self._engine: Any = rapidocr.RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,  # which side is up is asked once a page here, not once a line
                "Global.text_score": SURE_ENOUGH,
                "Det.model_path": str(next(models.glob("*_det_*.onnx"))),
                "Rec.model_path": str(next(models.glob("*_rec_*.onnx"))),
                "Det.limit_type": "max",
                "Det.limit_side_len": 960,
                "Rec.rec_batch_num": 4,
                "EngineConfig.onnxruntime.intra_op_num_threads": max(1, min(4, os.cpu_count() or 1)),
                "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            }
        )

    def read(self, picture: Image.Image) -> tuple[int, list[Line]]:
        crops, quads = self._lines(picture)
        if not crops:
            return 0, []
        turn = self._lies(crops) if _run_up_and_down(quads) else 0
        if not turn:
            lines = self._written(crops, quads)
            if _is_well_read(lines) or not self._stands_on_its_head(crops):
                return 0, lines
            turn = 180
        return turn, self._written(*self._lines(turned(picture, turn)))

    def _lines(self, picture: Image.Image) -> tuple[list[Any], list[Any]]:
        pixels = self._numpy.ascontiguousarray(self._numpy.asarray(picture)[:, :, ::-1])
        detect = self._engine._load_det_model()
        outlines = detect(pixels).boxes
        if outlines is None:
            return [], []
        return self._engine.crop_text_regions(pixels, outlines), [each.tolist() for each in outlines]

    def _texts(self, crops: list[Any]) -> list[tuple[str, float]]:
        if not crops:
            return []
        read = self._engine.recognize_txt(crops)
        texts = (unicodedata.normalize("NFKC", text) for text in read.txts)
        return list(zip(texts, map(float, read.scores), strict=True))

    def _written(self, crops: list[Any], quads: list[Any]) -> list[Line]:
        return [
            Line(text, sure, tuple((x, y) for x, y in quad))
            for (text, sure), quad in zip(self._texts(crops), quads, strict=True)
            if text.strip() and sure >= SURE_ENOUGH
        ]

    def _lies(self, crops: list[Any]) -> int:
        """By how much a page is to be turned whose lines run up or down; rapidocr turns such lines leftwards.
        What cannot be read either way is left as it is."""
        if self._stands_on_its_head(crops):
            return 90
        return 270 if self._worth(_longest(crops)) >= PROOF else 0

    def _stands_on_its_head(self, crops: list[Any]) -> bool:
        longest = _longest(crops)
        over = self._worth([self._numpy.rot90(crop, 2) for crop in longest])
        return over >= PROOF and over > CLEARLY_MORE * self._worth(longest)

    def _worth(self, crops: list[Any]) -> float:
        return sum(len(text) * sure**2 for text, sure in self._texts(crops))


def _longest(crops: list[Any]) -> list[Any]:
    return sorted(crops, key=lambda crop: -crop.shape[1] / max(1, crop.shape[0]))[:SAMPLE]


def _run_up_and_down(quads: list[Any]) -> bool:
    """Whether more is written along the height of the page than along its width."""
    up = across = 0.0
    for quad in quads:
        xs, ys = [x for x, _ in quad], [y for _, y in quad]
        width, height = max(xs) - min(xs), max(ys) - min(ys)
        if height > TALL * width:
            up += height
        else:
            across += width
    return up > across


def _is_well_read(lines: list[Line]) -> bool:
    letters = sum(len(line.text) for line in lines)
    return bool(letters) and sum(len(line.text) * line.sure for line in lines) / letters >= WELL_READ


# --- Tesseract ------------------------------------------------------------------------------------


class Tesseract:
    """The program `tesseract`, with Norwegian and English where it has them."""

    def __init__(self) -> None:
        listed = self._run("--list-langs").split()
        self._languages = "+".join(each for each in ("nor", "eng") if each in listed) or "eng"
        self._knows_turns = "osd" in listed

    def read(self, picture: Image.Image) -> tuple[int, list[Line]]:
        turn = self._turn(picture) if self._knows_turns else 0
        table = self._run(
            "stdin", "stdout", "-l", self._languages, "--psm", "3", "tsv", picture=turned(picture, turn)
        )
        rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
        return turn, [line for row in rows if (line := _word(row))]

    def _turn(self, picture: Image.Image) -> int:
        """What is to be turned, from Tesseract's look at the letters; 0 when it cannot tell."""
        try:
            said = self._run("stdin", "stdout", "--psm", "0", picture=picture)
        except subprocess.CalledProcessError:  # too few letters
            return 0
        turns = [line.partition(":")[2].strip() for line in said.splitlines() if line.startswith("Rotate:")]
        return int(turns[0]) if turns and turns[0] in ("90", "180", "270") else 0

    def _run(self, *arguments: str, picture: Image.Image | None = None) -> str:
        file = io.BytesIO()
        if picture is not None:
            picture.save(file, "PNG", compress_level=1)
        done = subprocess.run(  # noqa: S603 - no shell, and arguments of our own
            ["tesseract", *arguments],  # noqa: S607 - the operator's own, on PATH
            input=file.getvalue(),
            capture_output=True,
            check=True,
            timeout=TESSERACT_SECONDS,
        )
        return done.stdout.decode(errors="replace")


def _word(row: dict[str, str]) -> Line | None:
    """A row of Tesseract's table that is a word (level 5)."""
    if row.get("level") != "5" or not (text := (row.get("text") or "").strip()):
        return None
    sure = float(row["conf"]) / 100
    if sure < SURE_ENOUGH:
        return None
    left, top = float(row["left"]), float(row["top"])
    right, bottom = left + float(row["width"]), top + float(row["height"])
    return Line(text, sure, ((left, top), (right, top), (right, bottom), (left, bottom)))
