"""What the queue does for invoices; the tick would do the same a minute later."""

from django.tasks import task

from medlem.billing import actions
from medlem.core import clock


@task()
def send_invoice(invoice_id: int) -> None:
    actions.send_invoice(invoice_id=invoice_id, now=clock.now())
