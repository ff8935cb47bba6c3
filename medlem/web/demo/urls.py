"""Only in demo: people to be, the mailbox, the calendar, the card page, the components."""

from django.urls import path

from medlem.web.demo import card, clock, components, mail, people

app_name = "demo"

urlpatterns = [
    path("", people.people, name="people"),
    path("become/<uuid:public_id>/", people.become, name="become"),
    path("documents/<str:number>.pdf", people.document, name="document"),
    path("mail/", mail.mail, name="mail"),
    path("mail.json", mail.mail_json, name="mail_json"),
    path("mail/<str:name>/", mail.message, name="message"),
    path("mail/<str:name>/letter/", mail.letter, name="letter"),
    path("mail/<str:name>/attachment/<int:number>/", mail.attachment, name="attachment"),
    path("clock/", clock.clock_page, name="clock"),
    path("card/<str:session>/", card.card, name="card"),
    path("card/confirm/<str:session>/", card.confirm, name="card_confirm"),
    path("components/", components.components, name="components"),
]
