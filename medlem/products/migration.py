"""The former membership: claiming its address, proving it, and migrating its products (A5, B6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from medlem.accounts import actions as accounts
from medlem.accounts.models import Account
from medlem.accounts.queries import person_of, super_user_of
from medlem.core.clock import date_in
from medlem.core.errors import Refused
from medlem.core.turns import let_others_write
from medlem.events.actions import link, move, move_many, queue_mail, record
from medlem.events.actors import SYSTEM, Actor
from medlem.products.bulk import NewProduct, Outcome, add_many
from medlem.products.former import (
    members_of,
    missing_in,
    others_claiming,
    outcomes_of,
    running_migration,
    waiting_for,
    waiting_of,
)
from medlem.products.models import (
    LegacyClaim,
    LegacyProduct,
    MigratedProduct,
    Migration,
    Product,
    ProductModel,
)
from medlem.products.queries import details_of, known_eans, names_of_models
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

# --- the former address (A5) ---------------------------------------------------------------------------


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


TAKEN = _("This address was already confirmed for another business. Contact priority support.")


class ClaimedElsewhere(Refused):
    """The former address was confirmed for another account."""


@transaction.atomic
def confirm_former_email(*, claim: LegacyClaim, reason: str, by: Actor, now: datetime) -> LegacyClaim:
    """Confirms a former address: its link was followed, or staff vouch for it with a reason (A5).

    Writes the claim with its event, tells other businesses that gave the address, then writes the former number
    to the account (C5). Confirming again does nothing. Raises ClaimedElsewhere.
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
        raise ClaimedElsewhere(TAKEN) from error
    _tell_the_others(claim, by=by, now=now)
    former = members_of(LegacyClaim.objects.filter(pk=claim.pk)).first()
    if former and former.number:
        accounts.note_former_number(account=claim.account, number=former.number, by=by, now=now)
    return claim


def _tell_the_others(claim: LegacyClaim, *, by: Actor, now: datetime) -> None:
    """Businesses that gave the same address and have not proven it hear that it is not theirs to prove any more,
    with whom to contact (A5). To whom it went they are not told, so no member stands in their history."""
    by = by if by.kind == "staff" else SYSTEM
    for lost in others_claiming(claim.account, claim.email):
        record("former_email.lost", by=by, now=now, subject=lost, account_id=lost.account.public_id)
        person = super_user_of(lost.account)
        if person:
            queue_mail(
                "former_email_lost",
                to=person.email,
                language=person.language,
                now=now,
                account_id=lost.account.public_id,
                name=person.first_name,
                email=lost.email,
                link=link("portal:products"),
            )


class ClaimedByOthers(Refused):
    """Other businesses gave the same address and wait for its link."""


@transaction.atomic
def link_former_email(
    *, account: Account, email: str, reason: str, despite: bool = False, by: Actor, now: datetime
) -> LegacyClaim:
    """Support links a former address to an account and vouches for it (A5, B6).

    Where other businesses wait for the link to the same address, only `despite` them: each is told then. Raises
    Refused (field `reason`) without a reason, ClaimedElsewhere, and ClaimedByOthers (field `despite`).
    """
    if not reason.strip():
        raise Refused(_("Give the reason: how do you know that the address was theirs?"), field="reason")
    email = email.strip().casefold()
    taken = LegacyClaim.objects.filter(email=email, status=ClaimStatus.CONFIRMED).exists()
    if not taken and not despite and others_claiming(account, email):
        raise ClaimedByOthers(
            _("Another business gave this address too. Make sure whose it was before you link it."),
            field="despite",
        )
    claim, _is_new = LegacyClaim.objects.get_or_create(
        account=account, email=email, defaults={"made_at": now}
    )
    return confirm_former_email(claim=claim, reason=reason.strip(), by=by, now=now)


# --- migrating (B6) ----------------------------------------------------------------------------------

AT_ONCE = 200
"""So many former products are moved while one waits for the page; more are moved by the worker."""

PIECE = 500
"""So many the worker moves in one transaction: between two it can be stopped, and others get a word in."""


class NothingToMigrate(Refused):
    """Nothing of the confirmed former addresses is left, or all that is left is of models that nobody knows."""


@transaction.atomic
def migrate(*, account: Account, by: Actor, now: datetime) -> Migration:
    """Moves every waiting product of the confirmed former addresses, each exactly once (B6).

    Holds the account's lock, so of twenty clicks one begins; while it is under way the others get the same
    migration. A small one is done when this returns, a large one goes on in the worker (`go_on`). Raises
    NothingToMigrate.
    """
    account = Account.objects.select_for_update().get(pk=account.pk)
    if running := running_migration(account):
        return running
    waiting = waiting_of(account)
    if not waiting.known:
        raise NothingToMigrate(_("Nothing waits to be migrated."))
    migration = Migration.objects.create(
        account=account, started_at=now, started_by_id=by.id, total=waiting.total
    )
    if migration.total <= AT_ONCE:
        _move_piece(migration, now=now)
    else:
        from medlem.products.tasks import go_on_migrating

        go_on_migrating.enqueue(migration.pk)
    return migration


def go_on(*, migration_id: int, now: datetime) -> None:
    """Does what is left of a migration, a piece after the other, until it is done or stopped (B6).

    Each piece is a transaction under the account's lock, so that a killed worker leaves whole pieces, and
    two workers never move the same product.
    """
    while _go_on_once(migration_id, now=now):
        let_others_write()


@transaction.atomic
def stop(*, migration: Migration, by: Actor, now: datetime) -> Migration:
    """Stops a migration between two pieces; what was moved stays moved, the rest can be migrated later (B6)."""
    account = Account.objects.select_for_update().get(pk=migration.account_id)
    migration = Migration.objects.get(pk=migration.pk)
    if migration.status != MigrationStatus.RUNNING:
        return migration
    move(
        migration,
        to=MigrationStatus.STOPPED,
        name="products.migration_stopped",
        by=by,
        now=now,
        account_id=account.public_id,
        fields={"stop_asked_at": now, "finished_at": now},
        rows=migration.rows.count(),
    )
    return migration


@transaction.atomic
def _go_on_once(migration_id: int, *, now: datetime) -> bool:
    """Moves a piece; whether there is more to do."""
    account_id = Migration.objects.values_list("account", flat=True).get(pk=migration_id)
    Account.objects.select_for_update().get(pk=account_id)
    migration = Migration.objects.select_related("account").get(pk=migration_id)
    if migration.status != MigrationStatus.RUNNING:
        return False
    _move_piece(migration, now=now)
    return migration.status == MigrationStatus.RUNNING


def _move_piece(migration: Migration, *, now: datetime) -> None:
    """Moves the next former products, in their order, and ends the migration with the last of them.

    Writes the products with their events and points, the former rows' status, and the report's rows. What
    is of a model that nobody knows stays waiting and is named in the report.
    """
    by = Actor("member", migration.started_by_id) if migration.started_by_id else SYSTEM
    last = migration.rows.aggregate(last=Max("legacy"))["last"] or 0
    waiting = waiting_for(migration.account).filter(pk__gt=last).select_for_update()
    piece = list(waiting[:PIECE])
    names = names_of_models()
    known = {legacy.pk: model_called(legacy.model_name, names) for legacy in piece}
    rows = [
        MigratedProduct(
            migration=migration,
            legacy=legacy,
            outcome=MigrationOutcome.UNKNOWN_MODEL,
            reason=MigrationOutcome.UNKNOWN_MODEL,
        )
        for legacy in piece
        if known[legacy.pk] is None
    ]
    models = ProductModel.objects.in_bulk([key for key in known.values() if key])
    rows += _add(
        [(legacy, models[key]) for legacy in piece if (key := known[legacy.pk])],
        migration=migration,
        by=by,
        now=now,
    )
    MigratedProduct.objects.bulk_create(sorted(rows, key=lambda row: row.legacy_id))
    _move_former(rows, migration=migration, now=now)
    if len(piece) < PIECE:
        _finish(migration, by=by, now=now)


def _add(
    known: Sequence[tuple[LegacyProduct, ProductModel]], *, migration: Migration, by: Actor, now: datetime
) -> list[MigratedProduct]:
    """Registers former products whose models are known; the report's rows about them, not written yet."""
    eans, today = known_eans(), date_in(current().timezone, now)
    items = [
        NewProduct(model=model, details=_details(legacy, eans=eans, today=today)) for legacy, model in known
    ]
    added = add_many(account=migration.account, items=items, by=by, now=now)
    # A product that was registered again by hand before migrating is the same one; but two rows of the
    # former system for one piece are one product, and the second has nowhere to go.
    there = [each.product for each in added if each.product and each.outcome == Outcome.OWN_DUPLICATE]
    taken = set(LegacyProduct.objects.filter(product__in=there).values_list("product", flat=True))
    rows = []
    for (legacy, _model), each in zip(known, added, strict=True):
        assert each.product is not None  # `_details` leaves out what could be refused
        row = MigratedProduct(migration=migration, legacy=legacy, product=each.product)
        row.outcome, row.missing = _outcome(each.product)
        if each.product.pk in taken:
            row.outcome, row.missing = MigrationOutcome.DUPLICATE, []
        taken.add(each.product.pk)
        rows.append(row)
    return rows


def _move_former(rows: Sequence[MigratedProduct], *, migration: Migration, now: datetime) -> None:
    """Moves the former products to what the report's rows say of them; those of unknown models stay waiting."""
    reported = migration.rows.filter(legacy=OuterRef("pk"))
    stay = {MigrationOutcome.UNKNOWN_MODEL, MigrationOutcome.DUPLICATE}
    move_many(
        [row.legacy for row in rows if row.outcome not in stay],
        to=LegacyStatus.MOVED,
        name="former_product.moved",
        by=SYSTEM,
        now=now,
        account_id=migration.account.public_id,
        fields={"product": Subquery(reported.values("product")[:1])},
    )
    move_many(
        [row.legacy for row in rows if row.outcome == MigrationOutcome.DUPLICATE],
        to=LegacyStatus.NOT_MOVED,
        name="former_product.not_moved",
        by=SYSTEM,
        now=now,
        account_id=migration.account.public_id,
        fields={"reason": MigrationOutcome.DUPLICATE},
    )


def _details(legacy: LegacyProduct, *, eans: frozenset[str], today: date) -> Details:
    """What the former system knew, as far as it can be: an impossible serial or date is left out."""
    serial = normalised_serial(legacy.serial_number)
    bought = legacy.purchased_on
    return Details(
        serial_number="" if serial_problem(serial, known_eans=eans) else serial,
        purchased_on=bought if bought and possible_purchase_date(bought, today=today) else None,
        purchase_country=legacy.purchase_country,
        dealer=legacy.dealer,
    )


def _outcome(product: Product) -> tuple[MigrationOutcome, list[str]]:
    missing = missing_details(details_of(product))
    if product.status == ProductStatus.DISPUTED:
        return MigrationOutcome.DISPUTED, missing
    return (MigrationOutcome.INCOMPLETE if missing else MigrationOutcome.MOVED), missing


def _finish(migration: Migration, *, by: Actor, now: datetime) -> None:
    """Ends the migration and mails what came of it to whoever began it, once."""
    outcomes = outcomes_of(migration)
    move(
        migration,
        to=MigrationStatus.DONE,
        name="products.migrated",
        by=by,
        now=now,
        account_id=migration.account.public_id,
        fields={"finished_at": now},
        rows=sum(outcomes.values()),
    )
    person = person_of(migration.account, migration.started_by_id) or super_user_of(migration.account)
    if person:
        queue_mail(
            "migrated",
            to=person.email,
            language=person.language,
            now=now,
            account_id=migration.account.public_id,
            name=person.first_name,
            outcomes=outcomes,
            missing=missing_in(migration),
            link=link("portal:migration", public_id=str(migration.public_id)),
        )
