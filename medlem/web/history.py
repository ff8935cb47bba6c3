"""The event log in words (E3): for the members' history of their account, and for the desk.

`SENTENCES` has a sentence for each name that an action records. An event holds outside ids; names of
products, invoices and people are looked up for all events of a page at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.accounts.models import Account, User
from medlem.accounts.queries import names_of
from medlem.accounts.status import MemberRole, Role
from medlem.applications.status import Outcome
from medlem.applications.titles import title
from medlem.billing.models import Invoice
from medlem.core.money import Money
from medlem.events.models import Event
from medlem.events.queries import account_history
from medlem.products.models import Dispute, LegacyProduct, Product, Transfer
from medlem.products.status import Gone, Missing
from medlem.programme import current
from medlem.web.countries import country_name
from medlem.web.templatetags.medlem import day, money, number, text

SENTENCES = {
    "account.former_number_noted": gettext_lazy(
        "The former member number %(former_member_number)s was noted."
    ),
    "account.invited": gettext_lazy("The business was invited to the programme, with %(points)s points."),
    "account.opened": gettext_lazy("The account was opened."),
    "account.person_added": gettext_lazy("%(person)s was given access to the account."),
    "application.answered": gettext_lazy("The applicant answered what was asked."),
    "application.approved": gettext_lazy("The application was approved."),
    "application.checked_again": gettext_lazy("The checks ran again."),
    "application.claimed": gettext_lazy("Taken to work on."),
    "application.closed": gettext_lazy("The application was closed, as no answer came."),
    "application.declined": gettext_lazy("The application was declined."),
    "application.erased": gettext_lazy("The documents of the application were erased."),
    "application.half_time_warned": gettext_lazy("The validators were told that half of the time is gone."),
    "application.in_validation": gettext_lazy("The application went to a validator."),
    "application.late_told": gettext_lazy("The applicant was told that the answer is late."),
    "application.more_wanted": gettext_lazy("The applicant was asked for more information."),
    "application.note_added": gettext_lazy("A note was written."),
    "application.overdue_warned": gettext_lazy("The lead was told that the answer is overdue."),
    "application.reminded": gettext_lazy("The applicant was reminded of what was asked."),
    "application.released": gettext_lazy("Put back into the queue."),
    "application.resume_link_sent": gettext_lazy("A link to continue the application was mailed."),
    "application.sent": gettext_lazy("The application was sent."),
    "application.taken_over": gettext_lazy("Taken over from %(person)s."),
    "card.saved": gettext_lazy("%(brand)s •••• %(last4)s was saved as the card to charge."),
    "catalogue.model_added": gettext_lazy("%(model)s came into the catalogue."),
    "catalogue.model_changed": gettext_lazy("%(model)s was changed in the catalogue."),
    "charge.declined": gettext_lazy("The card was declined for invoice %(invoice)s."),
    "charge.needs_authentication": gettext_lazy(
        "The bank wants the charge for invoice %(invoice)s to be confirmed."
    ),
    "charge.succeeded": gettext_lazy("The card was charged for invoice %(invoice)s."),
    "charge.withdrawn": gettext_lazy(
        "The charge for invoice %(invoice)s that waited for the cardholder was withdrawn."
    ),
    "contact.unblocked": gettext_lazy("The address of a contact was unblocked."),
    "dispute.settled": gettext_lazy("The dispute about the serial number of %(subject)s was settled."),
    "dispute.withdrawn": gettext_lazy("The question about a serial number was dropped."),
    "evidence.added": gettext_lazy("A document was added to the application."),
    "evidence.handed_out": gettext_lazy("A document of the application was downloaded."),
    "evidence.removed": gettext_lazy("A document was removed from the application."),
    "former_email.claimed": gettext_lazy("A former address was given, and a link was mailed to it."),
    "former_email.confirmed": gettext_lazy("The former address was confirmed."),
    "former_email.lost": gettext_lazy(
        "A former address that had been given was confirmed for another business."
    ),
    "former_product.moved": gettext_lazy("%(subject)s was migrated from the former membership."),
    "former_product.not_moved": gettext_lazy(
        "%(subject)s was not migrated, because it had been migrated before."
    ),
    "invoice.issued": gettext_lazy("Invoice %(subject)s for %(sum)s was issued. It is due on %(due_on)s."),
    "invoice.overpaid": gettext_lazy("%(sum)s came in for invoice %(subject)s, more than was open."),
    "invoice.paid": gettext_lazy("Invoice %(subject)s was paid."),
    "invoice.paid_in_part": gettext_lazy("%(sum)s came in for invoice %(subject)s; the rest is open."),
    "invoice.payment_taken_back": gettext_lazy(
        "A payment of %(sum)s for invoice %(subject)s was taken back: %(reason)s"
    ),
    "invoice.reminded": gettext_lazy("A reminder of invoice %(subject)s was sent."),
    "invoice.sent": gettext_lazy("Invoice %(subject)s was sent."),
    "mail.tried_again": gettext_lazy("An e-mail that had not arrived was sent again."),
    "membership.ended": gettext_lazy("The membership ended."),
    "membership.joined": gettext_lazy("The business joined: %(level)s, member number %(number)s."),
    "membership.renewal_reminded": gettext_lazy("A reminder was sent that the membership ends."),
    "membership.renewed": gettext_lazy("The membership was renewed: %(level)s to %(ends_on)s."),
    "membership.restored": gettext_lazy("Invoice %(invoice)s was paid, and the membership is active again."),
    "membership.suspended": gettext_lazy("The membership was suspended, as invoice %(invoice)s is unpaid."),
    "model.named": gettext_lazy("The former name “%(name)s” was linked to %(model)s."),
    "model.unnamed": gettext_lazy("The former name “%(name)s” is no longer linked to %(model)s."),
    "password.link_sent": gettext_lazy("A link to set a password was mailed to %(subject)s."),
    "password.set": gettext_lazy("%(subject)s set a password."),
    "photos.confirmed": gettext_lazy("Products were registered from pictures: %(products)s."),
    "photos.forgotten": gettext_lazy("What pictures had said of their cameras was erased after a month."),
    "points.adjusted": gettext_lazy(
        "The points were adjusted from %(total_before)s to %(total)s: %(reason)s"
    ),
    "points.models_ended": gettext_lazy(
        "%(models)s counts no longer, as was announced: %(points)s points were withdrawn."
    ),
    "product.added": gettext_lazy("%(subject)s was registered."),
    "product.changed": gettext_lazy("The details of %(subject)s were changed."),
    "product.completed": gettext_lazy("%(subject)s is complete. Points: %(points)s."),
    "product.dispute_lost": gettext_lazy(
        "The serial number of %(subject)s was found to belong to another business; it was taken off."
    ),
    "product.dispute_won": gettext_lazy(
        "The serial number of %(subject)s was found to belong to the business."
    ),
    "product.dispute_ended": gettext_lazy("The serial number of %(subject)s is no longer being looked into."),
    "product.disputed": gettext_lazy("Support is looking into the serial number of %(subject)s."),
    "product.found": gettext_lazy("%(subject)s is there again."),
    "product.missing": gettext_lazy("%(subject)s is missing since %(since_on)s: %(missing_as)s."),
    "product.offer_declined": gettext_lazy("Account %(to)s declined the offer of %(subject)s."),
    "product.offer_expired": gettext_lazy("The offer of %(subject)s to account %(to)s ran out."),
    "product.offer_withdrawn": gettext_lazy("The offer of %(subject)s to account %(to)s was taken back."),
    "product.ownership_shown": gettext_lazy(
        "Evidence about the serial number of %(subject)s was sent to support."
    ),
    "product.received": gettext_lazy("%(subject)s was taken over from another business."),
    "product.removed": gettext_lazy("%(subject)s was removed."),
    "product.reopened": gettext_lazy("%(subject)s is no longer complete; its points were withdrawn."),
    "product.restored": gettext_lazy("%(subject)s is in the list again."),
    "products.change_undone": gettext_lazy("A change of many products was undone: %(products)s."),
    "products.import_started": gettext_lazy("A list of %(rows)s rows was started."),
    "products.import_stopped": gettext_lazy("Taking in a list was stopped after %(rows)s rows."),
    "products.imported": gettext_lazy("A list of %(rows)s rows was taken in."),
    "products.preview_met_held": gettext_lazy(
        "A list was looked at with %(held)s serial numbers that other businesses hold."
    ),
    "products.migrated": gettext_lazy(
        "The products of the former membership were migrated: %(rows)s in the report."
    ),
    "products.migration_stopped": gettext_lazy(
        "The migration of the former products was stopped: %(rows)s in the report."
    ),
    "receipt.handed_out": gettext_lazy("A receipt about a serial number was downloaded."),
    "staff.role_given": gettext_lazy("%(subject)s was given the role %(role)s."),
    "transfer.accepted": gettext_lazy("The offer of %(subject)s was accepted."),
    "transfer.declined": gettext_lazy("The offer of %(subject)s was declined."),
    "transfer.expired": gettext_lazy("The offer of %(subject)s ran out."),
    "transfer.offered": gettext_lazy("%(subject)s was offered to account %(to)s."),
    "transfer.withdrawn": gettext_lazy("The offer of %(subject)s was taken back."),
}

TO_MEMBERS = {
    "product.ownership_shown": gettext_lazy("You sent evidence to support about %(subject)s."),
}
"""What is said otherwise to those who did it."""

APPROVED_AUTOMATICALLY = gettext_lazy("The application was approved automatically.")

TOLD_TWICE = {"dispute.withdrawn", "former_product.moved", "transfer.expired", "transfer.withdrawn"}
"""What another event of the same moment tells members already: of the product itself."""

FOR_STAFF = {"products.preview_met_held"}
"""What staff should know of an account, and what would tell its members about others."""

STATES = {
    "application.approved": "done",
    "application.closed": "refused",
    "application.declined": "refused",
    "charge.declined": "refused",
    "charge.needs_authentication": "needs",
    "charge.succeeded": "done",
    "former_email.lost": "refused",
    "former_product.not_moved": "needs",
    "invoice.paid": "done",
    "invoice.payment_taken_back": "needs",
    "invoice.reminded": "needs",
    "membership.ended": "refused",
    "membership.joined": "done",
    "membership.renewed": "done",
    "membership.restored": "done",
    "membership.suspended": "refused",
    "product.completed": "done",
    "product.dispute_lost": "needs",
    "product.dispute_won": "done",
    "product.offer_declined": "needs",
    "product.disputed": "needs",
    "product.missing": "needs",
    "product.reopened": "needs",
}
"""The dot of an event in a timeline, where it is more than plain."""

SETTLED = {"product.dispute_won", "product.dispute_lost"}
"""What support decided, with a reason that both sides may read."""

DETAILS = {
    "serial_number": gettext_lazy("Serial number"),
    "purchased_on": gettext_lazy("Purchase date"),
    "purchase_country": gettext_lazy("Country of purchase"),
    "dealer": gettext_lazy("Dealer"),
}


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as a timeline shows it. `changes` are lines such as `Dealer: missing → Foto AS`."""

    at: datetime
    sentence: str
    changes: list[str]
    who: str
    state: str


def events_of(account: Account) -> QuerySet[Event]:
    """What members see as the history of their account, newest first (E3)."""
    return account_history(account.public_id).exclude(name__in=TOLD_TWICE | FOR_STAFF)


def history(events: Iterable[Event]) -> list[Happened]:
    """The events as members see them, in their order: colleagues by name, staff as the programme (E3)."""
    events = list(events)
    names = names_of(event.actor_id for event in events if event.actor_kind == "member")
    return [
        Happened(
            at=event.at,
            sentence=sentence,
            changes=changes_of(event),
            who=current().brand.name if event.actor_kind == "staff" else names.get(event.actor_id, ""),
            state=STATES.get(event.name, ""),
        )
        for event, sentence in zip(events, sentences(events, to_members=True), strict=True)
    ]


def sentences(events: Iterable[Event], *, to_members: bool = False) -> list[str]:
    """What happened, a sentence for each event; a neutral one where the name is not known."""
    events = list(events)
    subjects = _subjects(events)
    people = names_of(_person(event) for event in events)
    return [
        str(TO_MEMBERS.get(event.name) if to_members and event.name in TO_MEMBERS else _sentence(event))
        % _values(event, subject=subjects.get(event.subject_id), person=people.get(_person(event)))
        for event in events
    ]


def _sentence(event: Event) -> Any:
    """The sentence of an event; an approval says whether it was automatic (A7)."""
    if event.name == "application.approved" and event.after.get("automatic"):
        return APPROVED_AUTOMATICALLY
    return SENTENCES.get(event.name, gettext_lazy("Something was changed."))


def checks_of(event: Event, outcome: str) -> str:
    """The titles of the checks that an event says passed, or did not (A7)."""
    came_to = Outcome.PASSED if outcome == "passed" else Outcome.UNCLEAR
    return ", ".join(str(title(code, came_to)) for code in event.after.get(outcome, ()))


def changes_of(event: Event) -> list[str]:
    """What became of each detail of a product that was changed, before and after; why it was removed."""
    if event.name == "product.removed" and (gone := event.after.get("removed_as")):
        return [_written("removed_as", gone)]
    if event.name in SETTLED and (reason := event.after.get("reason")):
        return [_("Reason: %(reason)s") % {"reason": reason}]
    if event.name != "product.changed":
        return []
    changes = []
    for name, label in DETAILS.items():
        before, after = _detail(event.before, name), _detail(event.after, name)
        if before != after:
            changes.append(f"{label}: {before} → {after}")
    return changes


def _detail(details: Mapping[str, Any], name: str) -> str:
    value = details.get(name)
    if not value:
        return _("missing")
    written: dict[str, Callable[[Any], str]] = {"purchased_on": day, "purchase_country": country_name}
    words = written.get(name, str)(value)
    return _("%(detail)s (best guess)") % {"detail": words} if details.get(f"{name}_estimated") else words


class _Values(dict[str, str]):
    """What a sentence may name; an event from before a value was recorded still has its sentence."""

    def __missing__(self, name: str) -> str:
        return "–"


def _values(event: Event, *, subject: str | None, person: str | None) -> _Values:
    after = event.after
    values = _Values({name: _written(name, value) for name, value in after.items()})
    values["subject"] = subject or str(after.get("model") or after.get("number") or _("A product"))
    if person:
        values["person"] = person
    if "currency" in after:
        minor = after.get("amount_minor", after.get("gross_minor", 0))
        values["sum"] = money(Money(minor, after["currency"]))
    if "total" in event.before:
        values["total_before"] = number(event.before["total"])
    return values


def _written(name: str, value: Any) -> str:
    match name:
        case "points" | "total" | "rows" | "products" | "held":
            return number(value)
        case "missing_as" | "removed_as":
            return str(dict([*Missing.choices, *Gone.choices]).get(value, value))
        case "due_on" | "since_on" | "expires_on":
            return day(date.fromisoformat(value))
        case "ends_on":
            return day(date.fromisoformat(value) - timedelta(days=1))  # the last day, as people say it
        case "level":
            return next((text(each.name) for each in current().levels if each.code == value), value)
        case "role":
            return str(dict([*MemberRole.choices, *Role.choices]).get(value, value))
    return str(value)


def _person(event: Event) -> UUID | None:
    """Whom an event names beside its actor and its subject."""
    person = event.after.get("person")
    return UUID(person) if person else None


def _subjects(events: Iterable[Event]) -> dict[UUID | None, str]:
    """What the events' subjects are called, by their ids: one query for each kind of thing that is there."""
    ids: dict[str, set[UUID]] = {}
    for event in events:
        if event.subject_id:
            ids.setdefault(event.subject_kind, set()).add(event.subject_id)
    named: dict[UUID | None, str] = {}
    if products := ids.get(Product._meta.label_lower):
        named |= dict(Product.objects.filter(public_id__in=products).values_list("public_id", "model__name"))
    for model in (Dispute, Transfer):
        if about := ids.get(model._meta.label_lower):
            named |= dict(
                model._default_manager.filter(public_id__in=about).values_list(
                    "public_id", "product__model__name"
                )
            )
    if former := ids.get(LegacyProduct._meta.label_lower):
        named |= dict(
            LegacyProduct.objects.filter(public_id__in=former).values_list("public_id", "model_name")
        )
    if invoices := ids.get(Invoice._meta.label_lower):
        numbers = Invoice.objects.filter(public_id__in=invoices).values_list("public_id", "number")
        named |= {public_id: str(each) for public_id, each in numbers}
    return named | names_of(ids.get(User._meta.label_lower, ()))
