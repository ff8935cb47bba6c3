"""All settings, from the environment. A wrong value refuses to start and says why.

Nothing has to be set to try medlem; production has to set MEDLEM_SECRET_KEY, MEDLEM_HOSTS,
MEDLEM_BASE_URL and a mail server. `docs/operations.md` has the table.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

from medlem.core.logs import configure as configure_logs

PACKAGE = Path(__file__).resolve().parent
OFF = "off"


# --- reading the environment ------------------------------------------------------------------


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def flag(name: str) -> bool:
    value = text(name, "0").lower()
    if value not in {"0", "1", "", "true", "false", "yes", "no"}:
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes 1 or 0")
    return value in {"1", "true", "yes"}


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes a whole number")
    return int(value)


def address(name: str, default: str) -> str:
    value = text(name, default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ImproperlyConfigured(f"{name} is {value!r}; it takes an address such as https://portal.example")
    return value


def register(name: str, default: str) -> str:
    """The address of an outside register, or `off`. In demo and tests none is asked unless it is named."""
    value = text(name, OFF if DEMO or TESTING else default)
    return OFF if value == OFF else address(name, value)


def database(url: str, data: Path) -> dict[str, object]:
    """Django's database setting from DATABASE_URL: empty or sqlite:///path, or postgresql://user@host/name."""
    parts = urlsplit(url)
    if not url or parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(data / "medlem.sqlite3") if not url else unquote(parts.path[1:]) or ":memory:",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
            },
            # Tests take a file as life does: in memory, threads would not wait for each other.
            "TEST": {"NAME": str(data / "test.sqlite3")},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(parts.query)),
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL starts with {parts.scheme!r}; it takes sqlite:///path or postgresql://user@host/name"
    )


# --- what kind of installation this is ---------------------------------------------------------

DEMO = flag("MEDLEM_DEMO")
DEBUG = flag("MEDLEM_DEBUG")
TESTING = "pytest" in sys.modules
DATA = Path(text("MEDLEM_DATA") or (tempfile.mkdtemp(prefix="medlem-") if TESTING else "data")).resolve()
BASE_URL = address("MEDLEM_BASE_URL", "http://127.0.0.1:8000")
SECURE = BASE_URL.startswith("https://")

SECRET_KEY = text("MEDLEM_SECRET_KEY")
if not SECRET_KEY:
    if not (DEMO or TESTING):
        raise ImproperlyConfigured(
            "MEDLEM_SECRET_KEY is not set. Give it 50 or more random characters and keep it: "
            "sessions and mailed links are signed with it."
        )
    SECRET_KEY = "demo-and-tests-only-" * 3

ALLOWED_HOSTS = (
    text("MEDLEM_HOSTS").split(",") if text("MEDLEM_HOSTS") else [urlsplit(BASE_URL).hostname or ""]
)
if DEMO or TESTING:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

MEDLEM_PROGRAMME_FILE = Path(
    text("MEDLEM_PROGRAMME", str(PACKAGE.parent / "programmes" / "cps.toml"))
).resolve()

# The registers that are asked about a business (A2, A7). Seconds are those of one attempt.
MEDLEM_REGISTER_URL = register("MEDLEM_REGISTER_URL", "https://data.brreg.no/enhetsregisteret/api")
MEDLEM_REGISTER_TIMEOUT = number("MEDLEM_REGISTER_TIMEOUT", 3)
MEDLEM_VIES_URL = register("MEDLEM_VIES_URL", "https://ec.europa.eu/taxation_customs/vies/rest-api")
MEDLEM_VIES_TIMEOUT = number("MEDLEM_VIES_TIMEOUT", 10)
MEDLEM_HMRC_URL = register("MEDLEM_HMRC_URL", "https://api.service.hmrc.gov.uk")
MEDLEM_HMRC_TIMEOUT = number("MEDLEM_HMRC_TIMEOUT", 5)
MEDLEM_HMRC_CLIENT_ID = text("MEDLEM_HMRC_CLIENT_ID")
MEDLEM_HMRC_CLIENT_SECRET = text("MEDLEM_HMRC_CLIENT_SECRET")
if bool(MEDLEM_HMRC_CLIENT_ID) != bool(MEDLEM_HMRC_CLIENT_SECRET):
    raise ImproperlyConfigured(
        "MEDLEM_HMRC_CLIENT_ID and MEDLEM_HMRC_CLIENT_SECRET go together; without both, HMRC is not asked"
    )

MEDLEM_CARD_PROVIDER = text("MEDLEM_CARD_PROVIDER", "simulated" if DEMO or TESTING else "none")
if MEDLEM_CARD_PROVIDER == "simulated" and not (DEMO or TESTING):
    raise ImproperlyConfigured("MEDLEM_CARD_PROVIDER=simulated charges nobody; it is for demo and tests only")
if MEDLEM_CARD_PROVIDER not in {"simulated", "none"}:
    raise ImproperlyConfigured(
        f"MEDLEM_CARD_PROVIDER is {MEDLEM_CARD_PROVIDER!r}; it takes simulated or none"
    )
# Who reads scans and photos (A4): whatever is installed, one of them, or nobody.
MEDLEM_OCR = text("MEDLEM_OCR", "auto")
if MEDLEM_OCR not in {"auto", "rapidocr", "tesseract", "none"}:
    raise ImproperlyConfigured(f"MEDLEM_OCR is {MEDLEM_OCR!r}; it takes auto, rapidocr, tesseract or none")

# --- Django ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_tasks_db",
    "medlem.programme",
    "medlem.events",
    "medlem.accounts",
    "medlem.billing",
    "medlem.memberships",
    "medlem.payments",
    "medlem.products",
    "medlem.applications",
    "medlem.web",
]

MIDDLEWARE = [
    "medlem.web.middleware.request_log",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "medlem.urls"
WSGI_APPLICATION = "medlem.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates", PACKAGE / "web" / "components"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django_cotton.templatetags.cotton",
                "medlem.web.templatetags.medlem",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "medlem.web.context.house",
            ],
        },
    }
]
COTTON_DIR = "cotton"

DATABASES = {"default": database(text("DATABASE_URL"), DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        # Above this the oldest third goes, and with it counts of `throttle` that have not run out.
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", _("Norwegian")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
WHITENOISE_USE_FINDERS = DEMO or TESTING or DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# What is no file of a form, and what of files is kept in memory before it goes to a temporary file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
# Pictures sent without a script (B5). The pages count bytes, and evidence its files, by themselves (A3).
DATA_UPLOAD_MAX_NUMBER_FILES = 100
# Three fields for each piece that was seen in a thousand pictures (B5).
DATA_UPLOAD_MAX_NUMBER_FIELDS = 7_000
FILE_UPLOAD_PERMISSIONS = 0o600

# --- people and sessions ------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
# The address is unique whatever its case, by a constraint that this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
if DEMO:
    PASSWORD_HASHERS = ["medlem.accounts.passwords.HashedQuickly"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "medlem.accounts.passwords.NobodysName"},
    {
        "NAME": "medlem.accounts.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "medlem.accounts.passwords.VariedEnough"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "public:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "medlem.web.public.sign_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_EMAIL_NOTIFICATIONS = False
# Whose address the limits count: behind a proxy, the one that the proxy saw.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if flag("MEDLEM_BEHIND_PROXY") else 0

SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "medlem.web.errors.csrf_failure"

# --- headers -------------------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.SELF],
    "manifest-src": [CSP.SELF],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("MEDLEM_BEHIND_PROXY") else None

# --- mail ----------------------------------------------------------------------------------------

# Who puts a queued mail into words: the pages do, as letters are made of addresses and templates.
MEDLEM_LETTERS = "medlem.web.letters.write"

if DEMO:
    MAILERS = {
        "default": {
            "BACKEND": "medlem.gateways.mail.FolderBackend",
            "OPTIONS": {"folder": str(DATA / "mail")},
        }
    }
else:
    MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {
                "host": text("MEDLEM_SMTP_HOST", "127.0.0.1"),
                "port": number("MEDLEM_SMTP_PORT", 25),
                "username": text("MEDLEM_SMTP_USER"),
                "password": text("MEDLEM_SMTP_PASSWORD"),
                "use_tls": flag("MEDLEM_SMTP_TLS"),
                "timeout": 20,
            },
        }
    }

# --- logs ----------------------------------------------------------------------------------------

LOGGING_CONFIG = None
configure_logs(
    plain=DEBUG or DEMO or TESTING, level=text("MEDLEM_LOG_LEVEL", "WARNING" if TESTING else "INFO")
)
