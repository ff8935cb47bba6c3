"""The end of a model's qualifying life: holders are told before, and on the day after it their points go (B7).

The tick asks what is due and does it, one account at a time. A membership's running term stands either way.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from medlem.accounts.models import Account
from medlem.accounts.queries import super_user_of
from medlem.core.clock import date_in
from medlem.events.actions import link, queue_mail, record
from medlem.events.actors import SYSTEM
from medlem.memberships import actions as memberships
from medlem.memberships.queries import points_of, standing
from medlem.products.models import Product, ProductModel, QualifyingNotice
from medlem.products.status import ProductStatus
from medlem.programme import current

SETTLED_AFTER = timedelta(days=1)
"""How long after its end a model is looked at: a product that was being completed at midnight is still found."""


def accounts_to_tell(today: date) -> list[int]:
    """Keys of accounts that have points for a model which ends within the programme's notice, and were not
    told of that day."""
    return sorted(set(_to_be_told(today).values_list("account", flat=True)))


@transaction.atomic
def tell(*, account_id: int, now: datetime) -> None:
    """Tells an account of all its models that end soon, in one mail, each end once (B7).

    Locks the account; writes a notice for each model, then the mail to the super user.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    today = date_in(current().timezone, now)
    ending = list(
        _to_be_told(today)
        .filter(account=account)
        .annotate(allocated=standing("public_id").values("points")[:1])
        .values("model", "model__name", "model__qualifies_until")
        .annotate(products=Count("pk"), points=Sum("allocated"))
        .order_by("model__qualifies_until", "model__name")
    )
    if not ending:
        return
    QualifyingNotice.objects.bulk_create(
        QualifyingNotice(
            account=account,
            model_id=model["model"],
            ends_on=cast(date, model["model__qualifies_until"]),
            products=model["products"],
            at=now,
        )
        for model in ending
    )
    person = super_user_of(account)
    if person is None:
        return
    total = points_of(account)
    queue_mail(
        "models_ending",
        to=person.email,
        language=person.language,
        now=now,
        account_id=account.public_id,
        name=person.first_name,
        models=[
            {
                "name": model["model__name"],
                "until": model["model__qualifies_until"],
                "products": model["products"],
                "points": model["points"],
            }
            for model in ending
        ],
        total=total,
        left=total - sum(model["points"] for model in ending),
        link=link("portal:points"),
    )


def accounts_to_end(today: date) -> list[int]:
    """Keys of accounts that still have points for a model whose qualifying life is over."""
    return sorted(set(_ended(today).values_list("account", flat=True)))


@transaction.atomic
def end(*, account_id: int, now: datetime) -> None:
    """Withdraws an account's points for the models whose qualifying life is over (B7).

    Locks the account; writes the ledger's entries, then one event. The products stay complete, and a
    membership's running term stays what it is.
    """
    account = Account.objects.select_for_update().get(pk=account_id)
    ended = list(_ended(date_in(current().timezone, now)).filter(account=account).select_related("model"))
    if not ended:
        return
    before = points_of(account)
    withdrawn = memberships.withdraw_many(
        account=account,
        product_ids=[product.public_id for product in ended],
        reason="model_ended",
        now=now,
    )
    record(
        "points.models_ended",
        by=SYSTEM,
        now=now,
        subject=account,
        account_id=account.public_id,
        before={"total": before},
        after={
            "total": before + withdrawn,
            "points": -withdrawn,
            "models": ", ".join(sorted({product.model.name for product in ended})),
        },
    )


def models_to_close(today: date) -> list[int]:
    """Keys of models whose life is over for so long that nobody can have points of them any more."""
    over = _over(today).filter(qualifies_until__lt=today - SETTLED_AFTER)
    return list(over.values_list("pk", flat=True))


def close(*, model_id: int, now: datetime) -> None:
    """Notes that a model's end is done with, so that the tick asks for it no more. Accounts came first."""
    if not _ended(date_in(current().timezone, now)).filter(model=model_id).exists():
        ProductModel.objects.filter(pk=model_id, ended_at=None).update(ended_at=now)


def _to_be_told(today: date) -> QuerySet[Product]:
    notice = timedelta(days=current().membership.qualifying_notice_days)
    soon = ProductModel.objects.filter(qualifies_until__range=(today, today + notice))
    told = QualifyingNotice.objects.filter(
        account=OuterRef("account"), model=OuterRef("model"), ends_on=OuterRef("model__qualifies_until")
    )
    return _counting(soon).filter(~Exists(told))


def _ended(today: date) -> QuerySet[Product]:
    return _counting(_over(today))


def _over(today: date) -> QuerySet[ProductModel]:
    return ProductModel.objects.filter(qualifies_until__lt=today, ended_at=None)


def _counting(models: QuerySet[ProductModel]) -> QuerySet[Product]:
    """The products of these models that points stand for. The models are asked first: mostly there are none."""
    return Product.objects.filter(
        Exists(standing("public_id")),
        model__in=list(models.values_list("pk", flat=True)),
        status=ProductStatus.COMPLETE,
    )
