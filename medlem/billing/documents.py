"""An invoice in words, for its PDF: labels, dates and sums as the buyer's language writes them (D3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import phonenumbers
from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _
from stdnum import iban
from stdnum.no import orgnr

from medlem.billing.models import Invoice, InvoiceLine
from medlem.billing.queries import vat_of
from medlem.billing.status import Means
from medlem.core.money import Money, format_money, format_rate
from medlem.gateways import invoice_pdf
from medlem.programme import current

LOCALES = {"nb": "nb", "en": "en_GB"}


def invoice_document(invoice: Invoice) -> invoice_pdf.InvoiceDocument:
    """Everything that is printed on the invoice, in the language in which it was issued."""
    with translation.override(invoice.language):
        return _document(invoice)


def _document(invoice: Invoice) -> invoice_pdf.InvoiceDocument:
    programme = current()
    vat_rows = vat_of(invoice)
    reverse_charge = invoice.buyer["country"] != invoice.seller["country"]
    return invoice_pdf.InvoiceDocument(
        language=invoice.language,
        number=str(invoice.number),
        issued_on=invoice.issued_on,
        wordmark=programme.brand.wordmark,
        accent=programme.brand.accent.light,
        seller=_seller(invoice),
        buyer=_buyer(invoice),
        facts=(
            invoice_pdf.Fact(_("Invoice number"), str(invoice.number)),
            invoice_pdf.Fact(_("Invoice date"), _day(invoice.issued_on, invoice)),
            invoice_pdf.Fact(_("Due date"), _day(invoice.due_on, invoice)),
            invoice_pdf.Fact(_("Customer number"), invoice.buyer["number"]),
        ),
        lines=tuple(_line(line, invoice) for line in invoice.lines.select_related("invoice")),
        net=_money(invoice.net, invoice),
        vat_rows=tuple(
            invoice_pdf.VatRow(_percent(rate, invoice), _money(net, invoice), _money(vat, invoice))
            for rate, net, vat in vat_rows
        ),
        total=_money(invoice.gross, invoice),
        payment=_payment(invoice),
        labels={
            "title": _("Invoice"),
            "buyer": _("Bill to"),
            "description": _("Description"),
            "quantity": _("Quantity"),
            "unit_price": _("Unit price"),
            "vat": _("VAT"),
            "amount": _("Amount"),
            "net": _("Sum before VAT"),
            "vat_of": _("VAT {rate} of {basis}"),
            "total": _("To pay"),
            "page": _("Page {page} of {pages}"),
        },
        note=_("Reverse charge: the buyer accounts for the VAT.") if reverse_charge else "",
    )


def _seller(invoice: Invoice) -> invoice_pdf.Party:
    seller = invoice.seller
    # Companies in the Register of Business Enterprises print that they are.
    register = (invoice_pdf.Fact("", "Foretaksregisteret"),) if seller["foretaksregisteret"] else ()
    return invoice_pdf.Party(
        name=seller["name"],
        address=(seller["street"], f"{seller['postcode']} {seller['place']}"),
        facts=(
            *_numbers(seller, invoice),
            *register,
            invoice_pdf.Fact(_("E-mail"), seller["email"]),
            invoice_pdf.Fact(_("Phone"), _phone(seller["phone"])),
        ),
    )


def _buyer(invoice: Invoice) -> invoice_pdf.Party:
    buyer = invoice.buyer
    address = [buyer["street"], f"{buyer['postcode']} {buyer['place']}"]
    if buyer["country"] != invoice.seller["country"]:
        address.append(current().country(buyer["country"]).name.in_(invoice.language))
    return invoice_pdf.Party(
        name=buyer["name"], address=tuple(address), facts=tuple(_numbers(buyer, invoice))
    )


def _numbers(party: Mapping[str, str], invoice: Invoice) -> list[invoice_pdf.Fact]:
    """By which numbers a party is known, under the names that its country gives them."""
    country = current().country(party["country"])
    label = country.number_label.in_(invoice.language)
    number, vat_number = party["registration_number"], party["vat_number"]
    if country.code == "NO":
        # One number there: for VAT it is written with NO before and MVA behind it.
        number = orgnr.format(number)
        return [invoice_pdf.Fact(label, f"NO {number} MVA" if vat_number else number)]
    facts = [invoice_pdf.Fact(label, number)]
    if vat_number and vat_number != number:
        facts.append(invoice_pdf.Fact(country.vat_label.in_(invoice.language), vat_number))
    return facts


def _line(line: InvoiceLine, invoice: Invoice) -> invoice_pdf.Line:
    return invoice_pdf.Line(
        text=line.description,
        quantity="1",
        unit_price=_money(line.net, invoice),
        vat=_percent(line.vat_basis_points, invoice),
        amount=_money(line.net, invoice),
        detail=_("Membership from %(first)s to %(last)s")
        % {"first": _day(line.starts_on, invoice), "last": _day(line.last_day, invoice)},
    )


def _payment(invoice: Invoice) -> invoice_pdf.Payment:
    values = {"sum": _money(invoice.gross, invoice), "due": _day(invoice.due_on, invoice)}
    account = (
        invoice_pdf.Fact(_("Account number"), invoice.bank_account),
        invoice_pdf.Fact("IBAN", iban.format(invoice.seller["iban"])),
        invoice_pdf.Fact("BIC", invoice.seller["bic"]),
        invoice_pdf.Fact("KID", invoice.kid),
        invoice_pdf.Fact(_("Due date"), values["due"]),
    )
    if invoice.means == Means.CARD:
        return invoice_pdf.Payment(
            heading=_("Card"),
            sentence=_("%(sum)s is charged to %(card)s on %(due)s. You do not have to do anything.")
            % {**values, "card": str(invoice.card)},
        )
    return invoice_pdf.Payment(
        heading=_("Bank transfer"),
        sentence=_("Pay %(sum)s by %(due)s with the KID. Your bank may charge for the transfer.") % values,
        facts=account,
    )


def _phone(number: str) -> str:
    parsed = phonenumbers.parse(number)  # the programme file holds it in E.164
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _money(money: Money, invoice: Invoice) -> str:
    return format_money(money, invoice.language)


def _percent(basis_points: int, invoice: Invoice) -> str:
    return format_rate(basis_points, invoice.language)


def _day(day: date, invoice: Invoice) -> str:
    written = "d. MMMM y" if invoice.language == "nb" else "d MMMM y"
    return format_date(day, written, locale=LOCALES[invoice.language])
