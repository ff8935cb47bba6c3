"""Support settles a dispute for one side: the serial number and its points follow (B4, B7)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.accounts.queries import super_user_of
from medlem.core.errors import Refused
from medlem.events.actions import link, move, queue_mail, record
from medlem.events.actors import Actor
from medlem.memberships import actions as memberships
from medlem.products.completing import complete_if_so
from medlem.products.contested import holder_of
from medlem.products.models import Dispute, Product
from medlem.products.status import DisputeStatus, ProductStatus
from medlem.products.transfers import withdraw_offer


class AlreadySettled(Refused):
    """The dispute is over: somebody else settled it, or it ended by itself."""


class OtherHolder(Refused):
    """Another product holds the serial number than the one that staff decided on."""


@transaction.atomic
def settle(*, dispute: Dispute, owner_id: UUID, reason: str, by: Actor, now: datetime) -> Dispute:
    """Settles a dispute for the product `owner_id`, which claims or holds the serial number (B4, B7).

    Locks both accounts in the order of their keys. Writes the loser, whose serial number is cleared and
    whose points are withdrawn; then the winner, complete with the points in force now where nothing is
    missing; the dispute with its reason; and a mail to each, which names nobody. Raises Refused (field
    `reason`), AlreadySettled and OtherHolder.
    """
    if not reason.strip():
        raise Refused(_("Give the reason; both sides read it."), field="reason")
    claim, holder = _locked_sides(dispute)
    dispute = Dispute.objects.select_for_update().get(pk=dispute.pk)
    if dispute.status != DisputeStatus.OPEN:
        raise AlreadySettled(_("This dispute is over already; somebody was quicker."))
    if owner_id not in {claim.public_id, holder.public_id if holder else None}:
        raise OtherHolder(_("Another business holds the serial number now. Look at both sides once more."))
    winner, loser = (claim, holder) if owner_id == claim.public_id else (holder or claim, claim)
    if loser:
        _lose(loser, reason=reason.strip(), by=by, now=now)
    _win(winner, reason=reason.strip(), by=by, now=now)
    move(
        dispute,
        to=DisputeStatus.SETTLED,
        name="dispute.settled",
        by=by,
        now=now,
        fields={
            "settled_at": now,
            "settled_by_id": by.person_id,
            "settled_for": winner,
            "reason": reason.strip(),
            **({"holder": holder} if holder else {}),
        },
    )
    _pass_on(dispute, winner)
    for side in filter(None, (winner, loser)):
        _tell(side, won=side == winner, reason=dispute.reason, now=now)
    return dispute


def _locked_sides(dispute: Dispute) -> tuple[Product, Product | None]:
    """The product that claims and the one that holds, both accounts locked. Whoever changes a product has its
    account's lock, so neither can change until the transaction is over."""
    sides = [dispute.product, holder_of(dispute)]
    accounts = sorted({side.account_id for side in sides if side})
    locked = list(Account.objects.select_for_update().filter(pk__in=accounts).order_by("pk"))
    products = Product.objects.select_related("model", "account")
    holder = holder_of(dispute)
    if holder and holder.account not in locked:
        raise OtherHolder(_("Another business holds the serial number now. Look at both sides once more."))
    return products.get(pk=dispute.product_id), holder


def _lose(product: Product, *, reason: str, by: Actor, now: datetime) -> None:
    """The serial number is taken off, and what it brought is withdrawn; the rest of the details stays."""
    account = product.account
    withdraw_offer(product=product, by=by, now=now)
    memberships.withdraw(account=account, product_id=product.public_id, reason="dispute_settled", now=now)
    before = product.serial_number
    if product.status != ProductStatus.INCOMPLETE:
        move(
            product,
            to=ProductStatus.INCOMPLETE,
            name="product.dispute_lost",
            by=by,
            now=now,
            account_id=account.public_id,
            fields={"serial_number": "", "completed_at": None},
            reason=reason,
        )
        return
    product.serial_number = ""
    product.save(update_fields=["serial_number"])
    record(
        "product.dispute_lost",
        by=by,
        now=now,
        subject=product,
        account_id=account.public_id,
        before={"serial_number": before},
        after={"reason": reason},
    )


def _win(product: Product, *, reason: str, by: Actor, now: datetime) -> None:
    """A claim becomes a holder, complete where nothing is missing; a holder stays what it is."""
    account = product.account
    if product.status != ProductStatus.DISPUTED:
        record(
            "product.dispute_won",
            by=by,
            now=now,
            subject=product,
            account_id=account.public_id,
            after={"reason": reason},
        )
        return
    move(
        product,
        to=ProductStatus.INCOMPLETE,
        name="product.dispute_won",
        by=by,
        now=now,
        account_id=account.public_id,
        reason=reason,
    )
    complete_if_so(product, by=by, now=now)


def _pass_on(dispute: Dispute, winner: Product) -> None:
    """Others who claim the same piece claim it from the winner now, who is asked about them."""
    others = Dispute.objects.filter(
        status=DisputeStatus.OPEN, serial_number=dispute.serial_number, product__model=winner.model_id
    )
    others.exclude(holder=winner).update(holder=winner, holder_asked_at=None)


def _tell(product: Product, *, won: bool, reason: str, now: datetime) -> None:
    person = super_user_of(product.account)
    if person is None:
        return
    queue_mail(
        "dispute_settled",
        to=person.email,
        language=person.language,
        now=now,
        account_id=product.account.public_id,
        name=person.first_name,
        product=product.model.name,
        won=won,
        complete=product.status == ProductStatus.COMPLETE,
        reason=reason,
        link=link("portal:product", public_id=str(product.public_id)),
    )
