"""Addresses in the Peppol network, on which e-invoices travel: a scheme of four digits and a number in it.

In Norway (EHF) it is `0192:` and the organisation number. Asked by the application's form and by whatever
sends e-invoices later.
"""

from __future__ import annotations

import re
from importlib import import_module

from django.utils.translation import gettext_lazy as _

from medlem.core.errors import Refused

SCHEMES = frozenset(
    re.findall(
        "[0-9]{4}",
        """
        0002 0007 0009 0037 0060 0088 0096 0097 0106 0130 0135 0142 0151 0158 0177 0183 0184 0188 0190 0191 0192
        0195 0196 0198 0199 0200 0201 0202 0204 0208 0209 0210 0211 0212 0213 0215 0216 0218 0221 0225 0230 0235
        0240 0242 0244 0245 0246 0248 9910 9913 9914 9915 9918 9919 9920 9922 9923 9924 9925 9926 9927 9928 9929
        9930 9931 9932 9933 9934 9935 9936 9937 9938 9939 9940 9941 9942 9943 9944 9945 9946 9947 9948 9949 9950
        9951 9952 9953 9957 9959
        """,
    )
)
"""The schemes that a receiver may be found by (Peppol code lists, participant identifier schemes)."""

KINDS = {
    "0002": "fr.siren",
    "0007": "se.orgnr",
    "0009": "fr.siret",
    "0088": "ean",
    "0183": "ch.uid",
    "0192": "no.orgnr",
    "0196": "is_.kennitala",
    "0208": "be.vat",
    "0211": "it.iva",
}
"""The modules of python-stdnum that know the check digits of a scheme's numbers."""

ADDRESS = re.compile(r"(?:iso6523-actorid-upis::)?([0-9]{4}):([0-9A-Za-z._~@+-]{2,})")


class NoAddress(Refused):
    """This is written like no address in the network."""


class NoScheme(Refused):
    """The network has no such scheme."""


class NoNumber(Refused):
    """A number with check digits, and they are wrong."""


def address(text: str, *, example: str) -> str:
    """The address in its standard form, `0192:923609016`; the example stands in what is said of a wrong one.

    Raises NoAddress, NoScheme and NoNumber.
    """
    parts = ADDRESS.fullmatch("".join(text.split()))
    if parts is None:
        raise NoAddress(
            _("This is no address in the Peppol network. It is written like %(example)s.")
            % {"example": example}
        )
    scheme, number = parts.groups()
    if scheme not in SCHEMES:
        raise NoScheme(
            _(
                "There is no number of the kind %(scheme)s. The four digits before the colon say what kind of"
                " number follows, as in %(example)s."
            )
            % {"scheme": scheme, "example": example}
        )
    return f"{scheme}:{_number(scheme, number)}"


def _number(scheme: str, number: str) -> str:
    kind = KINDS.get(scheme)
    if kind is None:
        return number
    module = import_module(f"stdnum.{kind}")
    if not module.is_valid(number):
        raise NoNumber(
            _("The number behind %(scheme)s: cannot exist: a digit is wrong or missing.") % {"scheme": scheme}
        )
    return str(module.compact(number))
