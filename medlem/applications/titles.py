"""What a check is called (A7): by what it found, so that nobody has to read “the contact is not blocked” backwards.

`CHECK_NAMES` (`sentences.py`) are the titles of what passed.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from medlem.applications.sentences import CHECK_NAMES
from medlem.applications.status import Outcome

NOT_PASSED = {
    "number_valid": _("The number is wrong"),
    "register_entry": _("The entry in the register is not confirmed"),
    "register_live": _("Whether the business is live is not confirmed"),
    "name_agrees": _("The name is not confirmed"),
    "vat_agrees": _("The VAT status is not confirmed"),
    "no_account_yet": _("The business has an account or an application"),
    "number_not_elsewhere": _("Somebody else has the number"),
    "document_shows_business": _("The document does not show the business"),
    "document_private": _("It is not shown that only the business can have the document"),
    "document_own": _("The document may be somebody else's"),
    "document_recent": _("The age of the document is not in order"),
    "document_legible": _("The document is hard to read"),
    "document_unaltered": _("The document may have been altered"),
    "document_unused": _("The document was sent before"),
    "document_not_alike": _("The document looks like another's"),
    "contact_not_blocked": _("The contact's address cannot be used"),
    "contact_domain": _("The contact is not tied to the business"),
}
"""What did not pass, where nothing is known but its code."""

BY_REASON = {
    "is_a_branch": _("The number belongs to a branch"),
    "not_in_register": _("The business is not in the register"),
    "register_unavailable": _("The register did not answer"),
    "no_register": _("No business register to ask"),
    "deleted": _("The business was deleted from the register"),
    "bankrupt": _("The business is bankrupt"),
    "dissolving": _("The business is being dissolved"),
    "other_name": _("The name is another than the register's"),
    "vat_number_wrong": _("The VAT number is wrong"),
    "vat_number_of_another": _("The VAT number belongs to another business"),
    "register_says_not_vat": _("The register says not VAT-registered"),
    "register_says_vat": _("The register says VAT-registered"),
    "no_vat_to_ask_about": _("Nobody can confirm the answer about VAT"),
    "vat_number_unknown": _("The tax authorities do not know the VAT number"),
    "vat_not_answered": _("The tax authorities did not answer"),
    "has_account": _("The business has an account already"),
    "applied_already": _("The business has applied already"),
    "no_document": _("No document came"),
    "nothing_to_look_at": _("No document came"),
    "person_has_to_look": _("A person has to look at the document"),
    "kind_unknown": _("The kind of document is not known"),
    "kind_not_told": _("The kind of document is not known"),
    "kind_does_not_count": _("This kind of document does not count"),
    "belongs_to_other": _("The document is another business's"),
    "name_beside_other_number": _("The document has another business's number"),
    "no_date": _("The document has no date"),
    "date_to_come": _("The date of the document is still to come"),
    "too_old": _("The document is too old"),
    "legibility_not_judged": _("How well the document can be read is not known"),
    "not_compared": _("Text and picture of the document were not compared"),
    "altered": _("The document's text is not what it shows"),
    "used_by_other_application": _("The document came with another application"),
    "contact_blocked": _("The contact's address is blocked"),
    "contact_taken": _("The contact's address belongs to another business"),
}
"""What did not pass, exactly; checks that want another's answer have the title of their code."""


def title(code: str, outcome: str = Outcome.PASSED, reason: str = "") -> Any:
    """The title of a check that came to this; the code itself of one that there is no more."""
    if outcome == Outcome.PASSED:
        return CHECK_NAMES.get(code, code)
    return BY_REASON.get(reason) or NOT_PASSED.get(code, code)
