"""Kinds of document, and what makes one hard to read, in words: for the applicant and for the reviewer (A3, A4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from medlem.applications.facts import DocumentKind

KINDS = {
    DocumentKind.VAT_CERTIFICATE: gettext_lazy("VAT registration certificate"),
    DocumentKind.INVOICE: gettext_lazy("Invoice"),
    DocumentKind.LICENCE: gettext_lazy("Business licence or trade letter"),
    DocumentKind.REGISTRATION: gettext_lazy("Extract from a business register"),
    DocumentKind.UNKNOWN: gettext_lazy("Not recognised"),
}

LOOKS_LIKE = {
    DocumentKind.VAT_CERTIFICATE: gettext_lazy("This looks like a VAT registration certificate."),
    DocumentKind.INVOICE: gettext_lazy("This looks like an invoice."),
    DocumentKind.LICENCE: gettext_lazy("This looks like a business licence or trade letter."),
    DocumentKind.REGISTRATION: gettext_lazy("This looks like an extract from a business register."),
}

LOOKS_LIKE_OF = {
    DocumentKind.VAT_CERTIFICATE: gettext_lazy("This looks like a VAT registration certificate of %(day)s."),
    DocumentKind.INVOICE: gettext_lazy("This looks like an invoice of %(day)s."),
    DocumentKind.LICENCE: gettext_lazy("This looks like a business licence or trade letter of %(day)s."),
    DocumentKind.REGISTRATION: gettext_lazy(
        "This looks like an extract from a business register of %(day)s."
    ),
}

FLAWS = {
    "blurred": gettext_lazy(
        "The picture is blurred. Take it again in good light, straight from above, with the whole page sharp."
    ),
    "dark": gettext_lazy("The picture is too dark. Take it again in daylight or under a lamp."),
    "small": gettext_lazy(
        "The print is too small to be read. Scan the page larger, or photograph it from nearer."
    ),
    "empty": gettext_lazy(
        "We see nothing written here. Is it the right file, and the right side of the page?"
    ),
}

FLAWS_FOR_STAFF = {
    "blurred": gettext_lazy("Hard to read: blurred"),
    "dark": gettext_lazy("Hard to read: too dark"),
    "small": gettext_lazy("Hard to read: very small print"),
    "empty": gettext_lazy("Nothing is written on it"),
}


def looks_like(found: Mapping[str, Any], day: str) -> str:
    """What kind of document it is, and of which day, as far as its words tell."""
    kind = DocumentKind(found["kind"])
    if kind == DocumentKind.UNKNOWN:
        return _("We cannot tell what kind of document this is.")
    return str(LOOKS_LIKE_OF[kind]) % {"day": day} if day else str(LOOKS_LIKE[kind])
