"""Reads of the names of the former system that mean no model, and of what staff said that they mean (B6, E4).

`naming.py` writes what is read here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from medlem.accounts.models import Account
from medlem.events.models import Event
from medlem.products.former import members_of
from medlem.products.models import LegacyClaim, LegacyProduct, ProductModel
from medlem.products.queries import names_of_models
from medlem.products.rules import folded, model_called
from medlem.products.status import ClaimStatus, LegacyStatus


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name of the former system that means no model of the catalogue yet, and what waits for it."""

    name: str
    products: int
    claimed: int


def unknown_names() -> list[UnknownName]:
    """The names that keep former products waiting; those first that keep our businesses waiting most (B6).

    Names that differ in case, blanks and punctuation only are one; it is shown as it is written most often.
    """
    names = names_of_models()
    waiting = LegacyProduct.objects.filter(status=LegacyStatus.WAITING).order_by("model_name")
    counted, ours = _by_name(waiting), _by_name(_claimed())
    spellings: dict[str, list[str]] = {}
    for name in counted:
        if model_called(name, names) is None:
            spellings.setdefault(folded(name), []).append(name)
    found = [
        UnknownName(
            name=max(written, key=lambda name: (counted[name], name)),
            products=sum(counted[name] for name in written),
            claimed=sum(ours.get(name, 0) for name in written),
        )
        for written in spellings.values()
    ]
    return sorted(found, key=lambda each: (-each.claimed, -each.products, each.name))


def unknown_name(name: str) -> UnknownName | None:
    """One of the unknown names, however it is written."""
    return next((each for each in unknown_names() if folded(each.name) == folded(name)), None)


def kept_waiting() -> int:
    """How many former products of our businesses wait because nobody knows their model (B6)."""
    counted = _by_name(_claimed())
    names = names_of_models() if counted else {}
    return sum(count for name, count in counted.items() if model_called(name, names) is None)


def _claimed() -> QuerySet[LegacyProduct]:
    """What waits for businesses that proved the former address."""
    confirmed = LegacyClaim.objects.filter(status=ClaimStatus.CONFIRMED)
    waiting = LegacyProduct.objects.filter(status=LegacyStatus.WAITING).order_by("model_name")
    return waiting.filter(member__in=members_of(confirmed).values("pk"))


def _by_name(waiting: QuerySet[LegacyProduct]) -> Mapping[str, int]:
    return dict(waiting.values_list("model_name").annotate(Count("pk")))


def _spellings(products: QuerySet[LegacyProduct], name: str) -> list[str]:
    """How a name is written among former products, whatever the case, blanks and punctuation."""
    written = products.order_by("model_name").values_list("model_name", flat=True).distinct()
    return [each for each in written if folded(each) == folded(name)]


def accounts_waiting_for(name: str) -> list[tuple[Account, int]]:
    """The businesses whose former products wait under this name, each with how many (B6)."""
    waiting = _claimed()
    ours = waiting.filter(model_name__in=_spellings(waiting, name))
    counted = Counter(email.casefold() for email in ours.values_list("member__email", flat=True))
    claims = LegacyClaim.objects.filter(status=ClaimStatus.CONFIRMED, email__in=list(counted))
    products: Counter[Account] = Counter()
    for claim in claims.select_related("account").order_by("account__opened_at"):
        products[claim.account] += counted[claim.email]
    return list(products.items())


def migrated_under(name: str) -> int:
    """How many former products of this name were migrated."""
    gone = LegacyProduct.objects.exclude(status=LegacyStatus.WAITING)
    return gone.filter(model_name__in=_spellings(gone, name)).count()


@dataclass(frozen=True, slots=True)
class Linked:
    """A former name that staff linked to a model, and how many products came in by it."""

    name: str
    model: ProductModel
    event: Event
    migrated: int


def linked_names(*, most: int) -> list[Linked]:
    """What staff said of former names and did not take back, the latest first (B6, E4)."""
    said = {
        folded(event.after["name"]): event
        for event in Event.objects.filter(name="model.named").order_by("id")
        if event.after.get("name")
    }
    events = sorted(said.items(), key=lambda each: -each[1].pk)
    models = _models_by_name(name for name, _event in events)
    shown = [(name, event) for name, event in events if name in models][:most]
    migrated = _migrated_by_name() if shown else {}
    return [
        Linked(name=event.after["name"], model=models[name], event=event, migrated=migrated.get(name, 0))
        for name, event in shown
    ]


def _models_by_name(names: Iterable[str]) -> dict[str, ProductModel]:
    wanted = set(names)
    if not wanted:
        return {}
    return {
        folded(former): model
        for model in ProductModel.objects.exclude(former_names=[])
        for former in model.former_names
        if folded(former) in wanted
    }


def _migrated_by_name() -> Counter[str]:
    gone = LegacyProduct.objects.exclude(status=LegacyStatus.WAITING).order_by("model_name")
    migrated: Counter[str] = Counter()
    for name, count in gone.values_list("model_name").annotate(Count("pk")):
        migrated[folded(name)] += count
    return migrated
