"""Staff pages, each for the roles that need it."""

from django.urls import path

from medlem.web.desk import (
    accounts,
    applications,
    bank,
    blocked,
    claims,
    disputes,
    evidence,
    figures,
    home,
    invoices,
    legacy,
    mail,
    programme,
    review,
    serial,
    what_if,
)

app_name = "desk"

urlpatterns = [
    path("", home.home, name="home"),
    path("applications/", applications.applications, name="applications"),
    path("applications/next/", claims.next_application, name="next_application"),
    path("applications/figures/", figures.figures, name="figures"),
    path("applications/blocked/", blocked.blocked, name="blocked"),
    path("applications/blocked/<int:key>/unblock/", blocked.unblock, name="unblock"),
    path("applications/<uuid:public_id>/", review.application, name="application"),
    path("applications/<uuid:public_id>/claim/", claims.claim, name="claim"),
    path("applications/<uuid:public_id>/release/", claims.release, name="release"),
    path("applications/<uuid:public_id>/take-over/", review.take_over, name="take_over"),
    path("applications/<uuid:public_id>/note/", review.note, name="note"),
    path("applications/<uuid:public_id>/approve/", review.approve, name="approve"),
    path("applications/<uuid:public_id>/ask/", review.ask, name="ask"),
    path("applications/<uuid:public_id>/decline/", review.decline, name="decline"),
    path("evidence/<uuid:public_id>/", evidence.evidence, name="evidence"),
    path("evidence/<uuid:public_id>/page/<int:page>.png", evidence.evidence_page, name="evidence_page"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/<uuid:public_id>/", accounts.account, name="account"),
    path("accounts/<uuid:public_id>/points/", accounts.adjust_points, name="adjust_points"),
    path(
        "accounts/<uuid:public_id>/former-address/", accounts.link_former_address, name="link_former_address"
    ),
    path("accounts/<uuid:public_id>/password-link/", accounts.password_link, name="password_link"),
    path("disputes/", disputes.disputes, name="disputes"),
    path("disputes/<uuid:public_id>/", disputes.dispute, name="dispute"),
    path("receipts/<uuid:public_id>/", disputes.receipt, name="receipt"),
    path("receipts/<uuid:public_id>/page/<int:page>.png", disputes.receipt_page, name="receipt_page"),
    path("serial/", serial.serial, name="serial"),
    path("legacy/", legacy.legacy, name="legacy"),
    path("legacy/name/", legacy.name_legacy, name="name_legacy"),
    path("legacy/take-back/", legacy.unname_legacy, name="unname_legacy"),
    path("invoices/", invoices.invoices, name="invoices"),
    path("invoices/<int:number>/", invoices.invoice, name="invoice"),
    path("invoices/<int:number>.pdf", invoices.invoice_pdf, name="invoice_pdf"),
    path("bank/", bank.bank, name="bank"),
    path("bank/<uuid:public_id>/take-back/", invoices.take_back, name="take_back"),
    path("mail/", mail.mail, name="mail"),
    path("mail/<uuid:public_id>/again/", mail.again, name="mail_again"),
    path("programme/", programme.programme, name="programme"),
    path("programme/what-if/", what_if.plan, name="what_if"),
]
