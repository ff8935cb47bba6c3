"""Things in a state that a test starts from, made through the same actions as in life."""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from medlem.accounts.models import Account
from medlem.applications import actions as applications
from medlem.applications import evidence
from medlem.applications.models import Application
from medlem.billing import ledger
from medlem.billing.models import Invoice, SavedCard
from medlem.billing.providers import simulated_cards
from medlem.billing.queries import balance_of
from medlem.billing.status import EntryKind, Means
from medlem.events.actors import APPLICANT, SYSTEM, Actor
from medlem.gateways.card import SavedCard as ProviderCard
from medlem.memberships import actions as memberships
from medlem.memberships.models import Membership
from medlem.products import actions as products
from medlem.products import transfers
from medlem.products.models import Product, ProductModel, Transfer
from medlem.products.rules import Details
from medlem.programme import current

SUCCEEDS = "4242424242424242"
DECLINED = "4000000000000002"
NEEDS_AUTHENTICATION = "4000002500003155"


def super_user(account: Account) -> Actor:
    return account.people.get(role="super_user").user.as_member


def model_worth(points: int, *, day: date = date(2026, 11, 23)) -> ProductModel:
    """Some model of the catalogue that is worth so many points on the day."""
    for model in ProductModel.objects.prefetch_related("points").order_by("name"):
        values = [value for value in model.points.all() if value.from_on <= day]
        if values and values[-1].points == points:
            return model
    raise LookupError(f"no model worth {points}")


def details(serial: str, **changes: Any) -> Details:
    values = {
        "serial_number": serial,
        "purchased_on": date(2024, 3, 12),
        "purchase_country": "NO",
        "dealer": "Fotoforhandler AS",
    }
    return Details(**{**values, **changes})


def product(account: Account, *, points: int, serial: str, now: datetime, **changes: Any) -> Product:
    return products.add(
        account=account,
        model=model_worth(points),
        details=details(serial, **changes),
        by=super_user(account),
        now=now,
    )


def offer(product: Product, to: Account, *, message: str = "", now: datetime) -> Transfer:
    """A product offered to another account (B8)."""
    return transfers.offer(
        product=product, to_number=to.number, message=message, by=super_user(product.account), now=now
    )


def receipt(name: str = "kvittering.png") -> SimpleUploadedFile:
    """A picture, as somebody uploads it to show that a product is theirs (B4)."""
    picture = BytesIO()
    Image.new("RGB", (60, 40), "white").save(picture, "PNG")
    return SimpleUploadedFile(name, picture.getvalue())


def give_points(account: Account, points: int, *, now: datetime) -> None:
    """Points without products, where a test is about something else."""
    memberships.adjust(account=account, points=points, reason="test", by=SYSTEM, now=now)


def saved_card(account: Account, *, number: str = SUCCEEDS, now: datetime) -> SavedCard:
    """A card entered on the simulated provider's page."""
    from medlem.billing import actions as billing

    page = simulated_cards().begin_setup(reference="test", return_url="https://x.example/", language="en")
    saved = simulated_cards().complete_session(page.session, number)
    assert isinstance(saved, ProviderCard)
    return billing.save_card(account=account, session=page.session, by=super_user(account), now=now)


def member(
    account: Account,
    *,
    level: str = "silver",
    means: Means = Means.BANK,
    card: SavedCard | None = None,
    points: int = 1700,
    now: datetime,
) -> Membership:
    give_points(account, points, now=now)
    return memberships.join(
        account=account,
        level=level,
        months=12,
        means=means,
        card=card,
        terms_version=current().terms_of_membership.version,
        by=super_user(account),
        now=now,
    )


def invoice_of(membership: Membership) -> Invoice:
    invoice = membership.terms.get().invoice
    assert invoice is not None
    return invoice


def paid(invoice: Invoice, *, now: datetime) -> None:
    """Whatever is open of the invoice came in by bank transfer."""
    with transaction.atomic():
        ledger.settle(
            invoice=invoice,
            amount=balance_of(invoice),
            kind=EntryKind.BANK_PAYMENT,
            on=now.date(),
            reference=f"test:{invoice.number}",
            by=SYSTEM,
            now=now,
        )


ANSWERS: dict[str, Any] = {
    "country": "NO",
    "registration_number": "985589712",
    "business_name": "Blåfjell Bilder AS",
    "organisation_form": "AS",
    "street": "Fjellveien 4",
    "postcode": "5019",
    "place": "Bergen",
    "vat_registered": True,
    "vat_number": "985589712MVA",
    "first_name": "Åse",
    "last_name": "Blåfjell",
    "email": "ase@blafjell.example",
    "phone": "+4722334455",
    "trade": "",
    "invoice_email": "faktura@blafjell.example",
    "former_email": "",
}


def draft(*, now: datetime, pdf: bytes | None = None, **changes: Any) -> Application:
    """A draft with every answer, and a document when `pdf` is given."""
    from medlem.applications.rules import STEPS

    answers = {**ANSWERS, "trade": current().trades[0].code, **changes}
    application = applications.start(language="en", now=now)
    for step in STEPS:
        application = applications.save_answers(application=application, step=step, answers=answers, now=now)
    if pdf is not None:
        evidence.add(application=application, filename="faktura.pdf", content=pdf, by=APPLICANT, now=now)
    return application
