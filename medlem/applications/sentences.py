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
    "no_account_yet": _("No account yet"),
    "number_not_elsewhere": _("The number is nobody else's"),
    "document_shows_business": _("The document shows the business"),
    "document_private": _("Not everybody can get the document"),
    "document_own": _("The document is the business's own"),
    "document_recent": _("The document is recent"),
    "document_legible": _("The document can be read well"),
    "document_unaltered": _("The document is unaltered"),
    "document_unused": _("The document is new to us"),
    "document_not_alike": _("The document is no copy"),
    "contact_not_blocked": _("The contact is not blocked"),
    "contact_domain": _("The contact writes from the business"),
}

REGISTER = {
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
    "vat_number_of_another": _("The VAT number belongs to another organisation number."),
    "vat_registered": _("VAT-registered, as the register says too."),
    "not_vat_registered": _("Not VAT-registered, as the register says too."),
    "register_says_not_vat": _("The answer was yes, but the register says not VAT-registered."),
    "register_says_vat": _("The answer was no, but the register says VAT-registered."),
    "no_vat_to_ask_about": _("Not VAT-registered is the answer; there is no register that could confirm it."),
    "vat_number_known": _("The tax authorities know the VAT number as valid."),
    "vat_number_unknown": _("The tax authorities do not know the VAT number."),
    "vat_not_answered": _("The tax authorities could not be asked about the VAT number."),
    "has_account": _("The business has account %(number)s; approving adds the person to it."),
    "applied_already": _("The business applied before, in %(number)s, and that is not decided yet."),
    "no_account": _("The business has no account, and no other application waits."),
    "number_elsewhere": _("%(number)s has the same number in another form."),
    "number_nowhere_else": _("No other application and no account has the number in another form."),
}

DOCUMENT = {
    "no_document": _("No document was sent."),
    "nothing_to_look_at": _("There is no document to look at."),
    "person_has_to_look": _("A document is a picture or has no text that can be read; a person has to look."),
    "shows_vat_and_name": _("“%(document)s” shows VAT number and business name."),
    "shows_name_and_address": _("“%(document)s” shows business name and address."),
    "vat_or_name_not_found": _("No document shows both the VAT number and the business name."),
    "name_or_address_not_found": _("No document shows both the business name and its address."),
    "kind_unknown": _("“%(document)s” shows the business, but what kind of document it is cannot be told."),
    "kind_not_told": _("What kind of document “%(document)s” is cannot be told."),
    "kind_does_not_count": _("“%(document)s” shows the business, but this kind of document does not count."),
    "not_for_everybody": _("“%(document)s” is of a kind that the register does not hand out to anybody."),
    "contact_known_to_register": _(
        "Anybody can get the document, but the contact writes from an address that the register knows."
    ),
    "for_everybody": _("“%(document)s” is a print of the register, which anybody can get of any business."),
    "belongs_to_other": _("“%(document)s” shows %(number)s, which is somebody else's, and not the business."),
    "name_beside_other_number": _(
        "“%(document)s” shows the name, but with %(number)s, which is somebody else's, and not its own number."
    ),
    "own_document": _("No document shows somebody else without showing the business."),
    "does_not_age": _("“%(document)s” is of a kind that does not grow old."),
    "no_date": _("No date was found on “%(document)s”."),
    "date_to_come": _("“%(document)s” has the date %(on)s, which is still to come."),
    "too_old": _("“%(document)s” is of %(on)s; more than %(days)s days are too old."),
    "recent": _("“%(document)s” is of %(on)s."),
    "not_legible": _("“%(document)s” is hard to read: what it shows is not clearly visible."),
    "legibility_not_judged": _("How well it can be read could not be judged."),
    "legible": _("What it shows is clearly visible."),
    "altered": _("The letters in “%(document)s” are not what one sees in its picture: %(words)s."),
    "not_compared": _("The letters in “%(document)s” could not be compared with its picture."),
    "as_in_picture": _("Its letters are what one sees in its picture."),
    "used_by_other_application": _("The same document came with application %(number)s."),
    "not_used_before": _("No other application came with it."),
    "alike": _("It looks and reads like the document of another business, in application %(number)s."),
    "like_no_other": _("No other business sent one that looks and reads like it."),
}

CONTACT = {
    "contact_blocked": _("The contact's address is blocked."),
    "contact_taken": _(
        "The contact's address already signs in for another business; ask for a different one."
    ),
    "contact_free": _("The contact's address is not blocked."),
    "address_in_register": _("The register has the contact's address as that of the business."),
    "own_domain": _("The contact's address ends in %(domain)s, which is the business's own."),
    "free_mail_beside_own": _("The contact writes from %(domain)s; the business has %(own)s of its own."),
    "other_domain": _("The contact writes from %(domain)s; the register knows the business at %(own)s."),
    "free_mail_beside_invoice": _("The contact writes from %(domain)s, but invoices shall go to %(own)s."),
    "free_mail": _(
        "The contact writes from %(domain)s, where anybody can, and the register knows no address of the business."
    ),
    "domain_carries_name": _(
        "The register knows no address of the business, but %(domain)s is called as the business is."
    ),
    "nothing_to_compare": _(
        "The register knows no address of the business, and %(domain)s is not called as the business is."
    ),
}

SENTENCES = {**REGISTER, **DOCUMENT, **CONTACT}


class _Facts(dict[str, str]):
    """What fills a sentence; what was erased (A11) is a dash."""

    def __missing__(self, name: str) -> str:
        return "–"


AS_OF = _("The answer is of %(as_of)s, the latest that there is.")


def sentence(reason: str, facts: Mapping[str, str]) -> str:
    """The sentence of one result, and how old the register's answer is where that was not asked for just then."""
    said = str(SENTENCES[reason]) % _Facts(facts)
    return f"{said} {AS_OF % dict(facts)}" if "as_of" in facts else said
