"""What sellers want to know."""

from __future__ import annotations

from flask import Blueprint

from shop.accounts import current_account
from shop.database import query

routes = Blueprint("reports", __name__)


@routes.get("/reports/sales")
def sales():
    seller = current_account()
    found = query(
        "SELECT p.name AS product, sum(o.quantity)::integer AS quantity, sum(o.total_cents)::bigint AS total_cents"
        " FROM orders o JOIN products p ON p.id = o.product_id WHERE p.seller_id = %s GROUP BY p.id ORDER BY p.id",
        (seller["id"],),
    )
    return {"items": found, "total_cents": sum(row["total_cents"] for row in found)}
