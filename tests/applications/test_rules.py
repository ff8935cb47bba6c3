"""Each check's outcome and its sentence (A7), what makes an application complete (A1), and the clock (A6, A8)."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from medlem.applications import rules
from medlem.applications.facts import DocumentFacts, Facts, RegisterFacts, VatFacts
from medlem.applications.rules import Result, Urgency, failed, passed
from medlem.applications.sentences import CHECK_NAMES, SENTENCES, sentence
from medlem.applications.status import RegisterState
from medlem.programme import current

IN_REGISTER = RegisterFacts(state=RegisterState.ANSWERED, name="BLÅTIMEN FILM AS", vat_registered=True)
INVOICE = DocumentFacts(filename="faktura.pdf", readable=True, number=True, vat_number=True, name=True)
PICTURE = DocumentFacts(filename="bilde.png", readable=False)
GOOD = Facts(
    registration_number_valid=True,
    vat_number_valid=True,
    business_name="Blåtimen Film AS",
    vat_registered=True,
    register=IN_REGISTER,
    documents=[INVOICE],
)
NO_VAT = replace(
    GOOD,
    vat_registered=False,
    vat_number_valid=False,
    register=replace(IN_REGISTER, vat_registered=False),
    documents=[replace(INVOICE, vat_number=False, address=True)],
)


def register(**changes: Any) -> Facts:
    return replace(GOOD, register=replace(IN_REGISTER, **changes))


def answered(state: RegisterState) -> Facts:
    return replace(GOOD, register=RegisterFacts(state=state))


def abroad(state: RegisterState) -> Facts:
    """No business register can be asked; a register of VAT numbers said this."""
    return replace(answered(RegisterState.NO_REGISTER), vat=VatFacts(state=state))


def documents(*documents: DocumentFacts) -> Facts:
    return replace(GOOD, documents=list(documents))


# Check, what is known, outcome, reason, and what fills the sentence.
TABLE: list[tuple[str, Facts, str, str, dict[str, str]]] = [
    ("number_valid", GOOD, "passed", "check_digits_right", {}),
    ("number_valid", replace(GOOD, registration_number_valid=False), "failed", "check_digits_wrong", {}),
    ("register_entry", GOOD, "passed", "in_register", {"name": "BLÅTIMEN FILM AS"}),
    ("register_entry", register(parent="310003913"), "unclear", "is_a_branch", {"parent": "310003913"}),
    ("register_entry", answered(RegisterState.NOT_FOUND), "failed", "not_in_register", {}),
    ("register_entry", answered(RegisterState.UNAVAILABLE), "could_not_run", "register_unavailable", {}),
    ("register_entry", answered(RegisterState.NO_REGISTER), "could_not_run", "no_register", {}),
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
    ("register_live", answered(RegisterState.NOT_FOUND), "could_not_run", "register_not_answered", {}),
    ("register_live", answered(RegisterState.UNAVAILABLE), "could_not_run", "register_not_answered", {}),
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
    ("name_agrees", answered(RegisterState.NO_REGISTER), "could_not_run", "register_not_answered", {}),
    ("vat_agrees", GOOD, "passed", "vat_registered", {}),
    ("vat_agrees", NO_VAT, "passed", "not_vat_registered", {}),
    ("vat_agrees", register(vat_registered=False), "failed", "register_says_not_vat", {}),
    ("vat_agrees", replace(NO_VAT, register=IN_REGISTER), "failed", "register_says_vat", {}),
    ("vat_agrees", replace(GOOD, vat_number_valid=False), "failed", "vat_number_wrong", {}),
    (
        "vat_agrees",
        replace(answered(RegisterState.UNAVAILABLE), vat_number_valid=False),
        "failed",
        "vat_number_wrong",
        {},
    ),
    ("vat_agrees", abroad(RegisterState.ANSWERED), "passed", "vat_number_known", {}),
    ("vat_agrees", abroad(RegisterState.NOT_FOUND), "failed", "vat_number_unknown", {}),
    ("vat_agrees", abroad(RegisterState.UNAVAILABLE), "could_not_run", "vat_not_answered", {}),
    ("vat_agrees", abroad(RegisterState.NO_REGISTER), "could_not_run", "register_not_answered", {}),
    (
        "vat_agrees",
        replace(abroad(RegisterState.ANSWERED), vat_registered=False),
        "could_not_run",
        "register_not_answered",
        {},
    ),
    ("vat_agrees", register(vat_registered=None), "could_not_run", "register_not_answered", {}),
    ("vat_agrees", answered(RegisterState.UNAVAILABLE), "could_not_run", "register_not_answered", {}),
    ("document_shows_business", GOOD, "passed", "shows_vat_and_name", {"document": "faktura.pdf"}),
    ("document_shows_business", NO_VAT, "passed", "shows_name_and_address", {"document": "faktura.pdf"}),
    ("document_shows_business", documents(), "failed", "no_document", {}),
    ("document_shows_business", documents(PICTURE), "unclear", "person_has_to_look", {}),
    (
        "document_shows_business",
        documents(PICTURE, INVOICE),
        "passed",
        "shows_vat_and_name",
        {"document": "faktura.pdf"},
    ),
    (
        "document_shows_business",
        documents(replace(INVOICE, name=False), PICTURE),
        "unclear",
        "person_has_to_look",
        {},
    ),
    (
        "document_shows_business",
        documents(replace(INVOICE, name=False)),
        "failed",
        "vat_or_name_not_found",
        {},
    ),
    (
        "document_shows_business",
        documents(replace(INVOICE, vat_number=False)),
        "failed",
        "vat_or_name_not_found",
        {},
    ),
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
    ("document_unused", GOOD, "passed", "not_used_before", {}),
    (
        "document_unused",
        replace(GOOD, document_used_by="100024"),
        "failed",
        "used_by_other_application",
        {"number": "100024"},
    ),
    ("no_account_yet", GOOD, "passed", "no_account", {}),
    ("no_account_yet", replace(GOOD, account_number="100016"), "failed", "has_account", {"number": "100016"}),
    ("contact_not_blocked", GOOD, "passed", "contact_free", {}),
    ("contact_not_blocked", replace(GOOD, contact_blocked=True), "failed", "contact_blocked", {}),
    ("contact_not_blocked", replace(GOOD, contact_taken=True), "failed", "contact_taken", {}),
]


@pytest.mark.parametrize(
    ("check", "facts", "outcome", "reason", "fills"), TABLE, ids=[f"{row[0]}-{row[3]}" for row in TABLE]
)
def test_a7_each_check_has_an_outcome_and_a_sentence(
    check: str, facts: Facts, outcome: str, reason: str, fills: dict[str, str]
) -> None:
    result = rules.CHECKS[check](facts)
    assert (result.outcome, result.reason, result.facts) == (outcome, reason, fills)
    for language in ("en", "nb"):
        with translation.override(language):
            assert all(value in sentence(reason, result.facts) for value in fills.values())
            assert "%" not in sentence(reason, result.facts)


def reasons_in(check: Callable[[Facts], Result]) -> set[str]:
    """Every text in the body of a check, less its docstring: the names of sentences."""
    (function,) = ast.parse(inspect.getsource(check)).body
    assert isinstance(function, ast.FunctionDef)
    nodes = [node for statement in function.body[1:] for node in ast.walk(statement)]
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_a7_every_reason_has_a_sentence_and_every_sentence_its_reason() -> None:
    assert set().union(*map(reasons_in, rules.CHECKS.values())) == set(SENTENCES)


def test_a7_every_reason_is_in_the_table_above() -> None:
    assert {reason for _check, _facts, _outcome, reason, _fills in TABLE} == set(SENTENCES)


def test_a7_the_checks_are_those_that_the_programme_weighs_and_each_has_a_name() -> None:
    assert list(rules.CHECKS) == list(current().validation.checks) == list(CHECK_NAMES)


def test_a7_a_check_that_is_switched_off_does_not_run() -> None:
    weights = {**dict.fromkeys(rules.CHECKS, "required"), "contact_not_blocked": "off"}
    assert list(rules.run(GOOD, weights)) == [code for code in rules.CHECKS if code != "contact_not_blocked"]


def approves_itself(results: dict[str, Result], weights: dict[str, str], *, allowed: bool = True) -> bool:
    return rules.may_approve_itself(results, weights, allowed=allowed)


def test_a7_approves_itself_when_all_required_checks_passed_and_the_programme_allows_it() -> None:
    good, bad = passed("live"), failed("bankrupt")
    weights = {"a": "required", "b": "required", "c": "advisory"}
    assert approves_itself({"a": good, "b": good, "c": bad}, weights)
    assert not approves_itself({"a": good, "b": good, "c": good}, weights, allowed=False)
    assert not approves_itself({"a": good, "b": bad, "c": good}, weights)


@pytest.mark.parametrize("outcome", ["failed", "unclear", "could_not_run"])
def test_a7_whatever_is_not_passed_goes_to_a_person(outcome: str) -> None:
    not_passed = Result(rules.Outcome(outcome), "live")
    assert not approves_itself({"a": not_passed}, {"a": "required"})


def test_a7_a_programme_that_requires_nothing_leaves_it_to_a_person() -> None:
    assert not approves_itself({"a": passed("live")}, {"a": "advisory"})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Blåtimen Film AS", "BLÅTIMEN FILM AS", True),
        ("Blaatimen Film A/S", "BLÅTIMEN FILM AS", True),
        ("Fotograf Ingrid Saetheroy", "FOTOGRAF INGRID SÆTHERØY", True),
        ("Nordvik &  Sønn – Foto AS", "NORDVIK & SØNN FOTO AS", True),
        ("Café Noir ENK", "CAFE NOIR", True),
        ("Blåtimen Film DA", "BLÅTIMEN FILM AS", True),  # the form is no part of the name
        ("Blåtimen", "BLÅTIMEN FILM AS", False),
        ("Film Blåtimen AS", "BLÅTIMEN FILM AS", False),
        ("Ås", "Es", False),
        ("AS", "ASA", False),  # nothing but a form: then the form counts
        ("Åsmund", "Asmund", True),
        ("Åsmund", "Aasmund", True),
    ],
)
def test_a7_names_are_compared_folded(one: str, other: str, same: bool) -> None:
    assert (rules.folded_name(one) == rules.folded_name(other)) == same


@given(st.text("cmvæøåéü&/-. ", max_size=40), st.sampled_from(["", " AS", " A/S", " ANS"]))
def test_a7_case_accents_punctuation_and_form_do_not_count(name: str, form: str) -> None:
    folded = rules.folded_name(name)
    assert rules.folded_name(name.upper()) == folded
    assert rules.folded_name(f"  {name}. ") == folded
    assert folded == "" or rules.folded_name(name + form) == folded


# --- the form -------------------------------------------------------------------------------------

WHOLE: dict[str, object] = {
    "country": "NO",
    "registration_number": "310003913",
    "business_name": "Blåtimen Film AS",
    "street": "Nedre Skogvei 14B",
    "postcode": "0484",
    "place": "Oslo",
    "vat_registered": True,
    "vat_number": "310003913MVA",
    "first_name": "Åse",
    "last_name": "Blåfjell",
    "email": "ase@blatimen.example",
    "trade": "photography",
    "invoice_email": "faktura@blatimen.example",
}


@pytest.mark.parametrize(
    ("changes", "documents", "step"),
    [
        ({}, 1, "check"),
        ({}, 0, "evidence"),
        ({"registration_number": ""}, 1, "business"),
        ({"place": ""}, 1, "business"),
        ({"vat_registered": None}, 1, "evidence"),
        ({"vat_number": ""}, 1, "evidence"),
        ({"vat_registered": False, "vat_number": ""}, 1, "check"),
        ({"vat_registered": False, "vat_number": ""}, 0, "evidence"),
        ({"email": ""}, 1, "contact"),
        ({"trade": ""}, 1, "information"),
        ({"email": "", "trade": ""}, 1, "contact"),
    ],
)
def test_a1_the_applicant_goes_on_at_the_first_step_that_wants_something(
    changes: dict[str, object], documents: int, step: str
) -> None:
    assert rules.first_open_step({**WHOLE, **changes}, documents=documents) == step


def test_a1_the_last_step_has_no_answers_of_its_own() -> None:
    assert rules.step_complete("check", {}, documents=0)
    assert set(rules.STEPS) == set(rules.MANDATORY)
    assert all(set(rules.MANDATORY[step]) <= set(columns) for step, columns in rules.STEPS.items())


# --- the clock ------------------------------------------------------------------------------------

SENT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BY = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
HALF = SENT + (BY - SENT) / 2
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "paused", "urgency"),
    [
        (SENT, False, Urgency.IN_TIME),
        (HALF, False, Urgency.IN_TIME),
        (HALF + SECOND, False, Urgency.HALF_TIME),
        (BY, False, Urgency.HALF_TIME),
        (BY + SECOND, False, Urgency.OVERDUE),
        (BY + timedelta(days=9), True, Urgency.PAUSED),
    ],
)
def test_a8_half_time_is_marked_before_an_application_is_overdue(
    now: datetime, paused: bool, urgency: Urgency
) -> None:
    assert rules.urgency(sent_at=SENT, answer_by_at=BY, paused=paused, now=now) == urgency


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("answer_by", "asked", "answered", "new_answer_by"),
    [
        ("2026-11-25 15:00", "2026-11-24 09:00", "2026-11-24 14:00", "2026-11-25 15:00"),  # the same day
        ("2026-11-25 15:00", "2026-11-24 09:00", "2026-11-25 07:00", "2026-11-26 15:00"),
        (
            "2026-11-25 15:00",
            "2026-11-24 09:00",
            "2026-11-27 09:00",
            "2026-11-30 15:00",
        ),  # three days, a weekend
        ("2026-11-25 15:00", "2026-11-24 22:59", "2026-11-24 23:01", "2026-11-26 15:00"),  # midnight in Oslo
        (
            "2026-12-01 15:00",
            "2026-11-27 09:00",
            "2026-11-29 09:00",
            "2026-12-01 15:00",
        ),  # a weekend is no time
        (
            "2026-12-23 15:00",
            "2026-12-22 09:00",
            "2026-12-29 09:00",
            "2026-12-30 15:00",
        ),  # Christmas: 23, 24, 28, 29
        (
            "2026-03-26 15:00",
            "2026-03-25 09:00",
            "2026-03-30 09:00",
            "2026-03-31 14:00",
        ),  # 16:00 in summer time too
        (
            "2026-11-25 15:00",
            "2026-11-26 09:00",
            "2026-11-27 09:00",
            "2026-11-26 15:00",
        ),  # it was late before
    ],
)
def test_a8_the_clock_stands_still_while_the_applicant_is_asked(
    answer_by: str, asked: str, answered: str, new_answer_by: str
) -> None:
    assert rules.answer_by_after_pause(
        utc(answer_by), asked_at=utc(asked), answered_at=utc(answered), country="NO", zone="Europe/Oslo"
    ) == utc(new_answer_by)
