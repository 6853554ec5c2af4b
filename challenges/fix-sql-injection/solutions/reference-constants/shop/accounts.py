"""Signing up, logging in, and who is asking."""

from __future__ import annotations

import hashlib
import secrets

from flask import Blueprint, abort, request

from shop import forms
from shop.database import query

routes = Blueprint("accounts", __name__)


@routes.post("/accounts")
def sign_up():
    body = forms.body()
    name, email = forms.text(body, "name", 300), forms.text(body, "email", 300)
    password = forms.text(body, "password", 300)
    salt = secrets.token_hex(8)
    created = query(
        "INSERT INTO accounts (name, email, salt, password_hash) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (name) DO NOTHING RETURNING id, name, email",
        (name, email, salt, hash_password(salt, password)),
    )
    if not created:
        abort(409, "This name is taken.")
    return {**created[0], "token": open_session(created[0]["id"])}, 201


@routes.post("/login")
def log_in():
    body = forms.body()
    name, password = forms.text(body, "name", 300), forms.text(body, "password", 300)
    found = query("SELECT id, salt, password_hash FROM accounts WHERE name = %s", (name,))
    if not found or not secrets.compare_digest(hash_password(found[0]["salt"], password), found[0]["password_hash"]):
        abort(401, "There is no account with this name and password.")
    return {"token": open_session(found[0]["id"])}


@routes.get("/me")
def who_am_i():
    return current_account()


def hash_password(salt: str, password: str) -> str:
    return hashlib.sha256((salt + password).encode()).hexdigest()


def open_session(account_id: int) -> str:
    """Return a new token that stands for the account."""
    token = secrets.token_urlsafe(24)
    query("INSERT INTO sessions (token, account_id) VALUES (%s, %s) RETURNING token", (token, account_id))
    return token


def visitor() -> dict | None:
    """Return the account whose token the request carries, if it carries one."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    found = query(
        "SELECT accounts.id, name, email FROM accounts JOIN sessions ON account_id = accounts.id WHERE token = %s",
        (token,),
    )
    return found[0] if found else None


def current_account() -> dict:
    """Return the account whose token the request carries; ends the request with a 401 if there is none."""
    account = visitor()
    if account is None:
        abort(401, "Log in first.")
    return account
