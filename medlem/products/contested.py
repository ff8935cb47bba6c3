"""Reads of disputes and transfers, and of everything about one serial number (B4, B8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F, Q, QuerySet

from medlem.accounts.models import Account
from medlem.events.models import Event
from medlem.products.endings import LENGTH as ENDING
from medlem.products.endings import Ending
from medlem.products.models import Dispute, DisputeStatement, Product, Transfer
from medlem.products.rules import normalised_serial
from medlem.products.status import HOLDING, DisputeStatus, ProductStatus, TransferStatus
from medlem.programme import current


def disputes_about(product: Product) -> QuerySet[Dispute]:
    """The open disputes in which this product claims its serial number, or holds it against a claim; the
    oldest first."""
    open_ones = Dispute.objects.filter(status=DisputeStatus.OPEN)
    if not product.serial_number or product.status == ProductStatus.REMOVED:
        return open_ones.none()
    if product.status == ProductStatus.DISPUTED:
        return open_ones.filter(product=product)
    return open_ones.filter(serial_number=product.serial_number, product__model=product.model_id)


def dispute_about(product: Product) -> Dispute | None:
    """The open dispute about this product; the oldest, where several claim its serial number."""
    return disputes_about(product).first()


def holder_of(dispute: Dispute) -> Product | None:
    """The product that holds the disputed serial number now; None where nobody does any more.

    That may be another than the dispute began with: it was removed, and somebody else registered it.
    """
    holding = Product.objects.filter(
        status__in=HOLDING, serial_number=dispute.serial_number, model=dispute.product.model_id
    )
    return holding.select_related("model", "account").first()


def statements_of(account: Account, dispute: Dispute) -> QuerySet[DisputeStatement]:
    """What an account has said of the piece, in this dispute and in others about it, oldest first."""
    return DisputeStatement.objects.filter(
        account=account,
        dispute__serial_number=dispute.serial_number,
        dispute__product__model=dispute.product.model_id,
    )


# --- transfers (B8) ---------------------------------------------------------------------------------


def open_offer(product: Product) -> Transfer | None:
    """The offer of a product that was not answered yet."""
    offered = Transfer.objects.filter(product=product, status=TransferStatus.OFFERED)
    return offered.select_related("to_account").first()


def given_to(product: Product) -> str:
    """The number of the account that accepted a product; empty where it was not given away."""
    accepted = Transfer.objects.filter(product=product, status=TransferStatus.ACCEPTED)
    return accepted.values_list("to_account__number", flat=True).first() or ""


def offers_to(account: Account, *, today: date) -> QuerySet[Transfer]:
    """What is offered to an account and can be taken, the oldest first."""
    offered = Transfer.objects.filter(
        to_account=account, status=TransferStatus.OFFERED, expires_on__gte=today
    )
    return offered.select_related("product__model", "product__account").order_by("offered_at")


def offer_to(account: Account, public_id: UUID) -> Transfer | None:
    """One offer to this account, whatever became of it."""
    offered = Transfer.objects.filter(to_account=account, public_id=public_id)
    return offered.select_related("product__model", "product__account", "received_as").first()


def offer_by(account: Account, public_id: UUID) -> Transfer | None:
    """One offer that this account made."""
    offered = Transfer.objects.filter(product__account=account, public_id=public_id)
    return offered.select_related("product").first()


# --- the desk (E4) ---------------------------------------------------------------------------------


def find_disputes(*, settled: bool) -> QuerySet[Dispute]:
    """Open disputes, the oldest first; or those that are over, the latest first."""
    found = Dispute.objects.select_related("product__model", "product__account", "holder__account")
    if settled:
        return found.exclude(status=DisputeStatus.OPEN).order_by("-settled_at", "-id")
    return found.filter(status=DisputeStatus.OPEN).order_by("opened_at", "id")


def dispute_by_id(public_id: UUID) -> Dispute | None:
    found = Dispute.objects.select_related("product__model", "product__account", "holder__account")
    return found.filter(public_id=public_id).first()


def statement_by_id(public_id: UUID) -> DisputeStatement | None:
    return DisputeStatement.objects.select_related("dispute").filter(public_id=public_id).first()


def others_about(dispute: Dispute) -> QuerySet[Dispute]:
    """The other disputes about the same piece, open or over."""
    same = Dispute.objects.filter(
        serial_number=dispute.serial_number, product__model=dispute.product.model_id
    ).exclude(pk=dispute.pk)
    return same.select_related("product__account").order_by("-opened_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class SerialNumber:
    """All that is known of a serial number: who has or had it, disputes, transfers, and what happened."""

    serial: str
    products: list[Product]
    disputes: list[Dispute]
    transfers: list[Transfer]
    events: list[Event]
    alike: list[Product]

    @property
    def holders(self) -> list[Product]:
        """Who holds it now: one for each model, as two models may share a number."""
        return [product for product in self.products if product.status in HOLDING]


MOST_FOUND, MOST_ENDING = 50, 500
LONGEST = 20


def about_serial(typed: str) -> SerialNumber:
    """Everything about a serial number, however it was typed: five queries on indexes (B8).

    Zeros in front get lost in spreadsheets and on paper, and of a worn plate one reads the end: `alike` are
    products whose numbers are the same but for zeros in front, then those that end in what was typed.
    """
    serial = normalised_serial(typed)
    products = list(
        Product.objects.filter(serial_number=serial)
        .select_related("model", "account")
        .order_by("-id")[:MOST_FOUND]
    )
    disputes = list(
        Dispute.objects.filter(serial_number=serial)
        .select_related("product__model", "product__account", "holder__account")
        .order_by("-opened_at")[:MOST_FOUND]
    )
    ids = [product.pk for product in products]
    transfers = list(
        Transfer.objects.filter(Q(product__in=ids) | Q(received_as__in=ids))
        .select_related("product__account", "to_account")
        .order_by("-offered_at")[:MOST_FOUND]
    )
    subjects = [product.public_id for product in products]
    events = list(Event.objects.filter(subject_id__in=subjects).order_by("-id")[:MOST_FOUND])
    return SerialNumber(
        serial=serial,
        products=products,
        disputes=disputes,
        transfers=transfers,
        events=events,
        alike=_alike(serial),
    )


def _alike(serial: str) -> list[Product]:
    """Products of other numbers that may be meant, the same but for zeros first, the latest first."""
    bare = serial.lstrip("0")
    if not bare:
        return []
    products = Product.objects.select_related("model", "account").order_by("-id")
    if len(bare) < ENDING:  # too few signs to find anything by them but the same number
        filled = {bare.zfill(length) for length in range(len(bare), LONGEST + 1)} - {serial}
        return list(products.filter(serial_number__in=filled)[:MOST_FOUND])
    ending = products.alias(ending=Ending("serial_number")).filter(ending=bare[-ENDING:])
    found = ending.filter(serial_number__endswith=bare).exclude(serial_number=serial)[:MOST_ENDING]
    return sorted(found, key=lambda each: each.serial_number.lstrip("0") != bare)[:MOST_FOUND]


# --- what the tick asks ------------------------------------------------------------------------------


def holders_to_ask() -> list[int]:
    """Keys of accounts whose serial number somebody else claims, and who were not told yet."""
    unasked = Dispute.objects.filter(status=DisputeStatus.OPEN, holder_asked_at=None)
    held = unasked.filter(holder__status__in=HOLDING, holder__serial_number=F("serial_number"))
    return list(held.order_by("holder__account").values_list("holder__account", flat=True).distinct())


def receipts_to_erase(now: datetime) -> list[int]:
    """Keys of statements whose receipt was kept long enough: as long as the evidence of applications (A11)."""
    kept = timedelta(days=current().deadlines.erase_approved_evidence_days)
    over = DisputeStatement.objects.filter(dispute__settled_at__lt=now - kept)
    return list(over.exclude(stored_as="").values_list("pk", flat=True))
