"""What the queue does for products; the tick would do the same a minute later."""

from django.tasks import task

from medlem.core import clock
from medlem.products import many, migration


@task()
def go_on_migrating(migration_id: int) -> None:
    migration.go_on(migration_id=migration_id, now=clock.now())


@task()
def go_on_importing(import_id: int) -> None:
    many.go_on(import_id=import_id, now=clock.now())
