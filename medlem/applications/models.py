"""A business asks to be let in: its answers, evidence, checks, the dialogue and the decision (section A)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from medlem.accounts.models import Account
from medlem.applications.folding import Band, Bare
from medlem.applications.status import (
    APPLICATION_TRANSITIONS,
    ApplicationStatus,
    Outcome,
    Reading,
    RegisterName,
    RegisterState,
    Verdict,
)
from medlem.core.identifiers import uuid7


class Application(models.Model):
    """The answers of one applicant. A draft is written page by page; a sent one is never rewritten."""

    TRANSITIONS = APPLICATION_TRANSITIONS

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    number = models.CharField(max_length=12, unique=True)
    status = models.CharField(max_length=12, choices=ApplicationStatus, default=ApplicationStatus.DRAFT)
    language = models.CharField(max_length=5)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()

    # Step 1: country and business
    country = models.CharField(_("Country"), max_length=2, blank=True)
    registration_number = models.CharField(_("Organisation number"), max_length=30, blank=True)
    business_name = models.CharField(_("Business name"), max_length=200, blank=True)
    organisation_form = models.CharField(max_length=10, blank=True)
    street = models.CharField(_("Street address"), max_length=200, blank=True)
    postcode = models.CharField(_("Postcode"), max_length=12, blank=True)
    place = models.CharField(_("Place"), max_length=80, blank=True)
    register_answer = models.JSONField(null=True)
    register_asked_at = models.DateTimeField(null=True)

    # Step 2: VAT and evidence
    vat_registered = models.BooleanField(_("VAT-registered"), null=True)
    vat_number = models.CharField(_("VAT number"), max_length=30, blank=True)

    # Step 3: the contact person, who becomes the super user
    first_name = models.CharField(_("First name"), max_length=80, blank=True)
    last_name = models.CharField(_("Last name"), max_length=80, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    phone = models.CharField(_("Phone"), max_length=20, blank=True)

    # Step 4: business information
    trade = models.CharField(_("Trade"), max_length=40, blank=True)
    invoice_email = models.EmailField(_("Invoice e-mail"), blank=True)
    e_invoice_address = models.CharField(_("E-invoice address"), max_length=40, blank=True)
    delivery_street = models.CharField(_("Delivery address"), max_length=200, blank=True)
    delivery_postcode = models.CharField(_("Postcode"), max_length=12, blank=True)
    delivery_place = models.CharField(_("Place"), max_length=80, blank=True)
    former_email = models.EmailField(blank=True)

    # Step 5: declared and sent
    declared_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answer_by_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    # The validator who has it on the table, so that two do not work on the same (A8). A claim runs out.
    claimed_by_id = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    # When the validators were warned at half time, the lead last when it was overdue, and the applicant was
    # told that the answer is late (A6).
    half_time_warned_at = models.DateTimeField(null=True)
    overdue_warned_at = models.DateTimeField(null=True)
    late_told_at = models.DateTimeField(null=True)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="applications")

    class Meta:
        verbose_name = "application"
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ApplicationStatus.DRAFT)
                | Q(sent_at__isnull=False, declared_at__isnull=False, answer_by_at__isnull=False),
                name="sent_application_is_declared",
            ),
            models.CheckConstraint(
                condition=~Q(status=ApplicationStatus.APPROVED) | Q(account__isnull=False),
                name="approved_application_has_account",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by_id=None, claimed_at=None)
                | Q(claimed_by_id__isnull=False, claimed_at__isnull=False),
                name="claim_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "answer_by_at"], name="application_queue"),
            models.Index(fields=["country", "registration_number"], name="application_business"),
            models.Index(Bare("registration_number"), name="application_bare_number"),
            models.Index(Bare("vat_number"), name="application_bare_vat_number"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def contact_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Evidence(models.Model):
    """A document that shows that the business is one (A3), under a random name outside the web root."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="evidence")
    stored_as = models.CharField(max_length=60)
    filename = models.CharField(max_length=120)
    kind = models.CharField(max_length=5)
    size = models.PositiveIntegerField()
    pages = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    # What a person sees of the first page, as 64 bits: alike for alike pictures, whatever the bytes (A7).
    picture_hash = models.CharField(max_length=16, blank=True, db_index=True)
    reading = models.CharField(max_length=10, choices=Reading, default=Reading.WAITING)
    read_at = models.DateTimeField(null=True)
    # The words of each page with their places, so that changed answers are looked for without reading anew.
    transcript = models.JSONField(null=True)
    findings = models.JSONField(null=True)
    uploaded_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "sha256"], name="document_once_an_application"),
            models.CheckConstraint(
                condition=~Q(reading=Reading.READ) | Q(read_at__isnull=False),
                name="read_document_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["reading"], name="evidence_reading"),
            *(
                models.Index(Band("picture_hash", start=start), name=f"evidence_band_{start}")
                for start in (1, 5, 9, 13)
            ),
        ]

    def __str__(self) -> str:
        return self.filename


class Check(models.Model):
    """What one automatic check came to, with its sentence (A7). A repeated check is another row."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="checks")
    run = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=30)
    required = models.BooleanField()
    outcome = models.CharField(max_length=15, choices=Outcome)
    reason = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    # The register's answer that it was judged on, kept as it came.
    answer = models.ForeignKey("RegisterAnswer", null=True, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "run", "code"], name="check_once_a_run")
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.outcome}"


class RegisterAnswer(models.Model):
    """What a register said about a number at a moment, raw, as proof; young ones answer again (A7)."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    register = models.CharField(max_length=10, choices=RegisterName)
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=30)
    state = models.CharField(max_length=12, choices=RegisterState)
    raw = models.JSONField(null=True)
    # From the bulk download instead of a question over the network: the moment of the download is its age.
    from_bulk = models.BooleanField(default=False)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["register", "country", "number", "-asked_at"], name="register_answer_latest")
        ]

    def __str__(self) -> str:
        return f"{self.register} {self.number}: {self.state}"


class RegisterEntry(models.Model):
    """A business of the register's bulk download, for those who run without outside calls (A2)."""

    number = models.CharField(max_length=9, primary_key=True)
    # Folded as names are compared, so that a search by name can use the index. A place of work has none: it is
    # looked up by its number only.
    folded_name = models.CharField(max_length=200, db_index=True)
    raw = models.JSONField()
    loaded_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.number


class Postcode(models.Model):
    """A post code and its place, so that the form fills the place (A2)."""

    country = models.CharField(max_length=2)
    code = models.CharField(max_length=12)
    place = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["country", "code"], name="postcode_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.place}"


class Note(models.Model):
    """What staff write to each other about an application; the applicant never sees it (A8)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="notes")
    author_id = models.UUIDField()
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]


class Message(models.Model):
    """One turn of the dialogue of *ask for more* (A8)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="messages")
    from_staff = models.BooleanField()
    author_id = models.UUIDField(null=True)
    text = models.TextField(max_length=4000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:40]


class Decision(models.Model):
    """How an application ended: by whom, why, on which checks. One an application, and it stays (A8, A11)."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="decision")
    verdict = models.CharField(max_length=10, choices=Verdict)
    automatic = models.BooleanField()
    decided_by_id = models.UUIDField(null=True)
    reason = models.TextField(max_length=4000, blank=True)
    checks = models.JSONField(default=list)
    at = models.DateTimeField(db_index=True)
    # From sending to decision, on working days only and without the time in which the applicant was asked (A6).
    working_seconds = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict=Verdict.APPROVED) | ~Q(reason=""), name="declined_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(automatic=True, decided_by_id=None)
                | Q(automatic=False, decided_by_id__isnull=False),
                name="decided_by_somebody_or_automatically",
            ),
        ]

    def __str__(self) -> str:
        return self.verdict


class BlockedContact(models.Model):
    """An address whose applications are never approved automatically (A7)."""

    email = models.EmailField(unique=True)
    reason = models.CharField(max_length=200)
    blocked_by_id = models.UUIDField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.email
