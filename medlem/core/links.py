"""Signed links: what a mail carries so that its reader may open one thing without a password.

A token holds the thing's outside id, signed for one purpose; it is worth nothing for another, and
nothing of it is stored. Whether a link has run out or was used stands in the row that it names.
"""

from __future__ import annotations

import uuid

from django.core import signing


def sign(purpose: str, thing_id: uuid.UUID) -> str:
    """The token for `thing_id`: 22 characters of id and 43 of signature, safe in an address."""
    return signing.Signer(salt=f"medlem.{purpose}", sep=".").sign(_short(thing_id))


def read(purpose: str, token: str) -> uuid.UUID | None:
    """The id that was signed for `purpose`, or None when the token is not one of ours."""
    try:
        return _long(signing.Signer(salt=f"medlem.{purpose}", sep=".").unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def _short(value: uuid.UUID) -> str:
    return signing.b64_encode(value.bytes).decode()


def _long(text: str) -> uuid.UUID:
    return uuid.UUID(bytes=signing.b64_decode(text.encode()))
