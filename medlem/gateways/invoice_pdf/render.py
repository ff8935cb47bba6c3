"""Prints an invoice."""

from __future__ import annotations

from pathlib import Path

from medlem.gateways.printing import printed

from .document import InvoiceDocument

TEMPLATE = Path(__file__).parent / "invoice.typ"


def render(invoice: InvoiceDocument) -> bytes:
    """The PDF, in some five milliseconds. Raises typst.TypstError when the template is at fault."""
    return printed(TEMPLATE, "invoice", invoice, made_on=invoice.issued_on)
