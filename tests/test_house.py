"""The whole house: who imports whom, and that no address lets a stranger in.

Addresses are found by walking `urlpatterns`, so that a new one cannot be forgotten: what is missing in the
tables below fails with its name.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from medlem.applications.models import Application, BlockedContact
from medlem.billing.models import Invoice
from medlem.core import links
from medlem.core.money import Money
from medlem.events import actions as events
from medlem.events.models import Mail
from medlem.memberships.models import Membership
from medlem.payments import actions as payments
from medlem.payments.models import BankPayment
from medlem.products import disputes, many, migration
from medlem.products.models import (
    DisputeStatement,
    LegacyClaim,
    LegacyMember,
    LegacyProduct,
    Migration,
    PhotoBatch,
    Product,
    ProductImport,
    Transfer,
)
from medlem.web.demo import urls as demo_urls
from tests import factories
from tests.applications.applying import NORDVIK, draft_of, validating
from tests.people import Cast, open_account
from tests.rows import rows
from tests.web.visits import set_clock, signed_in

ROOT = Path(__file__).resolve().parents[1]

# --- who imports whom ---------------------------------------------------------------------------------


def imported_by(file: Path) -> set[str]:
    """The modules of ours that a file imports, also inside of its functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.startswith("medlem.")}


def packages(file: Path) -> set[str]:
    """The packages of ours that a file imports, as `medlem.billing`."""
    return {".".join(name.split(".")[:2]) for name in imported_by(file)}


def contracts() -> list[dict[str, Any]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    found: list[dict[str, Any]] = project["tool"]["importlinter"]["contracts"]
    return found


def files_of(package: str) -> list[Path]:
    return sorted((ROOT / package.replace(".", "/")).rglob("*.py"))


def test_domains_call_downwards_only() -> None:
    """As `make check` proves with import-linter; here a wrong import fails with the tests already."""
    (layers,) = (contract["layers"] for contract in contracts() if contract["type"] == "layers")
    level = {package.strip(): place for place, names in enumerate(layers) for package in names.split(":")}
    upwards = [
        f"{file.relative_to(ROOT)} imports {other}"
        for package, place in level.items()
        for file in files_of(package)
        for other in packages(file)
        if level.get(other, place) < place
    ]
    assert upwards == []
    folders = {f"medlem.{path.parent.name}" for path in (ROOT / "medlem").glob("*/__init__.py")}
    assert folders - set(level) == {"medlem.gateways"}


@pytest.mark.parametrize(
    "contract", [each for each in contracts() if each["type"] == "forbidden"], ids=lambda each: each["name"]
)
def test_what_is_forbidden_is_not_imported(contract: dict[str, Any]) -> None:
    wrong = [
        f"{file.relative_to(ROOT)} imports {other}"
        for package in contract["source_modules"]
        for file in files_of(package)
        for other in packages(file) & set(contract["forbidden_modules"])
    ]
    assert wrong == []


def test_only_the_clock_reads_the_clock() -> None:
    """Actions are given `now`. The task queue alone keeps real time, whatever the demo's calendar says."""
    allowed = {"core/clock.py", "commands/tick.py"}
    readers = {
        str(file.relative_to(ROOT / "medlem"))
        for file in files_of("medlem")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr)
        in {("datetime", "now"), ("timezone", "now"), ("date", "today"), ("datetime", "utcnow")}
    }
    assert readers - allowed == set()


# --- every address ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Things:
    """What is Alice's, an applicant's or the house's own, and a stranger might ask for."""

    product: Product
    invoice: Invoice
    membership: Membership
    migration: Migration
    list: ProductImport
    photos: PhotoBatch
    claim: LegacyClaim
    offered: Transfer
    received: Transfer
    statement: DisputeStatement
    draft: Application
    application: Application
    blocked: BlockedContact
    mail: Mail
    payment: BankPayment
    cast: Cast

    @property
    def document(self) -> UUID:
        return self.application.evidence.get().public_id


@pytest.fixture
def things(
    cast: Cast,
    now: datetime,
    register_up: None,
    english: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Things:
    set_clock(now, folder=tmp_path, monkeypatch=monkeypatch)
    product = factories.product(cast.fjordlys, points=500, serial="012345678901", now=now)
    membership = factories.member(cast.fjordlys, now=now)
    claim = migration.claim_former_email(
        account=cast.fjordlys,
        email="gammel@fjordlys.example",
        language="en",
        by=cast.alice.as_member,
        now=now,
    )
    migration.confirm_former_email(claim=claim, reason="", by=cast.alice.as_member, now=now)
    former = LegacyMember.objects.create(email=claim.email)
    LegacyProduct.objects.create(member=former, reference="L-1", model_name="EOS R5")
    LegacyProduct.objects.create(member=former, reference="L-2", model_name="EOS 300V Date")
    third = open_account(name="Tredje Foto AS", number="310000000", email="t@tredje.example", now=now)
    factories.product(third, points=500, serial="012345678901", now=now)
    given, received = (
        factories.product(owner, points=310, serial=serial, now=now)
        for owner, serial in ((cast.fjordlys, "012345678902"), (third, "012345678903"))
    )
    invoice = factories.invoice_of(membership)
    return Things(
        product=product,
        offered=factories.offer(given, third, now=now),
        received=factories.offer(received, cast.fjordlys, now=now),
        statement=disputes.state(
            product=product, text="", upload=factories.receipt(), by=cast.alice.as_member, now=now
        ),
        invoice=invoice,
        membership=membership,
        migration=migration.migrate(account=cast.fjordlys, by=cast.alice.as_member, now=now),
        photos=PhotoBatch.objects.create(account=cast.fjordlys, made_by_id=cast.alice.public_id, made_at=now),
        list=many.look_at(
            account=cast.fjordlys, content=b"EOS R5;AB-0012;2024-03-12", by=cast.alice.as_member, now=now
        ),
        claim=claim,
        draft=draft_of(NORDVIK, now=now),
        application=validating(NORDVIK, now=now),
        blocked=BlockedContact.objects.create(
            email="x@blocked.example", reason="Fraud", blocked_by_id=cast.vera.public_id, at=now
        ),
        mail=events.queue_mail("invitation", to="alice@fjordlys.example", language="en", now=now),
        payment=payments.enter_bank_payment(
            invoice=invoice,
            amount=Money(100, "NOK"),
            received_on=now.date(),
            bank_reference="A1",
            by=cast.finn.as_staff,
            now=now,
        ),
        cast=cast,
    )


type Arguments = Callable[[Things], dict[str, Any]]


def number(things: Things) -> dict[str, Any]:
    return {"number": things.invoice.number}


def application(things: Things) -> dict[str, Any]:
    return {"public_id": things.application.public_id}


def account(things: Things) -> dict[str, Any]:
    return {"public_id": things.cast.fjordlys.public_id}


def list_of_products(things: Things) -> dict[str, Any]:
    return {"public_id": things.list.public_id}


def stolen(purpose: str) -> Arguments:
    """A link that was signed for something else."""
    return lambda things: {"token": links.sign(f"not {purpose}", things.application.public_id)}


# Whose thing a stranger tries, at every address that names one.
NAMED: dict[str, Arguments] = {
    "public:resume": stolen("resume"),
    "public:remove_evidence": lambda things: {"public_id": things.draft.evidence.get().public_id},
    "public:step": lambda _things: {"step": "contact"},
    "public:status": stolen("status"),
    "public:status_evidence": stolen("status"),
    "public:remove_added": lambda things: {
        **stolen("status")(things),
        "public_id": things.draft.evidence.get().public_id,
    },
    "public:password_set": stolen("password"),
    "public:former_email": stolen("former-email"),
    "public:verify": lambda things: {"number": things.membership.number, "code": "wrong"},
    "portal:migration": lambda things: {"public_id": things.migration.public_id},
    "portal:stop_migration": lambda things: {"public_id": things.migration.public_id},
    "portal:photo_batch": lambda things: {"public_id": things.photos.public_id},
    "portal:import": list_of_products,
    "portal:start_import": list_of_products,
    "portal:stop_import": list_of_products,
    "portal:discard_import": list_of_products,
    "portal:import_refused": list_of_products,
    "portal:import_refused_xlsx": list_of_products,
    "portal:product": lambda things: {"public_id": things.product.public_id},
    "portal:statement": lambda things: {"public_id": things.product.public_id},
    "portal:give": lambda things: {"public_id": things.product.public_id},
    "portal:missing": lambda things: {"public_id": things.product.public_id},
    "portal:found": lambda things: {"public_id": things.product.public_id},
    "portal:remove": lambda things: {"public_id": things.product.public_id},
    "portal:bring_back": lambda things: {"public_id": things.product.public_id},
    "portal:transfer": lambda things: {"public_id": things.received.public_id},
    "portal:decline_transfer": lambda things: {"public_id": things.received.public_id},
    "portal:take_back": lambda things: {"public_id": things.offered.public_id},
    "portal:join": lambda _things: {"level": "silver"},
    "portal:join_card": lambda _things: {"level": "silver"},
    "portal:go_on": lambda _things: {"level": "silver"},
    "portal:renew": lambda _things: {"level": "silver"},
    "portal:invoice": number,
    "portal:invoice_pdf": number,
    "portal:new_card": number,
    "portal:card_saved": number,
    "portal:confirm_charge": number,
    "portal:charge_confirmed": number,
    "desk:application": application,
    "desk:claim": application,
    "desk:release": application,
    "desk:take_over": application,
    "desk:stay": application,
    "desk:ready_text": application,
    "desk:note": application,
    "desk:unblock": lambda things: {"key": things.blocked.pk},
    "desk:approve": application,
    "desk:ask": application,
    "desk:decline": application,
    "desk:evidence": lambda things: {"public_id": things.document},
    "desk:evidence_page": lambda things: {"public_id": things.document, "page": 1},
    "desk:account": account,
    "desk:adjust_points": account,
    "desk:link_former_address": account,
    "desk:password_link": account,
    "desk:dispute": lambda things: {"public_id": things.statement.dispute.public_id},
    "desk:receipt": lambda things: {"public_id": things.statement.public_id},
    "desk:receipt_page": lambda things: {"public_id": things.statement.public_id, "page": 1},
    "desk:invoice": number,
    "desk:invoice_pdf": number,
    "desk:take_back": lambda things: {"public_id": things.payment.public_id},
    "desk:mail_again": lambda things: {"public_id": things.mail.public_id},
    "demo:become": lambda things: {"public_id": things.cast.alice.public_id},
    "demo:document": lambda _things: {"number": NORDVIK},
    "demo:message": lambda _things: {"name": "0193"},
    "demo:letter": lambda _things: {"name": "0193"},
    "demo:attachment": lambda _things: {"name": "0193", "number": 1},
    "demo:card": lambda _things: {"session": "0193"},
    "demo:card_confirm": lambda _things: {"session": "0193"},
}

# What a stranger is answered who asks for a public page, and who posts an empty form to it.
PUBLIC: dict[str, tuple[int, int]] = {
    "root": (302, 302),
    "healthz": (200, 200),
    "readyz": (200, 200),
    "theme": (200, 405),
    "home": (200, 200),
    "public:start": (302, 302),
    "public:look_up": (405, 200),
    "public:place": (204, 405),
    "public:documents": (404, 404),
    "public:continue_later": (302, 302),
    "public:resume": (410, 410),
    "public:remove_evidence": (405, 302),
    "public:step": (302, 302),
    "public:status": (404, 404),
    "public:status_evidence": (404, 404),
    "public:remove_added": (404, 404),
    "public:sign_in": (200, 200),
    "public:sign_out": (302, 302),
    "public:password_forgot": (200, 200),
    "public:password_set": (410, 410),
    "public:former_email": (404, 404),
    "public:help": (200, 405),
    "public:terms": (200, 405),
    "public:privacy": (200, 405),
    "public:verify": (404, 404),
}

# The member's own pages, whatever their address says; help is everybody's.
OWN = {"portal:join", "portal:join_card", "portal:go_on", "portal:renew"}
EVERYBODYS = {"portal:help"}

# Which of the staff see a page: Vera validates, Finn is finance, Sara support, Mona manages the programme.
DESK: dict[str, str] = {
    "desk:home": "vera finn sara mona",
    "desk:applications": "vera sara mona",
    "desk:next_application": "vera mona",
    "desk:figures": "vera mona",
    "desk:blocked": "vera mona",
    "desk:unblock": "vera mona",
    "desk:application": "vera sara mona",
    "desk:claim": "vera mona",
    "desk:release": "vera mona",
    "desk:take_over": "vera mona",
    "desk:stay": "vera mona",
    "desk:ready_text": "vera mona",
    "desk:note": "vera sara mona",
    "desk:approve": "vera mona",
    "desk:ask": "vera mona",
    "desk:decline": "vera mona",
    "desk:evidence": "vera sara mona",
    "desk:evidence_page": "vera sara mona",
    "desk:accounts": "vera finn sara mona",
    "desk:account": "vera finn sara mona",
    "desk:adjust_points": "sara mona",
    "desk:link_former_address": "sara",
    "desk:password_link": "vera sara mona",
    "desk:disputes": "sara mona",
    "desk:dispute": "sara mona",
    "desk:receipt": "sara mona",
    "desk:receipt_page": "sara mona",
    "desk:serial": "vera sara mona",
    "desk:legacy": "sara mona",
    "desk:name_legacy": "sara mona",
    "desk:unname_legacy": "sara mona",
    "desk:invoices": "finn mona",
    "desk:invoice": "finn mona",
    "desk:invoice_pdf": "finn mona",
    "desk:bank": "finn",
    "desk:take_back": "finn",
    "desk:mail": "sara mona",
    "desk:mail_again": "sara mona",
    "desk:programme": "mona",
    "desk:what_if": "mona",
}


def walk(patterns: list[Any], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address by its name, or by its path where it has none."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name or pattern.pattern}", pattern


ADDRESSES = list(walk(get_resolver().url_patterns))
DEMO = list(walk(demo_urls.urlpatterns, "demo:"))
FACES = {face: [name for name, _ in ADDRESSES if name.startswith(f"{face}:")] for face in ("portal", "desk")}


def address(name: str, things: Things) -> str:
    pattern = dict(ADDRESSES)[name]
    named = NAMED[name](things) if pattern.pattern.converters else {}
    return reverse(name, kwargs=named) if pattern.name else f"/{name}"


def statuses(client: Client, path: str) -> tuple[int, int]:
    """What GET and an empty POST are answered; a file is read to its end."""
    answers = client.get(path), client.post(path)
    for answer in answers:
        if answer.streaming:
            b"".join(answer)  # type: ignore[arg-type]
    return answers[0].status_code, answers[1].status_code


def refusals(client: Client, names: list[str], things: Things) -> dict[str, tuple[int, int]]:
    """The addresses that are not simply not there. A method that no one may use may be refused as such."""
    found = {name: statuses(client, address(name, things)) for name in names}
    return {name: both for name, both in found.items() if not set(both) <= {404, 405} or 404 not in both}


def test_no_address_was_forgotten_here() -> None:
    names = [name for name, _ in [*ADDRESSES, *DEMO]]
    assert len(names) == len(set(names))
    assert {name for name, pattern in [*ADDRESSES, *DEMO] if pattern.pattern.converters} == set(NAMED)
    assert {name for name, _ in ADDRESSES if not name.startswith(("portal:", "desk:"))} == set(PUBLIC)
    assert set(FACES["desk"]) == set(DESK)


def test_a_stranger_sees_what_is_public_and_changes_nothing(things: Things, client: Client) -> None:
    before = rows()
    assert {name: statuses(client, address(name, things)) for name in PUBLIC} == PUBLIC
    assert rows() == before


@pytest.mark.parametrize("language", ["nb", "en"])
def test_a_stranger_is_sent_to_sign_in_from_every_other_page(
    things: Things, client: Client, language: str
) -> None:
    before = rows()
    with translation.override(language):
        let_in = {}
        for name in FACES["portal"] + FACES["desk"]:
            path = address(name, things)
            to_sign_in = f"/{language}/sign-in/?next={path}"
            answers = client.get(path), client.post(path)
            if [(answer.status_code, answer.headers.get("Location")) for answer in answers] != [
                (302, to_sign_in)
            ] * 2:
                let_in[name] = [answer.status_code for answer in answers]
    assert let_in == {"portal:help": [200, 405]}
    assert rows() == before


def test_another_businesss_things_do_not_exist(things: Things) -> None:
    """Charlie has Alice's addresses, and gets 404."""
    charlie, alice = signed_in(things.cast.charlie), signed_in(things.cast.alice)
    hers = [name for name in FACES["portal"] if name in NAMED and name not in OWN]
    before = rows()
    assert refusals(charlie, hers, things) == {}
    assert rows() == before
    shown = {name: statuses(alice, address(name, things))[0] for name in hers}
    assert 404 not in shown.values()


def test_a_member_reads_nothing_of_another_business(things: Things) -> None:
    charlie = signed_in(things.cast.charlie)
    own = [name for name in FACES["portal"] if name not in NAMED or name in OWN]
    secrets = [
        "Fjordlys",
        "fjordlys.example",
        things.product.serial_number,
        things.membership.number,
        "Alice",
    ]
    read = {name: charlie.get(address(name, things), follow=True) for name in own}
    assert {name: page.status_code for name, page in read.items() if page.status_code != 200} == {
        "portal:join_card": 404,  # Charlie did not begin to join by card
    }
    texts = {name: _text(page) for name, page in read.items()}
    assert [(name, secret) for name, text in texts.items() for secret in secrets if secret in text] == []


def _text(page: Any) -> str:
    return (b"".join(page) if page.streaming else page.content).decode(errors="replace")


def test_the_desk_does_not_exist_for_members(things: Things) -> None:
    members = [signed_in(user) for user in (things.cast.alice, things.cast.charlie)]
    before = rows()
    for member in members:
        assert refusals(member, FACES["desk"], things) == {}
    assert rows() == before


def test_the_portal_does_not_exist_for_staff_nor_for_closed_accounts(things: Things) -> None:
    pages = [name for name in FACES["portal"] if name not in EVERYBODYS]
    things.cast.fjordlys.status = "closed"
    things.cast.fjordlys.save()
    visitors = [signed_in(user) for user in (things.cast.vera, things.cast.mona, things.cast.alice)]
    before = rows()
    for visitor in visitors:
        assert refusals(visitor, pages, things) == {}
    assert rows() == before


def test_each_page_of_the_desk_is_for_those_who_need_it(things: Things) -> None:
    staff = {name: signed_in(getattr(things.cast, name)) for name in ("vera", "finn", "sara", "mona")}
    before = rows()
    seen: dict[str, str] = {}
    for page in DESK:
        path = address(page, things)
        # To GET alone: a post by somebody who may would do what it is for.
        may = [name for name, client in staff.items() if _answer(client, path) != 404]
        seen[page] = " ".join(may)
        for name in staff.keys() - may:
            assert refusals(staff[name], [page], things) == {}
    assert seen == DESK
    changed = {model for model, now in rows().items() if now != before[model]}
    assert changed == {"events.Event"}  # who took the original of a document is recorded


def _answer(client: Client, path: str) -> int:
    answer = client.get(path)
    if answer.streaming:
        b"".join(answer)  # type: ignore[arg-type]
    return answer.status_code


def test_e7_outside_of_demo_its_addresses_do_not_exist(things: Things, client: Client) -> None:
    inside = get_resolver("medlem.web.demo.urls")
    visitors = [client, signed_in(things.cast.alice), signed_in(things.cast.mona)]
    before = rows()
    for name, pattern in DEMO:
        named = NAMED[name](things) if pattern.pattern.converters else {}
        path = "/demo/" + str(inside.reverse(name.removeprefix("demo:"), **named))
        for visitor in visitors:
            assert (name, *statuses(visitor, path)) == (name, 404, 404)
    assert rows() == before
