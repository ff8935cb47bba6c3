"""What a name of the former system means, as staff say it: linking it to a model, and taking that back (B6, E4).

`former_names.py` reads which names are unknown, and which were linked.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from medlem.accounts.queries import super_user_of
from medlem.core.errors import Refused
from medlem.events.actions import link, queue_mail, record
from medlem.events.actors import Actor
from medlem.products.former_names import accounts_waiting_for, migrated_under
from medlem.products.models import ProductModel
from medlem.products.queries import names_of_models
from medlem.products.rules import folded, model_called


@transaction.atomic
def name_model(*, model: ProductModel, name: str, by: Actor, now: datetime) -> ProductModel:
    """Staff say which model a name of the former system means; what waited for it can be migrated now (B6).

    Writes the name to the model's former names, with its event, and mails the businesses that were kept waiting.
    Saying the same again does nothing. Raises Refused (field `model`) when the name means another model already.
    """
    model = ProductModel.objects.select_for_update().get(pk=model.pk)
    name = " ".join(name.split())
    known = model_called(name, names_of_models())
    if known == model.pk:
        return model
    if known or not folded(name):
        raise Refused(_("This name means another model already."), field="model")
    model.former_names = [*model.former_names, name]
    model.save(update_fields=["former_names"])
    after = {"model": model.name, "code": model.code, "name": name}
    record("model.named", by=by, now=now, subject=model, after=after)
    for account, products in accounts_waiting_for(name):
        person = super_user_of(account)
        if person:
            queue_mail(
                "former_model_known",
                to=person.email,
                language=person.language,
                now=now,
                account_id=account.public_id,
                name=person.first_name,
                former=name,
                model=model.name,
                products=products,
                link=link("portal:products"),
            )
    return model


class UsedAlready(Refused):
    """Products were migrated by what staff said of a name."""


@transaction.atomic
def unname_model(*, model: ProductModel, name: str, by: Actor, now: datetime) -> ProductModel:
    """Takes back what staff said of a former name, as long as nothing was migrated by it (B6).

    Writes the model's former names and an event; what waits under the name waits for support again. Taking it
    back twice does nothing. Raises UsedAlready.
    """
    model = ProductModel.objects.select_for_update().get(pk=model.pk)
    kept = [each for each in model.former_names if folded(each) != folded(name)]
    if len(kept) == len(model.former_names):
        return model
    if migrated_under(name):
        raise UsedAlready(
            _("Products were migrated by it already, so it stays. Correct the products of those businesses.")
        )
    model.former_names = kept
    model.save(update_fields=["former_names"])
    after = {"model": model.name, "code": model.code, "name": name}
    record("model.unnamed", by=by, now=now, subject=model, after=after)
    return model
