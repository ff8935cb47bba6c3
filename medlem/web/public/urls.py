"""Pages for everybody: the application, its status, signing in, help."""

from django.urls import path

from medlem.web.public import (
    apply,
    documents,
    former_email,
    later,
    pages,
    sign_in,
    status,
    verify,
    while_typing,
)

app_name = "public"

urlpatterns = [
    path("apply/", apply.start, name="start"),
    path("apply/look-up/", while_typing.look_up_business, name="look_up"),
    path("apply/continue-later/", later.continue_later, name="continue_later"),
    path("apply/resume/<str:token>/", later.resume, name="resume"),
    path("apply/place/", while_typing.place, name="place"),
    path("apply/evidence/documents/", documents.documents, name="documents"),
    path("apply/evidence/<uuid:public_id>/remove/", documents.remove_evidence, name="remove_evidence"),
    path("apply/<slug:step>/", apply.step, name="step"),
    path("status/<str:token>/", status.status, name="status"),
    path("status/<str:token>/evidence/", status.status_evidence, name="status_evidence"),
    path("status/<str:token>/evidence/<uuid:public_id>/remove/", status.remove_added, name="remove_added"),
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("password/forgot/", sign_in.password_forgot, name="password_forgot"),
    path("password/<str:token>/", sign_in.password_set, name="password_set"),
    path("former-email/<str:token>/", former_email.former_email, name="former_email"),
    path("help/", pages.help_page, name="help"),
    path("terms/", pages.terms, name="terms"),
    path("privacy/", pages.privacy, name="privacy"),
    path("verify/<str:number>/<str:code>/", verify.verify, name="verify"),
]
