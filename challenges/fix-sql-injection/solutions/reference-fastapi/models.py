"""What requests may hold."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, StrictBool, StrictInt, StrictStr

Text = Annotated[StrictStr, Field(min_length=1, max_length=300)]
LongText = Annotated[StrictStr, Field(max_length=2000)]
Cents = Annotated[StrictInt, Field(ge=0, le=100_000_000)]
Direction = Literal["asc", "desc"]


def _digits(value: object) -> object:
    if value == "":
        return None
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError("must be a whole number")
    return value


PriceFilter = Annotated[Annotated[int, Field(ge=0, le=100_000_000)] | None, BeforeValidator(_digits)]


class Credentials(BaseModel):
    name: Text
    password: Text


class Account(Credentials):
    email: Text


class Product(BaseModel):
    name: Text
    description: LongText = ""
    category: Text
    price_cents: Cents
    cost_cents: Cents
    published: StrictBool = True


class Order(BaseModel):
    product_id: Annotated[StrictInt, Field(ge=1)]
    quantity: Annotated[StrictInt, Field(ge=1, le=100)]
    note: LongText = ""


class Listing(BaseModel):
    q: str = ""
    min_price: PriceFilter = None
    max_price: PriceFilter = None
    sort: Literal["id", "name", "price_cents"] = "id"
    order: Direction = "asc"
    limit: int = Field(20, ge=1, le=100)
    offset: int = Field(0, ge=0, le=1_000_000)


class Sorting(BaseModel):
    sort: Literal["id", "quantity", "total_cents"] = "id"
    order: Direction = "asc"
