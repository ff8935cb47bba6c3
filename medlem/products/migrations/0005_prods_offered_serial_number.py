from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def as_it_stands(apps, schema_editor):
    """Offers from before have the number that the product has now."""
    products = apps.get_model("products", "Product").objects.filter(pk=OuterRef("product"))
    transfers = apps.get_model("products", "Transfer").objects
    transfers.update(serial_number=Subquery(products.values("serial_number")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ("products", "0004_desk4_serial_ending"),
    ]

    operations = [
        migrations.AddField(
            model_name="transfer",
            name="serial_number",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.RunPython(as_it_stands, migrations.RunPython.noop),
    ]
