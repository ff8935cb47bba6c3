"""The checks (A7): small pure functions on facts, in the order in which the reviewer reads them.

What each counts for stands in the programme file. Why an automatic approval rests on these, and what no
check can know: docs/decisions/what-an-automatic-approval-rests-on.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from medlem.applications.addresses import carries_name
from medlem.applications.facts import DocumentFacts, DocumentKind, Facts
from medlem.applications.rules import folded_name
from medlem.applications.status import Outcome, RegisterState


@dataclass(frozen=True, slots=True)
class Result:
    """What a check came to; `reason` names its sentence (`sentences.py`), `facts` fill it."""

    outcome: Outcome
    reason: str
    facts: dict[str, str] = field(default_factory=dict)


def passed(reason: str, **facts: str) -> Result:
    return Result(Outcome.PASSED, reason, facts)


def failed(reason: str, **facts: str) -> Result:
    return Result(Outcome.FAILED, reason, facts)


def unclear(reason: str, **facts: str) -> Result:
    return Result(Outcome.UNCLEAR, reason, facts)


def could_not_run(reason: str, **facts: str) -> Result:
    return Result(Outcome.COULD_NOT_RUN, reason, facts)


# --- the number and the registers -----------------------------------------------------------------


def number_valid(facts: Facts) -> Result:
    """The number's check digits."""
    return passed("check_digits_right") if facts.registration_number_valid else failed("check_digits_wrong")


def register_entry(facts: Facts) -> Result:
    """The register's entry exists, and is a main entity."""
    match facts.register.state:
        case RegisterState.ANSWERED if facts.register.parent:
            return unclear("is_a_branch", parent=facts.register.parent)
        case RegisterState.ANSWERED:
            return passed("in_register", name=facts.register.name)
        case RegisterState.NOT_FOUND:
            return failed("not_in_register")
        case RegisterState.UNAVAILABLE:
            return could_not_run("register_unavailable")
        case RegisterState.NO_REGISTER:
            return could_not_run("no_register")


def register_live(facts: Facts) -> Result:
    """The business lives: neither deleted nor bankrupt nor being dissolved."""
    if facts.register.state != RegisterState.ANSWERED:
        return could_not_run("register_not_answered")
    if facts.register.deleted_on:
        return failed("deleted", on=facts.register.deleted_on)
    if facts.register.bankrupt:
        return failed("bankrupt")
    if facts.register.dissolving:
        return failed("dissolving")
    return passed("live")


def name_agrees(facts: Facts) -> Result:
    """The name that was given is the register's, folded; that of the VAT register where no other knows it."""
    name = facts.register.name if facts.register.state == RegisterState.ANSWERED else facts.vat.name
    if not name:
        return could_not_run("register_not_answered")
    if folded_name(facts.business_name) == folded_name(name):
        return passed("same_name", name=name)
    return failed("other_name", given=facts.business_name, name=name)


def vat_agrees(facts: Facts) -> Result:
    """The answer about VAT agrees with who knows it: Norway's register of business entities, VIES, HMRC."""
    if facts.vat_registered and not facts.vat_number_valid:
        return failed("vat_number_wrong")
    if facts.vat_registered and not facts.vat_number_own:
        return failed("vat_number_of_another")
    if facts.register.state == RegisterState.ANSWERED and facts.register.vat_registered is not None:
        if facts.vat_registered == facts.register.vat_registered:
            return passed("vat_registered" if facts.vat_registered else "not_vat_registered")
        return failed("register_says_not_vat" if facts.vat_registered else "register_says_vat")
    if not facts.vat_registered:
        return could_not_run("no_vat_to_ask_about")
    match facts.vat.state:
        case RegisterState.ANSWERED:
            return passed("vat_number_known")
        case RegisterState.NOT_FOUND:
            return failed("vat_number_unknown")
        case RegisterState.UNAVAILABLE:
            return could_not_run("vat_not_answered")
        case RegisterState.NO_REGISTER:
            return could_not_run("register_not_answered")


def no_account_yet(facts: Facts) -> Result:
    """The business has no account and did not apply before; where it has or did, a person decides (A10)."""
    if facts.account_number:
        return failed("has_account", number=facts.account_number)
    if facts.applied_in:
        return failed("applied_already", number=facts.applied_in)
    return passed("no_account")


def number_not_elsewhere(facts: Facts) -> Result:
    """Nobody else has the same number in another form: as VAT number, with its country, as parent (A10)."""
    if facts.same_number_in:
        return failed("number_elsewhere", number=facts.same_number_in)
    return passed("number_nowhere_else")


# --- the documents --------------------------------------------------------------------------------

PRIVATE = {DocumentKind.VAT_CERTIFICATE, DocumentKind.INVOICE, DocumentKind.LICENCE}
"""Kinds that a business has of itself; a print of the register everybody can have of any business."""

DATED = {DocumentKind.INVOICE, DocumentKind.UNKNOWN}
"""Kinds that grow old: what a document is that nobody recognised may be an invoice."""


def shows(document: DocumentFacts, *, vat_registered: bool) -> bool:
    """Whether a document shows what it must: VAT number and name, or name and address without VAT (A3)."""
    if vat_registered:
        return document.vat_number and document.name
    return document.name and document.address


def _shown(facts: Facts) -> list[DocumentFacts]:
    return [each for each in facts.documents if shows(each, vat_registered=facts.vat_registered)]


def _evidence(facts: Facts) -> list[DocumentFacts]:
    """The documents that an approval would rest on: those of a kind that counts which show the business; where
    there are none, whichever show it, and else all. So that no approval is pieced together of two that would
    not do by themselves."""
    shown = _shown(facts)
    return [each for each in shown if each.kind in facts.kinds_that_count] or shown or facts.documents


def _unread(facts: Facts) -> bool:
    return not all(document.readable for document in _evidence(facts))


def document_shows_business(facts: Facts) -> Result:
    """One document of a kind that counts shows VAT number and name, or name and address without VAT (A3)."""
    if not facts.documents:
        return failed("no_document")
    if _shown(facts):
        document = _evidence(facts)[0]
        if document.kind in facts.kinds_that_count:
            reason = "shows_vat_and_name" if facts.vat_registered else "shows_name_and_address"
            return passed(reason, document=document.filename)
        unknown = document.kind == DocumentKind.UNKNOWN
        return unclear("kind_unknown" if unknown else "kind_does_not_count", document=document.filename)
    if _unread(facts):
        return unclear("person_has_to_look")
    return failed("vat_or_name_not_found" if facts.vat_registered else "name_or_address_not_found")


def document_private(facts: Facts) -> Result:
    """One document is not to be had by everybody, as the register's own print is; or the contact is known."""
    if not facts.documents:
        return could_not_run("nothing_to_look_at")
    evidence = _evidence(facts)
    private = next((each for each in evidence if each.kind in PRIVATE), None)
    if private:
        return passed("not_for_everybody", document=private.filename)
    if _unread(facts):
        return unclear("person_has_to_look")
    if evidence[0].kind == DocumentKind.UNKNOWN:
        return unclear("kind_not_told", document=evidence[0].filename)
    if _writes_from_the_business(facts):
        return passed("contact_known_to_register")
    return unclear("for_everybody", document=evidence[0].filename)


def document_own(facts: Facts) -> Result:
    """No document is somebody else's. Another's number beside the own one is normal: the customer's."""
    if not facts.documents:
        return could_not_run("nothing_to_look_at")
    foreign = [
        each for each in facts.documents if each.other_numbers and not (each.number or each.vat_number)
    ]
    for document in sorted(foreign, key=lambda each: each.name):
        found = {"document": document.filename, "number": document.other_numbers[0]}
        return (
            unclear("name_beside_other_number", **found)
            if document.name
            else failed("belongs_to_other", **found)
        )
    if _unread(facts):
        return unclear("person_has_to_look")
    return passed("own_document")


def document_recent(facts: Facts) -> Result:
    """One document is recent: an invoice is not older than the programme takes; other kinds do not age."""
    if not facts.documents:
        return could_not_run("nothing_to_look_at")
    order = [Outcome.PASSED, Outcome.UNCLEAR, Outcome.FAILED]
    ages = (_age(document, facts) for document in _evidence(facts))
    return min(ages, key=lambda result: order.index(result.outcome))


def _age(document: DocumentFacts, facts: Facts) -> Result:
    if not document.readable:
        return unclear("person_has_to_look")
    if document.kind not in DATED:
        return passed("does_not_age", document=document.filename)
    if document.dated_on is None:
        return unclear("no_date", document=document.filename)
    found = {"document": document.filename, "on": document.dated_on.isoformat()}
    if document.dated_on > facts.today + timedelta(days=1):  # somewhere it is tomorrow already
        return unclear("date_to_come", **found)
    if document.dated_on < facts.today - timedelta(days=facts.invoice_max_age_days):
        return failed("too_old", **found, days=str(facts.invoice_max_age_days))
    return passed("recent", **found)


def document_legible(facts: Facts) -> Result:
    """What shows the business is clearly visible (A3)."""
    if not facts.documents:
        return could_not_run("nothing_to_look_at")
    for document in _evidence(facts):
        if document.legible is False:
            return failed("not_legible", document=document.filename)
    if _unread(facts):
        return unclear("person_has_to_look")
    if any(document.legible is None for document in _evidence(facts)):
        return unclear("legibility_not_judged")
    return passed("legible")


def document_unaltered(facts: Facts) -> Result:
    """What the file says in letters is what a person sees in its picture. Not compared is not passed."""
    if not facts.documents:
        return could_not_run("nothing_to_look_at")
    for document in facts.documents:
        if document.not_in_picture:
            words = ", ".join(document.not_in_picture[:5])
            return failed("altered", document=document.filename, words=words)
    if _unread(facts):
        return unclear("person_has_to_look")
    for document in _evidence(facts):
        if not document.compared:
            return could_not_run("not_compared", document=document.filename)
    return passed("as_in_picture")


def document_unused(facts: Facts) -> Result:
    """No other application used one of the documents."""
    if facts.document_used_by:
        return failed("used_by_other_application", number=facts.document_used_by)
    return passed("not_used_before")


def document_not_alike(facts: Facts) -> Result:
    """No document is a changed copy of one that another business sent."""
    if facts.document_like_one_of:
        return failed("alike", number=facts.document_like_one_of)
    return passed("like_no_other")


# --- the contact ----------------------------------------------------------------------------------


def contact_not_blocked(facts: Facts) -> Result:
    """The contact's address is not on the list of those who are not let in, and signs in for nobody else."""
    if facts.contact_blocked:
        return failed("contact_blocked")
    return failed("contact_taken") if facts.contact_taken else passed("contact_free")


def contact_domain(facts: Facts) -> Result:
    """Something that a forger cannot simply type ties the contact to the business: the register knows where it
    writes from, or the contact's own domain is called as the business is."""
    if facts.contact_in_register:
        return passed("address_in_register")
    given = {"domain": facts.contact_domain}
    if facts.own_domains:
        if _writes_from_the_business(facts):
            return passed("own_domain", **given)
        own = ", ".join(sorted(facts.own_domains))
        return (
            failed("free_mail_beside_own", own=own, **given)
            if facts.free_mail
            else unclear("other_domain", own=own, **given)
        )
    if facts.free_mail:
        own = facts.invoice_domain
        return unclear("free_mail_beside_invoice", own=own, **given) if own else unclear("free_mail", **given)
    if carries_name(facts.contact_domain, facts.register.name or facts.business_name):
        return passed("domain_carries_name", **given)
    return unclear("nothing_to_compare", **given)


def _writes_from_the_business(facts: Facts) -> bool:
    """Whether the contact's address is the business's own as its register knows it: who reads mail there
    belongs to it. A domain below it is not: universities have their students there."""
    return facts.contact_in_register or facts.contact_domain in facts.own_domains


# --- all of them ----------------------------------------------------------------------------------

CHECKS: dict[str, Callable[[Facts], Result]] = {
    check.__name__: check
    for check in (
        number_valid,
        register_entry,
        register_live,
        name_agrees,
        vat_agrees,
        no_account_yet,
        number_not_elsewhere,
        document_shows_business,
        document_private,
        document_own,
        document_recent,
        document_legible,
        document_unaltered,
        document_unused,
        document_not_alike,
        contact_not_blocked,
        contact_domain,
    )
}


def run(facts: Facts, weights: Mapping[str, str]) -> dict[str, Result]:
    """Every check that the programme does not switch off, by its code (A7)."""
    return {code: check(facts) for code, check in CHECKS.items() if weights[code] != "off"}


def may_approve_itself(results: Mapping[str, Result], weights: Mapping[str, str], *, allowed: bool) -> bool:
    """Whether all required checks passed and the programme lets that be enough (A7)."""
    required = [results[code] for code in results if weights[code] == "required"]
    return allowed and bool(required) and all(result.outcome == Outcome.PASSED for result in required)
