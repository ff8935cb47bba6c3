"""A million former products as a CSV and as an XLSX, taken in by a process of its own: seconds and peak memory."""

from __future__ import annotations

import house

house.build()

import resource  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from multiprocessing import get_context  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import xlsxwriter  # noqa: E402

from medlem.products.legacy import LEGACY_COLUMNS, Report, import_legacy  # noqa: E402
from medlem.products.models import LegacyProduct, ProductModel  # noqa: E402

COUNT = int(sys.argv[1]) if sys.argv[1:] else 1_000_000


def row(place: int, names: list[str]) -> list[str]:
    member = place // 5
    return [
        f"member{member}@former.example",
        f"CPS-{100_000 + member}",
        f"Fjordlys Foto {member} AS",
        "Gold",
        f"R-{place:07d}",
        names[place % len(names)],
        f"{place * 7919 % 10**12:012d}",
        f"20{place % 24:02d}-{place % 12 + 1:02d}-{place % 28 + 1:02d}",
        "NO",
        f"Fotohuset {place % 40}",
    ]


def csv_file(folder: Path, names: list[str]) -> Path:
    file = folder / "former.csv"
    with file.open("w", encoding="cp1252") as written:
        written.write(";".join(LEGACY_COLUMNS) + "\n")
        for place in range(COUNT):
            written.write(";".join(row(place, names)) + "\n")
    return file


def xlsx_file(folder: Path, names: list[str]) -> Path:
    file = folder / "former.xlsx"
    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, LEGACY_COLUMNS)
        for place in range(COUNT):
            sheet.write_row(place + 1, 0, row(place, names))
    return file


def take_in(file: Path, answer: Any) -> None:
    report, taken = Report(), 0.0

    def work() -> None:
        nonlocal report
        report = import_legacy(file, now=house.NOW)

    taken = house.seconds(work)
    answer.put((report, taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def measured(file: Path) -> tuple[Report, float, float]:
    """In a process of its own, whose memory is nobody else's."""
    from django.db import connections

    connections.close_all()
    context = get_context("fork")
    answer = context.Queue()
    process = context.Process(target=take_in, args=(file, answer))
    process.start()
    result: tuple[Report, float, float] = answer.get()
    process.join()
    return result


def expect(report: Report, **numbers: int) -> None:
    if {name: getattr(report, name) for name in numbers} != numbers or report.refused:
        raise RuntimeError(f"{report.taken} taken, {report.unchanged} unchanged, {report.refused[:3]}")


names = list(ProductModel.objects.values_list("name", flat=True))
with tempfile.TemporaryDirectory() as made:
    file = csv_file(Path(made), names)
    report, taken, peak = measured(file)
    expect(report, taken=COUNT, unchanged=0)
    house.figure("legacy.import_million_s", taken, "s")
    house.figure("legacy.import_million_peak_mb", peak, "MB")
    report, taken, peak = measured(file)
    expect(report, taken=0, unchanged=COUNT)
    house.figure("legacy.again_million_s", taken, "s")
    file.unlink()
    LegacyProduct.objects.all()._raw_delete("default")
    report, taken, peak = measured(xlsx_file(Path(made), names))
    expect(report, taken=COUNT)
    house.figure("legacy.import_million_xlsx_s", taken, "s")
    house.figure("legacy.import_million_xlsx_peak_mb", peak, "MB")
