"""Many at once on the member's pages: sending, looking, correcting the columns, starting, the report (B5)."""

from __future__ import annotations

import csv
import re
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from medlem.accounts.models import User
from medlem.core import turns
from medlem.events.models import Mail
from medlem.gateways.tables import rows_of_workbook
from medlem.products import actions, many
from medlem.products.models import Product, ProductImport, ProductModel
from medlem.web.letters import write
from tests import factories
from tests.people import Cast
from tests.web.visits import lacking, set_clock, signed_in, words

PAGE = "/en/products/import/"
LIST = """Modell\tSerienummer\tKjøpt\tBilag\tButikk
EOS R5\t012021000123\t12.03.2021\tB-1\tFotohuset
EOS R55\t012021000124\t12.03.2021\tB-2\tFotohuset
EOS R6\t=12/34\t31.02.2021\tB-3\t-Fotohuset
EOS R5\t012021000123\t12.03.2021\tB-4\tFotohuset
EOS R6\t\t\tB-5\tFotohuset
EOS R5\tTHEIRS-1\t12.03.2021\tB-6\tFotohuset
"""


@pytest.fixture(autouse=True)
def today(now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(now + timedelta(seconds=30), folder=tmp_path, monkeypatch=monkeypatch)


@pytest.fixture
def alice(cast: Cast, now: datetime) -> Client:
    actions.add(
        account=cast.nordkapp,
        model=ProductModel.objects.get(code="eos-r5"),
        details=factories.details("THEIRS-1"),
        by=cast.charlie.as_member,
        now=now,
    )
    return signed_in(cast.alice)


def sent(client: Client, **form: Any) -> str:
    """The page of the list that was sent."""
    return str(client.post(PAGE, form)["Location"])


def test_b5_a_pasted_list_is_shown_row_by_row_before_anything_is_registered(alice: Client) -> None:
    page = alice.get(sent(alice, pasted=LIST))
    said = words(page)
    assert (
        lacking(
            said,
            [
                "6 rows. Nothing is registered yet.",
                "Complete 1 · 250 points",
                "Details missing 1 · you can fill them in afterwards",
                "Being looked into 1 · the serial number is registered already, so support looks into it",
                "Twice in this list 1 · left out",
                "Refused 2 · fetch them to correct: XLSX , CSV",
                "Register 3 products",
                "3 EOS R55 0120 2100 0124 12.03.2021, Fotohuset Refused"
                " We do not know the model “EOS R55”. Did you mean EOS R5",
                "4 EOS R6 =12/ 34 31.02.2021, -Fotohuset Refused “31.02.2021” is not a date. Write it as 12.03.2024."
                " A serial number has 4 to 20 letters, digits or hyphens.",
                "5 EOS R5 0120 2100 0123 12 Mar 2021, Norway, Fotohuset Left out The same as line 2.",
                "7 EOS R5 THEI RS-1 12 Mar 2021, Norway, Fotohuset Registered already; goes to support",
                "6 EOS R6 – Norway, Fotohuset Details missing Missing: serial number, purchase date.",
                "2 EOS R5 0120 2100 0123 12 Mar 2021, Norway, Fotohuset 250 points",
            ],
        )
        == []
    )
    assert "Nordkapp" not in page.text
    chosen = re.findall(r'<option value="([A-Za-z_]*)" selected>', page.text.split('id="columns"')[1])
    assert chosen == ["model", "serial_number", "purchased_on", "", "dealer", "NO"]
    assert Product.objects.count() == 1


def test_b5_then_it_is_registered_and_reported(alice: Client, cast: Cast) -> None:
    address = sent(alice, pasted=LIST)
    report = alice.post(f"{address}start/", follow=True)
    assert (
        lacking(
            words(report),
            [
                "Pasted list Taken in 23 Nov 2026, 10:00.",
                "Complete 1",
                "Details missing 1 · Complete them",
                "Some rows did not go in",
                "Fetch the refused rows",
            ],
        )
        == []
    )
    product = Product.objects.get(account=cast.fjordlys, status="complete")
    assert f'href="/en/products/{product.public_id}/"' in report.text
    assert alice.post(f"{address}start/")["Location"] == address
    assert Product.objects.filter(account=cast.fjordlys).count() == 3
    assert "Pasted list 23 Nov 2026, 10:00 Taken in" in words(alice.get(PAGE))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_b5_a_file_in_the_encodings_of_spreadsheets(alice: Client, encoding: str) -> None:
    content = LIST.replace("\t", ";").replace("Fotohuset", "Øye på Ås").encode(encoding)
    page = alice.get(sent(alice, file=SimpleUploadedFile("Utstyr 2026.csv", content)))
    assert "Utstyr 2026.csv 6 rows" in words(page)
    assert "12 Mar 2021, Norway, Øye på Ås 250 points" in words(page)


def test_b5_columns_and_what_holds_for_all_are_said_anew(alice: Client) -> None:
    address = sent(alice, pasted="EOS R5;012021000123;03/04/2020;A7\nEOS R6;012021000124;05/06/2020;B2\n")
    first = words(alice.get(address))
    assert "“03/04/2020” can be 3 Apr 2020 or 4 Mar 2020." in first
    assert "None of the rows" in words(alice.post(f"{address}start/", follow=True))
    said = {"column0": "model", "column1": "serial_number", "column2": "purchased_on", "column3": ""}
    again = {**said, "country": "SE", "dealer": "Foto AB", "order": "month_first"}
    assert alice.post(address, again)["Location"] == address
    page = words(alice.get(address))
    assert "1 EOS R5 0120 2100 0123 4 Mar 2020, Sweden, Foto AB 250 points" in page
    twice = alice.post(address, {**again, "column3": "model"})
    assert twice.status_code == 422
    assert "Two columns are said to be the same. Choose each only once." in words(twice)
    assert alice.post(address, {**again, "column3": "nonsense"}).status_code == 422


def test_b5_the_refused_rows_come_back_to_be_corrected(alice: Client, cast: Cast) -> None:
    address = sent(alice, pasted=LIST)
    answer = alice.get(f"{address}refused.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="Pasted list - to correct.csv"'
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text), delimiter=";"))
    assert rows[0] == ["Line", "Modell", "Serienummer", "Kjøpt", "Bilag", "Butikk", "Reason"]
    assert rows[1][:6] == ["3", "EOS R55", "012021000124", "12.03.2021", "B-2", "Fotohuset"]
    assert rows[1][6].startswith("We do not know the model “EOS R55”. Did you mean EOS R5")
    assert rows[2][:6] == ["4", "EOS R6", "'=12/34", "31.02.2021", "B-3", "'-Fotohuset"]  # computed by nobody
    alice.post(f"{address}start/")
    corrected = (
        text.replace("EOS R55", "EOS R5").replace("31.02.2021", "28.02.2021").replace("'=12/34", "1234")
    )
    page = words(alice.get(sent(alice, file=SimpleUploadedFile("x.csv", corrected.encode()))))
    assert "Complete 2 · 370 points" in page
    assert "28 Feb 2021, Norway, -Fotohuset" in page


def test_b5_refused_rows_go_through_a_spreadsheet_with_their_zeros(alice: Client, cast: Cast) -> None:
    address = sent(
        alice, pasted="Modell;S/N;Dato\nEOS R5;000066100003;31.02.2021\n=1;000066100004;1.1.2021\n"
    )
    answer = alice.get(f"{address}refused.xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="Pasted list - to correct.xlsx"'
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    (_one, heading), (_two, first), (_three, second) = rows_of_workbook(BytesIO(content))
    assert heading == ["Line", "Modell", "S/N", "Dato", "Reason"]
    reason = "“31.02.2021” is not a date. Write it as 12.03.2024."
    assert first == ["2", "EOS R5", "000066100003", "31.02.2021", reason]
    assert second[:4] == ["3", "=1", "000066100004", "1.1.2021"]
    page = alice.get(sent(alice, file=SimpleUploadedFile("x.xlsx", content)))
    assert page.context["made"].columns == ["", "model", "serial_number", "purchased_on", ""]
    assert "0000 6610 0003" in words(page)


def test_b5_two_reasons_stand_on_two_lines(alice: Client) -> None:
    page = alice.get(sent(alice, pasted="Modell;S/N;Dato\nEOS R5 Mk;0121;31.02.2021\n"))
    reasons = page.text.split('<div class="small">')[1:]
    assert reasons[0].startswith("We do not know the model “EOS R5 Mk”. Did you mean ")
    assert (" or " in reasons[0], reasons[1].startswith("“31.02.2021” is not a date.")) == (True, True)


def test_b4_the_history_of_members_does_not_tell_what_others_hold(alice: Client, cast: Cast) -> None:
    sent(alice, pasted=LIST)
    assert "other businesses hold" not in words(alice.get("/en/business/"))
    desk = words(signed_in(cast.sara).get(f"/en/desk/accounts/{cast.fjordlys.public_id}/"))
    assert "A list was looked at with 1 serial numbers that other businesses hold. A list of 6 rows." in desk


def test_b5_no_spreadsheet_computes_a_reason(alice: Client) -> None:
    address = sent(alice, pasted="Bilag;Modell\n=SUM(A1);EOS R55\n+47;EOS R66\n")
    rows = list(
        csv.reader(StringIO(alice.get(f"{address}refused.csv").content.decode("utf-8-sig")), delimiter=";")
    )
    assert [row[1] for row in rows[1:]] == ["'=SUM(A1)", "'+47"]
    assert [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))] == []


def test_b5_without_a_heading_the_refused_rows_get_one(alice: Client) -> None:
    address = sent(alice, pasted="EOS R5;012021000123;Foto;7\nEOS R55;012021000124;Foto;8\n")
    text = alice.get(f"{address}refused.csv").content.decode("utf-8-sig")
    assert text.splitlines()[0] == "Line;Model;Serial number;Dealer;;Reason"


def test_b5_a_list_that_is_none_is_refused_and_what_was_pasted_stays(alice: Client) -> None:
    nothing = alice.post(PAGE, {"pasted": "  "})
    assert (nothing.status_code, "Paste the cells of your list, or choose a file." in words(nothing)) == (
        422,
        True,
    )
    broken = alice.post(PAGE, {"pasted": "kept", "file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04")})
    assert "We cannot read this. Send a CSV or XLSX file" in words(broken)
    assert "kept</textarea>" in broken.text
    for size, form in (
        (5_000_000, {"pasted": "x" * 5_000_000}),
        (15_000_000, {"file": SimpleUploadedFile("x.csv", b"x" * 15_000_000)}),
    ):
        large = alice.post(PAGE, form)
        assert (large.status_code, size) == (422, size)
        assert "This is too large to paste. Save the list as a file of at most 10 MB" in words(large)
    assert ProductImport.objects.count() == 0


def test_b5_a_list_is_thrown_away(alice: Client) -> None:
    address = sent(alice, pasted=LIST)
    assert alice.get(f"{address}discard/")["Location"] == address
    said = words(alice.post(f"{address}discard/", follow=True))
    assert "The list is discarded. Nothing of it was registered." in said
    assert alice.get(address).status_code == 404
    started = sent(alice, pasted=LIST)
    alice.post(f"{started}start/")
    assert "cannot be discarded" in words(alice.post(f"{started}discard/", follow=True))


def test_b5_a_large_list_shows_how_far_it_has_come_and_is_told_by_mail(
    alice: Client, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 3)
    monkeypatch.setattr(many, "PIECE", 2)
    monkeypatch.setattr(turns, "PAUSE", 0)
    address = sent(alice, pasted=LIST)
    page = alice.post(f"{address}start/", follow=True)
    assert "Rows gone through 0 / 6 You can leave this page: it goes on by itself" in words(page)
    assert 'hx-trigger="every 1s"' in page.text
    made = ProductImport.objects.get()
    many._go_on_once(made.pk, now=now)
    assert "Rows gone through 2 / 6" in words(alice.get(address))
    stopped = words(alice.post(f"{address}stop/", follow=True))
    assert "Taking in was stopped 2 of 6 rows were gone through. Go on Complete 1 Refused 1" in stopped
    alice.post(f"{address}start/")
    many.go_on(import_id=made.pk, now=now)
    done = alice.get(address)
    assert "Taken in 23 Nov 2026" in words(done)
    assert "hx-trigger" not in done.text.split("<main")[1]

    letter = write(Mail.objects.get(template="imported"))
    assert letter.subject == "Your list of products has been registered"
    lines = [
        "The result of the list that you pasted:",
        "1 product is registered, and its points count.",
        "1 product is registered but lacks details.",
        "1 serial number is registered already. Support looks into it.",
        "2 rows did not go in. On the page you can fetch them, correct them and send them again.",
    ]
    assert lacking(letter.body, lines) == []
    assert letter.body.count(f"http://127.0.0.1:8000{address}") == 1


def test_e1_the_mail_in_norwegian(
    alice: Client, cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "AT_ONCE", 1)
    User.objects.filter(pk=cast.alice.pk).update(language="nb")
    address = sent(alice, file=SimpleUploadedFile("Utstyr.csv", LIST.encode()))
    alice.post(f"{address}start/")
    many.go_on(import_id=ProductImport.objects.get().pk, now=now)
    letter = write(Mail.objects.get(template="imported"))
    assert letter.subject == "Produktlisten din er tatt inn"
    assert "2 rader kom ikke inn. På siden kan du hente dem, rette dem og sende dem på nytt." in letter.body
    assert "Slik gikk det med listen Utstyr.csv:" in letter.body


def test_a_stranger_finds_no_list(alice: Client, cast: Cast) -> None:
    address = sent(alice, pasted=LIST)
    assert signed_in(cast.bob).get(address).status_code == 200
    charlie = signed_in(cast.charlie)
    for path in (
        address,
        f"{address}refused.csv",
        f"{address}refused.xlsx",
        f"{address}start/",
        f"{address}stop/",
        f"{address}discard/",
    ):
        assert (charlie.get(path).status_code, charlie.post(path).status_code) in {(404, 404), (404, 405)}
    assert Product.objects.count() == 1


@pytest.mark.parametrize("many_rows", [1, 20])
def test_b5_the_pages_ask_the_database_as_often_for_one_row_as_for_twenty(
    alice: Client, many_rows: int, django_assert_num_queries: Any
) -> None:
    heading, *lines = LIST.splitlines()
    rows = [
        line.replace("0120", f"{n:04}").replace("R55", f"R55{n}") for n in range(many_rows) for line in lines
    ]
    address = sent(alice, pasted="\n".join([heading, *rows]))
    alice.get(address)
    with django_assert_num_queries(12):
        alice.get(address)
    alice.post(f"{address}start/")
    with django_assert_num_queries(12):
        alice.get(address)
