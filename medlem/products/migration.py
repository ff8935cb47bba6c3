"""The former membership: claiming its address, proving it, and migrating its products (A5, B6)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts import actions as accounts
from medlem.accounts.models import Account
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.events.actions import link, move, queue_mail, record
from medlem.events.actors import SYSTEM, Actor
from medlem.products import actions
from medlem.products.models import (
    LegacyClaim,
    LegacyMember,
    LegacyProduct,
    MigratedProduct,
    Migration,
    Product,
    ProductModel,
)
from medlem.products.queries import details_of, eans_like, names_of_models, waiting_for
from medlem.products.rules import (
    Details,
    MigrationOutcome,
    missing_details,
    model_called,
    normalised_serial,
    possible_purchase_date,
    serial_problem,
)
from medlem.products.status import ClaimStatus, LegacyStatus, MigrationStatus, ProductStatus
from medlem.programme import current


@transaction.atomic
def claim_former_email(
    *, account: Account, email: str, language: str, by: Actor, now: datetime
) -> LegacyClaim:
    """Keeps that the account gives a former address as its own and mails that address a link (A5).

    Does the same whether or not the address is known. Nothing becomes migratable until the link is
    followed. Asked again for an unproven address, it mails the link again.
    """
    email = email.strip().casefold()
    claim, is_new = LegacyClaim.objects.get_or_create(account=account, email=email, defaults={"made_at": now})
    if claim.status == ClaimStatus.UNPROVEN:
        queue_mail(
            "former_email",
            to=email,
            language=language,
            now=now,
            account_id=account.public_id,
            business=account.name,
            link=link("public:former_email", "former-email", claim.public_id),
        )
    if is_new:
        record("former_email.claimed", by=by, now=now, subject=claim, account_id=account.public_id)
    return claim


class ClaimedElsewhere(Refused):
    """The former address was confirmed for another account."""


@transaction.atomic
def confirm_former_email(*, claim: LegacyClaim, reason: str, by: Actor, now: datetime) -> LegacyClaim:
    """Confirms a former address: its link was followed, or staff vouch for it with a reason (A5).

    Writes the claim with its event, then the former number to the account (C5). Confirming again does
    nothing. Raises ClaimedElsewhere.
    """
    claim = LegacyClaim.objects.select_for_update(of=("self",)).select_related("account").get(pk=claim.pk)
    if claim.status == ClaimStatus.CONFIRMED:
        return claim
    try:
        with transaction.atomic():
            move(
                claim,
                to=ClaimStatus.CONFIRMED,
                name="former_email.confirmed",
                by=by,
                now=now,
                account_id=claim.account.public_id,
                fields={"confirmed_at": now, "reason": reason},
                reason=reason,
            )
    except IntegrityError as error:
        raise ClaimedElsewhere(
            _("This address was already confirmed for another business. Contact priority support.")
        ) from error
    former = LegacyMember.objects.filter(email=claim.email).first()
    if former and former.number:
        accounts.note_former_number(account=claim.account, number=former.number, by=by, now=now)
    return claim


@transaction.atomic
def link_former_email(*, account: Account, email: str, reason: str, by: Actor, now: datetime) -> LegacyClaim:
    """Support links a former address to an account and vouches for it (A5, B6).

    Raises Refused (field `reason`) without a reason, and ClaimedElsewhere.
    """
    if not reason.strip():
        raise Refused(_("Give the reason: how do you know that the address was theirs?"), field="reason")
    claim, _is_new = LegacyClaim.objects.get_or_create(
        account=account, email=email.strip().casefold(), defaults={"made_at": now}
    )
    return confirm_former_email(claim=claim, reason=reason.strip(), by=by, now=now)


@transaction.atomic
def migrate(*, account: Account, by: Actor, now: datetime) -> Migration:
    """Moves every waiting product of the confirmed former addresses, each exactly once (B6).

    Holds the account's lock, so of twenty clicks one moves and the others find nothing left. Writes each
    product with its event and points, its former row's status, and the report's row. What cannot be moved
    stays waiting and is named with its reason; the next migration tries it again.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    migration = Migration.objects.create(account=account, started_at=now)
    names = names_of_models()
    models = {model.pk: model for model in ProductModel.objects.all()}
    for legacy in waiting_for(account).select_for_update(of=("self",)):
        model_id = model_called(legacy.model_name, names)
        if model_id is None:
            MigratedProduct.objects.create(
                migration=migration,
                legacy=legacy,
                outcome=MigrationOutcome.UNKNOWN_MODEL,
                reason=MigrationOutcome.UNKNOWN_MODEL,
            )
            continue
        _move(legacy, models[model_id], migration=migration, by=by, now=now)
    move(
        migration,
        to=MigrationStatus.DONE,
        name="products.migrated",
        by=by,
        now=now,
        account_id=account.public_id,
        fields={"finished_at": now},
        rows=migration.rows.count(),
    )
    return migration


def _move(
    legacy: LegacyProduct, model: ProductModel, *, migration: Migration, by: Actor, now: datetime
) -> None:
    details = _details(legacy, now=now)
    own = (
        Product.objects.of(migration.account)
        .filter(model=model, serial_number=details.serial_number)
        .exclude(serial_number="")
        .first()
    )
    if own and hasattr(own, "legacy"):
        # Two rows of the former system for one piece: the second has nowhere to go.
        MigratedProduct.objects.create(
            migration=migration, legacy=legacy, product=own, outcome=MigrationOutcome.DUPLICATE
        )
        move(
            legacy,
            to=LegacyStatus.NOT_MOVED,
            name="former_product.not_moved",
            by=SYSTEM,
            now=now,
            account_id=migration.account.public_id,
            fields={"reason": MigrationOutcome.DUPLICATE},
        )
        return
    # A product that was registered again by hand before migrating is the same one.
    product = own or actions.add(account=migration.account, model=model, details=details, by=by, now=now)
    move(
        legacy,
        to=LegacyStatus.MOVED,
        name="former_product.moved",
        by=SYSTEM,
        now=now,
        account_id=migration.account.public_id,
        fields={"product": product},
    )
    missing = missing_details(details_of(product))
    outcome = MigrationOutcome.MOVED
    if product.status == ProductStatus.DISPUTED:
        outcome = MigrationOutcome.DISPUTED
    elif missing:
        outcome = MigrationOutcome.INCOMPLETE
    MigratedProduct.objects.create(
        migration=migration, legacy=legacy, product=product, outcome=outcome, missing=missing
    )


def _details(legacy: LegacyProduct, *, now: datetime) -> Details:
    """What the former system knew, as far as it can be: an impossible serial or date is left out."""
    serial = normalised_serial(legacy.serial_number)
    bought = legacy.purchased_on
    today = date_in(current().timezone, now)
    return Details(
        serial_number="" if serial_problem(serial, known_eans=eans_like(serial)) else serial,
        purchased_on=bought if bought and possible_purchase_date(bought, today=today) else None,
        purchase_country=legacy.purchase_country,
        dealer=legacy.dealer,
    )
