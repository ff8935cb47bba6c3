"""Taking in the former system's list: right rows in, wrong ones refused with a reason (B6)."""

from __future__ import annotations

import csv
from datetime import date, datetime
from io import StringIO
from pathlib import Path

import pytest
import xlsxwriter

from medlem.events.models import Event
from medlem.products import legacy, migration
from medlem.products.legacy import LEGACY_COLUMNS, Report, WrongFile
from medlem.products.models import LegacyMember, LegacyProduct
from tests.conftest import NOW
from tests.people import Cast
from tests.products.legacy import HEADER, row, written
from tests.together import together

pytestmark = pytest.mark.django_db

PRODUCT = (
    "reference",
    "member__email",
    "model_name",
    "serial_number",
    "purchased_on",
    "purchase_country",
    "dealer",
)
TAKEN = (
    "R-1",
    "gamle@fjordlys.example",
    "EOS R5",
    "012021000123",
    date(2021, 3, 12),
    "NO",
    "Fotohuset Oslo",
)


def import_legacy(file: Path) -> Report:
    return legacy.import_legacy(file, now=NOW)


def products() -> list[tuple[object, ...]]:
    return list(LegacyProduct.objects.order_by("id").values_list(*PRODUCT))


def test_b6_a_line_is_a_member_and_a_product(tmp_path: Path) -> None:
    assert import_legacy(written(tmp_path, row())) == Report(taken=1)
    assert list(LegacyMember.objects.values_list("email", "name", "number", "level")) == [
        ("gamle@fjordlys.example", "Fjordlys Foto", "CPS-104417", "Gold")
    ]
    assert products() == [TAKEN]
    assert LegacyProduct.objects.get().status == "waiting"


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_b6_reads_files_as_they_come(tmp_path: Path, separator: str, encoding: str, end: str) -> None:
    line = row(name="Blåbær & Sønn", dealer="Øye på Ås").replace(";", separator)
    file = written(tmp_path, line, encoding=encoding, header=HEADER.replace(";", separator), end=end)
    assert import_legacy(file) == Report(taken=1)
    assert LegacyMember.objects.get().name == "Blåbær & Sønn"
    assert products() == [(*TAKEN[:-1], "Øye på Ås")]


def test_b6_columns_may_stand_in_any_order_with_others_between(tmp_path: Path) -> None:
    values = dict(zip(LEGACY_COLUMNS, row().split(";"), strict=True)) | {
        "points": "250",
        "dealer": 'Foto; "Nord"',
    }
    buffer = StringIO(newline="")
    writer = csv.DictWriter(buffer, sorted(values), delimiter=";")
    writer.writeheader()
    writer.writerow(values)
    (tmp_path / "former.csv").write_text(buffer.getvalue(), newline="")
    assert import_legacy(tmp_path / "former.csv") == Report(taken=1)
    assert products() == [(*TAKEN[:-1], 'Foto; "Nord"')]


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        (row(bought="12.03.2021"), TAKEN),
        (row(bought=""), (*TAKEN[:4], None, *TAKEN[5:])),
        (row(country=" no "), TAKEN),
        (row(serial="", country="", dealer=""), (*TAKEN[:3], "", TAKEN[4], "", "")),
        (row(email=" Gamle@Fjordlys.EXAMPLE "), TAKEN),
        (row(serial="0000-impossible but kept"), (*TAKEN[:3], "0000-impossible but kept", *TAKEN[4:])),
    ],
)
def test_b6_what_is_kept_of_a_row(tmp_path: Path, line: str, kept: tuple[object, ...]) -> None:
    assert import_legacy(written(tmp_path, line)) == Report(taken=1)
    assert products() == [kept]


WRONG = [
    (
        row("", email="other@fjordlys.example"),
        "reference: missing; it is what tells this product from others",
    ),
    (row(email="gamle"), "email: 'gamle' is no e-mail address"),
    (row(email=""), "email: '' is no e-mail address"),
    (row(email="a@" + "b" * 253), "email: longer than 254 characters"),
    (row(bought="31.02.2021"), "purchase_date: '31.02.2021' is no date (2019-12-31 or 31.12.2019)"),
    (row(bought="2021"), "purchase_date: '2021' is no date (2019-12-31 or 31.12.2019)"),
    (row(bought="12/03/2021"), "purchase_date: '12/03/2021' is no date (2019-12-31 or 31.12.2019)"),
    (row(country="Norge"), "country: 'Norge' is no country code of two letters"),
    (row(country="ØÅ"), "country: 'ØÅ' is no country code of two letters"),
    (row("R" * 61), "reference: longer than 60 characters"),
    (row(model="M" * 121), "model: longer than 120 characters"),
    (row(serial="1" * 41), "serial_number: longer than 40 characters"),
    (row(dealer="D" * 121), "dealer: longer than 120 characters"),
    (row(number="1" * 31), "member_number: longer than 30 characters"),
    (row(name="N" * 201), "member_name: longer than 200 characters"),
    (row(level="L" * 31), "level: longer than 30 characters"),
    (row(dealer="Foto; Film"), "has not as many columns as the first line"),
    (row().rpartition(";")[0], "has not as many columns as the first line"),
]


@pytest.mark.parametrize(("line", "reason"), WRONG)
def test_b6_a_wrong_row_is_refused_with_line_and_reason_and_the_others_go_in(
    tmp_path: Path, line: str, reason: str
) -> None:
    right = [row(f"R-{place}", email="right@fjordlys.example") for place in (2, 4)]
    report = import_legacy(written(tmp_path, right[0], line, right[1]))
    assert report == Report(taken=2, refused=[f"former.csv, line 3: {reason}"])
    assert [reference for reference, *_rest in products()] == ["R-2", "R-4"]
    assert [member.email for member in LegacyMember.objects.all()] == ["right@fjordlys.example"]


def test_b6_a_line_without_a_model_gives_a_member_only(tmp_path: Path) -> None:
    file = written(tmp_path, row("", model="", serial="", bought="", dealer=""))
    assert import_legacy(file) == Report(taken=1)
    assert (LegacyMember.objects.count(), LegacyProduct.objects.count()) == (1, 0)
    assert import_legacy(file) == Report(unchanged=1)


def test_b6_taking_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    rows = [row(f"R-{place}", serial=f"01202100012{place}") for place in range(3)]
    file = written(tmp_path, *rows, row("R-0"), row("R-9", country="Norge"))
    wrong = [
        "former.csv, line 6: country: 'Norge' is no country code of two letters",
        "former.csv, line 5: reference: line 2 has it already",
    ]
    assert import_legacy(file) == Report(taken=3, refused=wrong)
    before = list(LegacyProduct.objects.values()), list(LegacyMember.objects.values())
    assert import_legacy(file) == Report(unchanged=3, refused=wrong)
    assert (list(LegacyProduct.objects.values()), list(LegacyMember.objects.values())) == before
    longer = written(tmp_path, *rows, row("R-10", email="new@fjordlys.example"))
    assert import_legacy(longer) == Report(taken=1, unchanged=3)


def test_b6_a_newer_list_changes_what_still_waits_and_leaves_what_was_moved(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    serials = ("012021000121", "012021000122", "012021000123")
    import_legacy(written(tmp_path, *(row(f"R-{place}", serial=each) for place, each in enumerate(serials))))
    moved = LegacyProduct.objects.get(reference="R-0")
    LegacyProduct.objects.exclude(pk=moved.pk).update(model_name="EOS 300V Date")
    migration.link_former_email(
        account=cast.fjordlys, email="gamle@fjordlys.example", reason="x", by=cast.sara.as_staff, now=now
    )
    migration.migrate(account=cast.fjordlys, by=cast.alice.as_member, now=now)
    again = [row(f"R-{place}", serial=each, dealer="New & Co") for place, each in enumerate(serials)]
    changed = written(tmp_path, *again[:2], row("R-2", serial=serials[2], email="other@fjordlys.example"))
    assert import_legacy(changed) == Report(changed=2, moved=1)
    assert [(each[0], each[1], each[-1]) for each in products()] == [
        ("R-0", "gamle@fjordlys.example", "Fotohuset Oslo"),
        ("R-1", "gamle@fjordlys.example", "New & Co"),
        ("R-2", "other@fjordlys.example", "Fotohuset Oslo"),
    ]
    assert import_legacy(changed) == Report(unchanged=2, moved=1)


def test_b6_a_member_is_told_by_the_lines_that_tell_of_it(tmp_path: Path) -> None:
    import_legacy(written(tmp_path, row("R-1", number="", name="", level=""), row("R-2", name="", level="")))
    told = LegacyMember.objects.values_list("name", "number", "level")
    assert list(told.all()) == [("", "CPS-104417", "")]
    import_legacy(written(tmp_path, row("R-3", number="", level="Platinum")))
    assert list(told.all()) == [("Fjordlys Foto", "CPS-104417", "Platinum")]


def test_c5_the_former_number_is_noted_where_the_address_was_proven_before_the_list_came(
    cast: Cast, tmp_path: Path, now: datetime
) -> None:
    migration.link_former_email(
        account=cast.fjordlys, email="Gamle@Fjordlys.example", reason="x", by=cast.sara.as_staff, now=now
    )
    import_legacy(written(tmp_path, row(), row("R-2", email="other@else.example", number="CPS-9")))
    cast.fjordlys.refresh_from_db()
    assert cast.fjordlys.former_member_number == "CPS-104417"
    import_legacy(written(tmp_path, row(number="CPS-999999")))
    cast.fjordlys.refresh_from_db()
    assert cast.fjordlys.former_member_number == "CPS-104417"
    assert Event.objects.filter(name="account.former_number_noted").count() == 1


def workbook(folder: Path, *rows: list[object], heading: tuple[str, ...] = LEGACY_COLUMNS) -> Path:
    file = folder / "former.xlsx"
    with xlsxwriter.Workbook(file, {"default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet()
        for place, cells in enumerate([list(heading), *rows]):
            sheet.write_row(place, 0, cells)
    return file


def test_b6_reads_the_first_sheet_of_a_workbook(tmp_path: Path) -> None:
    text, number = row().split(";"), row("R-2", serial="").split(";")
    typed = [*number[:6], 12021000123, date(2021, 3, 12), "NO", ""]
    report = import_legacy(workbook(tmp_path, text, [""] * 10, typed, ["wrong", *typed[1:]]))
    assert report == Report(
        taken=2,
        refused=["former.xlsx, line 5: email: 'wrong' is no e-mail address"],
        doubtful=[
            "former.xlsx, line 4: serial_number: 12021000123 stands there as a number and looks unusual for"
            " EOS R5; if it began with zeros, they are lost"
        ],
    )
    assert products() == [TAKEN, ("R-2", *TAKEN[1:3], "12021000123", *TAKEN[4:6], "")]


def test_b6_a_list_of_several_parts_is_taken_in_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(legacy, "BATCH", 3)
    monkeypatch.setattr(legacy, "MERGED_AT_ONCE", 4)
    lines = [row(f"R-{place}", email=f"m{place // 3}@former.example") for place in range(12)]
    file = written(tmp_path, *lines, row("R-2"))
    wrong = ["former.csv, line 14: reference: line 4 has it already"]
    assert import_legacy(file) == Report(taken=12, refused=wrong)
    assert [each[:2] for each in products()] == [
        (f"R-{place}", f"m{place // 3}@former.example") for place in range(12)
    ]
    assert import_legacy(file) == Report(unchanged=12, refused=wrong)


@pytest.mark.usefixtures("committing")
def test_b6_the_same_list_twice_at_once_is_taken_in_once(tmp_path: Path) -> None:
    file = written(tmp_path, *(row(f"R-{place}", email=f"m{place % 7}@a.example") for place in range(200)))
    reports = together(*[lambda: import_legacy(file)] * 3)
    assert sorted((each.taken, each.unchanged) for each in reports) == [(0, 200), (0, 200), (200, 0)]
    assert (LegacyProduct.objects.count(), LegacyMember.objects.count()) == (200, 7)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", f"former.csv, line 1: no column {', '.join(sorted(LEGACY_COLUMNS))}"),
        (HEADER.replace(";dealer", "") + "\n", "former.csv, line 1: no column dealer"),
        (HEADER.replace("model;", "product;") + "\n", "former.csv, line 1: no column model"),
        (
            f"{HEADER}\n{row()}\n{row('R-2', dealer=chr(34) + 'Foto')}\n",
            "former.csv, line 3: unexpected end of data",
        ),
    ],
)
def test_b6_a_file_that_cannot_be_read_is_refused_whole(tmp_path: Path, content: str, reason: str) -> None:
    (tmp_path / "former.csv").write_text(content)
    with pytest.raises(WrongFile) as refused:
        import_legacy(tmp_path / "former.csv")
    assert str(refused.value) == reason
    assert (LegacyMember.objects.count(), LegacyProduct.objects.count()) == (0, 0)
