"""Giving a product to another account: the owner offers, the receiver declines or takes it (B8).

Taking it stands in `receiving.py`. The owner names an account by its number and learns nothing of it; the
receiver is told who offers what.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.accounts.queries import super_user_of
from medlem.accounts.status import AccountStatus
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.core.identifiers import has_check_digit
from medlem.events.actions import link, move, queue_mail, record
from medlem.events.actors import SYSTEM, Actor
from medlem.products.contested import disputes_about
from medlem.products.models import Product, Transfer
from medlem.products.status import HOLDING, TransferStatus
from medlem.programme import current

LASTS = timedelta(days=30)


class NotToBeGiven(Refused):
    """The product cannot be given away as it stands."""


class NoSuchAccount(Refused):
    """The number is no account that could receive something."""


@transaction.atomic
def offer(*, product: Product, to_number: str, message: str, by: Actor, now: datetime) -> Transfer:
    """Offers a product to the account with that number, for thirty days (B8). Nothing changes hands yet.

    Locks the owner's account; writes the offer with its event, and the mail to the receiver. Raises
    NoSuchAccount (field `to_number`) and NotToBeGiven.
    """
    account = Account.objects.select_for_update().get(pk=product.account_id)
    product = Product.objects.select_related("model").get(pk=product.pk)
    receiver = _receiver(to_number, than=account)
    check_to_be_given(product, to=receiver)
    if Transfer.objects.filter(product=product, status=TransferStatus.OFFERED).exists():
        raise NotToBeGiven(_("It is offered already. Take that offer back first."))
    today = date_in(current().timezone, now)
    transfer = Transfer.objects.create(
        product=product,
        to_account=receiver,
        serial_number=product.serial_number,
        message=" ".join(message.split()),
        offered_by_id=by.person_id,
        offered_at=now,
        expires_on=today + LASTS,
    )
    record(
        "transfer.offered",
        by=by,
        now=now,
        subject=product,
        account_id=account.public_id,
        after={"to": receiver.number, "expires_on": transfer.expires_on},
    )
    person = super_user_of(receiver)
    if person:
        queue_mail(
            "transfer_offered",
            to=person.email,
            language=person.language,
            now=now,
            account_id=receiver.public_id,
            name=person.first_name,
            owner=account.name,
            product=product.model.name,
            serial=product.serial_number,
            message=transfer.message,
            expires_on=transfer.expires_on,
            link=link("portal:transfer", public_id=str(transfer.public_id)),
        )
    return transfer


def _receiver(number: str, *, than: Account) -> Account:
    digits = "".join(number.split())
    if not has_check_digit(digits):
        raise NoSuchAccount(
            _("The account number has a typing slip: its last digit does not fit the others."),
            field="to_number",
        )
    if digits == than.number:
        raise NoSuchAccount(_("This is your own account number."), field="to_number")
    receiver = Account.objects.filter(number=digits, status=AccountStatus.ACTIVE).first()
    if receiver is None:
        raise NoSuchAccount(
            _("No business can be reached with this number. Ask for it once more."), field="to_number"
        )
    return receiver


def check_to_be_given(product: Product, *, to: Account) -> None:
    """Raises NotToBeGiven where the product is gone, disputed, lost, or nothing that one could recognise.

    A dispute with the receiver alone is no hindrance: the offer ends it.
    """
    if product.status not in HOLDING or disputes_about(product).exclude(product__account=to).exists():
        raise NotToBeGiven(
            _("Support is looking into its serial number. It can be given when that is settled.")
        )
    if not product.serial_number:
        raise NotToBeGiven(_("Fill in its serial number first."))
    if product.missing_as:
        raise NotToBeGiven(_("It is marked as lost or stolen. Take the mark away first."))


@transaction.atomic
def take_back(*, transfer: Transfer, by: Actor, now: datetime) -> None:
    """The owner takes an offer back that was not answered yet. Of two who are as quick, one is told."""
    _end(transfer, to=TransferStatus.WITHDRAWN, by=by, now=now)


@transaction.atomic
def decline(*, transfer: Transfer, by: Actor, now: datetime) -> None:
    """The receiver declines, in its own history, and the owner is told."""
    receiver = transfer.to_account
    _end(transfer, to=TransferStatus.DECLINED, of=receiver, by=by, now=now)
    tell_owner(transfer, "declined", now=now)


@transaction.atomic
def expire(*, transfer_id: int, now: datetime) -> None:
    """An offer that nobody answered runs out, and the owner is told."""
    transfer = Transfer.objects.get(pk=transfer_id)
    if transfer.status == TransferStatus.OFFERED:
        _end(transfer, to=TransferStatus.EXPIRED, by=SYSTEM, now=now)
        tell_owner(transfer, "expired", now=now)


def withdraw_offer(*, product: Product, by: Actor, now: datetime) -> None:
    """Ends the offer of a product that is gone or has lost its serial number. Nothing where there is none."""
    transfer = Transfer.objects.filter(product=product, status=TransferStatus.OFFERED).first()
    if transfer:
        _end(transfer, to=TransferStatus.WITHDRAWN, by=by, now=now)


def transfers_to_expire(today: date) -> list[int]:
    """Keys of offers whose time is over."""
    over = Transfer.objects.filter(status=TransferStatus.OFFERED, expires_on__lt=today)
    return list(over.order_by("pk").values_list("pk", flat=True))


def _end(
    transfer: Transfer,
    *,
    to: TransferStatus,
    of: Account | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Ends an offer under the owner's lock; the event stands in the history of the account that did it, and in
    that of the product."""
    account = Account.objects.select_for_update().get(products=transfer.product_id)
    transfer.status = Transfer.objects.get(pk=transfer.pk).status
    if transfer.status != TransferStatus.OFFERED:
        raise NotToBeGiven(_("This offer was answered or taken back in the meantime."))
    name = {
        TransferStatus.WITHDRAWN: "transfer.withdrawn",
        TransferStatus.DECLINED: "transfer.declined",
        TransferStatus.EXPIRED: "transfer.expired",
    }[to]
    move(
        transfer,
        to=to,
        name=name,
        by=by,
        now=now,
        account_id=(of or account).public_id,
        fields={"answered_at": now},
    )
    # In the product's own history too, which is the owner's: whoever declined for the receiver is not named there.
    record(
        {
            TransferStatus.WITHDRAWN: "product.offer_withdrawn",
            TransferStatus.DECLINED: "product.offer_declined",
            TransferStatus.EXPIRED: "product.offer_expired",
        }[to],
        by=SYSTEM if of else by,
        now=now,
        subject=transfer.product,
        account_id=account.public_id,
        after={"to": transfer.to_account.number},
    )


def tell_owner(transfer: Transfer, how: str, *, now: datetime) -> None:
    """Mails the owner what became of an offer: accepted, declined or expired. Names no business."""
    account = transfer.product.account
    person = super_user_of(account)
    if person is None:
        return
    queue_mail(
        "transfer_answered",
        to=person.email,
        language=person.language,
        now=now,
        account_id=account.public_id,
        name=person.first_name,
        product=transfer.product.model.name,
        serial=transfer.serial_number,
        to_number=transfer.to_account.number,
        how=how,
        link=link("portal:products"),
    )
