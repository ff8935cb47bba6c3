"""What each command answers, on the screen and as its exit status; and what refuses to start, and why."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from medlem import settings as wanted
from medlem.accounts.models import StaffRole, User
from medlem.commands import COMMANDS
from medlem.events.models import Mail
from medlem.products.models import LegacyMember, LegacyProduct, ProductModel
from medlem.programme.catalogue import HEADER
from tests.commands.conftest import Run
from tests.commands.processes import ROOT, environment, medlem
from tests.downloads import as_json, download, entries

LEGACY = "email;member_number;member_name;level;reference;model;serial_number;purchase_date;country;dealer"


def written(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


# --- the commands -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_is_for(run: Run, name: str) -> None:
    code, out, err = run(name, "--help")
    assert (code, err) == (0, "")
    assert out.startswith(f"usage: medlem {name} ")
    words = " ".join(out.split())
    assert COMMANDS[name] in words


def test_a_command_that_does_not_exist_is_refused(run: Run) -> None:
    code, out, err = run("dance")
    assert (code, out) == (2, "")
    assert "invalid choice: 'dance'" in err
    assert run()[0] == 2


@pytest.mark.usefixtures("db")
def test_b7_a_catalogue_is_taken_and_taken_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    rows = [f"test-{name};Test {name};Canon;body;;100;2020-01-01;;;" for name in ("one", "two")]
    file = written(tmp_path / "k.csv", HEADER, *rows)
    models = ProductModel.objects.count()
    new = (
        "new: test-one: Test one; 100 points from 2020-01-01\n"
        "new: test-two: Test two; 100 points from 2020-01-01\n"
        "2 new, 0 changed, 0 unchanged, 0 rows refused\n"
    )
    assert run("import-catalogue", file, "--dry-run") == (0, f"{new}dry run: nothing was written\n", "")
    assert ProductModel.objects.count() == models
    assert run("import-catalogue", file) == (0, new, "")
    assert run("import-catalogue", file) == (0, "0 new, 0 changed, 2 unchanged, 0 rows refused\n", "")
    assert ProductModel.objects.count() == models + 2


@pytest.mark.usefixtures("db")
def test_b7_the_report_says_what_changes(run: Run, tmp_path: Path) -> None:
    row = "test-one;Test One;Canon;body;;100;2020-01-01;;;"
    run("import-catalogue", written(tmp_path / "k.csv", HEADER, row))
    changed = written(
        tmp_path / "k.csv",
        HEADER,
        "test-one;Test One;Canon;lens;;90;2020-01-01;2199-12-31;;Old One",
        "test-one;Test One;Canon;lens;;80;2199-01-01;2199-12-31;;Old One",
    )
    assert run("import-catalogue", changed) == (
        1,
        "changed: test-one: kind 'body' → 'lens'; former_names [] → ['Old One'];"
        " 80 points from 2199-01-01; qualifies until 2199-12-31\n"
        f"refused: {changed}, line 2: test-one: 90 points from 2020-01-01, but 100 were published for that day;"
        " give a later day\n"
        "0 new, 1 changed, 0 unchanged, 1 rows refused\n",
        "",
    )


@pytest.mark.usefixtures("db")
def test_b7_wrong_rows_are_refused_with_file_line_and_reason(run: Run, tmp_path: Path) -> None:
    file = written(
        tmp_path / "k.csv",
        HEADER,
        "test-one;Test One;Canon;body;;100;2020-01-01;;;",
        "test-two;Test Two;Canon;body;;many;2020-01-01;;;",
    )
    code, out, err = run("import-catalogue", file)
    assert (code, out.splitlines(), err) == (
        1,
        [
            "new: test-one: Test One; 100 points from 2020-01-01",
            f"refused: {file}, line 3: points: must be a whole number from 1 to 100000, not 'many'",
            "1 new, 0 changed, 0 unchanged, 1 rows refused",
        ],
        "",
    )
    assert ProductModel.objects.filter(code="test-one").exists()


@pytest.mark.usefixtures("db")
def test_b6_former_members_are_taken_and_wrong_rows_are_refused(run: Run, tmp_path: Path) -> None:
    file = written(
        tmp_path / "old.csv",
        LEGACY,
        "Per@x.example;77;Per Foto;Gold;r1;EOS R3;012345678901;2021-05-04;NO;Foto AS",
        "kari@x.example;78;Kari Foto;;;;;;;",
        "nobody;79;X;;r2;EOS R3;;;;",
    )
    assert run("import-legacy", file) == (
        1,
        "refused: old.csv, line 4: email: 'nobody' is no e-mail address\n"
        "2 rows taken, 0 changed, 0 there already, 0 migrated since, 1 refused\n",
        "",
    )
    assert list(LegacyMember.objects.order_by("id").values_list("email", "number")) == [
        ("per@x.example", "77"),
        ("kari@x.example", "78"),
    ]
    assert LegacyProduct.objects.count() == 1
    right = written(tmp_path / "right.csv", *file.read_text().splitlines()[:3])
    assert run("import-legacy", right) == (
        0,
        "0 rows taken, 0 changed, 2 there already, 0 migrated since, 0 refused\n",
        "",
    )


@pytest.mark.usefixtures("db")
def test_a2_post_codes_are_taken_and_wrong_rows_are_refused(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "post.txt", "0484\tOSLO\t0301\tOSLO", "48\tOSLO\t0301\tOSLO")
    refused = "refused: post.txt, line 2: code: '48' has not four digits\n"
    assert run("import-postcodes", file) == (
        1, f"{refused}1 post codes taken, 0 unchanged, 1 rows refused\n", "",
    )  # fmt: skip
    right = written(tmp_path / "post.txt", "0484\tOSLO\t0301\tOSLO")
    assert run("import-postcodes", right) == (0, "0 post codes taken, 1 unchanged, 0 rows refused\n", "")


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("command", ["import-catalogue", "import-legacy", "import-postcodes"])
def test_a_file_that_is_not_there_is_named(run: Run, tmp_path: Path, command: str) -> None:
    code, out, err = run(command, tmp_path / "no.csv")
    assert (code, "no.csv" in out + err, "No such file" in out + err) == (1, True, True)


@pytest.mark.usefixtures("db")
def test_b6_a_file_without_the_columns_is_refused_whole(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "old.csv", "email;model", "per@x.example;EOS R3")
    code, out, err = run("import-legacy", file)
    assert (code, out) == (1, "")
    assert err.startswith("old.csv, line 1: no column country, dealer, level, ")
    assert LegacyMember.objects.count() == 0


@pytest.mark.usefixtures("db")
def test_staff_are_created_and_mailed_a_link(run: Run) -> None:
    assert run("create-staff", "vera@staff.example", "--role", "validator", "--language", "en") == (
        0,
        "vera@staff.example is validator; a new person is mailed a link to set a password\n",
        "",
    )
    assert run("create-staff", "Vera@staff.example", "--role=support")[0] == 0
    user = User.objects.get()
    assert (user.first_name, user.language, user.has_usable_password()) == ("vera", "en", False)
    assert sorted(StaffRole.objects.values_list("role", flat=True)) == ["support", "validator"]
    assert list(Mail.objects.values_list("template", "to")) == [("password_link", "vera@staff.example")]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("vera@staff.example", "--role=boss"), 2, "invalid choice: 'boss'"),
        (("vera@staff.example",), 2, "the following arguments are required: --role"),
        (("vera", "--role=support"), 1, "'vera' is no e-mail address"),
    ],
)
def test_wrong_staff_is_refused(run: Run, arguments: tuple[str, ...], code: int, reason: str) -> None:
    given, out, err = run("create-staff", *arguments)
    assert (given, out, reason in err) == (code, "", True)
    assert User.objects.count() == 0


@pytest.mark.usefixtures("db")
def test_setup_can_be_repeated(run: Run) -> None:
    models = ProductModel.objects.count()
    for _ in range(2):
        assert run("setup", "--no-static") == (0, "ok: database, catalogue are ready\n", "")
    assert ProductModel.objects.count() == models


@pytest.mark.usefixtures("db")
def test_djangos_own_commands_run_with_our_settings(run: Run) -> None:
    code, out, _err = run("manage", "check")
    assert (code, out) == (0, "System check identified no issues (1 silenced).\n")


def test_e7_a_demo_on_a_port_in_use_says_so(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert run("demo", "--port", port) == (
            1,
            "",
            f"medlem: port {port} is in use; stop what listens there, or choose PORT=8001\n",
        )


@pytest.mark.usefixtures("db")
def test_e7_a_demo_never_takes_a_folder_that_holds_something_else(tmp_path: Path) -> None:
    treasure = written(tmp_path / "treasure.txt", "mine")
    for fresh in ([], ["--fresh"]):
        code, said = started("demo", f"--data={tmp_path}", "--port=0", *fresh)
        assert (code, said) == (
            1,
            f"medlem: {tmp_path} holds something else than a demo; choose another folder with DATA=",
        )
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [treasure.name]


# --- settings -----------------------------------------------------------------------------------------


def started(*arguments: str, **changes: str) -> tuple[int, str]:
    """A command in a process of its own: its exit status, and the last line of what it complained of."""
    unset = {name for name, value in changes.items() if value == "unset"}
    env = {name: value for name, value in environment(**changes).items() if name not in unset}
    process = medlem(*arguments, env=env, stdout=subprocess.DEVNULL)
    _out, err = process.communicate(timeout=60)
    return process.returncode, err.strip().splitlines()[-1]


@pytest.mark.usefixtures("db")
def test_without_its_key_it_does_not_start_and_says_why() -> None:
    reason = (
        "MEDLEM_SECRET_KEY is not set. Give it 50 or more random characters and keep it: sessions and mailed"
        " links are signed with it."
    )
    assert started("doctor", MEDLEM_SECRET_KEY="unset") == (1, f"medlem does not start: {reason}")


# Each in a process of its own; what all of them import first is imported once.
STARTS = """
import json, os, sys
import django, medlem.commands.doctor, medlem.core.logs
from medlem.commands import main
for changes in json.loads(sys.argv[1]):
    child = os.fork()
    if not child:
        os.environ.update(changes)
        main(["doctor"])
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=sys.stderr)
"""

WRONG_SETTINGS = [
    (
        {"MEDLEM_CARD_PROVIDER": "simulated"},
        "MEDLEM_CARD_PROVIDER=simulated charges nobody; it is for demo and tests only",
    ),
    ({"MEDLEM_CARD_PROVIDER": "paypal"}, "MEDLEM_CARD_PROVIDER is 'paypal'; it takes simulated or none"),
    (
        {"MEDLEM_HMRC_CLIENT_ID": "id"},
        "MEDLEM_HMRC_CLIENT_ID and MEDLEM_HMRC_CLIENT_SECRET go together; without both, HMRC is not asked",
    ),
    ({"MEDLEM_SMTP_PORT": "smtp"}, "MEDLEM_SMTP_PORT is 'smtp'; it takes a whole number"),
]


@pytest.mark.usefixtures("db")
def test_a_wrong_setting_refuses_to_start_and_says_why() -> None:
    changes = json.dumps([changes for changes, _reason in WRONG_SETTINGS])
    started = subprocess.run(
        [sys.executable, "-c", STARTS, changes],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    said = [line for _changes, reason in WRONG_SETTINGS for line in (f"medlem does not start: {reason}", "1")]
    assert started.stderr.splitlines() == said


@pytest.mark.parametrize(
    ("read", "value", "meant"),
    [
        (wanted.flag, "1", True),
        (wanted.flag, "Yes", True),
        (wanted.flag, " true ", True),
        (wanted.flag, "0", False),
        (wanted.flag, "no", False),
        (wanted.flag, "", False),
        (lambda name: wanted.number(name, 3), "25", 25),
        (lambda name: wanted.text(name, "x"), " words ", "words"),
        (lambda name: wanted.address(name, ""), "https://portal.example/", "https://portal.example"),
        (lambda name: wanted.address(name, ""), "http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        (lambda name: wanted.register(name, ""), "https://r.example/api/", "https://r.example/api"),
        (lambda name: wanted.register(name, "https://r.example"), "off", "off"),
    ],
)
def test_a_setting_is_read(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], Any], value: str, meant: Any
) -> None:
    monkeypatch.setenv("MEDLEM_TEST", value)
    assert read("MEDLEM_TEST") == meant


def test_a_setting_that_is_not_there_is_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MEDLEM_TEST", raising=False)
    assert (wanted.flag("MEDLEM_TEST"), wanted.number("MEDLEM_TEST", 3), wanted.text("MEDLEM_TEST")) == (
        False,
        3,
        "",
    )


@pytest.mark.parametrize(
    ("read", "value", "reason"),
    [
        (wanted.flag, "maybe", "MEDLEM_TEST is 'maybe'; it takes 1 or 0"),
        (lambda name: wanted.number(name, 3), "-1", "MEDLEM_TEST is '-1'; it takes a whole number"),
        (lambda name: wanted.number(name, 3), "2.5", "MEDLEM_TEST is '2.5'; it takes a whole number"),
        (
            lambda name: wanted.address(name, ""),
            "portal.example",
            "MEDLEM_TEST is 'portal.example'; it takes an address such as https://portal.example",
        ),
        (
            lambda name: wanted.address(name, ""),
            "ftp://portal.example",
            "MEDLEM_TEST is 'ftp://portal.example'; it takes an address such as https://portal.example",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_what_it_takes(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[str], Any], value: str, reason: str
) -> None:
    monkeypatch.setenv("MEDLEM_TEST", value)
    with pytest.raises(ImproperlyConfigured) as refused:
        read("MEDLEM_TEST")
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("url", "engine", "meant"),
    [
        ("", "sqlite3", {"NAME": "/data/medlem.sqlite3"}),
        ("sqlite:////var/lib/medlem%20db", "sqlite3", {"NAME": "/var/lib/medlem db"}),
        (
            "postgresql://me:p%40ss@db.example:5433/portal?sslmode=require",
            "postgresql",
            {
                "NAME": "portal",
                "USER": "me",
                "PASSWORD": "p@ss",
                "HOST": "db.example",
                "PORT": "5433",
                "OPTIONS": {"sslmode": "require"},
            },
        ),
        (
            "postgres://medlem@/medlem?host=/run/pg",
            "postgresql",
            {"NAME": "medlem", "USER": "medlem", "HOST": "", "PORT": "", "OPTIONS": {"host": "/run/pg"}},
        ),
    ],
)
def test_the_database_is_chosen_by_its_address(url: str, engine: str, meant: dict[str, Any]) -> None:
    chosen = wanted.database(url, Path("/data"))
    assert chosen["ENGINE"] == f"django.db.backends.{engine}"
    assert {name: chosen[name] for name in meant} == meant


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(
        ImproperlyConfigured, match="DATABASE_URL starts with 'mysql'; it takes sqlite:///path or"
    ):
        wanted.database("mysql://me@db/portal", Path("/data"))


# --- the register's download ------------------------------------------------------------------------


@pytest.mark.usefixtures("db")
def test_a2_a_register_is_loaded_and_loaded_again(run: Run, tmp_path: Path) -> None:
    files = [
        download(tmp_path / "enheter_alle.json.gz", as_json(entries())),
        download(tmp_path / "underenheter_alle.json.gz", as_json(entries(places_of_work=True))),
    ]
    many = len(entries()) + 1
    removed = "0 that are no longer there removed; 0 refused\n"
    assert run("import-register", *files) == (0, f"{many} entries taken, {many} of them new; {removed}", "")
    assert run("import-register", *files) == (0, f"{many} entries taken, 0 of them new; {removed}", "")


@pytest.mark.usefixtures("db")
def test_a2_a_register_says_what_it_refused_and_where_it_broke(run: Run, tmp_path: Path) -> None:
    wrong = [{"organisasjonsnummer": "310003914", "navn": "X"}] * 52
    path = download(tmp_path / "e.json", as_json([*wrong, entries()[0]])[:-1])
    code, out, err = run("import-register", path)
    lines = out.splitlines()
    assert (code, lines[0], lines[49:]) == (
        1,
        "refused: e.json, entry 1: organisasjonsnummer: '310003914' is no organisation number (check digit)",
        [
            "refused: e.json, entry 50: organisasjonsnummer: '310003914' is no organisation number (check digit)",
            "refused: and 2 more",
            "1 entries taken, 1 of them new; 0 that are no longer there removed; 52 refused",
        ],
    )
    assert err == (
        "e.json, entry 54: the JSON is damaged or not complete; broke off after 53 entries, removed none\n"
    )
