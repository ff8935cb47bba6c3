"""Each check's outcome and its sentence (A3, A7, A10), and what an attacker tries."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from medlem.applications import checks
from medlem.applications.checks import Result, failed, passed
from medlem.applications.facts import DocumentFacts, DocumentKind, Facts, RegisterFacts, VatFacts
from medlem.applications.sentences import CHECK_NAMES, SENTENCES, sentence
from medlem.applications.status import Outcome, RegisterState
from medlem.programme import current

TODAY = date(2026, 11, 23)
IN_REGISTER = RegisterFacts(state=RegisterState.ANSWERED, name="BLÅTIMEN FILM AS", vat_registered=True)
INVOICE = DocumentFacts(
    filename="faktura.pdf",
    readable=True,
    number=True,
    vat_number=True,
    name=True,
    address=True,
    kind=DocumentKind.INVOICE,
    dated_on=date(2026, 11, 2),
    legible=True,
    compared=True,
)
PICTURE = DocumentFacts(filename="bilde.png", readable=False)
PRINT = replace(INVOICE, filename="utskrift.pdf", vat_number=False, kind=DocumentKind.REGISTRATION)
FOREIGN = replace(
    INVOICE, filename="en.pdf", number=False, vat_number=False, name=False, other_numbers=("974760673",)
)
GOOD = Facts(
    registration_number_valid=True,
    vat_number_valid=True,
    business_name="Blåtimen Film AS",
    vat_registered=True,
    register=IN_REGISTER,
    documents=[INVOICE],
    kinds_that_count=frozenset({DocumentKind.VAT_CERTIFICATE, DocumentKind.INVOICE}),
    contact_domain="blatimen.example",
    today=TODAY,
    invoice_max_age_days=365,
)
NO_VAT = replace(
    GOOD,
    vat_registered=False,
    vat_number_valid=False,
    register=replace(IN_REGISTER, vat_registered=False),
    documents=[replace(INVOICE, vat_number=False)],
    kinds_that_count=frozenset({DocumentKind.INVOICE, DocumentKind.LICENCE, DocumentKind.REGISTRATION}),
)
ABROAD = replace(
    GOOD,
    register=RegisterFacts(state=RegisterState.NO_REGISTER),
    vat=VatFacts(state=RegisterState.ANSWERED, name="Blåtimen Film AS"),
)
GMAIL = replace(GOOD, contact_domain="gmail.com", free_mail=True)
ELSEWHERE = replace(GOOD, contact_domain="bilder.example")
OWN = frozenset({"blatimen.example"})


def register(**changes: Any) -> Facts:
    return replace(GOOD, register=replace(IN_REGISTER, **changes))


def answered(state: RegisterState) -> Facts:
    return replace(GOOD, register=RegisterFacts(state=state))


def vat(state: RegisterState) -> Facts:
    return replace(ABROAD, vat=VatFacts(state=state))


def documents(*documents: DocumentFacts) -> Facts:
    return replace(GOOD, documents=list(documents))


def invoice(**changes: Any) -> Facts:
    return documents(replace(INVOICE, **changes))


FAKTURA = {"document": "faktura.pdf"}
DOWN, NONE, NO = RegisterState.UNAVAILABLE, RegisterState.NO_REGISTER, RegisterState.NOT_FOUND

# Check, what is known, outcome, reason, and what fills the sentence.
TABLE: list[tuple[str, Facts, str, str, dict[str, str]]] = [
    ("number_valid", GOOD, "passed", "check_digits_right", {}),
    ("number_valid", replace(GOOD, registration_number_valid=False), "failed", "check_digits_wrong", {}),
    ("register_entry", GOOD, "passed", "in_register", {"name": "BLÅTIMEN FILM AS"}),
    ("register_entry", register(parent="310003913"), "unclear", "is_a_branch", {"parent": "310003913"}),
    ("register_entry", answered(NO), "failed", "not_in_register", {}),
    ("register_entry", answered(DOWN), "could_not_run", "register_unavailable", {}),
    ("register_entry", answered(NONE), "could_not_run", "no_register", {}),
    ("register_live", GOOD, "passed", "live", {}),
    ("register_live", register(bankrupt=True), "failed", "bankrupt", {}),
    ("register_live", register(dissolving=True), "failed", "dissolving", {}),
    ("register_live", register(deleted_on="2024-03-09"), "failed", "deleted", {"on": "2024-03-09"}),
    (
        "register_live",
        register(deleted_on="2024-03-09", bankrupt=True),
        "failed",
        "deleted",
        {"on": "2024-03-09"},
    ),
    ("register_live", answered(NO), "could_not_run", "register_not_answered", {}),
    ("register_live", answered(DOWN), "could_not_run", "register_not_answered", {}),
    ("name_agrees", GOOD, "passed", "same_name", {"name": "BLÅTIMEN FILM AS"}),
    (
        "name_agrees",
        replace(GOOD, business_name="blatimen film"),
        "passed",
        "same_name",
        {"name": "BLÅTIMEN FILM AS"},
    ),
    (
        "name_agrees",
        replace(GOOD, business_name="Blåtimen Foto AS"),
        "failed",
        "other_name",
        {"given": "Blåtimen Foto AS", "name": "BLÅTIMEN FILM AS"},
    ),
    ("name_agrees", ABROAD, "passed", "same_name", {"name": "Blåtimen Film AS"}),
    ("name_agrees", vat(RegisterState.ANSWERED), "could_not_run", "register_not_answered", {}),
    ("name_agrees", answered(NONE), "could_not_run", "register_not_answered", {}),
    ("vat_agrees", GOOD, "passed", "vat_registered", {}),
    ("vat_agrees", NO_VAT, "passed", "not_vat_registered", {}),
    ("vat_agrees", register(vat_registered=False), "failed", "register_says_not_vat", {}),
    ("vat_agrees", replace(NO_VAT, register=IN_REGISTER), "failed", "register_says_vat", {}),
    ("vat_agrees", replace(GOOD, vat_number_valid=False), "failed", "vat_number_wrong", {}),
    ("vat_agrees", replace(answered(DOWN), vat_number_valid=False), "failed", "vat_number_wrong", {}),
    ("vat_agrees", replace(GOOD, vat_number_own=False), "failed", "vat_number_of_another", {}),
    ("vat_agrees", ABROAD, "passed", "vat_number_known", {}),
    ("vat_agrees", vat(NO), "failed", "vat_number_unknown", {}),
    ("vat_agrees", vat(DOWN), "could_not_run", "vat_not_answered", {}),
    ("vat_agrees", vat(NONE), "could_not_run", "register_not_answered", {}),
    ("vat_agrees", register(vat_registered=None), "could_not_run", "register_not_answered", {}),
    ("vat_agrees", replace(vat(NONE), vat_registered=False), "could_not_run", "no_vat_to_ask_about", {}),
    ("no_account_yet", GOOD, "passed", "no_account", {}),
    ("no_account_yet", replace(GOOD, account_number="100016"), "failed", "has_account", {"number": "100016"}),
    ("no_account_yet", replace(GOOD, applied_in="500024"), "failed", "applied_already", {"number": "500024"}),
    ("number_not_elsewhere", GOOD, "passed", "number_nowhere_else", {}),
    (
        "number_not_elsewhere",
        replace(GOOD, same_number_in="500024"),
        "failed",
        "number_elsewhere",
        {"number": "500024"},
    ),
    ("document_shows_business", GOOD, "passed", "shows_vat_and_name", FAKTURA),
    ("document_shows_business", NO_VAT, "passed", "shows_name_and_address", FAKTURA),
    ("document_shows_business", documents(), "failed", "no_document", {}),
    ("document_shows_business", documents(PICTURE), "unclear", "person_has_to_look", {}),
    ("document_shows_business", documents(PICTURE, INVOICE), "passed", "shows_vat_and_name", FAKTURA),
    (
        "document_shows_business",
        documents(replace(INVOICE, name=False), PICTURE),
        "unclear",
        "person_has_to_look",
        {},
    ),
    ("document_shows_business", invoice(name=False), "failed", "vat_or_name_not_found", {}),
    ("document_shows_business", invoice(vat_number=False), "failed", "vat_or_name_not_found", {}),
    (  # number in one document and name in another do not belong together
        "document_shows_business",
        documents(replace(INVOICE, name=False), replace(INVOICE, vat_number=False)),
        "failed",
        "vat_or_name_not_found",
        {},
    ),
    (
        "document_shows_business",
        replace(NO_VAT, documents=[replace(INVOICE, address=False)]),
        "failed",
        "name_or_address_not_found",
        {},
    ),
    ("document_shows_business", invoice(kind=DocumentKind.UNKNOWN), "unclear", "kind_unknown", FAKTURA),
    (
        "document_shows_business",
        invoice(kind=DocumentKind.LICENCE),
        "unclear",
        "kind_does_not_count",
        FAKTURA,
    ),
    (  # a register extract shows the VAT number too, and everybody can print it
        "document_shows_business",
        invoice(kind=DocumentKind.REGISTRATION),
        "unclear",
        "kind_does_not_count",
        FAKTURA,
    ),
    (
        "document_shows_business",
        invoice(kind=DocumentKind.VAT_CERTIFICATE),
        "passed",
        "shows_vat_and_name",
        FAKTURA,
    ),
    ("document_private", GOOD, "passed", "not_for_everybody", FAKTURA),
    ("document_private", documents(), "could_not_run", "nothing_to_look_at", {}),
    (
        "document_private",
        replace(NO_VAT, documents=[PRINT]),
        "unclear",
        "for_everybody",
        {"document": "utskrift.pdf"},
    ),
    (
        "document_private",
        replace(NO_VAT, documents=[PRINT], own_domains=OWN),
        "passed",
        "contact_known_to_register",
        {},
    ),
    ("document_private", documents(PICTURE), "unclear", "person_has_to_look", {}),
    ("document_private", invoice(kind=DocumentKind.UNKNOWN), "unclear", "kind_not_told", FAKTURA),
    ("document_own", GOOD, "passed", "own_document", {}),
    ("document_own", invoice(other_numbers=("974760673",)), "passed", "own_document", {}),  # the customer's
    ("document_own", documents(), "could_not_run", "nothing_to_look_at", {}),
    ("document_own", documents(PICTURE), "unclear", "person_has_to_look", {}),
    (
        "document_own",
        documents(INVOICE, FOREIGN),
        "failed",
        "belongs_to_other",
        {"document": "en.pdf", "number": "974760673"},
    ),
    (
        "document_own",
        documents(replace(FOREIGN, name=True)),
        "unclear",
        "name_beside_other_number",
        {"document": "en.pdf", "number": "974760673"},
    ),
    ("document_recent", GOOD, "passed", "recent", {**FAKTURA, "on": "2026-11-02"}),
    ("document_recent", documents(), "could_not_run", "nothing_to_look_at", {}),
    ("document_recent", documents(PICTURE), "unclear", "person_has_to_look", {}),
    (
        "document_recent",
        invoice(dated_on=TODAY - timedelta(days=365)),
        "passed",
        "recent",
        {**FAKTURA, "on": "2025-11-23"},
    ),
    (
        "document_recent",
        invoice(dated_on=TODAY - timedelta(days=366)),
        "failed",
        "too_old",
        {**FAKTURA, "on": "2025-11-22", "days": "365"},
    ),
    ("document_recent", invoice(dated_on=None), "unclear", "no_date", FAKTURA),
    (
        "document_recent",
        invoice(dated_on=date(2026, 12, 1)),
        "unclear",
        "date_to_come",
        {**FAKTURA, "on": "2026-12-01"},
    ),
    (
        "document_recent",
        invoice(kind=DocumentKind.VAT_CERTIFICATE, dated_on=date(2011, 1, 1)),
        "passed",
        "does_not_age",
        FAKTURA,
    ),
    ("document_legible", GOOD, "passed", "legible", {}),
    ("document_legible", documents(), "could_not_run", "nothing_to_look_at", {}),
    ("document_legible", invoice(legible=False), "failed", "not_legible", FAKTURA),
    ("document_legible", invoice(legible=None), "unclear", "legibility_not_judged", {}),
    ("document_legible", documents(PICTURE), "unclear", "person_has_to_look", {}),
    ("document_unaltered", GOOD, "passed", "as_in_picture", {}),
    ("document_unaltered", documents(), "could_not_run", "nothing_to_look_at", {}),
    ("document_unaltered", documents(PICTURE), "unclear", "person_has_to_look", {}),
    ("document_unaltered", invoice(compared=False), "could_not_run", "not_compared", FAKTURA),
    (
        "document_unaltered",
        invoice(not_in_picture=("BLÅTIMEN", "310003913")),
        "failed",
        "altered",
        {**FAKTURA, "words": "BLÅTIMEN, 310003913"},
    ),
    ("document_unused", GOOD, "passed", "not_used_before", {}),
    (
        "document_unused",
        replace(GOOD, document_used_by="100024"),
        "failed",
        "used_by_other_application",
        {"number": "100024"},
    ),
    ("document_not_alike", GOOD, "passed", "like_no_other", {}),
    (
        "document_not_alike",
        replace(GOOD, document_like_one_of="100024"),
        "failed",
        "alike",
        {"number": "100024"},
    ),
    ("contact_not_blocked", GOOD, "passed", "contact_free", {}),
    ("contact_not_blocked", replace(GOOD, contact_blocked=True), "failed", "contact_blocked", {}),
    ("contact_not_blocked", replace(GOOD, contact_taken=True), "failed", "contact_taken", {}),
    ("contact_domain", GOOD, "passed", "domain_carries_name", {"domain": "blatimen.example"}),
    ("contact_domain", GMAIL, "unclear", "free_mail", {"domain": "gmail.com"}),
    ("contact_domain", ELSEWHERE, "unclear", "nothing_to_compare", {"domain": "bilder.example"}),
    ("contact_domain", replace(GMAIL, contact_in_register=True), "passed", "address_in_register", {}),
    (
        "contact_domain",
        replace(GOOD, own_domains=OWN),
        "passed",
        "own_domain",
        {"domain": "blatimen.example"},
    ),
    (
        "contact_domain",
        replace(GMAIL, own_domains=OWN),
        "failed",
        "free_mail_beside_own",
        {"domain": "gmail.com", "own": "blatimen.example"},
    ),
    (
        "contact_domain",
        replace(GOOD, own_domains=OWN, contact_domain="blatimen.test"),
        "unclear",
        "other_domain",
        {"domain": "blatimen.test", "own": "blatimen.example"},
    ),
    (  # a domain below one's own may be the students'
        "contact_domain",
        replace(GOOD, own_domains=OWN, contact_domain="stud.blatimen.example"),
        "unclear",
        "other_domain",
        {"domain": "stud.blatimen.example", "own": "blatimen.example"},
    ),
    (
        "contact_domain",
        replace(GMAIL, invoice_domain="blatimen.example"),
        "unclear",
        "free_mail_beside_invoice",
        {"domain": "gmail.com", "own": "blatimen.example"},
    ),
]


@pytest.mark.parametrize(
    ("check", "facts", "outcome", "reason", "fills"), TABLE, ids=[f"{row[0]}-{row[3]}" for row in TABLE]
)
def test_a7_each_check_has_an_outcome_and_a_sentence(
    check: str, facts: Facts, outcome: str, reason: str, fills: dict[str, str]
) -> None:
    result = checks.CHECKS[check](facts)
    assert (result.outcome, result.reason, result.facts) == (outcome, reason, fills)
    for language in ("en", "nb"):
        with translation.override(language):
            assert all(value in sentence(reason, result.facts) for value in fills.values())
            assert "%(" not in sentence(reason, result.facts)


def reasons_in_code() -> set[str]:
    """The names of sentences: what is given first to an outcome, or kept as `reason` for it."""
    tree = ast.parse(Path(checks.__file__).read_text())
    outcomes = {"passed", "failed", "unclear", "could_not_run"}
    said = [
        node.args[0] if isinstance(node, ast.Call) else node.value
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") in outcomes)
        or (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason")
    ]
    branches = [[each.body, each.orelse] if isinstance(each, ast.IfExp) else [each] for each in said]
    return {node.value for each in branches for node in each if isinstance(node, ast.Constant)}


def test_a7_every_reason_has_a_sentence_and_every_sentence_its_reason() -> None:
    assert reasons_in_code() == set(SENTENCES)


def test_a7_every_reason_is_in_the_table_above() -> None:
    assert {reason for _check, _facts, _outcome, reason, _fills in TABLE} == set(SENTENCES)


def test_a11_a_sentence_whose_facts_were_erased_still_reads() -> None:
    assert sentence("recent", {"on": "2026-11-02"}) == "“–” is of 2026-11-02."


def test_a7_the_checks_are_those_that_the_programme_weighs_and_each_has_a_name() -> None:
    assert list(checks.CHECKS) == list(current().validation.checks) == list(CHECK_NAMES)


def test_a7_a_check_that_is_switched_off_does_not_run() -> None:
    weights = {**dict.fromkeys(checks.CHECKS, "required"), "contact_not_blocked": "off"}
    assert list(checks.run(GOOD, weights)) == [
        code for code in checks.CHECKS if code != "contact_not_blocked"
    ]


def approves_itself(results: dict[str, Result], weights: dict[str, str], *, allowed: bool = True) -> bool:
    return checks.may_approve_itself(results, weights, allowed=allowed)


def test_a7_approves_itself_when_all_required_checks_passed_and_the_programme_allows_it() -> None:
    good, bad = passed("live"), failed("bankrupt")
    weights = {"a": "required", "b": "required", "c": "advisory"}
    assert approves_itself({"a": good, "b": good, "c": bad}, weights)
    assert not approves_itself({"a": good, "b": good, "c": good}, weights, allowed=False)
    assert not approves_itself({"a": good, "b": bad, "c": good}, weights)


@pytest.mark.parametrize("outcome", ["failed", "unclear", "could_not_run"])
def test_a7_whatever_is_not_passed_goes_to_a_person(outcome: str) -> None:
    not_passed = Result(Outcome(outcome), "live")
    assert not approves_itself({"a": not_passed}, {"a": "required"})


def test_a7_a_programme_that_requires_nothing_leaves_it_to_a_person() -> None:
    assert not approves_itself({"a": passed("live")}, {"a": "advisory"})


# --- what an attacker tries -------------------------------------------------------------------------


def would_approve(facts: Facts) -> bool:
    """Whether the default programme would let it in without a person."""
    weights = {str(code): weight for code, weight in current().validation.checks.items()}
    return checks.may_approve_itself(checks.run(facts, weights), weights, allowed=True)


def test_a7_the_honest_ones_are_let_in() -> None:
    known = replace(GMAIL, contact_in_register=True)
    for honest in (GOOD, NO_VAT, known, replace(GOOD, own_domains=OWN)):
        assert would_approve(honest)


OLD = replace(INVOICE, dated_on=date(2019, 1, 1))


@pytest.mark.parametrize(
    "attack",
    [
        # All that is public of a business, and mail from somewhere else than where it has its home page.
        replace(GMAIL, own_domains=OWN),
        replace(GOOD, own_domains=OWN, contact_domain="blatimen-film.example"),
        # The same, where the register knows of no home page: whoever can type may send it.
        GMAIL,
        ELSEWHERE,
        # The print of the register, which everybody can have.
        documents(replace(PRINT, vat_number=True)),
        replace(NO_VAT, documents=[PRINT], contact_domain="gmail.com", free_mail=True),
        # Somebody else's invoice with the business's name and number written over.
        invoice(not_in_picture=("310003913",)),
        replace(GOOD, document_like_one_of="500024"),
        replace(GOOD, document_used_by="500024"),
        invoice(vat_number=False, number=False, other_numbers=("974760673",)),
        # A file that no reader of pictures looked at, or that nobody can read.
        invoice(compared=False),
        invoice(legible=False),
        documents(PICTURE),
        # Approval pieced together of documents that would not do by themselves.
        documents(OLD, replace(INVOICE, kind=DocumentKind.UNKNOWN)),
        documents(OLD, replace(INVOICE, name=False)),
        documents(replace(INVOICE, compared=False), replace(INVOICE, vat_number=False)),
        documents(INVOICE, replace(INVOICE, filename="to.pdf", not_in_picture=("Film",))),
        documents(INVOICE, FOREIGN),
        # Another's VAT number, a branch, a business that has an account, applied, or has the number elsewhere.
        replace(GOOD, vat_number_own=False),
        register(parent="310003913"),
        replace(GOOD, account_number="100016"),
        replace(GOOD, applied_in="500024"),
        replace(GOOD, same_number_in="500024"),
        # Registers that did not answer are no yes.
        answered(DOWN),
        answered(NONE),
        ABROAD,
    ],
)
def test_a7_nobody_else_is_let_in(attack: Facts) -> None:
    assert not would_approve(attack)
