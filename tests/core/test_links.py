"""A signed link opens one thing for one purpose, and nothing else."""

from __future__ import annotations

import string
from uuid import UUID

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from medlem.core import links

THING = UUID("01933f2a-5b6c-7def-8123-456789abcdef")
ALPHABET = string.ascii_letters + string.digits + "-_."


@given(st.uuids(), st.sampled_from(["resume", "status", "password", "former-email"]))
def test_a_link_is_read_for_its_purpose(thing: UUID, purpose: str) -> None:
    token = links.sign(purpose, thing)
    assert links.read(purpose, token) == thing
    assert (len(token), set(token) <= set(ALPHABET)) == (22 + 1 + 43, True)


def test_a_link_is_worth_nothing_for_another_purpose() -> None:
    token = links.sign("status", THING)
    assert [
        links.read(purpose, token) for purpose in ("resume", "password", "former-email", "Status", "")
    ] == [None] * 5


@given(st.integers(0, 65), st.sampled_from(ALPHABET))
def test_a_link_of_which_one_character_was_changed_opens_nothing(place: int, other: str) -> None:
    token = links.sign("status", THING)
    changed = token[:place] + other + token[place + 1 :]
    assert links.read("status", changed) == (THING if changed == token else None)


@given(st.text(max_size=80))
def test_what_is_no_link_opens_nothing(text: str) -> None:
    assert links.read("status", text) is None


def test_the_signature_of_another_thing_does_not_fit() -> None:
    mine, other = links.sign("status", THING), links.sign("status", UUID(int=7 << 76 | 1))
    assert links.read("status", other.split(".")[0] + "." + mine.split(".")[1]) is None


@pytest.mark.parametrize("cut", [1, 10, 43, 44, 65])
def test_a_link_that_a_mail_reader_broke_opens_nothing(cut: int) -> None:
    assert links.read("status", links.sign("status", THING)[:-cut]) is None


def test_a_link_of_another_installation_opens_nothing() -> None:
    with override_settings(SECRET_KEY="another installation's key " * 2):
        theirs = links.sign("status", THING)
    assert links.read("status", theirs) is None
