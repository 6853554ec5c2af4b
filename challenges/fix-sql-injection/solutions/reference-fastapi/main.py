"""Attic, a market place. Every statement is a constant file in statements/: there is no place where SQL is put together."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import Annotated

from database import Database, Found, open_database
from fastapi import Depends, FastAPI, Header, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from models import Account, Credentials, Listing, Order, Product, Sorting
from passwords import hash_password, is_password, new_token
from starlette.exceptions import HTTPException as AnyHTTPException


@asynccontextmanager
async def lifespan(_app: FastAPI):
    with open_database() as database:
        database.run("create_tables")
    yield


app = FastAPI(lifespan=lifespan)


@app.exception_handler(AnyHTTPException)
async def refuse(_request, error: AnyHTTPException):
    return JSONResponse({"error": str(error.detail)}, error.status_code)


@app.exception_handler(RequestValidationError)
async def refuse_values(_request, error: RequestValidationError):
    problems = (f"{problem['loc'][-1]}: {problem['msg']}" for problem in error.errors())
    return JSONResponse({"error": "; ".join(problems)}, 400)


def database():
    with open_database() as opened:
        yield opened


Db = Annotated[Database, Depends(database)]


def visitor(db: Db, authorization: Annotated[str, Header()] = "") -> Found | None:
    return db.one("find_session", token=authorization.removeprefix("Bearer "))


Visitor = Annotated[Found | None, Depends(visitor)]


def member(who: Visitor) -> Found:
    if who is None:
        raise HTTPException(401, "Log in first.")
    return who


Member = Annotated[Found, Depends(member)]


def visible_product(product_id: str, db: Db, who: Visitor) -> Found:
    number = int(product_id) if product_id.isascii() and product_id.isdigit() and len(product_id) < 10 else 0
    product = db.one("find_product", product=number, visitor=who["id"] if who else None)
    if product is None:
        raise HTTPException(404, "There is no such product.")
    return product


VisibleProduct = Annotated[Found, Depends(visible_product)]


def start_session(db: Database, account: int) -> str:
    token = new_token()
    db.run("add_session", token=token, account=account)
    return token


@app.post("/accounts", status_code=201)
def sign_up(db: Db, account: Account):
    created = db.one(
        "add_account", name=account.name, email=account.email, password_hash=hash_password(account.password)
    )
    if created is None:
        raise HTTPException(409, "This name is taken.")
    return {**created, "token": start_session(db, created["id"])}


@app.post("/login")
def log_in(db: Db, credentials: Credentials):
    account = db.one("find_account", name=credentials.name)
    if account is None or not is_password(credentials.password, account["password_hash"]):
        raise HTTPException(401, "There is no account with this name and password.")
    return {"token": start_session(db, account["id"])}


@app.get("/me")
def who_am_i(who: Member):
    return who


@app.get("/products")
def list_products(db: Db, asked: Annotated[Listing, Query()]):
    found = db.all("list_products", **{**asked.model_dump(), "limit": asked.limit + 1})
    return {"items": found[: asked.limit], "more": len(found) > asked.limit}


@app.post("/products", status_code=201)
def offer_product(db: Db, who: Member, product: Product):
    created = db.one("add_product", seller=who["id"], **product.model_dump())
    return {**created, **product.model_dump(), "seller": who["name"]}


@app.get("/products/{product_id}")
def show_product(product: VisibleProduct):
    return product


@app.get("/products/{product_id}/similar")
def similar_products(db: Db, product: VisibleProduct):
    return {"items": db.all("similar_products", product=product["id"])}


@app.post("/orders", status_code=201)
def place_order(db: Db, who: Member, order: Order):
    product = visible_product(str(order.product_id), db, who)
    total_cents = order.quantity * product["price_cents"]
    created = db.one("add_order", buyer=who["id"], total_cents=total_cents, **order.model_dump())
    return {**created, "product": product["name"]}


@app.get("/orders")
def list_orders(db: Db, who: Member, asked: Annotated[Sorting, Query()]):
    return {"items": db.all("list_orders", buyer=who["id"], **asked.model_dump())}


@app.get("/reports/sales")
def sales(db: Db, who: Member):
    found = db.all("sales", seller=who["id"])
    return {"items": found, "total_cents": sum(item["total_cents"] for item in found)}
