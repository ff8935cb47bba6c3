"""Whose an e-mail address is, as far as its domain tells (A7)."""

from __future__ import annotations

import pytest

from medlem.applications.addresses import (
    carries_name,
    domain_of,
    domain_of_page,
    is_shared,
    own_domains,
)
from medlem.gateways.register import contact_of
from medlem.programme import current

SHARED = frozenset({"gmail.com", "wixsite.com"})


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("ase@Studio.example", "studio.example"),
        (" ase@studio.example. ", "studio.example"),
        ("no address", ""),
        ("", ""),
        ("a@b@studio.example", "studio.example"),
    ],
)
def test_a7_the_domain_of_an_address(email: str, domain: str) -> None:
    assert domain_of(email) == domain


@pytest.mark.parametrize(
    ("page", "domain"),
    [
        ("www.bekk.no", "bekk.no"),
        ("https://WWW.Studio.example/om-oss?x=1", "studio.example"),
        ("http://studio.example:8080", "studio.example"),
        ("foto.studio.example/", "foto.studio.example"),
        ("ingen", ""),
        ("http://[::1", ""),
        ("", ""),
    ],
)
def test_a7_the_domain_of_a_home_page(page: str, domain: str) -> None:
    assert domain_of_page(page) == domain


@pytest.mark.parametrize(
    ("domain", "shared"),
    [
        ("gmail.com", True),
        ("ase.wixsite.com", True),
        ("notgmail.com", False),
        ("gmail.com.example", False),
        ("", False),
    ],
)
def test_a7_what_many_share_is_nobodys_own(domain: str, shared: bool) -> None:
    assert is_shared(domain, SHARED) == shared


def test_a7_a_business_has_the_domains_that_its_register_knows() -> None:
    assert own_domains(home_page="www.bekk.no", email="post@bekk.example", shared=SHARED) == {
        "bekk.no",
        "bekk.example",
    }
    assert own_domains(home_page="ase.wixsite.com/foto", email="ase@gmail.com", shared=SHARED) == frozenset()
    assert own_domains(home_page="", email="", shared=SHARED) == frozenset()


def test_a7_home_page_and_address_stand_in_the_registers_answer() -> None:
    known = contact_of({"hjemmeside": "www.brreg.no", "epostadresse": "firmapost@brreg.no"})
    assert (known.home_page, known.email) == ("www.brreg.no", "firmapost@brreg.no")
    assert contact_of({"hjemmeside": None, "epostadresse": 3}) == contact_of({})


def test_a7_the_programme_lists_the_free_mail_that_its_applicants_use() -> None:
    shared = current().validation.shared_domains
    assert {"gmail.com", "hotmail.com", "online.no", "icloud.com"} <= set(shared)
    assert all(domain == domain.casefold() for domain in shared)


@pytest.mark.parametrize(
    ("domain", "name", "carries"),
    [
        ("blatimen.no", "BLÅTIMEN FILM AS", True),
        ("blaatimen-film.no", "BLÅTIMEN FILM AS", True),
        ("xn--bltimen-fxa.no", "BLÅTIMEN FILM AS", True),
        ("blatimenfilmas.com", "BLÅTIMEN FILM AS", True),
        ("foto.moerkerommet.no", "MØRKEROMMET I LOFOTEN DA", True),
        ("nordvikogsonn.no", "NORDVIK & SØNN FOTO AS", True),
        ("mueller-bildwerk.de", "Müller & Grün Bildwerk GmbH", True),
        ("muellergruen.de", "Müller & Grün Bildwerk GmbH", False),  # without its longest word
        ("film.no", "BLÅTIMEN FILM AS", False),
        ("blatimen2.no", "BLÅTIMEN FILM AS", False),
        ("fotografene.no", "FOTOGRAF INGRID SÆTHERØY", False),
        ("blatimen", "BLÅTIMEN FILM AS", False),
        ("as.no", "ÅS", False),
        ("gmail.com", "", False),
        ("xn--\u00e5.no", "BLÅTIMEN FILM AS", False),
        ("", "BLÅTIMEN FILM AS", False),
    ],
)
def test_a7_a_domain_that_is_called_as_the_business_is(domain: str, name: str, carries: bool) -> None:
    assert carries_name(domain, name) is carries
