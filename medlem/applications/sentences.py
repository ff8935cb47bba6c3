"""The sentence of each check's result (A7), in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

CHECK_NAMES = {
    "number_valid": _("The number's check digits"),
    "register_entry": _("Entry in the business register"),
    "register_live": _("The business is live"),
    "name_agrees": _("The name agrees"),
    "vat_agrees": _("VAT status agrees"),
    "document_shows_business": _("The document shows the business"),
    "document_unused": _("The document is new to us"),
    "no_account_yet": _("No account yet"),
    "contact_not_blocked": _("The contact is not blocked"),
}

SENTENCES = {
    "check_digits_right": _("The check digits of the number are right."),
    "check_digits_wrong": _("The check digits of the number are wrong; it cannot exist."),
    "is_a_branch": _("The number belongs to a branch of %(parent)s."),
    "in_register": _("The register knows it as %(name)s."),
    "not_in_register": _("The register has no business with this number."),
    "register_unavailable": _("The register could not be asked; it did not answer."),
    "no_register": _("There is no register that we can ask for this country."),
    "register_not_answered": _("This needs the register's answer, and there is none."),
    "deleted": _("The register deleted the business on %(on)s."),
    "bankrupt": _("The register says that the business is bankrupt."),
    "dissolving": _("The register says that the business is being dissolved."),
    "live": _("Neither deleted, nor bankrupt, nor being dissolved."),
    "same_name": _("The name that was given is the register's: %(name)s."),
    "other_name": _("“%(given)s” was given; the register says “%(name)s”."),
    "vat_number_wrong": _("The VAT number does not have the country's form, or its check digits are wrong."),
    "vat_number_known": _("The tax authorities know the VAT number as valid."),
    "vat_number_unknown": _("The tax authorities do not know the VAT number."),
    "vat_not_answered": _("The tax authorities could not be asked about the VAT number."),
    "vat_registered": _("VAT-registered, as the register says too."),
    "not_vat_registered": _("Not VAT-registered, as the register says too."),
    "register_says_not_vat": _("The answer was yes, but the register says not VAT-registered."),
    "register_says_vat": _("The answer was no, but the register says VAT-registered."),
    "no_document": _("No document was sent."),
    "shows_vat_and_name": _("“%(document)s” shows VAT number and business name."),
    "shows_name_and_address": _("“%(document)s” shows business name and address."),
    "person_has_to_look": _("A document is a picture or has no text that can be read; a person has to look."),
    "vat_or_name_not_found": _("No document shows both the VAT number and the business name."),
    "name_or_address_not_found": _("No document shows both the business name and its address."),
    "used_by_other_application": _("The same document came with application %(number)s."),
    "not_used_before": _("No other application came with it."),
    "has_account": _("The business has account %(number)s; approving adds the person to it."),
    "no_account": _("The business has no account."),
    "contact_blocked": _("The contact's address is blocked."),
    "contact_taken": _(
        "The contact's address already signs in for another business; ask for a different one."
    ),
    "contact_free": _("The contact's address is not blocked."),
}


AS_OF = _("The answer is of %(as_of)s, the latest that there is.")


def sentence(reason: str, facts: Mapping[str, str]) -> str:
    """The sentence of one result, and how old the register's answer is where that was not asked for just then."""
    said = str(SENTENCES[reason]) % dict(facts)
    return f"{said} {AS_OF % dict(facts)}" if "as_of" in facts else said
