"""Identifiers: UUIDv7 for the outside, numbers with a check digit for people to read aloud."""

from __future__ import annotations

import hashlib
import os
import time
import uuid

from stdnum import luhn


def uuid7() -> uuid.UUID:
    """A time-ordered UUID, version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    return _version_7(milliseconds, os.urandom(10))


def uuid7_within(whole: uuid.UUID, name: str) -> uuid.UUID:
    """A UUIDv7 for what is called `name` within something: always the same, and of the moment of the whole."""
    digest = hashlib.sha256(whole.bytes + name.encode()).digest()
    return _version_7(whole.int >> 80, digest[:10])


def _version_7(milliseconds: int, random: bytes) -> uuid.UUID:
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(random)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def with_check_digit(number: int) -> str:
    """`number` followed by its mod-10 (Luhn) check digit: a typing slip does not find someone else."""
    digits = str(number)
    return digits + luhn.calc_check_digit(digits)


def has_check_digit(digits: str) -> bool:
    """Whether the last digit is the mod-10 check digit of those before it."""
    return digits.isdecimal() and bool(luhn.is_valid(digits))


def kid_for(*, account: int, invoice: int) -> str:
    """The KID of an invoice (D4): account and invoice number, zero-filled, and a mod-10 check digit.

    Always 16 digits, as a fixed length is what banks agree on for an account.
    Raises ValueError when a number has outgrown its place.
    """
    if not (0 < account < 10**7 and 0 < invoice < 10**8):
        raise ValueError(f"no KID of 16 digits for account {account}, invoice {invoice}")
    body = f"{account:07d}{invoice:08d}"
    return body + luhn.calc_check_digit(body)
