"""Settings: production by default, everything that differs per installation read from the environment.

`var/pmqa.env` (made by the launcher, readable by its owner only) holds the secrets; real environment
variables win over it. A value that cannot be read stops the start: nothing falls back silently.
"""

import sqlite3
import sys
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
TESTING = "pytest" in sys.modules
# Tests never touch the installation's own data, secrets or accounts.
VAR_DIR = Path(env.str("PMQA_VAR_DIR", default=str(BASE_DIR / "var" / ("test" if TESTING else ""))))
environ.Env.read_env(str(VAR_DIR / "pmqa.env"))

DEBUG = env.bool("PMQA_DEBUG", default=False)
# Tests and checks need no secret of their own; a server without one must not start.
SECRET_KEY = env.str(
    "PMQA_SECRET_KEY", default="test-only-key-" + "0" * 50 if TESTING else environ.Env.NOTSET
)
ALLOWED_HOSTS = env.list("PMQA_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("PMQA_TRUSTED_ORIGINS", default=[])
# The address that members type, printed on slips and in reset links.
PUBLIC_ADDRESS = env.str("PMQA_PUBLIC_ADDRESS", default="http://127.0.0.1:8000")
# Off unless the server stands behind TLS: over loopback or a plain intranet secure cookies would lock everybody out.
BEHIND_TLS = env.bool("PMQA_BEHIND_TLS", default=False)
DEMONSTRATION = env.bool("PMQA_DEMONSTRATION", default=False)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "django_prose_editor",
    "js_asset",
    "rules",
    "allauth",
    "allauth.account",
    "csp",
    "thai",
    "organizations",
    "texts",
    "framework",
    "feedback",
    "practices",
    "assessment",
    "documents",
    "pmqa_site",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Every page needs a signed-in person unless its view opts out.
    "organizations.middleware.KeepTypedMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "organizations.middleware.PasswordChangeMiddleware",
    "organizations.middleware.NoStoreMiddleware",
    "organizations.middleware.RefusalMiddleware",
    "pmqa_site.busy.BusyMiddleware",
]

ROOT_URLCONF = "pmqa_site.urls"
WSGI_APPLICATION = "pmqa_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "pmqa_site.context.page",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# --- data -----------------------------------------------------------------------------------------


def _wal_is_safe(version: tuple[int, ...]) -> bool:
    """Builds without the WAL-reset bug, which can corrupt a file that several processes write (sqlite.org/wal.html)."""
    fixed_line = version >= (3, 51, 3) and version[:2] != (3, 52)
    return fixed_line or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


_JOURNAL = "WAL" if _wal_is_safe(sqlite3.sqlite_version_info) else "DELETE"


def _sqlite(path: Path, synchronous: str) -> dict[str, object]:
    """One SQLite file: IMMEDIATE so that writers queue instead of failing, a wait of 20 s before they give up."""
    pragmas = f"PRAGMA journal_mode={_JOURNAL};PRAGMA synchronous={synchronous}"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }


if env.str("DATABASE_URL", default=""):
    DATABASES = {"default": env.db("DATABASE_URL")}
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
else:
    DATABASES = {"default": _sqlite(VAR_DIR / "pmqa.sqlite3", "FULL")}

# Rate limits and other passing things: losing them at a power cut costs nobody a word, so this file does not sync.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if not TESTING:
    DATABASES["passing"] = _sqlite(VAR_DIR / "passing.sqlite3", "OFF")
    DATABASE_ROUTERS = ["pmqa_site.routers.PassingRouter"]
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "passing_cache"}
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = VAR_DIR / "media"
EXPORT_DIR = VAR_DIR / "exports"
LOADS_DIR = VAR_DIR / "loads"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
# build/web holds Bootstrap and Sarabun, copied there from npm packages at set-up.
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "build" / "web"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
# One answer is at most some 200 KB; figures come as files and are limited by their own form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# The page of a Word form asks up to five things about each of its pieces.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 16_000
FILE_UPLOAD_PERMISSIONS = 0o600

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "organizations.adapter.ClosedAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "organizations.tokens.RoleAwareTokenGenerator"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_FORMS = {
    "login": "organizations.forms.sign_in.SignInForm",
    "change_password": "organizations.forms.sign_in.NewPasswordForm",
    "reset_password": "organizations.forms.sign_in.ForgottenPasswordForm",
    "reset_password_from_key": "organizations.forms.sign_in.PasswordByLinkForm",
}
# Per address and per name together; nobody can lock a colleague out by typing that colleague's name.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key", "change_password": "5/m/user"}
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_FAILURE_VIEW = "pmqa_site.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if BEHIND_TLS:
    # Rate limits and the audit trail see the person behind the proxy, not the proxy.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_SSL_REDIRECT = True
# Plain HTTP over loopback or an intranet is a supported way to run; the README tells how to put TLS in front.
SILENCED_SYSTEM_CHECKS = (
    [] if BEHIND_TLS else ["security.W004", "security.W008", "security.W012", "security.W016"]
)

from csp.constants import NONCE, NONE, SELF  # noqa: E402  (constants of the policy below, kept beside it)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        # blob: shows a picture between choosing and uploading it
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- language -------------------------------------------------------------------------------------

LANGUAGE_CODE = "th"
LANGUAGES = [("th", "ไทย")]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Without it a plain date field would take 20/11/2569 as a Christian-era year.
FORMAT_MODULE_PATH = "thai.formats"
TIME_ZONE = "Asia/Bangkok"
USE_I18N = True
USE_TZ = True

# --- letters and logs -----------------------------------------------------------------------------

# No mail server is the normal case for months: letters are then printed to the log and links shown to the secretariat.
# With one: PMQA_EMAIL_URL=smtp+tls://user:password@host:587
globals().update(env.email_url("PMQA_EMAIL_URL", default="consolemail://"))
# The worker that makes the prints also sends the letters: a mail server that hangs must not hold it.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("PMQA_FROM_EMAIL", default="pmqa@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "pmqa": {"level": "INFO"},
        "django.request": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
    },
}
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    MEDIA_ROOT = VAR_DIR / "test-media"
    EXPORT_DIR = VAR_DIR / "test-exports"
    LOADS_DIR = VAR_DIR / "test-loads"
