"""Attacks on the list of products: its text and its prices."""

# ruff: noqa: S608 - an attack is SQL made of text

import pytest
from support import Customer, attack, items, lists, word


@pytest.mark.check(
    points=6,
    group="search",
    cwe="CWE-89",
    hint="Hand the text to the database beside the statement, as a parameter, and not as a part of it.",
)
def test_search_cannot_be_widened(api, rng, bait):
    """A search text that tries to change the condition finds what it says literally: nothing."""
    seller, label, nothing = Customer(api, rng), word(rng), word(rng)
    product = seller.offer(f"chair {label}")
    seller.offer(f"hidden {label}", published=False)

    def honest():
        lists(api.get("/products", params={"q": label}), [product], "with a word of one published product")
        lists(api.get("/products", params={"q": nothing}), [], "with a word that nothing holds")

    attack(
        bait,
        honest,
        {
            "a condition that is always true": _search(api, f"{nothing}%') OR TRUE --"),
            "a comparison of two texts": _search(api, f"{nothing}' OR 'a' < 'b"),
            "comments in place of spaces": _search(api, f"{nothing}')/**/oR/**/1<2/**/--"),
            "tabs and line breaks in place of spaces": _search(api, f"{nothing}')\n\tOr\n(2>1)--"),
            "a condition on what is not there": _search(api, f"{nothing}') IS NOT NULL OR NOT ('{nothing}' = '"),
            "two texts that are joined": _search(api, "'||'"),
            "a backslash before the quote": _search(api, f"{nothing}\\') OR TRUE --"),
            "two quotes and a backslash": _search(api, f"{nothing}\\'') OR TRUE --"),
            "a quote that is encoded twice": _search(api, f"{nothing}%27) OR TRUE --"),
            "a full-width quote": _search(api, f"{nothing}\uff07) OR TRUE --"),
            "a quote written as an HTML entity": _search(api, f"{nothing}&#39;) OR TRUE --"),
        },
        _found_something,
    )


@pytest.mark.check(
    points=5,
    group="search",
    cwe="CWE-89",
    hint="Leaving words out of a text does not help: SQL can be written in more ways than any list knows.",
)
def test_search_cannot_read_other_tables(api, rng, bait):
    """A search text that tries to add rows of another table finds none of them."""
    seller, label, nothing = Customer(api, rng), word(rng), word(rng)
    product = seller.offer(f"table {label}")
    # whoever can make the database look up the secret finds the product that is named like it
    seller.offer(f"named like the secret: {bait.secret}")
    columns = "0,secret,secret,secret,0,secret"

    attack(
        bait,
        lambda: lists(api.get("/products", params={"q": label}), [product], "with a word of one published product"),
        {
            "rows of another table": _search(api, f"{nothing}') UNION SELECT {columns} FROM {bait.table} --"),
            "the same, in mixed case and without spaces": _search(
                api, f"{nothing}')/**/uNiOn/**/aLl/**/sElEcT/**/{columns}/**/fRoM/**/{bait.table}--"
            ),
            "values of another table": _search(api, f"{nothing}') UNION VALUES (0,(TABLE {bait.table}),'','',0,'') --"),
            "the text of another table": _search(api, f"'||(TABLE {bait.table})||'"),
        },
        lambda reply: _found_something(reply) or ("the answer holds a secret" if bait.secret in reply.text else ""),
    )


@pytest.mark.check(
    points=5,
    group="search",
    cwe="CWE-89",
    hint="A statement with parameters is one statement, whatever its parameters hold.",
)
def test_search_cannot_run_statements(api, rng, bait):
    """A search text that tries to run a statement or a function of its own changes nothing."""
    seller, label, nothing = Customer(api, rng), word(rng), word(rng)
    product = seller.offer(f"shelf {label}")
    change = f"UPDATE {bait.table} SET secret = '{nothing}'"

    attack(
        bait,
        lambda: lists(api.get("/products", params={"q": label}), [product], "with a word of one published product"),
        {
            "a second statement": _search(api, f"{nothing}'); {change}; --"),
            "a second statement in a block": _search(api, f"{nothing}');do $x$BEGIN PERFORM {bait.use};END$x$--"),
            "an emptied table": _search(api, f"{nothing}')\n;\nTrUnCaTe\n{bait.table}\n;--"),
            "a function call": _search(api, f"'||{bait.use}||'"),
            "a function call without a quote": _search(api, f"'||{bait.use_without_quotes}||'"),
        },
        _found_something,
    )


@pytest.mark.check(
    points=6,
    group="search",
    cwe="CWE-89",
    hint="No quote is needed where a number is expected. Make it a number before you use it.",
)
def test_prices_are_never_sql(api, rng, bait):
    """min_price and max_price that hold SQL find nothing and run nothing."""
    seller, label = Customer(api, rng), word(rng)
    product = seller.offer(f"rug {label}", price_cents=2000)

    def honest():
        reply = api.get("/products", params={"q": label, "min_price": "2000", "max_price": "2000"})
        lists(reply, [product], "with prices that fit one product")
        lists(api.get("/products", params={"q": label, "max_price": "1999"}), [], "with a price below it")

    def price(value, key="max_price", q=label):
        return lambda: api.get("/products", params={"q": q, key: value})

    columns = "0,secret,secret,secret,0,secret"
    attack(
        bait,
        honest,
        {
            "a condition as max_price": price("1 OR 2 > 1"),
            "a condition as min_price": price("99999999 OR TRUE", key="min_price"),
            "a comment in max_price": price("1/**/or/**/price_cents=2000--"),
            "rows of another table": price(f"1 UNION ALL SELECT {columns} FROM {bait.table}"),
            "a value of another table": price(f"2000+length((TABLE {bait.table}))"),
            "a second statement": price(f"1;TRUNCATE {bait.table};--"),
            "a function call as min_price": price(f"99999999-{bait.use_without_quotes}", key="min_price"),
            "a function call as max_price": price(f"-{bait.use_without_quotes}"),
        },
        _found_something,
    )


def _search(api, text):
    return lambda: api.get("/products", params={"q": text})


def _found_something(reply):
    if reply.status != 200 or not items(reply):
        return ""
    return "the answer holds what does not match"
