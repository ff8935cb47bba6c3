"""What the queue does for products; the tick would do the same a minute later."""

from django.tasks import task

from medlem.core import clock
from medlem.products import migration


@task()
def go_on_migrating(migration_id: int) -> None:
    migration.go_on(migration_id=migration_id, now=clock.now())
