"""Attacks on sort and order, in both lists that take them."""

import pytest
from support import Customer, attack, items, lists, word


@pytest.mark.check(
    points=5,
    group="sort",
    cwe="CWE-89",
    hint="The name of a column cannot be a parameter. Look it up among those that are allowed, and use what you found.",
)
def test_sort_of_products_is_never_sql(api, rng, bait):
    """GET /products with SQL as sort runs none of it, and its order tells nothing."""
    fetch, honest = _three_products(api, rng)
    _attack_list(bait, honest, fetch, "sort", "price_cents")


@pytest.mark.check(
    points=5,
    group="sort",
    cwe="CWE-89",
    hint="The direction is written into the statement as well: two values are allowed, and no third.",
)
def test_order_of_products_is_never_sql(api, rng, bait):
    """GET /products with SQL as order runs none of it."""
    fetch, honest = _three_products(api, rng)
    _attack_list(bait, honest, lambda order: fetch(sort="name", order=order), "order", "price_cents")


@pytest.mark.check(
    points=5,
    group="sort",
    cwe="CWE-89",
    hint="Look for every place where a statement is put together, not only for the one that was reported.",
)
def test_sort_of_orders_is_never_sql(api, rng, bait):
    """GET /orders with SQL as sort or order runs none of it."""
    seller, buyer = Customer(api, rng), Customer(api, rng)
    product = seller.offer(word(rng), price_cents=700)
    few, many = buyer.buy(product, 2), buyer.buy(product, 9)

    def fetch(**params):
        return buyer.get("/orders", **params)

    def honest():
        lists(fetch(sort="quantity", order="desc"), [many, few], "sorted by quantity, largest first")
        lists(fetch(), [few, many], "in the order of their ids")

    _attack_list(bait, honest, fetch, "sort", "total_cents")
    _attack_list(bait, honest, fetch, "order", "total_cents")


@pytest.mark.check(
    points=4,
    group="sort",
    cwe="CWE-89",
    hint="Quoting a name as an identifier lets every column through, also those that nobody may see.",
)
def test_sort_keeps_secret_columns_secret(api, rng, bait):
    """GET /products cannot be sorted by what sellers paid: the order would tell it."""
    seller, label = Customer(api, rng), word(rng)
    costs = [4000, 1000, 5000, 3000, 2000]
    products = [seller.offer(f"{label} {cost}", cost_cents=cost) for cost in costs]
    by_cost = [product["id"] for _, product in sorted(zip(costs, products, strict=True), key=lambda pair: pair[0])]

    def ids_sorted_by(**params):
        return api.get("/products", params={"q": label, **params})

    def tells_costs(reply):
        ids = [item.get("id") for item in items(reply)] if reply.status == 200 else []
        return "the order of the list tells what sellers paid" if ids in (by_cost, by_cost[::-1]) else ""

    attack(
        bait,
        lambda: lists(ids_sorted_by(sort="id", order="desc"), products[::-1], "sorted by id, largest first"),
        {
            "the name of the column": lambda: ids_sorted_by(sort="cost_cents"),
            "the name in upper case": lambda: ids_sorted_by(sort="COST_CENTS"),
            "the name with its table": lambda: ids_sorted_by(sort="p.cost_cents"),
            "the name in double quotes": lambda: ids_sorted_by(sort='"cost_cents"', order="desc"),
            "two names": lambda: ids_sorted_by(sort="cost_cents,id"),
        },
        tells_costs,
    )


def _three_products(api, rng):
    """Put three products on sale; return how to list them, and the honest requests."""
    seller, label = Customer(api, rng), word(rng)
    prices = {"b": 300, "c": 100, "a": 200}
    b, c, a = (seller.offer(f"{label} {name}", price_cents=price) for name, price in prices.items())

    def fetch(**params):
        return api.get("/products", params={"q": label, **params})

    def honest():
        lists(fetch(sort="name"), [a, b, c], "sorted by name")
        lists(fetch(sort="price_cents", order="desc"), [b, a, c], "sorted by price_cents, largest first")

    return fetch, honest


def _attack_list(bait, honest, fetch, key, number):
    """Attack `key` of the list that `fetch` asks for; `number` is a column whose values all differ."""
    before = "asc" if key == "order" else "id"
    question = f"starts_with((TABLE {bait.table}),$${bait.secret[0]}$$)"
    values = {
        "a sub-query": f"{before},(SELECT {bait.use})",
        "a function call": f"{before},{bait.use_without_quotes}",
        "a function call and no space": f"{before}/**/,{bait.use}/**/--",
        "more than one direction": f"{before} nulls last,(vAlUeS({bait.use}))",
        "a second statement": f"{before};TRUNCATE {bait.table};--",
    }
    if key == "sort":
        values["a question to another table"] = f"(CASE WHEN {question} THEN {number} ELSE -{number} END)"
        values["the opposite question"] = f"(CASE WHEN {question} THEN -{number} ELSE {number} END)"
    seen = set()

    def tells(reply):
        if reply.status == 200:
            seen.add(str([item.get("id") for item in items(reply)]))
        return "the order of the list depends on SQL that was sent" if len(seen) > 1 else ""

    def send(value):
        return lambda: fetch(**{key: value})

    attack(bait, honest, {f"{what} as {key}": send(value) for what, value in values.items()}, tells)
