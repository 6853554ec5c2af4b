"""Passwords and tokens."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def hash_password(password: str, salt: str | None = None) -> str:
    salt = salt or secrets.token_hex(16)
    return f"{salt}${hashlib.pbkdf2_hmac('sha256', password.encode(), salt.encode(), 20_000).hex()}"


def is_password(password: str, hashed: str) -> bool:
    return hmac.compare_digest(hash_password(password, hashed.split("$")[0]), hashed)


def new_token() -> str:
    return secrets.token_urlsafe(32)
