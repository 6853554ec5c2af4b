"""Buying, and what one has bought."""

from __future__ import annotations

from flask import Blueprint

from shop import forms
from shop.accounts import current_account
from shop.database import query, sortable
from shop.products import find_product

routes = Blueprint("orders", __name__)

LIST = sortable(
    "SELECT o.id, o.product_id, o.quantity, o.total_cents, o.note, p.name AS product"
    " FROM orders o JOIN products p ON p.id = o.product_id WHERE o.buyer_id = %s",
    ("id", "quantity", "total_cents"),
)


@routes.post("/orders")
def place_order():
    account, body = current_account(), forms.body()
    product = find_product(forms.number(body, "product_id", 1))
    quantity, note = forms.number(body, "quantity", 1, 100), forms.text(body, "note", 2000, default="")
    total_cents = quantity * product["price_cents"]
    created = query(
        "INSERT INTO orders (buyer_id, product_id, quantity, total_cents, note) VALUES (%s, %s, %s, %s, %s)"
        " RETURNING id, product_id, quantity, total_cents, note",
        (account["id"], product["id"], quantity, total_cents, note),
    )
    return {**created[0], "product": product["name"]}, 201


@routes.get("/orders")
def list_orders():
    account = current_account()
    return {"items": query(forms.choice(LIST), (account["id"],))}
