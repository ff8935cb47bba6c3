"""The demo's mailbox: real files as they were sent, as a page and for scripts (E1, E7)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from medlem.gateways.mail import FolderBackend

HTML = "<!doctype html><html><head><style>p{color:red}</style></head><body><p>Hei</p></body></html>"


@pytest.fixture
def send(settings: Any, db: None) -> Any:
    """Sends a mail as the demo does, and gives the name of its file."""
    folder = settings.DATA / "mail"

    def deliver(to: str, subject: str, text: str, *, html: str = "", pdf: bytes = b"") -> str:
        before = set(folder.glob("*.eml"))
        message = EmailMultiAlternatives(
            subject,
            text,
            "CPS <no-reply@cps.example>",
            [to],
            headers={"Date": "Mon, 23 Nov 2026 09:00:00 +0000"},
        )
        if html:
            message.attach_alternative(html, "text/html")
        if pdf:
            message.attach("10001.pdf", pdf, "application/pdf")
        FolderBackend(folder=str(folder)).send_messages([message])
        (made,) = set(folder.glob("*.eml")) - before
        return str(made.stem)

    return deliver


def test_e7_scripts_read_every_mail_newest_first(client: Client, send: Any) -> None:
    send("a@one.example", "Først", "Se http://127.0.0.1/nb/status/x.y/ nå.")
    send("b@two.example", "Så", "Hei", html=HTML, pdf=b"%PDF")

    mails = json.loads(client.get("/demo/mail.json").content)["mails"]

    assert mails == [
        {
            "to": "b@two.example",
            "subject": "Så",
            "text": "Hei",
            "links": [],
            "at": "2026-11-23T09:00:00+00:00",
            "attachments": ["10001.pdf"],
        },
        {
            "to": "a@one.example",
            "subject": "Først",
            "text": "Se http://127.0.0.1/nb/status/x.y/ nå.",
            "links": ["http://127.0.0.1/nb/status/x.y/"],
            "at": "2026-11-23T09:00:00+00:00",
            "attachments": [],
        },
    ]


def test_the_mailbox_shows_text_and_links_and_finds_an_address(client: Client, send: Any) -> None:
    send("a@one.example", "Først", "Se http://127.0.0.1/nb/status/x.y/")
    send("b@two.example", "Så", "<script>alert(1)</script>")

    everything = client.get("/demo/mail/").content.decode()
    found = client.get("/demo/mail/?q=ONE.example").content.decode()

    assert '<a href="http://127.0.0.1/nb/status/x.y/"' in everything
    assert "<script>alert" not in everything
    assert "Først" in found
    assert "Så" not in found


def test_an_empty_mailbox_says_how_mail_comes(client: Client, db: None) -> None:
    assert "No mail yet" in client.get("/demo/mail/?language=en").content.decode()
    assert json.loads(client.get("/demo/mail.json").content) == {"mails": []}


def test_html_is_shown_in_a_frame_that_runs_no_script(client: Client, send: Any) -> None:
    name = send("b@two.example", "Så", "Hei", html=HTML)

    page = client.get(f"/demo/mail/{name}/")
    letter = client.get(f"/demo/mail/{name}/letter/")

    assert f'src="/demo/mail/{name}/letter/"' in page.content.decode()
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page.content.decode()
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]
    policy = letter.headers["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert '<base target="_top">' in letter.content.decode()


def test_a_mail_without_html_has_no_frame(client: Client, send: Any) -> None:
    name = send("a@one.example", "Først", "Hei")

    assert "<iframe" not in client.get(f"/demo/mail/{name}/").content.decode()
    assert client.get(f"/demo/mail/{name}/letter/").status_code == 404


def test_an_attachment_is_saved(client: Client, send: Any) -> None:
    name = send("b@two.example", "Så", "Hei", pdf=b"%PDF-1.7")

    response = client.get(f"/demo/mail/{name}/attachment/1/")

    assert response.headers["Content-Disposition"] == 'attachment; filename="10001.pdf"'
    assert b"".join(response.streaming_content) == b"%PDF-1.7"  # type: ignore[attr-defined]
    for number in (0, 2):
        assert client.get(f"/demo/mail/{name}/attachment/{number}/").status_code == 404


@pytest.mark.parametrize("name", ["nothing", "..%2Fpeople", "01900000-0000-7000-8000-000000000000"])
def test_other_files_are_not_reached(client: Client, send: Any, name: str) -> None:
    send("a@one.example", "Først", "Hei")

    assert client.get(f"/demo/mail/{name}/").status_code == 404
