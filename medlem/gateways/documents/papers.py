"""What kind of paper a document is, by the words that only such papers carry (A3).

An invoice's foot says *Foretaksregisteret* (it must) and is no certificate of it; so the phrases are those of
titles. Of several, the first on the paper counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from .folding import guessed, squashed, tokens
from .transcript import PageText


class Paper(StrEnum):
    """The kinds of paper that A3 names, and all others."""

    VAT_CERTIFICATE = "vat_certificate"
    INVOICE = "invoice"
    LICENCE = "licence"
    REGISTRATION = "registration"
    UNKNOWN = "unknown"


# In the languages of the programme's countries: nb, nn, da, sv, fi, is, de, fr, nl, es, pt, it, en, pl, cs.
TITLES: dict[Paper, str] = {
    Paper.VAT_CERTIFICATE: """
        registrering i merverdiavgiftsregisteret; registrert i merverdiavgiftsregisteret fra
        utskrift fra merverdiavgiftsregisteret; attest fra merverdiavgiftsregisteret; mva-attest
        mva-registreringsbevis; registrering i meirverdiavgiftsregisteret
        momsregistreringsbevis; bevis for momsregistrering; bevis om momsregistrering; momsattest
        bevis for registrering for moms; registreringsbevis moms; registreringsbevis för mervärdesskatt
        bevis om registrering för mervärdesskatt; registrerad för mervärdesskatt; registrerad för moms
        todistus arvonlisäverovelvollisuudesta; arvonlisäverovelvollisten rekisteri; alv-rekisteriote
        todistus alv-rekisteröinnistä; todistus arvonlisäverorekisteröinnistä
        skráningu á virðisaukaskattsskrá; skráning á virðisaukaskattsskrá; vottorð um vsk-skráningu
        vsk-skráningarvottorð; vottorð um skráningu í virðisaukaskattsskrá
        erteilung der umsatzsteuer-identifikationsnummer; vergabe einer umsatzsteuer-identifikationsnummer
        bestätigung der umsatzsteuer-identifikationsnummer; erteilung einer umsatzsteuer-identifikationsnummer
        eintragung als steuerpflichtiger; eintragung ins mwst-register; eintragung im mwst-register
        umsatzsteuer-bescheinigung; bescheinigung über die umsatzsteuerliche erfassung
        attestation d'assujettissement; attestation d'immatriculation à la tva; certificat de tva
        attestation de tva; attestation tva; certificat d'identification à la tva
        inscription au registre tva; numéro de tva intracommunautaire attribué
        beschikking omzetbelasting; bewijs van btw-registratie; attest van btw-plichtigheid
        btw-registratiebewijs; mededeling btw-identificatienummer
        registro de operadores intracomunitarios; certificado de situación censal; certificado de iva
        alta en el censo de iva; certificado de inscripción en el iva
        certidão de registo de iva; certidão de iva; certidão de enquadramento em iva
        certificato di attribuzione del numero di partita iva; attribuzione partita iva
        attribuzione del numero di partita iva; certificato partita iva
        vat registration certificate; certificate of vat registration; vat certificate
        certificate of registration for value added tax; certificate of registration for vat
        certificate of status of taxable person; value added tax registration certificate
        potwierdzenie zarejestrowania podatnika; osvědčení o registraci k dani z přidané hodnoty
        osvědčení o registraci dph
    """,
    Paper.REGISTRATION: """
        firmaattest; registerutskrift; utskrift fra enhetsregisteret; utskrift fra foretaksregisteret
        registrering i enhetsregisteret; registrering i foretaksregisteret; opplysninger fra enhetsregisteret
        nøkkelopplysninger fra enhetsregisteret; registrering i einingsregisteret
        registrering i føretaksregisteret; opplysningar frå einingsregisteret
        cvr-udskrift; virksomhedsudskrift; tegningsudskrift; virksomhedsrapport; registreringsbevis
        udskrift fra cvr; udskrift fra det centrale virksomhedsregister; registerutdrag
        kaupparekisteriote; yritystietojärjestelmän tiedot; ote kaupparekisteristä
        útskrift úr fyrirtækjaskrá; vottorð úr fyrirtækjaskrá; vottorð úr hlutafélagaskrá; skráningarvottorð
        handelsregisterauszug; auszug aus dem handelsregister; ausdruck aus dem handelsregister
        abdruck aus dem handelsregister; abruf aus dem handelsregister; firmenbuchauszug; handelsregister-auszug
        auszug aus dem firmenbuch; firmenbuchabfrage
        extrait kbis; extrait k bis; extrait d'immatriculation principale; extrait du registre du commerce
        situation au répertoire sirene; extrait rcs
        uittreksel handelsregister; uittreksel kamer van koophandel; uittreksel uit het handelsregister
        kvk-uittreksel; uittreksel kruispuntbank; uittreksel kbo
        nota simple; certificación registral; certificación del registro mercantil; nota informativa registro
        certidão permanente; certidão do registo comercial; código da certidão permanente
        visura camerale; visura ordinaria; certificato di iscrizione; visura di evasione
        certificate of incorporation; certificate of registration; company registration certificate
        extract from the register; business register extract; company register extract
        odpis z krajowego rejestru; wydruk z ceidg; výpis z obchodního rejstříku; výpis z živnostenského rejstříku
    """,
    Paper.LICENCE: """
        næringsbrev; handelsbrev; håndverksbrev; handverksbrev; mesterbrev; næringsbevilling; næringsløyve
        näringstillstånd; näringsbevis; näringsbrev; elinkeinolupa; elinkeinoilmoitus
        starfsleyfi; verslunarleyfi; leyfisbréf; rekstrarleyfi
        gewerbeschein; gewerbeanmeldung; gewerbe-anmeldung; gewerbeberechtigung; gewerbeerlaubnis
        licence d'exploitation; carte professionnelle; carte de commerçant; autorisation d'exercer
        exploitatievergunning; bedrijfsvergunning; ondernemersvergunning
        licencia de actividad; licencia de apertura; licencia comercial
        alvará; licença comercial; licença de atividade; licenza commerciale; licenza di esercizio
        autorizzazione commerciale; business licence; business license; trade licence; trade license
        trading licence; trade letter; licence to trade; živnostenské oprávnění; zezwolenie na działalność
    """,
    Paper.INVOICE: """
        fakturanummer; fakturanr; fakturadato; fakturadatum; faktureringsdato; fakturanúmer
        laskun numero; laskunumero; laskun päiväys; laskun päivä; reikningsnúmer; reikningur nr
        rechnungsnummer; rechnungs-nr; rechnungsnr; rechnungsdatum; facture n°; facture no; numéro de facture
        date de facture; date de la facture; factuurnummer; factuurdatum; factuurnr
        número de factura; factura n°; factura nº; fecha de factura; fatura n°; fatura nº; número da fatura
        numero fattura; fattura n; data fattura; invoice number; invoice no; invoice date; tax invoice
        numer faktury; faktura vat; číslo faktury; daňový doklad
    """,
}
# One word of a short title that says it all; those of UNKNOWN make a paper none that A3 names.
SHORT: dict[Paper, str] = {
    Paper.INVOICE: """
        faktura faktúra invoice rechnung honorarrechnung facture lasku reikningur factuur factura fatura
        fattura parcella regning salgsfaktura
    """,
    Paper.UNKNOWN: """
        kreditnota kreditfaktura creditnote gutschrift avoir creditnota hyvityslasku kreditreikningur
        rechnungskorrektur abono stornorechnung tilbud anbud pristilbud offert angebot devis offerte tarjous
        presupuesto orçamento preventivo quotation estimate ordrebekreftelse orderbekräftelse
        auftragsbestätigung proforma proformafaktura purring betalingspåminnelse inkassovarsel mahnung
        pakkseddel lieferschein følgeseddel kvittering
    """,
}
LONGEST_TITLE = 6  # words of a line that is a title
SPACED_TITLE = 16  # letters, for those who write F A K T U R A
FIRST_PAGES = 2


def paper_of(pages: Sequence[PageText]) -> Paper:
    """What the first pages say that they are."""
    for page in pages:
        if page.page <= FIRST_PAGES and (said := _said(page)) is not None:
            return said
    return Paper.UNKNOWN


def _said(page: PageText) -> Paper | None:
    """The kind that is named first on the page; of two that are named at once, the longer name."""
    named: list[tuple[int, int, Paper]] = []
    text, at = "", 0
    for line in page.text.splitlines():
        words = [guessed(token.folded) for token in tokens(line)]
        letters = "".join(words)
        for word in (letters, *words) if len(words) <= LONGEST_TITLE or len(letters) <= SPACED_TITLE else ():
            if word in WORDS:
                named.append((at, -len(word), WORDS[word]))
        text += letters
        at += len(letters)
    for phrase, paper in PHRASES.items():
        if (found := text.find(phrase)) >= 0:
            named.append((found, -len(phrase), paper))
    return min(named)[2] if named else None


def _phrases(listed: str) -> list[str]:
    return [guessed(squashed(phrase)) for phrase in listed.replace("\n", ";").split(";") if phrase.strip()]


PHRASES = {phrase: paper for paper, listed in TITLES.items() for phrase in _phrases(listed)}
WORDS = {guessed(squashed(word)): paper for paper, listed in SHORT.items() for word in listed.split()}
