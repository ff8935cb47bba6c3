"""Texts to start from when more is asked of an applicant (A8), in the applicant's language."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_lazy as _

QUESTIONS = {
    "unreadable": (
        _("The document cannot be read"),
        _(
            "We cannot read the document that you sent. Please add it again as a PDF, or as a sharp picture "
            "of the whole page in good light."
        ),
    ),
    "vat": (
        _("VAT number or name not visible"),
        _(
            "We cannot see both your VAT number and your business name on the document. Please add your VAT "
            "registration certificate, or an invoice that shows both."
        ),
    ),
    "address": (
        _("Name or address not visible"),
        _(
            "We cannot see both the name and the address of your business on the document. Please add an "
            "invoice, a business licence or the registration that shows both."
        ),
    ),
    "name": (
        _("Another name in the register"),
        _(
            "The business register has another name for your organisation number than the one that you gave. "
            "Which is right, and has the name been changed lately?"
        ),
    ),
    "authority": (
        _("May the contact bind the business?"),
        _("Please tell us your position in the business, and whether you may enter into agreements for it."),
    ),
}


def starting_text(code: str, language: str) -> str:
    """The text of that code as the applicant reads it; nothing for an unknown code."""
    if code not in QUESTIONS:
        return ""
    with translation.override(language):
        return str(QUESTIONS[code][1])
