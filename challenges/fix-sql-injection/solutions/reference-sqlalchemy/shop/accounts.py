"""Signing up, logging in, and who is asking."""

from __future__ import annotations

import secrets

from flask import Blueprint, abort, request
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from werkzeug.security import check_password_hash, generate_password_hash

from shop import forms
from shop.database import query
from shop.tables import accounts, sessions

routes = Blueprint("accounts", __name__)
# cheaper than the default: a log-in should not take a tenth of a second of the one CPU
METHOD = "scrypt:4096:8:1"


@routes.post("/accounts")
def sign_up():
    body = forms.body()
    name, email, password = (forms.text(body, key, 300) for key in ("name", "email", "password"))
    created = query(
        insert(accounts)
        .values(name=name, email=email, password_hash=generate_password_hash(password, METHOD))
        .on_conflict_do_nothing(index_elements=["name"])
        .returning(accounts.c.id)
    )
    if not created:
        abort(409, "This name is taken.")
    return {"id": created[0].id, "name": name, "email": email, "token": open_session(created[0].id)}, 201


@routes.post("/login")
def log_in():
    body = forms.body()
    name, password = forms.text(body, "name", 300), forms.text(body, "password", 300)
    found = query(select(accounts.c.id, accounts.c.password_hash).where(accounts.c.name == name))
    if not found or not check_password_hash(found[0].password_hash, password):
        abort(401, "There is no account with this name and password.")
    return {"token": open_session(found[0].id)}


@routes.get("/me")
def who_am_i():
    return current_account()


def open_session(account_id: int) -> str:
    """Return a new token that stands for the account."""
    token = secrets.token_urlsafe(24)
    query(insert(sessions).values(token=token, account_id=account_id).returning(sessions.c.token))
    return token


def visitor() -> dict | None:
    """Return the account whose token the request carries, if it carries one."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    found = query(
        select(accounts.c.id, accounts.c.name, accounts.c.email).join(sessions).where(sessions.c.token == token)
    )
    return dict(found[0]._mapping) if found else None


def current_account() -> dict:
    """Return the account whose token the request carries; ends the request with a 401 if there is none."""
    account = visitor()
    if account is None:
        abort(401, "Log in first.")
    return account
