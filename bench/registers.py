"""The register's bulk download of 1.2 million entries: loading it, its memory, and looking businesses up in it.

The file is made here, in the register's format and with entries of their usual length; its numbers have right
check digits and begin with 3, so that they are nobody's.
"""

from __future__ import annotations

import gzip
import os
import random
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import house

house.build()

from stdnum.no import orgnr  # noqa: E402

from medlem.applications import bulk  # noqa: E402
from medlem.applications.models import RegisterEntry  # noqa: E402

COUNT = int(os.environ.get("REGISTER_ENTRIES", "1200000"))
CHANCE = random.Random(1934)
FIRST = ("Nord", "Sør", "Fjord", "Fjell", "Hav", "Vinter", "Sommer", "Blå", "Kyst", "Elve", "Ulve", "Ørne")
SECOND = ("bygg", "lys", "film", "foto", "data", "regnskap", "invest", "fisk", "kraft", "service")
KINDS = ("AS", "AS", "AS", "ENK", "ENK", "NUF", "FLI", "BEDR", "BEDR", "BEDR")
ENTRY = (
    '{"organisasjonsnummer":"%s","navn":"%s","organisasjonsform":{"kode":"%s","beskrivelse":"Aksjeselskap","_links":'
    '{"self":{"href":"https://data.brreg.no/enhetsregisteret/api/organisasjonsformer/AS"}}},"postadresse":{"land":'
    '"Norge","landkode":"NO","postnummer":"0122","poststed":"OSLO","adresse":["Postboks 1752 Vika"],"kommune":"OSLO",'
    '"kommunenummer":"0301"},"registreringsdatoEnhetsregisteret":"2017-10-20","registrertIMvaregisteret":%s,'
    '"naeringskode1":{"kode":"74.200","beskrivelse":"Fotografvirksomhet"},"antallAnsatte":5,'
    '"harRegistrertAntallAnsatte":true,%s"forretningsadresse":{"land":"Norge","landkode":"NO","postnummer":"%04d",'
    '"poststed":"OSLO","adresse":["Storgata %d"],"kommune":"OSLO","kommunenummer":"0301"},'
    '"stiftelsesdato":"2017-09-01","institusjonellSektorkode":{"kode":"2100","beskrivelse":"Private aksjeselskaper"},'
    '"registrertIForetaksregisteret":true,"registrertIStiftelsesregisteret":false,'
    '"registrertIFrivillighetsregisteret":false,"sisteInnsendteAarsregnskap":"2025","konkurs":false,'
    '"underAvvikling":false,"underTvangsavviklingEllerTvangsopplosning":false,"maalform":"Bokmål",'
    '"vedtektsdato":"2017-09-01","aktivitet":["Fotografering, film og det som naturlig hører til."],"links":[]}'
)


def numbers() -> list[str]:
    """So many organisation numbers, in no order."""
    found: list[str] = []
    digits = 30_000_000
    while len(found) < COUNT:
        digits += CHANCE.randint(1, 12)
        check = orgnr.checksum(f"{digits}0")
        number = f"{digits}{(-check) % 11}"
        if len(number) == 9:
            found.append(number)
    CHANCE.shuffle(found)
    return found


def entry(number: str) -> str:
    name = f"{CHANCE.choice(FIRST)}{CHANCE.choice(SECOND)} {CHANCE.choice(FIRST)} {number[3:7]} {CHANCE.choice(SECOND)}"
    kind = CHANCE.choice(KINDS)
    parent = '"overordnetEnhet":"310003913",' if kind == "BEDR" else ""
    vat = "true" if int(number) % 3 else "false"
    return ENTRY % (number, name, kind, vat, parent, int(number) % 9990, int(number) % 200 + 1)


def write(path: Path, known: list[str]) -> None:
    with gzip.open(path, "wt", compresslevel=1, encoding="utf-8") as file:
        file.write("[")
        for index, number in enumerate(known):
            file.write((",\n" if index else "") + entry(number))
        file.write("]")


with tempfile.TemporaryDirectory() as folder:
    path = Path(folder, "enheter_alle.json.gz")
    known = numbers()
    write(path, known)
    command = [sys.executable, "-m", "medlem", "import-register", str(path)]
    print(f"  {COUNT} entries, {path.stat().st_size / 1e6:.0f} MB gzipped:")
    taken = house.seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    house.figure("registers.import_1_2m_s", taken, "s")
    # What it would take on a machine that does nothing else.
    house.figure("registers.import_1_2m_cpu_s", used.ru_utime + used.ru_stime, "s")
    house.figure("registers.import_peak_mb", used.ru_maxrss / 1024, "MB")
    again = house.seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
    house.figure("registers.import_again_s", again, "s")

if RegisterEntry.objects.count() != COUNT:
    raise RuntimeError("the import lost entries")


def look_up() -> None:
    if bulk.entry(CHANCE.choice(known)) is None:
        raise RuntimeError("a number of the file was not found")


def search() -> None:
    bulk.search(
        CHANCE.choice(("nord", "fjell lys", "sommerfilm blå", "havdata xyz", "blå foto", "fjordfisk ulve 1"))
    )


house.figure("registers.lookup_ms_p50", house.median_ms(look_up, 200), "ms")
house.figure("registers.search_ms_p50", house.median_ms(search, 60), "ms")
house.figure("registers.search_ms_worst", max(1000 * house.seconds(search) for _ in range(60)), "ms")
