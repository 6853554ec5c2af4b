"""Attacks with text that was stored first, safely, and is used later."""

# ruff: noqa: S608 - an attack is SQL made of text

import pytest
from support import Customer, attack, items, lists, reports, word


@pytest.mark.check(
    points=6,
    group="stored",
    cwe="CWE-89",
    hint="Text does not become safe by having been in the database. And who sells something has an id.",
)
def test_sales_report_shows_own_sales_only(api, rng, bait):
    """Sellers whose names look like conditions see their own sales in the report, and nobody else's."""
    seller, nothing = Customer(api, rng), word(rng)
    product = seller.offer(f"clock {word(rng)}")
    Customer(api, rng).buy(product, 3, note="for the hall")

    attack(
        bait,
        lambda: reports(seller, [(product, 3)]),
        {
            "a name that ends in a condition": _report_of(api, rng, f"{nothing}' OR 'a' < 'b"),
            "a name that ends in a comment": _report_of(api, rng, f"{nothing}' OR TRUE GROUP BY p.id, p.name --"),
            "a name without spaces": _report_of(api, rng, f"{nothing}'/**/oR/**/1<2/**/gRoUp/**/By/**/p.id,p.name--"),
            "the name of another seller and a comment": _report_of(
                api, rng, f"{seller.name}' GROUP BY p.id, p.name --"
            ),
            "a backslash in the name": _report_of(api, rng, f"{nothing}\\' OR TRUE GROUP BY p.id, p.name --"),
        },
        _sold_something,
    )


@pytest.mark.check(
    points=5,
    group="stored",
    cwe="CWE-89",
    hint="Follow each value from where it comes in to every statement that it is used in.",
)
def test_sales_report_never_runs_a_name(api, rng, bait):
    """Sellers whose names are SQL read no other table and run nothing when they look at their sales."""
    seller, nothing = Customer(api, rng), word(rng)
    product = seller.offer(f"mirror {word(rng)}")
    Customer(api, rng).buy(product, 2)
    end = f"{nothing}' GROUP BY p.id, p.name"

    attack(
        bait,
        lambda: reports(seller, [(product, 2)]),
        {
            "rows of another table": _report_of(api, rng, f"{end} UNION SELECT secret,1,1 FROM {bait.table} --"),
            "values of another table": _report_of(api, rng, f"{end}/**/uNiOn/**/vAlUeS((TABLE {bait.table}),1,1)--"),
            "a second statement": _report_of(api, rng, f"{end}; TRUNCATE {bait.table}; --"),
            "a function call": _report_of(api, rng, f"{nothing}'||{bait.use}||'"),
            "a condition and a function call": _report_of(api, rng, f"{nothing}' OR {bait.use} < 0 OR a.name = '"),
        },
        lambda reply: _sold_something(reply) or ("the answer holds a secret" if bait.secret in reply.text else ""),
    )


@pytest.mark.check(
    points=6,
    group="stored",
    cwe="CWE-89",
    hint="A value that you have just read from the database was once sent by somebody.",
)
def test_category_is_never_sql(api, rng, bait):
    """Products whose categories look like SQL are similar to nothing, and nothing of it is run."""
    seller, attacker, nothing, category = Customer(api, rng), Customer(api, rng), word(rng), word(rng)
    first = seller.offer(word(rng), category=category)
    second = seller.offer(word(rng), category=category)
    seller.offer(f"hidden {word(rng)}", category=category, published=False)

    def honest():
        lists(api.get(f"/products/{first['id']}/similar"), [second], "for one of two products of a category")

    def similar(text):
        def send():
            product = attacker.offer(word(rng), category=text)
            return api.get(f"/products/{product['id']}/similar")

        return send

    columns = "0,secret,secret,secret,0,secret"
    attack(
        bait,
        honest,
        {
            "a category that is a condition": similar(f"{nothing}' OR 'a' < 'b"),
            "a category that ends in a comment": similar(f"{category}' --"),
            "a category without spaces": similar(f"{nothing}'/**/oR/**/nOt(p.published)--"),
            "a category with rows of another table": similar(f"{nothing}' UNION SELECT {columns} FROM {bait.table} --"),
            "a category with a second statement": similar(f"{nothing}'; TRUNCATE {bait.table}; --"),
            "a category with a function call": similar(f"{nothing}'||{bait.use}||'"),
            "a category with a backslash": similar(f"{nothing}\\' OR TRUE --"),
        },
        lambda reply: "the answer holds products of other categories" if reply.status == 200 and items(reply) else "",
    )


def _report_of(api, rng, name):
    """Return a call that signs somebody up under `name` and returns their sales report."""

    def send():
        return Customer(api, rng, name=name).get("/reports/sales")

    return send


def _sold_something(reply):
    if reply.status != 200 or not items(reply):
        return ""
    return "the answer holds sales of others"
