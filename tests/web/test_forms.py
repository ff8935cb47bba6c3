"""The base of forms: mistakes said where they belong, what was typed kept (`web/forms.py`)."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.utils import translation

from medlem.core.errors import Refused
from medlem.web.forms import DateInput, Form, Option


class Sample(Form):
    email = forms.EmailField(label="E-mail", help_text="We answer there.")
    postcode = forms.CharField(label="Postcode", required=False)
    bought_on = forms.DateField(label="Purchase date", widget=DateInput())
    means = forms.ChoiceField(
        label="How to pay?",
        widget=forms.RadioSelect(),
        choices=[
            ("card", Option("Card", hint="Nothing is charged today.")),
            ("bank", Option("Bank transfer")),
        ],
    )
    agreed = forms.BooleanField(label="I agree.")

    widths = {"postcode": "short"}


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override("en"):
        yield


def test_what_was_left_empty_is_named_in_our_words() -> None:
    form = Sample({})

    assert form.errors == {
        "email": ["Fill this in."],
        "bought_on": ["Fill this in."],
        "means": ["Choose one."],
        "agreed": ["Tick this to go on."],
    }
    assert [(field.summary_label, field.anchor) for field in form if field.errors] == [
        ("E-mail", "id_email"),
        ("Purchase date", "id_bought_on"),
        ("How to pay", "id_means_0"),
        ("I agree", "id_agreed"),
    ]


def test_a_refusal_stands_at_its_field_or_above_all() -> None:
    form = Sample(
        {"email": "kari@nordlys.example", "bought_on": "2024-03-12", "means": "card", "agreed": "on"}
    )
    assert form.is_valid()

    form.refuse(Refused("This address is taken.", field="email"))
    form.refuse(Refused("The register says no.", field="not_of_this_form"))

    assert form.errors == {"email": ["This address is taken."], "__all__": ["The register says no."]}


def test_controls_say_what_is_said_about_them() -> None:
    form = Sample({"email": "kari", "postcode": "9008"})

    assert str(form["email"].as_widget()) == (
        '<input type="email" name="email" value="kari" maxlength="320" autocomplete="email" '
        'aria-describedby="id_email_helptext id_email_error" aria-invalid="true" id="id_email">'
    )
    assert str(form["postcode"].as_widget()) == (
        '<input type="text" name="postcode" value="9008" class="width-short" autocomplete="postal-code" '
        'aria-describedby="id_postcode_optional" id="id_postcode">'
    )


def test_a_day_is_given_to_the_browsers_picker() -> None:
    with translation.override("nb"):
        form = Sample(initial={"bought_on": date(2024, 3, 12)})

        assert 'type="date"' in str(form["bought_on"].as_widget())
        assert 'value="2024-03-12"' in str(form["bought_on"].as_widget())


def test_a_plain_form_is_drawn_by_the_components() -> None:
    html = str(Sample({"means": "bank"}))

    assert '<input type="radio" name="means" value="bank" id="id_means_1" checked>' in html
    assert 'aria-describedby="id_means_0_hint"' in html
    assert html.count('class="error"') == 3
