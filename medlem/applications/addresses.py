"""Whose an e-mail address is, as far as its domain tells (A7). Pure functions on values."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlsplit

from medlem.gateways.documents import is_made_of

SHORTEST_NAME = 6  # letters; a shorter one says too little about whose it is


def domain_of(email: str) -> str:
    """What stands behind the @, in small letters; empty where there is none."""
    return email.strip().casefold().rpartition("@")[2].rstrip(".") if "@" in email else ""


def domain_of_page(address: str) -> str:
    """The domain of a home page as a register writes it: `www.studio.no`, `https://studio.no/om`."""
    address = address.strip().casefold()
    try:
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    host = host.rstrip(".").removeprefix("www.")
    return host if "." in host else ""


def is_shared(domain: str, shared: Collection[str]) -> bool:
    """Whether many have an address there: free mail, free home pages, and all that stands below them."""
    parts = domain.split(".")
    return any(".".join(parts[n:]) in shared for n in range(len(parts)))


def own_domains(*, home_page: str, email: str, shared: Collection[str]) -> frozenset[str]:
    """The domains that are a business's own, of its home page and its address in a register."""
    domains = {domain_of_page(home_page), domain_of(email)} - {""}
    return frozenset(domain for domain in domains if not is_shared(domain, shared))


def carries_name(domain: str, name: str) -> bool:
    """Whether a domain is called as the business is: nothing but whole words of its name in their order, the
    longest among them, as `sorlandfoto.no` is of STUDIO SØRLAND FOTO AS."""
    label = domain.rpartition(".")[0].rpartition(".")[2]
    try:
        label = label.encode("ascii").decode("idna")
    except UnicodeError:
        return False
    return len(label) >= SHORTEST_NAME and is_made_of(label, name)
