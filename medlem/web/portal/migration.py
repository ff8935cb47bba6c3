"""The products of the former membership: migrating them, the report, and the link once more (A5, B6)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from medlem.accounts.models import Account
from medlem.core import clock
from medlem.memberships.queries import points_of
from medlem.products import migration as migrating
from medlem.products.former import (
    MigrationOffer,
    MigrationState,
    last_migration,
    migration_of,
    migration_offer,
    outcomes_of,
    report_of,
)
from medlem.products.models import MigratedProduct, Migration
from medlem.products.status import MigrationStatus
from medlem.programme import current
from medlem.web.access import MemberRequest, member
from medlem.web.portal.details import named
from medlem.web.templatetags.medlem import masked, reader
from medlem.web.throttle import MAILS_TO_ONE, allowed, too_many

PAGE = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """What My products says at its right: the domain's offer, and what came of it so far (B6)."""

    offer: MigrationOffer
    last: Migration | None

    @property
    def quiet(self) -> bool:
        """Whether there is nothing to press or to wait for, so that it is said at the foot of the page."""
        return self.offer.state in {MigrationState.NOT_GIVEN, MigrationState.DONE}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A line of the report: what became of one former product, and what is missing in words."""

    migrated: MigratedProduct
    missing: str


def offer_to(account: Account) -> Offer:
    return Offer(offer=migration_offer(account), last=last_migration(account))


@member
def migrate(request: MemberRequest) -> HttpResponse:
    """MIGRATE PRODUCTS: one press moves what waits, and leads to the report (B6)."""
    if request.method != "POST":
        return redirect("portal:products")
    try:
        report = migrating.migrate(account=request.account, by=request.user.as_member, now=clock.now())
    except migrating.NothingToMigrate as error:
        # Of two clicks the second finds nothing left: it shows what the first did.
        last = last_migration(request.account)
        if last is None:
            messages.info(request, str(error))
            return redirect("portal:products")
        report = last
    return redirect("portal:migration", report.public_id)


@member
@require_safe
def migration(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """The report: moved, moved but incomplete, being looked into, not moved and why (B6).

    While it is under way the page says how far it has come, asks again by itself, and can be left.
    """
    found = _migration(request.account, public_id)
    page = Paginator(report_of(found), PAGE).get_page(request.GET.get("page"))
    outcomes = outcomes_of(found)
    context = {
        "migration": found,
        "running": found.status == MigrationStatus.RUNNING,
        "done": sum(outcomes.values()),
        "outcomes": outcomes,
        "page": page,
        "rows": [ReportRow(row, named(row.missing)) for row in page],
        "points": points_of(request.account),
        "offer": migration_offer(request.account) if found.status == MigrationStatus.STOPPED else None,
        "questions": current().faq_on("migration"),
    }
    return render(request, "portal/migration.html", context)


@member
def stop(request: MemberRequest, public_id: UUID) -> HttpResponse:
    """Stops a migration that is under way; what was moved stays moved (B6)."""
    found = _migration(request.account, public_id)
    if request.method == "POST":
        migrating.stop(migration=found, by=request.user.as_member, now=clock.now())
    return redirect("portal:migration", public_id)


def _migration(account: Account, public_id: UUID) -> Migration:
    found = migration_of(account, public_id)
    if found is None:
        raise Http404
    return found


@member
def former_address(request: MemberRequest) -> HttpResponse:
    """Mails the link to an unproven former address once more (A5). No other address can be given here (B6)."""
    email = migration_offer(request.account).unproven_email
    if request.method != "POST" or not email:
        return redirect("portal:products")
    if not allowed(MAILS_TO_ONE, email):
        return too_many(request)
    migrating.claim_former_email(
        account=request.account,
        email=email,
        language=reader(),
        by=request.user.as_member,
        now=clock.now(),
    )
    said = _("We mailed the link to %(address)s once more. It can take a few minutes.")
    messages.success(request, said % {"address": masked(email)})
    return redirect("portal:products")
