"""What sellers want to know."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy import BigInteger, cast, func, select

from shop.accounts import current_account
from shop.database import as_dicts, query
from shop.tables import orders, products

routes = Blueprint("reports", __name__)


@routes.get("/reports/sales")
def sales():
    seller = current_account()
    statement = (
        select(
            products.c.name.label("product"),
            func.sum(orders.c.quantity).label("quantity"),
            cast(func.sum(orders.c.total_cents), BigInteger).label("total_cents"),
        )
        .join_from(orders, products)
        .where(products.c.seller_id == seller["id"])
        .group_by(products.c.id)
        .order_by(products.c.id)
    )
    found = as_dicts(query(statement))
    return {"items": found, "total_cents": sum(row["total_cents"] for row in found)}
