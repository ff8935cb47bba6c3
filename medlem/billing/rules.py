"""What an invoice comes to: pure functions on values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.no import kontonr

from medlem.core.money import Money


@dataclass(frozen=True, slots=True)
class Line:
    """One line before it is booked; `vat_basis_points` 2500 is 25 %."""

    description: str
    starts_on: date
    ends_on: date
    net: Money
    vat_basis_points: int

    @property
    def vat(self) -> Money:
        """VAT is rounded once a line (D3)."""
        return self.net.percent(self.vat_basis_points)


@dataclass(frozen=True, slots=True)
class Totals:
    net: Money
    vat: Money

    @property
    def gross(self) -> Money:
        return self.net + self.vat


def totals(lines: Iterable[Line]) -> Totals:
    """The sums of an invoice. Raises CurrencyMismatch for mixed currencies, ValueError for none."""
    net: Money | None = None
    vat: Money | None = None
    for line in lines:
        net = line.net if net is None else net + line.net
        vat = line.vat if vat is None else vat + line.vat
    if net is None or vat is None:
        raise ValueError("an invoice has at least one line")
    return Totals(net, vat)


def vat_by_rate(lines: Iterable[Line]) -> list[tuple[int, Money, Money]]:
    """Per VAT rate: basis points, net, VAT, the highest rate first; what D3 wants printed."""
    rates: dict[int, tuple[Money, Money]] = {}
    for line in lines:
        before = rates.get(line.vat_basis_points)
        net, vat = (line.net, line.vat) if before is None else (before[0] + line.net, before[1] + line.vat)
        rates[line.vat_basis_points] = (net, vat)
    return [(rate, *rates[rate]) for rate in sorted(rates, reverse=True)]


def vat_rate(*, seller_country: str, buyer_country: str, home_rate: int) -> int:
    """The VAT rate in basis points: the seller's at home, reverse charge (0) across a border (D3)."""
    return home_rate if seller_country == buyer_country else 0


def readable_account(number: str, *, country: str) -> str:
    """An account number as people of the country write it: `1234.56.78903` in Norway, elsewhere as it is."""
    return str(kontonr.format(number)) if country == "NO" else number


def due_on(issued_on: date, *, due_days: int) -> date:
    """The due date: a fixed number of days after issue (D2)."""
    return issued_on + timedelta(days=due_days)
