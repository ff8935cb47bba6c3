"""The member's pages, behind sign-in."""

from django.urls import path

from medlem.web.portal import (
    business,
    imports,
    invoices,
    join,
    living,
    membership,
    migration,
    overview,
    photo_batch,
    photos,
    points,
    product,
    products,
    transfers,
)
from medlem.web.public import pages

app_name = "portal"

urlpatterns = [
    path("overview/", overview.overview, name="overview"),
    path("products/", products.products, name="products"),
    path("products/add/", product.add, name="add"),
    path("products/models/", product.models, name="models"),
    path("products/photos/", photos.photos, name="photos"),
    path("products/photos/parts/", photos.parts, name="photo_parts"),
    path("products/photos/<uuid:public_id>/", photo_batch.photo_batch, name="photo_batch"),
    path("products/import/", imports.imports, name="imports"),
    path("products/import/<uuid:public_id>/", imports.one, name="import"),
    path("products/import/<uuid:public_id>/start/", imports.start, name="start_import"),
    path("products/import/<uuid:public_id>/stop/", imports.stop, name="stop_import"),
    path("products/import/<uuid:public_id>/discard/", imports.discard, name="discard_import"),
    path("products/import/<uuid:public_id>/refused.csv", imports.refused, name="import_refused"),
    path("products/migrate/", migration.migrate, name="migrate"),
    path("products/migrations/<uuid:public_id>/", migration.migration, name="migration"),
    path("products/migrations/<uuid:public_id>/stop/", migration.stop, name="stop_migration"),
    path("products/former-address/", migration.former_address, name="former_address"),
    path("products/<uuid:public_id>/", product.product, name="product"),
    path("products/<uuid:public_id>/statement/", living.statement, name="statement"),
    path("products/<uuid:public_id>/give/", living.give, name="give"),
    path("products/<uuid:public_id>/missing/", living.missing, name="missing"),
    path("products/<uuid:public_id>/found/", living.found, name="found"),
    path("products/<uuid:public_id>/remove/", living.remove, name="remove"),
    path("transfers/<uuid:public_id>/", transfers.transfer, name="transfer"),
    path("transfers/<uuid:public_id>/decline/", transfers.decline, name="decline_transfer"),
    path("transfers/<uuid:public_id>/take-back/", transfers.take_back, name="take_back"),
    path("points/", points.points, name="points"),
    path("membership/", membership.membership, name="membership"),
    path("membership/join/<slug:level>/", join.join, name="join"),
    path("membership/join/<slug:level>/card/", join.join_card, name="join_card"),
    path("membership/join/<slug:level>/go-on/", join.go_on, name="go_on"),
    path("membership/renew/<slug:level>/", join.renew, name="renew"),
    path("membership/card/", membership.card, name="card"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<int:number>/", invoices.invoice, name="invoice"),
    path("invoices/<int:number>.pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("invoices/<int:number>/new-card/", invoices.new_card, name="new_card"),
    path("invoices/<int:number>/card-saved/", invoices.card_saved, name="card_saved"),
    path("invoices/<int:number>/confirm/", invoices.confirm, name="confirm_charge"),
    path("invoices/<int:number>/confirmed/", invoices.confirmed, name="charge_confirmed"),
    path("business/", business.business, name="business"),
    path("help/", pages.help_page, name="help"),  # the same page as everybody's, with the tabs above it
]
