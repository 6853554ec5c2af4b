"""What is on sale: list, search, look at, offer."""

from __future__ import annotations

from flask import Blueprint, abort, request
from sqlalchemy import insert, or_, select

from shop import forms
from shop.accounts import current_account, visitor
from shop.database import as_dicts, query, sorting
from shop.tables import accounts, products

routes = Blueprint("products", __name__)

column = products.c
SHOWN = select(
    column.id, column.name, column.description, column.category, column.price_cents, accounts.c.name.label("seller")
).join_from(products, accounts)
SORTED_BY = {"id": column.id, "name": column.name, "price_cents": column.price_cents}


@routes.get("/products")
def list_products():
    q, lowest, highest = request.args.get("q", ""), forms.cents("min_price"), forms.cents("max_price")
    limit, offset = forms.page()
    statement = SHOWN.where(column.published)
    if q:
        within = (text.icontains(q, autoescape=True) for text in (column.name, column.description))
        statement = statement.where(or_(*within))
    if lowest is not None:
        statement = statement.where(column.price_cents >= lowest)
    if highest is not None:
        statement = statement.where(column.price_cents <= highest)
    found = as_dicts(query(statement.order_by(*sorting(SORTED_BY)).limit(limit + 1).offset(offset)))
    return {"items": found[:limit], "more": len(found) > limit}


@routes.post("/products")
def offer_product():
    account, body = current_account(), forms.body()
    product = {
        "name": forms.text(body, "name", 300),
        "description": forms.text(body, "description", 2000, default=""),
        "category": forms.text(body, "category", 300),
        "price_cents": forms.number(body, "price_cents", 0, forms.MAX_CENTS),
        "cost_cents": forms.number(body, "cost_cents", 0, forms.MAX_CENTS),
        "published": body.get("published", True) is True,
    }
    created = query(insert(products).values(seller_id=account["id"], **product).returning(column.id))
    return {"id": created[0].id, **product, "seller": account["name"]}, 201


@routes.get("/products/<int:product_id>")
def show_product(product_id: int):
    return find_product(product_id)


@routes.get("/products/<int:product_id>/similar")
def similar_products(product_id: int):
    product = find_product(product_id)
    statement = SHOWN.where(column.published, column.category == product["category"], column.id != product["id"])
    return {"items": as_dicts(query(statement.order_by(column.id).limit(20)))}


def find_product(product_id: int) -> dict:
    """Return a product that the visitor may see; ends the request with a 404 if there is none."""
    account = visitor()
    mine = column.seller_id == (account["id"] if account else None)
    found = query(SHOWN.where(column.id == product_id, or_(column.published, mine))) if product_id < 2**31 else []
    if not found:
        abort(404, "There is no such product.")
    return dict(found[0]._mapping)
