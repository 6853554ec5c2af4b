"""Settings: add your apps, and what else you need."""

import secrets

SECRET_KEY = secrets.token_urlsafe()
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = []
MIDDLEWARE = []
ROOT_URLCONF = "config.urls"
APPEND_SLASH = False
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Without DEBUG, Django tells of an exception by mail only: print it instead.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["console"], "level": "ERROR"}},
}
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "todos.db"}}
