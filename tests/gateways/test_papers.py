"""What kind of paper a document is, and its day, in the languages of the programme's countries (A3, A7)."""

from __future__ import annotations

from datetime import date

import pytest

from medlem.gateways.documents import Findings, PageText, Word, findings

TODAY = date(2026, 11, 23)


def read(*texts: str, words: tuple[Word, ...] = ()) -> Findings:
    pages = [PageText(number, text, words) for number, text in enumerate(texts, 1)]
    return findings(pages, number="", vat_number=None, name="", address=None, today=TODAY)


@pytest.mark.parametrize(
    ("paper", "title"),
    [
        ("vat_certificate", "Bekreftelse på registrering i Merverdiavgiftsregisteret"),
        ("vat_certificate", "Stadfesting på registrering i Meirverdiavgiftsregisteret"),
        ("vat_certificate", "Momsregistreringsbevis"),
        ("vat_certificate", "Bevis om registrering för mervärdesskatt"),
        ("vat_certificate", "Todistus arvonlisäverovelvollisuudesta"),
        ("vat_certificate", "Vottorð um skráningu á virðisaukaskattsskrá"),
        ("vat_certificate", "Bescheinigung über die Erteilung der\nUmsatzsteuer-Identifikationsnummer"),
        ("vat_certificate", "ATTESTATION D’ASSUJETTISSEMENT À LA TVA"),
        ("vat_certificate", "Attest van btw-plichtigheid"),
        ("vat_certificate", "Certificado de situación censal"),
        ("vat_certificate", "Certidão de registo de IVA"),
        ("vat_certificate", "Certificato di attribuzione del numero di partita IVA"),
        ("vat_certificate", "VAT Registration Certificate"),
        ("registration", "FIRMAATTEST"),
        ("registration", "Bekreftelse på registrering i Enhetsregisteret"),
        ("registration", "CVR-udskrift"),
        ("registration", "Registreringsbevis\nAktiebolag"),
        ("registration", "Kaupparekisteriote"),
        ("registration", "Vottorð úr fyrirtækjaskrá"),
        ("registration", "Auszug aus dem Handelsregister"),
        ("registration", "EXTRAIT KBIS"),
        ("registration", "Uittreksel Kamer van Koophandel"),
        ("registration", "Nota simple"),
        ("registration", "Certidão Permanente"),
        ("registration", "Visura camerale"),
        ("registration", "Certificate of Incorporation"),
        ("licence", "NÆRINGSBREV"),
        ("licence", "Mesterbrev"),
        ("licence", "Näringstillstånd"),
        ("licence", "Elinkeinolupa"),
        ("licence", "Verslunarleyfi"),
        ("licence", "Gewerbeschein"),
        ("licence", "Licence d’exploitation"),
        ("licence", "Exploitatievergunning"),
        ("licence", "Licencia de actividad"),
        ("licence", "Alvará"),
        ("licence", "Licenza commerciale"),
        ("licence", "Business licence"),
        ("licence", "Trade letter"),
        ("invoice", "FAKTURA"),
        ("invoice", "F A K T U R A"),
        ("invoice", "Fakturanr. 2026-114"),
        ("invoice", "Regning"),
        ("invoice", "LASKU"),
        ("invoice", "Reikningur nr. 12"),
        ("invoice", "Rechnung Nr. 4711"),
        ("invoice", "Facture n° 12"),
        ("invoice", "Factuur"),
        ("invoice", "Factura"),
        ("invoice", "Fatura"),
        ("invoice", "Fattura"),
        ("invoice", "Tax invoice"),
        ("unknown", "Kreditnota\nGjelder fakturanr. 2026-114"),
        ("unknown", "Tilbud"),
        ("unknown", "Ordrebekreftelse"),
        ("unknown", "Proforma"),
        ("unknown", "Kjære kunde, faktura sendes i egen e-post når alt er levert og godkjent av deg"),
        ("unknown", "Feriebilder fra Lofoten"),
    ],
)
def test_a3_the_kind_of_paper_in_every_language(paper: str, title: str) -> None:
    assert read(f"Blåtimen Film AS\n{title}\nOslo").kind == paper


def test_a3_the_foot_of_an_invoice_is_no_certificate() -> None:
    foot = "Blåtimen Film AS · Foretaksregisteret · NO 310 003 913 MVA"
    assert read(f"Faktura 12\n{foot}").kind == "invoice"
    assert (
        read(
            "Rechnung\nHandelsregister Amtsgericht München HRB 1\nUmsatzsteuer-Identifikationsnummer DE1"
        ).kind
        == "invoice"
    )


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("Fakturadato: 02.11.2026 Forfall: 02.12.2026", date(2026, 11, 2)),
        ("Forfallsdato 12.11.2026 Fakturadato 02.11.2026", date(2026, 11, 2)),
        ("Forfall 12.11.26, dato 2.11.26", date(2026, 11, 2)),
        ("Oslo, den 2. november 2026", date(2026, 11, 2)),
        ("Dato 2026-11-02", date(2026, 11, 2)),
        ("Fakturadatum 2026-11-02", date(2026, 11, 2)),
        ("Faktureringsdato 2/11 2026".replace("/11 ", "-11-"), date(2026, 11, 2)),
        ("Udstedt den 2. marts 2026", date(2026, 3, 2)),
        ("Laskun päivä 2.11.2026 Eräpäivä 16.11.2026", date(2026, 11, 2)),
        ("Päiväys: 2. marraskuuta 2026", date(2026, 11, 2)),
        ("Dagsetning 2. mars 2026", date(2026, 3, 2)),
        ("Rechnungsdatum: 2. März 2026, zahlbar bis 16. März 2026", date(2026, 3, 2)),
        ("Date de facture : 1er août 2026", date(2026, 8, 1)),
        ("Factuurdatum 02-11-2026 Vervaldatum 16-11-2026", date(2026, 11, 2)),
        ("Fecha de emisión: 2 de noviembre de 2026", date(2026, 11, 2)),
        ("Data da fatura 02/11/2026", date(2026, 11, 2)),
        ("Data fattura: 2 novembre 2026, scadenza 2 dicembre 2026", date(2026, 11, 2)),
        ("Invoice date: November 2nd, 2026. Due 2 December 2026", date(2026, 11, 2)),
        ("Invoice date 11/22/2026", date(2026, 11, 22)),
        ("Tax point 02 Nov 2026", date(2026, 11, 2)),
        ("Levert 01.10.2026, utstedt 02.11.2026", date(2026, 11, 2)),
        ("Utskriftsdato 02.11.2026, registrert 01.03.2019", date(2026, 11, 2)),
        ("Dato 02. 11. 2026", date(2026, 11, 2)),
    ],
)
def test_a7_the_day_it_was_issued_in_every_language(printed: str, day: date) -> None:
    assert read(printed).dated_on == day


@pytest.mark.parametrize(
    "printed",
    [
        "Forfall 02.11.2026",
        "Dato 32.11.2026",
        "Dato 25.11.2026",  # the day after tomorrow
        "Dato 02.11.1926",
        "Konto 1503.20.12345",
        "12.03.2026 og 13.03.2026",
        "Timer 2.5 3 2026",
        "",
    ],
)
def test_a7_other_days_are_not_its_day(printed: str) -> None:
    assert read(printed).dated_on is None


def test_a7_the_head_of_a_column_says_what_a_day_is() -> None:
    text = "Forfallsdato   Fakturadato\n02.12.2026   02.11.2026"
    words = (
        Word(0, 12, (0.5, 0.10, 0.62, 0.12)),
        Word(15, 26, (0.7, 0.10, 0.82, 0.12)),
        Word(27, 37, (0.5, 0.13, 0.62, 0.15)),
        Word(40, 50, (0.7, 0.13, 0.82, 0.15)),
    )
    found = findings(
        [PageText(1, text, words)], number="", vat_number=None, name="", address=None, today=date(2027, 1, 1)
    )
    assert found.dated_on == date(2026, 11, 2)
    assert found.dated
    assert (found.dated.text, found.dated.boxes) == ("02.11.2026", ((0.7, 0.13, 0.82, 0.15),))
