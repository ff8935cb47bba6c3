"""What every test may ask for: the cast of people, a clock that is set, and the programme's catalogue."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from tests import people
from tests.people import Cast
from tests.snapshot import Snapshot

pytest_plugins = ["tests.browser", "tests.registers"]

# A busy machine is no reason to fail, and what was found once belongs into the test as an example.
hypothesis.settings.register_profile("medlem", deadline=None, database=None)
hypothesis.settings.load_profile("medlem")

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""The moment of most tests: a Monday, ten o'clock in Oslo."""
the_cast = Snapshot(lambda: people.make_cast(now=NOW))


def pytest_configure() -> None:
    # Reading pictures takes seconds: tests ask for it (`pictures_are_read`), and all others leave them to a
    # person, also in the processes that they start.
    os.environ["MEDLEM_OCR"] = settings.MEDLEM_OCR = "none"
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise wants the folder to be there


def pytest_unconfigure() -> None:
    shutil.rmtree(settings.STATIC_ROOT.parent, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: object) -> None:
    """The test database also has the cache table and the catalogue, as `medlem setup` makes them."""
    from medlem.events.actors import SYSTEM
    from medlem.products.catalogue import import_catalogue
    from medlem.programme import current

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("createcachetable", verbosity=0)
        import_catalogue(current().catalogue, by=SYSTEM, now=NOW)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def cast(db: None) -> Cast:
    """Alice owns, Bob is on her team, Charlie must get 404; and the manufacturer's staff."""
    return the_cast()


@pytest.fixture
def committing(transactional_db: None) -> None:
    """For tests with threads or processes, instead of `db`: what they write is committed, and the catalogue
    is there again, as the clean-up after each such test takes it along."""
    from medlem.events.actors import SYSTEM
    from medlem.products.catalogue import import_catalogue
    from medlem.programme import current

    import_catalogue(current().catalogue, by=SYSTEM, now=NOW)


@pytest.fixture(autouse=True)
def own_files(settings: object, tmp_path: Path) -> None:
    """Each test has files and card books of its own."""
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]


@pytest.fixture
def pictures_are_read(settings: object) -> None:
    """With the reader of pictures that is installed."""
    settings.MEDLEM_OCR = "auto"  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What people are told outside of a page is compared in English, as the source has it."""
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def samples() -> Path:
    """Real files written by others, beside the project; None of the tests may depend on them alone."""
    return Path(__file__).resolve().parents[2] / "shared" / "samples"
