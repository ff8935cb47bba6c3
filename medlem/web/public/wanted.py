"""Which documents show that it is a business, in words (A3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from medlem.programme import current
from medlem.programme.schema import Country

DOCUMENTS = {
    "vat_certificate": _("the VAT registration certificate"),
    "invoice": _("an invoice"),
    "business_licence": _("a business licence or trade letter"),
    "registration": _("the registration in %(register)s"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that shows that it is a business; `there` is what is printed on it in its country."""

    name: str
    there: str


def wanted(country: Country) -> dict[str, list[Wanted]]:
    """Which documents do, with VAT and without (A3)."""
    words = {"register": country.register_name}
    rules = current().evidence
    return {
        rule: [Wanted(str(DOCUMENTS[kind]) % words, country.documents.get(kind, "")) for kind in kinds]
        for rule, kinds in (("with_vat", rules.with_vat), ("without_vat", rules.without_vat))
    }
