"""Buying, and what one has bought."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import insert, select

from shop import forms
from shop.accounts import current_account
from shop.database import as_dicts, query, sorting
from shop.products import find_product
from shop.tables import orders, products

routes = Blueprint("orders", __name__)

column = orders.c
SHOWN = (column.id, column.product_id, column.quantity, column.total_cents, column.note)
SORTED_BY = {"id": column.id, "quantity": column.quantity, "total_cents": column.total_cents}


@routes.post("/orders")
def place_order():
    account, body = current_account(), forms.body()
    product = find_product(forms.number(body, "product_id", 1, 2**31 - 1))
    order = {
        "product_id": product["id"],
        "quantity": forms.number(body, "quantity", 1, 100),
        "note": forms.text(body, "note", 2000, default=""),
    }
    total_cents = order["quantity"] * product["price_cents"]
    statement = insert(orders).values(buyer_id=account["id"], total_cents=total_cents, **order)
    created = query(statement.returning(*SHOWN))
    return {**as_dicts(created)[0], "product": product["name"]}, 201


@routes.get("/orders")
def list_orders():
    account = current_account()
    statement = select(*SHOWN, products.c.name.label("product")).join_from(orders, products)
    found = query(statement.where(column.buyer_id == account["id"]).order_by(*sorting(SORTED_BY)))
    return {"items": as_dicts(found)}
