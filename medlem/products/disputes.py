"""Disputes: two accounts say that one piece of equipment is theirs (B4).

Whatever makes a product disputed opens one here. Both sides may say what they have to say and show a
receipt; support settles it for one of them. Neither is ever told who the other is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO, Protocol

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from medlem.accounts.models import Account
from medlem.accounts.queries import super_user_of
from medlem.core.errors import Refused
from medlem.events.actions import link, move, queue_mail, record
from medlem.events.actors import Actor
from medlem.gateways import documents
from medlem.gateways.documents import Document, look, shown_name
from medlem.gateways.storage import files
from medlem.products.contested import dispute_about, statements_of
from medlem.products.models import Dispute, DisputeStatement, Product
from medlem.products.status import HOLDING, DisputeStatus
from medlem.programme import current

MOST_STATEMENTS = 10


def open_dispute(*, product: Product, holder: Product, now: datetime) -> Dispute:
    """Keeps that `product` claims the serial number that `holder` holds, in the caller's transaction.

    The event is the product's own, `product.disputed`; the tick asks the holder.
    """
    return open_disputes([(product, holder)], now=now)[0]


def open_disputes(claims: Iterable[tuple[Product, Product]], *, now: datetime) -> list[Dispute]:
    """Opens a dispute for each claim and the product that holds its serial number."""
    return Dispute.objects.bulk_create(
        Dispute(product=product, holder=holder, serial_number=product.serial_number, opened_at=now)
        for product, holder in claims
    )


def withdraw_dispute(*, product: Product, by: Actor, now: datetime) -> None:
    """The product claims the serial number no longer: it has another one, or is gone. Nothing where none is open."""
    dispute = Dispute.objects.select_for_update().filter(product=product, status=DisputeStatus.OPEN).first()
    if dispute:
        move(
            dispute,
            to=DisputeStatus.WITHDRAWN,
            name="dispute.withdrawn",
            by=by,
            now=now,
            account_id=product.account.public_id,
            fields={"settled_at": now},
        )


@transaction.atomic
def ask_holder(*, account_id: int, now: datetime) -> None:
    """Asks an account to show that its serial numbers are its own, all of them in one mail, each once (B4).

    The mail does not say who asked. Locks the account; writes the disputes, then the mail.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    asked = Dispute.objects.filter(status=DisputeStatus.OPEN, holder_asked_at=None, holder__account=account)
    products = list(
        Product.objects.filter(pk__in=asked.values("holder"), status__in=HOLDING)
        .select_related("model")
        .order_by("id")
    )
    asked.update(holder_asked_at=now)
    person = super_user_of(account)
    if not products or person is None:
        return
    one = products[0]
    queue_mail(
        "dispute_opened",
        to=person.email,
        language=person.language,
        now=now,
        account_id=account.public_id,
        name=person.first_name,
        products=[{"name": each.model.name, "serial": each.serial_number} for each in products],
        link=link("portal:product", public_id=str(one.public_id))
        if len(products) == 1
        else link("portal:products"),
    )


# --- what the sides say -------------------------------------------------------------------------------


class Upload(Protocol):
    """A file on its way in, as Django's forms hand it over: its size is known before it is read."""

    @property
    def name(self) -> str | None: ...

    @property
    def size(self) -> int | None: ...

    def read(self) -> bytes: ...


def state(
    *, product: Product, text: str, upload: Upload | None, by: Actor, now: datetime
) -> DisputeStatement:
    """Keeps what one side says of its product, with a receipt where it has one (B4).

    What the file really is decides, not its name. Writes the file, then its row and event. Raises Refused
    (fields `text` and `file`), also when the dispute is over, and UnreadableFile.
    """
    text = text.strip()
    if not text and upload is None:
        raise Refused(_("Write something, or choose a file."), field="text")
    read = _read(upload) if upload else None
    stored_as = files().put(read[1]) if read else ""
    try:
        with transaction.atomic():
            account = Account.objects.select_for_update().get(pk=product.account_id)
            product = Product.objects.select_related("model").get(pk=product.pk)
            dispute = dispute_about(product)
            if dispute is None:
                raise Refused(_("This was settled in the meantime. Nothing more is needed."))
            _check_room(account, dispute)
            statement = DisputeStatement.objects.create(
                dispute=dispute,
                account=account,
                author_id=by.person_id,
                text=text,
                stored_as=stored_as,
                filename=shown_name((upload.name if upload else "") or "") if read else "",
                kind=read[0].kind if read else "",
                pages=read[0].pages if read else 0,
                at=now,
            )
            record(
                "product.ownership_shown",
                by=by,
                now=now,
                subject=product,
                account_id=account.public_id,
                after={"file": statement.filename} if read else {},
            )
    except BaseException:
        if stored_as:
            files().delete(stored_as)
        raise
    return statement


def _read(upload: Upload) -> tuple[Document, bytes]:
    """The receipt, opened with the library of its kind. One that is too large is refused before it is read."""
    limits = current().evidence
    if (upload.size or 0) > limits.max_bytes:
        megabytes = limits.max_bytes // 1_000_000
        raise Refused(
            _("The file is larger than %(megabytes)s MB. Send a smaller scan.") % {"megabytes": megabytes},
            field="file",
        )
    content = upload.read()
    try:
        document = look(content, upload.name or "")
    except Refused as error:
        raise Refused(error.message, field="file") from error
    if document.kind not in limits.kinds:
        kinds = ", ".join(kind.upper() for kind in limits.kinds)
        raise Refused(
            _("Files of this kind are not taken. Send one of these: %(kinds)s.") % {"kinds": kinds},
            field="file",
        )
    return document, content


def _check_room(account: Account, dispute: Dispute) -> None:
    if statements_of(account, dispute).count() >= MOST_STATEMENTS:
        raise Refused(
            ngettext_lazy(
                "Support has %(most)s message from you and will answer; more are not taken.",
                "Support has %(most)s messages from you and will answer; more are not taken.",
                MOST_STATEMENTS,
            )
            % {"most": MOST_STATEMENTS}
        )


@transaction.atomic
def erase_receipt(*, statement_id: int) -> None:
    """Erases a receipt whose dispute is over for long enough; what was said and decided stays (A11)."""
    statement = DisputeStatement.objects.select_for_update().get(pk=statement_id)
    stored_as = statement.stored_as
    statement.stored_as = statement.filename = ""
    statement.save(update_fields=["stored_as", "filename"])
    if stored_as:
        transaction.on_commit(lambda: files().delete(stored_as))


# --- receipts on the reviewer's screen ---------------------------------------------------------------


class Erased(Refused):
    """The receipt was kept long enough and is gone (A11)."""


@transaction.atomic
def hand_out(*, statement: DisputeStatement, by: Actor, now: datetime) -> BinaryIO:
    """The original for a member of staff to save, and the record of who took it. Raises Erased."""
    original = _stored(statement)
    record("receipt.handed_out", by=by, now=now, subject=statement, after={"file": statement.filename})
    return original


def picture_of(*, statement: DisputeStatement, page: int, width: int) -> bytes:
    """A page as a PNG for the screen. Raises Erased, NoSuchPage and UnreadableFile."""
    with _stored(statement) as original:
        content = original.read()
    return documents.picture_of(content, documents.Kind(statement.kind), page=page, width=width)


def _stored(statement: DisputeStatement) -> BinaryIO:
    if not statement.stored_as:
        raise Erased(_("This receipt was erased, as its time of keeping is over. What was decided stays."))
    return files().open(statement.stored_as)
