"""What is on sale: list, search, look at, offer."""

from __future__ import annotations

from flask import Blueprint, abort, request

from shop import forms
from shop.accounts import current_account, visitor
from shop.database import query

routes = Blueprint("products", __name__)

SELECT = (
    "SELECT p.id, p.name, p.description, p.category, p.price_cents, a.name AS seller"
    " FROM products p JOIN accounts a ON a.id = p.seller_id"
)


@routes.get("/products")
def list_products():
    q = request.args.get("q", "")
    min_price, max_price = request.args.get("min_price", ""), request.args.get("max_price", "")
    sort, order = request.args.get("sort", "id"), request.args.get("order", "asc")
    limit, offset = forms.page()
    sql = SELECT + " WHERE p.published"
    if q:
        sql += f" AND (p.name ILIKE '%{q}%' OR p.description ILIKE '%{q}%')"
    if min_price:
        sql += f" AND p.price_cents >= {min_price}"
    if max_price:
        sql += f" AND p.price_cents <= {max_price}"
    found = query(sql + f" ORDER BY {sort} {order}, id LIMIT {limit + 1} OFFSET {offset}")
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
        f"{SELECT} WHERE p.published AND p.category = '{product['category']}' AND p.id <> {product_id}"
        " ORDER BY p.id LIMIT 20"
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
