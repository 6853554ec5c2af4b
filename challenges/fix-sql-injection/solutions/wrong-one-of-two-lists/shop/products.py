"""What is on sale: list, search, look at, offer."""

from __future__ import annotations

from flask import Blueprint, abort, request
from psycopg import sql

from shop import forms
from shop.accounts import current_account, visitor
from shop.database import containing, ordered_by, query

routes = Blueprint("products", __name__)

SELECT = (
    "SELECT p.id, p.name, p.description, p.category, p.price_cents, a.name AS seller"
    " FROM products p JOIN accounts a ON a.id = p.seller_id"
)

SORTED_BY = ("id", "name", "price_cents")


@routes.get("/products")
def list_products():
    q, lowest, highest = request.args.get("q", ""), forms.cents("min_price"), forms.cents("max_price")
    limit, offset = forms.page()
    conditions, values = ["p.published"], []
    if q:
        conditions.append("(p.name ILIKE %s OR p.description ILIKE %s)")
        values += [containing(q)] * 2
    if lowest is not None:
        conditions.append("p.price_cents >= %s")
        values.append(lowest)
    if highest is not None:
        conditions.append("p.price_cents <= %s")
        values.append(highest)
    statement = sql.SQL(f"{SELECT} WHERE {' AND '.join(conditions)} ORDER BY {{}} LIMIT %s OFFSET %s")
    found = query(statement.format(ordered_by(*forms.sorting(SORTED_BY))), (*values, limit + 1, offset))
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
    created = query(
        "INSERT INTO products (seller_id, name, description, category, price_cents, cost_cents, published)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (account["id"], *product.values()),
    )
    return {"id": created[0]["id"], **product, "seller": account["name"]}, 201


@routes.get("/products/<int:product_id>")
def show_product(product_id: int):
    return find_product(product_id)


@routes.get("/products/<int:product_id>/similar")
def similar_products(product_id: int):
    product = find_product(product_id)
    found = query(
        SELECT + " WHERE p.published AND p.category = %s AND p.id <> %s ORDER BY p.id LIMIT 20",
        (product["category"], product_id),
    )
    return {"items": found}


def find_product(product_id: int) -> dict:
    """Return a product that the visitor may see; ends the request with a 404 if there is none."""
    account = visitor()
    found = query(
        SELECT + " WHERE p.id = %s AND (p.published OR p.seller_id = %s)",
        (product_id, account["id"] if account else None),
    )
    if not found:
        abort(404, "There is no such product.")
    return found[0]
