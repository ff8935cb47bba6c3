"""What did not go as it should: the page, its reference, and the line in the log."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from structlog.testing import capture_logs

from medlem import urls
from medlem.web.middleware import shortened


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bug")


handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
urlpatterns = [*urls.urlpatterns, path("broken/", broken)]


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.urls("tests.web.test_errors")
def test_a_bug_shows_the_reference_that_the_log_knows(browser: Client) -> None:
    with capture_logs() as lines:
        response = browser.get("/broken/", headers={"accept-language": "en"})

    reference = response.headers["X-Request-ID"]
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.text
    assert f"<code>{reference}</code>" in response.text
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("request failed", "error"),
        ("request", "info"),
    ]
    assert lines[1]["status"] == 500


@pytest.mark.parametrize(
    ("language", "heading"), [("en", "We cannot find that page"), ("nb", '<html lang="nb">')]
)
def test_a_page_that_is_not_there_says_the_next_step(browser: Client, language: str, heading: str) -> None:
    response = browser.get(f"/{language}/nowhere/")

    assert response.status_code == 404
    assert heading in response.text
    assert f'href="/{language}/"' in response.text


def test_a_form_that_was_too_old_is_asked_for_again() -> None:
    response = Client(enforce_csrf_checks=True).post("/en/sign-out/")

    assert response.status_code == 403
    assert "Please send that once more" in response.text


def test_one_line_a_request_without_tokens(browser: Client) -> None:
    token = "a" * 22 + "." + "b" * 43
    with capture_logs() as lines:
        browser.get(f"/en/nowhere/{token}/?secret=1")

    (line,) = lines
    assert {key: line[key] for key in ("event", "method", "path", "status", "user")} == {
        "event": "request",
        "method": "GET",
        "path": "/en/nowhere/aaaaaa…/",
        "status": 404,
        "user": None,
    }


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        (
            "/en/products/0199c5f0-1111-7222-8333-444455556666/",
            "/en/products/0199c5f0-1111-7222-8333-444455556666/",
        ),
        ("/en/status/" + "t" * 66 + "/", "/en/status/tttttt…/"),
    ],
)
def test_only_tokens_are_shortened(address: str, logged: str) -> None:
    assert shortened(address) == logged


def test_the_programmes_colour_is_kept_for_a_year(browser: Client, settings: Any) -> None:
    page = browser.get("/en/nowhere/").text
    address = page.split('href="/theme.css')[1].split('"')[0]
    kept = browser.get(f"/theme.css{address}")

    assert kept.text == "@layer tokens{:root{--accent:light-dark(#0b5cad,#7fb8f5)}}\n"
    assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert browser.get("/theme.css?v=old").headers["Cache-Control"] == "no-cache"
