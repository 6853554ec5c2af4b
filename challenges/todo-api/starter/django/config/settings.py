"""Settings: add your apps, and what else you need."""

import secrets

SECRET_KEY = secrets.token_urlsafe()
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = []
MIDDLEWARE = []
ROOT_URLCONF = "config.urls"
APPEND_SLASH = False
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "todos.db"}}
