"""Every kind of wrong programme file is refused with its file, its line and the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from medlem.programme.problems import ProgrammeError
from medlem.programme.reading import read

Complaints = Callable[..., list[str]]


@dataclass(frozen=True)
class Wrong:
    """What is replaced in cps.toml, by what, and how the reason begins.

    `at` is the line that is named, where it is not the one that was replaced.
    """

    old: str
    new: str
    reason: str
    at: str | None = None


WRONG = {
    "a missing setting is named at its table": Wrong(
        "due_days = 30\n", "", "payment.due_days: is missing", at="[payment]"
    ),
    "a missing table is named at the top": Wrong(
        "[numbers]",
        "[payment.numbers]",
        "numbers: is missing",
        at="# Canon Professional Services in Norway: the programme that medlem shows by default.",
    ),
    "a misspelt setting": Wrong(
        "due_days = 30\n",
        "due_days = 30\ndue_dayz = 30\n",
        "payment.due_dayz: is no setting of a programme file",
        at="due_dayz = 30",
    ),
    "a text for a number": Wrong(
        "due_days = 30",
        'due_days = "thirty"',
        "payment.due_days: must be a valid integer, not 'thirty'",
    ),
    "a fraction for a whole number": Wrong(
        "NOK = 119_000", "NOK = 1190.50", "levels.0.fees.NOK: must be a valid integer, not 1190.5"
    ),
    "yes for true": Wrong(
        "auto_approve = true",
        'auto_approve = "yes"',
        "validation.auto_approve: must be a valid boolean, not 'yes'",
    ),
    "a number that is too small": Wrong(
        "due_days = 30",
        "due_days = 0",
        "payment.due_days: must be greater than or equal to 1, not 0",
    ),
    "an hour after midnight": Wrong(
        "cutoff_hour = 16",
        "cutoff_hour = 24",
        "deadlines.cutoff_hour: must be less than or equal to 23, not 24",
    ),
    "a register of VAT numbers that knows none of the country": Wrong(
        'register_name = "Bolagsverket"\nvat_lookup = "vies"',
        'register_name = "Bolagsverket"\nvat_lookup = "hmrc"',
        "countries.1.vat_lookup: 'hmrc' knows no VAT numbers of SE",
        at='vat_lookup = "hmrc"',
    ),
    "an answer that is fresh for longer than it stands": Wrong(
        "fresh_minutes = 60",
        "fresh_minutes = 1_500",
        "registers.fresh_minutes: must not be longer than answer_hours (24)",
    ),
    "a text that is missing in a language": Wrong(
        'name = { nb = "Gold", en = "Gold" }',
        'name = { nb = "Gold" }',
        "levels.1.name.en: the text in this language (en) is missing",
    ),
    "a text that is empty": Wrong(
        'answer.en = "No. The business',
        'answer.en = "" # The business',
        "faq.1.answer.en: the text in this language (en) is missing",
    ),
    "a text in a language that the programme has not": Wrong(
        'name = { nb = "Gold", en = "Gold" }',
        'name = { nb = "Gold", en = "Gold", sv = "Guld" }',
        "levels.1.name.sv: is no language of the programme",
    ),
    "a benefit in the middle of a list": Wrong(
        'en = "Loan equipment while',
        'eng = "Loan equipment while',
        "levels.1.benefits.1.eng: is no language of the programme",
    ),
    "a level that needs less than the one before": Wrong(
        "points = 1_600",
        "points = 900",
        "levels.2.points: must be greater than the level before (1000)",
    ),
    "a business level that needs less than the one before": Wrong(
        "points = 2_500\ncovers_products = 100",
        "points = 2_400\ncovers_products = 100",
        "levels.4.points: must not be less than the level before (2500)",
    ),
    "a business level below the switch": Wrong(
        "business_switch_above = 2_500",
        "business_switch_above = 5_000",
        "levels.3.points: must not be less than membership.business_switch_above (5000)",
        at="points = 2_500",
    ),
    "a level that is there twice": Wrong(
        'code = "gold"', 'code = "silver"', "levels.1.code: 'silver' is there twice"
    ),
    "a term that is there twice": Wrong("months = 24", "months = 12", "terms.1.months: 12 is there twice"),
    "a level without a fee in a country's currency": Wrong(
        ", CZK = 249_000 }", " }", "levels.0.fees: has no fee in CZK"
    ),
    "a fee in no currency": Wrong(
        "CZK = 249_000 }",
        "CZK = 249_000, XYX = 1 }",
        "levels.0.fees.XYX: 'XYX' is no currency code of ISO 4217",
    ),
    "an accent that cannot be read on white": Wrong(
        'light = "#0b5cad"',
        'light = "#7fb8f5"',
        "brand.accent.light: has contrast 2.08 against #ffffff; 4.5 is needed",
    ),
    "an accent that cannot be read on near-black": Wrong(
        'dark = "#7fb8f5"',
        'dark = "#0b5cad"',
        "brand.accent.dark: has contrast 2.51 against #1a1e22; 4.5 is needed",
    ),
    "a colour by name": Wrong(
        'light = "#0b5cad"',
        'light = "blue"',
        "brand.accent.light: must be written like #0b5cad, not 'blue'",
    ),
    "a seller's number with a typing slip": Wrong(
        'organisation_number = "123456785"',
        'organisation_number = "123456758"',
        "brand.seller.organisation_number: is no number of NO (check digit)",
    ),
    "a seller's VAT number with a typing slip": Wrong(
        'vat_number = "NO123456785MVA"',
        'vat_number = "NO123456758MVA"',
        "brand.seller.vat_number: is no VAT number of NO (check digit)",
    ),
    "an IBAN with a typing slip": Wrong(
        "NO5499990543212",
        "NO5499990543221",
        "brand.seller.bank.iban: must be an IBAN without blanks; 'NO5499990543221' is none",
    ),
    "an account number of another account": Wrong(
        'bban = "99990543212"',
        'bban = "99990012349"',
        "brand.seller.bank.bban: is not the account of the IBAN NO5499990543212",
    ),
    "a phone number as it is dialled at home": Wrong(
        'phone = "+4721000000"',
        'phone = "21 00 00 00"',
        "brand.support.phone: must be a phone number written like +4721000000, not '21 00 00 00'",
    ),
    "a mail address": Wrong(
        'no_reply = "no-reply@cps.example"',
        'no_reply = "CPS"',
        "brand.no_reply: must be written like no-reply@brand.example, not 'CPS'",
    ),
    "a kind of number that nobody knows": Wrong(
        'number_kind = "no.orgnr"',
        'number_kind = "no.orgnummer"',
        "countries.0.number_kind: 'no.orgnummer' is no module of python-stdnum, such as 'no.orgnr'",
    ),
    "a pattern that is none": Wrong(
        "number_pattern = '[A-Z][0-9]{1,6}'",
        "number_pattern = '[A-Z]([0-9]{1,6}'",
        "countries.9.number_pattern: is no regular expression: missing ), unterminated subpattern at position 5",
    ),
    "an example with a typing slip": Wrong(
        'number_example = "123 456 785"',
        'number_example = "123 456 758"',
        "countries.0.number_example: is not written as it says",
    ),
    "a post code as another country writes it": Wrong(
        'postcode_example = "111 20"',
        'postcode_example = "1112"',
        "countries.1.postcode_example: is not written as it says",
    ),
    "an e-invoice scheme that nobody knows": Wrong(
        'e_invoice_scheme = "0192"',
        'e_invoice_scheme = "0193"',
        "countries.0.e_invoice_scheme: '0193' is no scheme of Peppol addresses",
    ),
    "a document that nobody asks for": Wrong(
        'documents = { vat_certificate = "Bekreftelse',
        'documents = { passport = "Pass", vat_certificate = "Bekreftelse',
        "countries.0.documents.passport: must be 'vat_certificate', 'invoice', 'business_licence' or 'registration'",
    ),
    "a time zone that is none": Wrong(
        'timezone = "Europe/Stockholm"',
        'timezone = "Europe/Uppsala"',
        "countries.1.timezone: 'Europe/Uppsala' is no time zone, such as 'Europe/Oslo'",
    ),
    "a home country that is not among the countries": Wrong(
        'home_country = "NO"',
        'home_country = "US"',
        "home_country: 'US' is not among the countries",
    ),
    "a default language that the programme has not": Wrong(
        'default_language = "nb"',
        'default_language = "nn"',
        "default_language: 'nn' is not among the languages",
    ),
    "a check that is not weighed": Wrong(
        'vat_agrees = "required"\n',
        "",
        "validation.checks.vat_agrees: is missing",
        at='[validation.checks] # "required", "advisory" (shown to the validator) or "off"',
    ),
    "a check that does not exist": Wrong(
        'vat_agrees = "required"\n',
        'vat_agrees = "required"\nvat_paid = "required"\n',
        "validation.checks.vat_paid: must be ",
        at='vat_paid = "required"',
    ),
    "a weight that does not exist": Wrong(
        'vat_agrees = "required"',
        'vat_agrees = "maybe"',
        "validation.checks.vat_agrees: must be 'required', 'advisory' or 'off', not 'maybe'",
    ),
    "an end before the suspension": Wrong(
        "end_after_days = 60",
        "end_after_days = 14",
        "payment.end_after_days: must be greater than suspend_after_days (14)",
    ),
    "retries out of order": Wrong(
        "card_retry_days = [1, 3, 5]",
        "card_retry_days = [1, 5, 3]",
        "payment.card_retry_days: must rise from one retry to the next",
    ),
    "a day in quotes": Wrong(
        "effective_on = 2026-01-01",
        'effective_on = "2026-01-01"',
        "terms_of_membership.effective_on: must be a valid date, not '2026-01-01'",
    ),
    "terms that are not there": Wrong(
        "cps/terms.en.md",
        "cps/conditions.en.md",
        "terms_of_membership.text.en: there is no text file 'cps/conditions.en.md' beside the",
    ),
    "terms in one language": Wrong(
        ', en = "cps/terms.en.md" }',
        " }",
        "terms_of_membership.text.en: the text in this language (en) is missing",
    ),
    "a catalogue that is not there": Wrong(
        'catalogue = "cps/catalogue.csv"',
        'catalogue = "cps/models.csv"',
        "catalogue: there is no file 'cps/models.csv' beside the programme file",
    ),
    "an invoice number that a KID has no room for": Wrong(
        "first_number = 10_001",
        "first_number = 10_000_000",
        "invoices.first_number: must be less than 10000000, not 10000000",
    ),
    "a page that has no questions": Wrong('page = "status"', 'page = "weather"', "faq.5.page: must be "),
    "a table that should be a list": Wrong(
        'means = ["card", "bank"]', 'means = "card"', "payment.means: must be a list"
    ),
    "a country without a calendar of holidays": Wrong(
        'code = "CZ"',
        'code = "XX"',
        "countries.18.code: 'XX' is no country code of ISO 3166 with a calendar",
    ),
    "a text that should be a table": Wrong(
        "former_membership = {",
        'former_membership = "CPS" # {',
        "words.former_membership: must be a table",
    ),
    "a domain with its at sign": Wrong(
        '"gmail.com", ',
        '"@gmail.com", ',
        "validation.shared_domains.0: must be written like mail.example, not '@gmail.com'",
    ),
    "a text for something that nobody does": Wrong(
        'code = "silence"\nfor = "decline"',
        'code = "silence"\nfor = "approve"',
        "messages.10.for: must be 'ask' or 'decline', not 'approve'",
        at='for = "approve"',
    ),
    "an empty list": Wrong(
        'means = ["card", "bank"]',
        "means = []",
        "payment.means: must have at least 1 item after validation, not 0",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_named_with_file_line_and_reason(
    case: str, complaints: Complaints, copy: Path
) -> None:
    wrong = WRONG[case]
    before = (copy / "cps.toml").read_text()
    found = complaints(wrong.old, wrong.new)
    if wrong.at:
        number = (copy / "cps.toml").read_text().splitlines().index(wrong.at) + 1
    else:
        number = before.count("\n", 0, before.index(wrong.old)) + 1
    assert found
    assert found[0].startswith(f"programmes/cps.toml, line {number}: {wrong.reason}")


def test_every_problem_is_listed_in_the_order_of_the_file(complaints: Complaints) -> None:
    complaints("due_days = 30", "due_days = 0")
    complaints('wordmark = "CPS"', "")
    found = complaints("points = 1_600", "points = 900")
    assert [line.partition(": ")[2] for line in found] == [
        "brand.wordmark: is missing",
        "levels.2.points: must be greater than the level before (1000)",
        "payment.due_days: must be greater than or equal to 1, not 0",
    ]


def test_each_currency_without_a_fee_is_listed(complaints: Complaints) -> None:
    found = complaints(", PLN = 44_900, CZK = 249_000 }", " }")
    assert [line.partition(": ")[2] for line in found] == [
        "levels.0.fees: has no fee in CZK",
        "levels.0.fees: has no fee in PLN",
    ]


@pytest.mark.parametrize(
    ("old", "new", "on_line"),
    [
        ('wordmark = "CPS"', "wordmark = CPS", "wordmark = CPS"),
        ('wordmark = "CPS"', 'wordmark "CPS"', 'wordmark "CPS"'),
        ("[words]", "[brand]", "[brand]"),
    ],
)
def test_what_is_no_toml_is_named_with_its_line(
    complaints: Complaints, copy: Path, old: str, new: str, on_line: str
) -> None:
    [found] = complaints(old, new)
    lines = (copy / "cps.toml").read_text().splitlines()
    number = max(n for n, line in enumerate(lines, start=1) if on_line in line)
    assert found.startswith(f"programmes/cps.toml, line {number}: is no TOML: ")


def test_a_file_that_breaks_off_is_named_with_its_last_line(copy: Path) -> None:
    (copy / "cps.toml").write_text('key = "cps"\nlanguages = [')
    with pytest.raises(ProgrammeError) as error:
        read(copy / "cps.toml")
    assert str(error.value).startswith("programmes/cps.toml, line 2: is no TOML: ")


def test_a_file_in_another_encoding(copy: Path) -> None:
    (copy / "cps.toml").write_bytes('key = "cps"\n# Sølv\n'.encode("cp1252"))
    with pytest.raises(ProgrammeError) as error:
        read(copy / "cps.toml")
    assert str(error.value) == "programmes/cps.toml, line 2: is not UTF-8"


def test_a_file_that_is_not_there(copy: Path) -> None:
    with pytest.raises(ProgrammeError) as error:
        read(copy / "other.toml")
    assert str(error.value) == "programmes/other.toml: cannot be read: No such file or directory"


def test_an_empty_file_lists_what_is_missing(copy: Path) -> None:
    (copy / "cps.toml").write_text("")
    with pytest.raises(ProgrammeError) as error:
        read(copy / "cps.toml")
    complaints = str(error.value).splitlines()
    assert complaints[0] == "programmes/cps.toml, line 1: key: is missing"
    assert len(complaints) == 24


@pytest.mark.parametrize(
    "source",
    [
        "languages = 3\nlevels = 4\ncatalogue = 5\nprivacy = 6\n",
        'languages = [1, 2]\nlevels = [7]\ncatalogue = ["x"]\n[privacy]\ntext = "x"\n',
        "[privacy.text]\nnb = 4\n[levels]\ncode = 1\n[[brand]]\nname = 2\n",
    ],
)
def test_nonsense_is_refused_and_never_a_crash(copy: Path, source: str) -> None:
    (copy / "cps.toml").write_text(source)
    with pytest.raises(ProgrammeError) as error:
        read(copy / "cps.toml")
    assert all(problem.line for problem in error.value.problems)
