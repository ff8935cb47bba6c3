"""Many products at once: what each row will do, then what it did; exactly once (B5)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from medlem.commands.tick import tick
from medlem.core import turns
from medlem.core.errors import Refused
from medlem.events.actors import SYSTEM
from medlem.events.models import Event, Mail
from medlem.memberships.queries import balances_that_disagree, points_of
from medlem.products import actions, foreseeing, many
from medlem.products.lists import counts_of_rows, import_of, imports_to_go_on
from medlem.products.models import ImportRow, Product, ProductImport, ProductModel
from tests import factories
from tests.people import Cast
from tests.together import together

HEADING = "Modell;Serienummer;Kjøpsdato;Land;Forhandler"


def line(serial: str, *, model: str = "EOS R5", bought: str = "12.03.2021", country: str = "Norge",
         dealer: str = "Fotohuset") -> str:  # fmt: skip
    return ";".join((model, serial, bought, country, dealer))


def looked_at(cast: Cast, *lines: str, heading: str = HEADING, now: datetime) -> ProductImport:
    return many.look_at(
        account=cast.fjordlys,
        content="\n".join((heading, *lines) if heading else lines).encode(),
        filename="liste.csv",
        by=cast.alice.as_member,
        now=now,
    )


def rows(made: ProductImport) -> list[tuple[int, str, list[Any]]]:
    return list(made.rows.order_by("line").values_list("line", "outcome", "reasons"))


def start(cast: Cast, made: ProductImport, *, now: datetime) -> ProductImport:
    return many.start(made=made, by=cast.alice.as_member, now=now)


def held(cast: Cast, serial: str, *, ours: bool = False, now: datetime) -> Product:
    account = cast.fjordlys if ours else cast.nordkapp
    return actions.add(
        account=account,
        model=ProductModel.objects.get(code="eos-r5"),
        details=factories.details(serial),
        by=factories.super_user(account),
        now=now,
    )


def test_b5_a_list_is_looked_at_and_nothing_is_registered(cast: Cast, now: datetime) -> None:
    held(cast, "OURS-001", ours=True, now=now)
    held(cast, "THEIRS-1", now=now)
    before = Product.objects.count()
    made = looked_at(
        cast,
        line("012021000123"),
        line("012021000124", bought="", dealer=""),
        line("0120 2100 0123", model="canon eos-r5"),
        line("ours-001"),
        line("THEIRS-1"),
        line("", model="EOS R55"),
        line("12/34", bought="31.02.2021", country="Atlantis"),
        line("012021000126", bought="01.01.2031"),
        line("", model=""),
        now=now,
    )
    assert (made.status, made.heading, made.columns) == (
        "preview",
        HEADING.split(";"),
        ["model", "serial_number", "purchased_on", "purchase_country", "dealer"],
    )
    unusual = {"code": "unusual", "text": "OURS-001"}
    assert rows(made) == [
        (2, "complete", []),
        (3, "incomplete", [{"code": "missing", "details": ["purchased_on", "dealer"]}]),
        (4, "repeated", [{"code": "repeated", "line": 2}]),
        (5, "own_duplicate", [unusual]),
        (6, "disputed", [{"code": "unusual", "text": "THEIRS-1"}]),
        (7, "refused", [{"code": "unknown_model", "text": "EOS R55"}]),
        (
            8,
            "refused",
            [
                {"code": "no_day", "text": "31.02.2021"},
                {"code": "no_country", "text": "Atlantis"},
                {"code": "shape"},
            ],
        ),
        (9, "refused", [{"code": "future"}]),
        (10, "refused", [{"code": "no_model"}]),
    ]
    assert (Product.objects.count(), made.points, import_of(cast.nordkapp, made.public_id)) == (
        before,
        250,
        None,
    )
    assert list(Event.objects.filter(name__startswith="products.").values_list("name", "after")) == [
        ("products.preview_met_held", {"held": 1, "rows": 9})
    ]


def test_b5_then_it_is_taken_in_and_each_row_says_what_it_did(cast: Cast, now: datetime) -> None:
    ours = held(cast, "OURS-001", ours=True, now=now)
    held(cast, "THEIRS-1", now=now)
    made = looked_at(
        cast,
        line("012021000123"),
        line("012021000124", dealer=""),
        line("012021000123"),
        line("OURS-001"),
        line("THEIRS-1"),
        line("x"),
        now=now,
    )
    later = now + timedelta(minutes=3)
    done = start(cast, made, now=later)
    assert (done.status, done.started_at, done.finished_at) == ("done", later, later)
    first, second, disputed = Product.objects.filter(account=cast.fjordlys, added_at=later).order_by("id")
    assert (first.status, second.status, disputed.status) == ("complete", "incomplete", "disputed")
    assert list(made.rows.order_by("line").values_list("outcome", "product", "done_at")) == [
        ("complete", first.pk, later),
        ("incomplete", second.pk, later),
        ("repeated", first.pk, later),
        ("own_duplicate", ours.pk, later),
        ("disputed", disputed.pk, later),
        ("refused", None, later),
    ]
    assert points_of(cast.fjordlys) == 500
    events = Event.objects.filter(name__startswith="products.import").order_by("id")
    assert list(events.values_list("name", "actor_id", "after")) == [
        ("products.import_started", cast.alice.public_id, {"status": "running", "rows": 6}),
        ("products.imported", cast.alice.public_id, {"status": "done", "rows": 6}),
    ]
    assert start(cast, made, now=later) == done
    assert Product.objects.filter(account=cast.fjordlys).count() == 4


def test_b5_from_the_clipboard_without_a_heading(cast: Cast, now: datetime) -> None:
    made = looked_at(
        cast,
        "Fotohuset\tEOS R5\t012021000123\t2021-03-12",
        "Fotohuset\tEOS R6\t012021000124\t13.03.2021",
        heading="",
        now=now,
    )
    assert (made.heading, made.columns) == ([], ["dealer", "model", "serial_number", "purchased_on"])
    nothing = dict.fromkeys(["unusual", "fillable", "earlier", "held"], 0)
    assert made.defaults == {"purchase_country": "NO", "said_order": "", "ambiguous": False, **nothing}
    assert rows(made) == [(1, "complete", []), (2, "complete", [])]
    start(cast, made, now=now)
    assert list(
        Product.objects.order_by("id").values_list("serial_number", "purchase_country", "dealer")
    ) == [
        ("012021000123", "NO", "Fotohuset"),
        ("012021000124", "NO", "Fotohuset"),
    ]


def test_b5_from_a_workbook(cast: Cast, now: datetime) -> None:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(1, 0, ["EAN", "Serienr.", "Dato", "Butikk"])
        sheet.write_row(3, 0, ["2900000000056", "012021000123", date(2021, 3, 12), "Øye på Ås"])
        sheet.write_row(4, 0, [2900000000087, 12021000124, 44267, "Øye på Ås"])
    made = many.look_at(
        account=cast.fjordlys, content=file.getvalue(), filename="x.xlsx", by=cast.bob.as_member, now=now
    )
    assert made.columns == ["ean", "serial_number", "purchased_on", "dealer"]
    assert rows(made) == [
        (4, "complete", []),
        (5, "complete", [{"code": "unusual", "text": "12021000124"}]),
    ]
    start(cast, made, now=now)
    assert list(
        Product.objects.order_by("id").values_list("model__code", "serial_number", "purchased_on")
    ) == [
        ("eos-r5", "012021000123", date(2021, 3, 12)),
        ("eos-r6", "12021000124", date(2021, 3, 12)),
    ]


def test_b5_name_and_bar_code_of_two_models_are_refused(cast: Cast, now: datetime) -> None:
    made = looked_at(cast, "EOS R6;2900000000056;012021000123", heading="Modell;EAN;S/N", now=now)
    assert rows(made) == [(2, "refused", [{"code": "two_models", "text": "EOS R6", "other": "EOS R5"}])]


def test_b5_days_that_can_be_read_in_two_ways(cast: Cast, now: datetime) -> None:
    ambiguous = {
        "code": "ambiguous_day",
        "text": "03/04/2020",
        "day_first": "2020-04-03",
        "month_first": "2020-03-04",
    }
    made = looked_at(cast, line("012021000123", bought="03/04/2020"), now=now)
    assert (rows(made), made.defaults["ambiguous"]) == ([(2, "refused", [ambiguous])], True)
    again(made, order="month_first", now=now)
    assert rows(made) == [(2, "complete", [])]
    lines = (line("012021000123", bought="03/04/2020"), line("012021000124", bought="31/12/2020"))
    other = looked_at(cast, *lines, now=now)
    assert (other.defaults["said_order"], rows(other)[0][1]) == ("day_first", "complete")
    for each in (made, other):
        start(cast, each, now=now)
    assert list(Product.objects.order_by("id").values_list("purchased_on", flat=True)) == [
        date(2020, 3, 4),
        date(2020, 12, 31),
    ]


def again(
    made: ProductImport, *, now: datetime, columns: list[str] | None = None, **said: str
) -> ProductImport:
    return many.look_again(made=made, columns=columns or made.columns, by=SYSTEM, now=now, **said)


def test_b5_somebody_says_what_the_columns_are_and_what_holds_for_all(cast: Cast, now: datetime) -> None:
    made = looked_at(
        cast, "EOS R5;012021000123;12.03.2021;A7", heading="Vare;Nummer;Bilagsdato;Hylle", now=now
    )
    assert made.columns == ["model", "serial_number", "purchased_on", ""]
    assert rows(made) == [(2, "incomplete", [{"code": "missing", "details": ["dealer"]}])]
    changed = again(
        made, columns=["model", "", "purchased_on", "serial_number"], dealer=" Foto  AS ", now=now
    )
    assert changed.defaults == {
        "purchase_country": "",
        "dealer": "Foto AS",
        "day_order": "",
        "said_order": "",
        "ambiguous": False,
        "fill": False,
        "again": False,
        **dict.fromkeys(["unusual", "fillable", "earlier", "held"], 0),
    }
    assert [each[1] for each in rows(made)] == ["refused"]
    again(
        made, columns=["model", "serial_number", "purchased_on", ""], country="SE", dealer="Foto AS", now=now
    )
    assert rows(made) == [(2, "complete", [])]
    with pytest.raises(Refused):
        again(made, columns=["model", "model", "", ""], now=now)
    start(cast, made, now=now)
    product = Product.objects.get()
    assert (product.purchase_country, product.dealer) == ("SE", "Foto AS")
    with pytest.raises(Refused):
        again(made, now=now)


def test_b5_what_was_said_of_columns_is_remembered_for_the_next_list(cast: Cast, now: datetime) -> None:
    heading = "Vare;Nummer;Bilagsdato;Levert;Hylle"
    first = looked_at(cast, "EOS R5;012021000123;12.03.2021;14.03.2021;A7", heading=heading, now=now)
    assert first.columns == ["model", "serial_number", "purchased_on", "", ""]
    again(first, columns=["model", "serial_number", "", "purchased_on", "dealer"], now=now)
    unsent = looked_at(cast, "EOS R5;012021000124;12.03.2021;14.03.2021;A7", heading=heading, now=now)
    assert unsent.columns == ["model", "serial_number", "purchased_on", "", ""]
    start(cast, first, now=now)
    longer = looked_at(
        cast, "x;A7;EOS R5;012021000124;12.03.2021;14.03.2021", heading=f"Grunn;Hylle;{heading[:-6]}", now=now
    )
    assert longer.columns == ["", "dealer", "model", "serial_number", "", "purchased_on"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "There is nothing in the list. Choose a file, or paste the cells."),
        (b"\n ; ; \n", "There is nothing in the list. Choose a file, or paste the cells."),
        (b"MZ\x00\x01", "We cannot read this. Send a CSV or XLSX file, or copy the cells and paste them."),
        (b"PK\x03\x04...", "We cannot read this. Send a CSV or XLSX file, or copy the cells and paste them."),
        (
            b"\xd0\xcf\x11\xe0...",
            "This is a workbook of the kind before 2007. Save it as XLSX or CSV and send that.",
        ),
        (b"EOS R5\n" * 20_002, "The list has more than 20,000 rows. Send it in parts."),
        (
            b";" .join([b"x"] * 51),
            "The list has more than 50 columns, or unpacks to far more than a list of products needs.",
        ),
        (b"x" * 10_000_001, "The file is larger than 10 MB. Send the list in parts."),
    ],
    ids=["empty", "blank", "binary", "broken", "old", "long", "wide", "large"],
)  # fmt: skip
def test_b5_what_is_no_list_is_refused_with_what_to_do(
    cast: Cast, now: datetime, content: bytes, words: str
) -> None:
    with pytest.raises(many.UnreadableList) as refused:
        many.look_at(account=cast.fjordlys, content=content, by=cast.alice.as_member, now=now)
    assert (str(refused.value), refused.value.field) == (words, "file")
    assert ProductImport.objects.count() == 0


def test_b5_a_list_of_which_nothing_can_go_in_is_not_started(cast: Cast, now: datetime) -> None:
    made = looked_at(cast, line("", model="EOS R55"), now=now)
    with pytest.raises(Refused):
        start(cast, made, now=now)
    assert ProductImport.objects.get().status == "preview"


def test_b5_what_became_known_since_it_was_looked_at_counts(cast: Cast, now: datetime) -> None:
    made = looked_at(cast, line("012021000123", model="EOS R55"), line("012021000124"), now=now)
    ProductModel.objects.filter(code="eos-r5").update(former_names=["EOS R55"])
    held(cast, "012021000124", now=now)
    start(cast, made, now=now)
    assert [outcome for _line, outcome, _reasons in rows(made)] == ["complete", "disputed"]


def test_b5_a_list_that_nobody_started_is_forgotten(cast: Cast, now: datetime) -> None:
    made, started = (looked_at(cast, line(serial), now=now) for serial in ("012021000123", "012021000124"))
    start(cast, started, now=now)
    for later, left in ((timedelta(days=6), 2), (timedelta(days=7), 1)):
        assert tick(now=now + later).trouble == []
        assert ProductImport.objects.count() == left
    assert list(ImportRow.objects.values_list("product_import", flat=True)) == [started.pk]
    many.forget(import_id=started.pk, now=now + timedelta(days=9))
    assert not ProductImport.objects.filter(pk=made.pk).exists()
    assert ProductImport.objects.filter(pk=started.pk).exists()


def test_b5_a_list_is_thrown_away_before_it_is_started_only(cast: Cast, now: datetime) -> None:
    made = looked_at(cast, line("012021000123"), now=now)
    many.discard(made=made)
    assert (ProductImport.objects.count(), ImportRow.objects.count()) == (0, 0)
    started = start(cast, looked_at(cast, line("012021000123"), now=now), now=now)
    with pytest.raises(Refused):
        many.discard(made=started)


# --- large ones, in the worker -------------------------------------------------------------------------


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is large and how large a piece is, in figures that a test can wait for."""
    monkeypatch.setattr(many, "AT_ONCE", 5)
    monkeypatch.setattr(many, "PIECE", 4)
    monkeypatch.setattr(turns, "PAUSE", 0)


def ten(cast: Cast, *, now: datetime) -> ProductImport:
    lines = [line(f"0120210001{place:02d}") for place in range(8)]
    return looked_at(cast, *lines, line("012021000100"), line("x"), now=now)


TEN = {"complete": 8, "repeated": 1, "refused": 1}


def state(made: ProductImport) -> tuple[str, int, int]:
    made.refresh_from_db()
    return made.status, made.rows.exclude(done_at=None).count(), points_of(made.account)


def test_b5_a_large_one_goes_on_in_the_worker_and_is_told_by_mail(
    cast: Cast, small_pieces: None, now: datetime
) -> None:
    made = start(cast, ten(cast, now=now), now=now)
    assert (state(made), imports_to_go_on()) == (("running", 0, 0), [made.pk])
    assert DBTaskResult.objects.filter(task_path="medlem.products.tasks.go_on_importing").count() == 1
    for _ in range(2):
        many.go_on(import_id=made.pk, now=now)
    assert (state(made), counts_of_rows(made), imports_to_go_on()) == (("done", 10, 2_000), TEN, [])
    mail = Mail.objects.get(template="imported")
    assert (mail.to, mail.values["outcomes"], mail.values["filename"]) == (cast.alice.email, TEN, "liste.csv")


def test_b5_the_tick_goes_on_where_a_worker_was_killed(cast: Cast, small_pieces: None, now: datetime) -> None:
    made = start(cast, ten(cast, now=now), now=now)
    many._go_on_once(made.pk, now=now)
    assert state(made) == ("running", 4, 1_000)
    assert tick(now=now).trouble == []
    assert (state(made), counts_of_rows(made)) == (("done", 10, 2_000), TEN)


def test_b5_it_can_be_stopped_and_gone_on_with(cast: Cast, small_pieces: None, now: datetime) -> None:
    made = start(cast, ten(cast, now=now), now=now)
    many._go_on_once(made.pk, now=now)
    for _ in range(2):
        many.stop(made=made, by=cast.bob.as_member, now=now)
    many.go_on(import_id=made.pk, now=now)
    assert state(made) == ("stopped", 4, 1_000)
    start(cast, made, now=now)
    many.go_on(import_id=made.pk, now=now)
    assert (state(made), counts_of_rows(made)) == (("done", 10, 2_000), TEN)
    assert Product.objects.count() == 8


@pytest.mark.usefixtures("committing")
def test_b5_clicks_and_workers_at_once_take_each_row_in_once(
    cast: Cast, small_pieces: None, now: datetime
) -> None:
    made = ten(cast, now=now)
    started = together(*[lambda: start(cast, made, now=now)] * 4)
    assert {each.status for each in started} == {"running"}
    together(*[lambda: many.go_on(import_id=made.pk, now=now)] * 3)
    assert (state(made), counts_of_rows(made)) == (("done", 10, 2_000), TEN)
    assert (Product.objects.count(), balances_that_disagree()) == (8, [])
    assert Mail.objects.filter(template="imported").count() == 1


def test_b5_twenty_times_the_rows_cost_no_more_queries(cast: Cast, now: datetime) -> None:
    def queries(prefix: str, times: int) -> list[int]:
        for n in range(times):
            held(cast, f"{prefix}-H{n:04}", now=now)
        serials = ("{0}-{1:05}", "{0}-H{1:04}", "", "x", "{0}-{1:05}")
        lines = [line(serial.format(prefix, n)) for n in range(times) for serial in serials]
        counted = []
        with CaptureQueriesContext(connection) as captured:
            made = looked_at(cast, *lines, now=now)
        counted.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            again(made, now=now)
        counted.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            start(cast, made, now=now)
        return [*counted, len(captured)]

    factories.give_points(cast.fjordlys, 500, now=now)
    assert queries("AAA", 1) == queries("BBB", 20)


# --- what spreadsheets do to serial numbers -----------------------------------------------------------


def as_workbook(*serials: Any, num_format: str) -> bytes:
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, style = book.add_worksheet(), book.add_format({"num_format": num_format})
        sheet.write_row(0, 0, ["Modell", "Serienummer"])
        for place, serial in enumerate(serials, start=1):
            sheet.write(place, 0, "EOS R6")
            sheet.write(place, 1, serial, style)
    return file.getvalue()


def sent(cast: Cast, content: bytes, *, now: datetime) -> ProductImport:
    return many.look_at(
        account=cast.fjordlys, content=content, filename="x.xlsx", by=cast.alice.as_member, now=now
    )


def test_b4_zeros_that_a_format_shows_are_kept(cast: Cast, now: datetime) -> None:
    made = sent(cast, as_workbook(88100002, num_format="000000000000"), now=now)
    assert [row.cells for row in made.rows.all()] == [["EOS R6", "000088100002"]]
    assert (made.defaults["unusual"], made.defaults["fillable"]) == (0, 0)


def test_b4_a_number_that_the_spreadsheet_rounded_is_refused(cast: Cast, now: datetime) -> None:
    made = sent(cast, as_workbook(123456789012345678, 12021000123, num_format="0"), now=now)
    rounded = {"code": "rounded", "text": "1.23456789012346E+17"}
    assert rows(made)[0][1:] == ("refused", [rounded])
    made = looked_at(cast, line("1,23457E+17"), now=now)
    assert rows(made) == [(2, "refused", [{"code": "rounded", "text": "1,23457E+17"}])]


def test_b4_lost_zeros_are_counted_and_filled_up_where_somebody_asks(cast: Cast, now: datetime) -> None:
    made = looked_at(cast, line("88100002"), line("AB-123"), line("012021000124"), now=now)
    assert (made.defaults["unusual"], made.defaults["fillable"]) == (2, 1)
    made = many.look_again(made=made, columns=made.columns, fill=True, by=cast.alice.as_member, now=now)
    assert (made.defaults["unusual"], made.defaults["fillable"]) == (1, 0)
    start(cast, made, now=now)
    assert list(Product.objects.order_by("serial_number").values_list("serial_number", flat=True)) == [
        "000088100002",
        "012021000124",
        "AB-123",
    ]


def test_b2_a_year_or_a_month_is_taken_as_a_best_guess(cast: Cast, now: datetime) -> None:
    lines = [line("012021000123", bought="2024"), line("012021000124", bought="mars 2024")]
    made = looked_at(cast, *lines, now=now)
    assert [row[1:] for row in rows(made)] == [("complete", [])] * 2
    start(cast, made, now=now)
    bought = Product.objects.order_by("id").values_list("purchased_on", "purchased_on_estimated")
    assert list(bought) == [(date(2024, 7, 1), True), (date(2024, 3, 1), True)]


# --- the same list twice ---------------------------------------------------------------------------------


def test_b5_the_same_list_twice_registers_nothing_twice(cast: Cast, now: datetime) -> None:
    lines = [line("", model="EOS R6"), line("", model="EOS R6"), line("012021000123")]
    start(cast, looked_at(cast, *lines, now=now), now=now)
    again = looked_at(cast, *lines, line("", model="EOS R6"), now=now)
    earlier = ("own_duplicate", [{"code": "earlier"}])
    assert [row[1:] for row in rows(again)] == [
        earlier,
        earlier,
        ("own_duplicate", []),
        ("incomplete", [{"code": "missing", "details": ["serial_number"]}]),
    ]
    assert again.defaults["earlier"] == 2
    start(cast, again, now=now)
    assert [row[1] for row in rows(again)] == ["own_duplicate"] * 3 + ["incomplete"]
    assert Product.objects.count() == 4


def test_b5_a_list_that_was_looked_at_twice_before_it_was_started(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "PIECE", 1)
    monkeypatch.setattr(turns, "PAUSE", 0)
    lists = [looked_at(cast, *[line("", model="EOS R6")] * 3, now=now) for _twice in range(2)]
    for made in lists:
        start(cast, made, now=now)
        many.go_on(import_id=made.pk, now=now)
    assert Product.objects.count() == 3


def test_b5_what_looks_like_an_earlier_product_is_registered_where_somebody_says_so(
    cast: Cast, now: datetime
) -> None:
    start(cast, looked_at(cast, line(""), now=now), now=now)
    made = looked_at(cast, line(""), now=now)
    made = many.look_again(made=made, columns=made.columns, again=True, by=cast.alice.as_member, now=now)
    start(cast, made, now=now)
    assert Product.objects.count() == 2


# --- asking who holds what -----------------------------------------------------------------------------


def test_b4_of_many_numbers_that_others_hold_the_preview_tells_only_how_many(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreseeing, "MOST_TOLD", 2)
    for serial in ("THEIRS-1", "THEIRS-2", "THEIRS-3"):
        held(cast, serial, now=now)
    lines = [line(f"THEIRS-{n}") for n in (1, 2)]
    told = looked_at(cast, *lines, now=now)
    assert [row[1] for row in rows(told)] == ["disputed"] * 2
    made = looked_at(cast, *lines, line("THEIRS-3"), line("012021000123"), now=now)
    assert [row[1] for row in rows(made)] == ["complete"] * 4
    assert (made.defaults["held"], made.points) == (3, 250)
    asked = Event.objects.filter(name="products.preview_met_held", account_id=cast.fjordlys.public_id)
    assert [event.after for event in asked.order_by("id")] == [{"held": 2, "rows": 2}, {"held": 3, "rows": 4}]
    many.look_again(made=made, columns=made.columns, dealer="Foto", by=cast.alice.as_member, now=now)
    assert asked.count() == 2  # the same numbers were met, so it is the same question
    start(cast, made, now=now)
    assert [row[1] for row in rows(made)] == ["disputed"] * 3 + ["complete"]
