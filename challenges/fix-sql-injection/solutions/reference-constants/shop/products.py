"""What is on sale: list, search, look at, offer."""

from __future__ import annotations

from flask import Blueprint, abort

from shop import forms
from shop.accounts import current_account, visitor
from shop.database import query, sortable

routes = Blueprint("products", __name__)

SELECT = (
    "SELECT p.id, p.name, p.description, p.category, p.price_cents, a.name AS seller"
    " FROM products p JOIN accounts a ON a.id = p.seller_id"
)

# To strpos every character stands for itself, and an empty text is found in all others. The collation "C" knows no
# letters but A to Z: any other would take the Kelvin sign for a k.
LIST = sortable(
    SELECT + " WHERE p.published AND p.price_cents BETWEEN %(min_price)s AND %(max_price)s"
    ' AND (strpos(lower(p.name COLLATE "C"), lower(%(q)s::text COLLATE "C")) > 0'
    ' OR strpos(lower(p.description COLLATE "C"), lower(%(q)s::text COLLATE "C")) > 0)',
    ("id", "name", "price_cents"),
    "LIMIT %(limit)s + 1 OFFSET %(offset)s",
)


@routes.get("/products")
def list_products():
    limit = forms.argument("limit", 20, 1, 100)
    found = query(
        forms.choice(LIST),
        {
            "q": forms.search(),
            "min_price": forms.argument("min_price", 0, 0, forms.MAX_CENTS),
            "max_price": forms.argument("max_price", forms.MAX_CENTS, 0, forms.MAX_CENTS),
            "limit": limit,
            "offset": forms.argument("offset", 0, 0, 1_000_000),
        },
    )
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
        "published": forms.flag(body, "published", default=True),
    }
    created = query(
        "INSERT INTO products (seller_id, name, description, category, price_cents, cost_cents, published)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id",
        (account["id"], *product.values()),
    )
    return {"id": created[0]["id"], **product, "seller": account["name"]}, 201


@routes.get("/products/<id:product_id>")
def show_product(product_id: int):
    return find_product(product_id)


@routes.get("/products/<id:product_id>/similar")
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
