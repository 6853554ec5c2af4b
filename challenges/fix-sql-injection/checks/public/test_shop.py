"""Six checks to start with. The hidden ones are written in the same manner, with other attacks in more places."""

import pytest
from grader_checks import attempt, expect


def word(rng):
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=12))


def sign_up(api, rng, name):
    """Return a new account with its password and the headers of somebody who has logged in."""
    account = {"name": name, "email": f"{word(rng)}@example.org", "password": word(rng)}
    token = api.post("/accounts", json=account).expect(201, {"id": int, "name": name, "token": str}).json()["token"]
    return {**account, "headers": {"Authorization": f"Bearer {token}"}}


def offer(api, seller, name, **fields):
    """Put a product on sale and return its id."""
    product = {"name": name, "category": "things", "price_cents": 1000, "cost_cents": 500, **fields}
    return api.post("/products", json=product, headers=seller["headers"]).expect(201, {"id": int}).json()["id"]


def ids(reply):
    return [item["id"] for item in reply.expect(200, {"items": [{"id": int}]}).json()["items"]]


def attack(honest, exploits, worked):
    """Send every exploit between two honest requests; `worked` says in words what its reply shows, or nothing."""
    for exploit in exploits:
        replies = []
        attempt(
            benign=honest,
            exploit=lambda exploit=exploit, replies=replies: replies.append(exploit()),
            harm=lambda replies=replies: worked(replies[0]),
        )


@pytest.mark.check(points=16, group="features", hint="This is what the starter can do already.")
def test_search_and_sort(api, rng):
    """GET /products finds what is on sale and sorts it."""
    seller, label = sign_up(api, rng, word(rng)), word(rng)
    dear = offer(api, seller, f"dear {label}", price_cents=900)
    cheap = offer(api, seller, f"cheap {label}", price_cents=100)
    offer(api, seller, f"hidden {label}", published=False)
    found = ids(api.get("/products", params={"q": label.upper(), "sort": "price_cents"}))
    expect(found == [cheap, dear], "GET /products: expected the two published products, the cheaper one first")


@pytest.mark.check(points=17, group="features", hint="Maeve's name is not wrong. What is done with it?")
def test_a_name_with_a_quote(api, rng):
    """Maeve O'Brien logs in, finds her product, and reads her sales report."""
    maeve = sign_up(api, rng, f"Maeve O'Brien {word(rng)}")
    api.post("/login", json={"name": maeve["name"], "password": maeve["password"]}).expect(200, {"token": str})
    stool = offer(api, maeve, f"{maeve['name']}'s stool")
    expect(ids(api.get("/products", params={"q": maeve["name"]})) == [stool], "GET /products: expected Maeve's stool")
    api.get("/reports/sales", headers=maeve["headers"]).expect(200, {"items": [], "total_cents": 0})


@pytest.mark.check(points=17, group="features", hint="To LIKE, % means anything.")
def test_a_search_with_a_percent_sign(api, rng):
    """A search for 100% finds what is called so, and not everything that begins with 100."""
    seller, label = sign_up(api, rng, word(rng)), word(rng)
    scarf = offer(api, seller, f"{label} 100% wool")
    offer(api, seller, f"{label} 100 years old, of wool")
    found = ids(api.get("/products", params={"q": f"{label} 100% wool"}))
    expect(found == [scarf], "GET /products: expected only the product whose name holds the text")


@pytest.mark.check(points=17, group="search", cwe="CWE-89", hint="Give the text to the database as a parameter.")
def test_search_text_is_never_sql(api, rng):
    """A search text that is a condition finds nothing."""
    seller, label = sign_up(api, rng, word(rng)), word(rng)
    lamp = offer(api, seller, f"lamp {label}")

    def honest():
        expect(ids(api.get("/products", params={"q": label})) == [lamp], "GET /products: expected the lamp")

    attack(
        honest,
        [
            lambda: api.get("/products", params={"q": "nothing' OR '1'='1"}),
            lambda: api.get("/products", params={"q": "nothing') OR 1=1 --"}),
        ],
        lambda reply: "the text has reached SQL" if reply.status >= 500 or ids(reply) else "",
    )


@pytest.mark.check(points=17, group="login", cwe="CWE-89", hint="What the visitor sends must not end the statement.")
def test_nobody_logs_in_without_the_password(api, rng):
    """A name that cuts off the comparison of the password logs nobody in."""
    victim = sign_up(api, rng, word(rng))

    def log_in(name, password):
        return api.post("/login", json={"name": name, "password": password})

    attack(
        lambda: log_in(victim["name"], victim["password"]).expect(200, {"token": str}),
        [lambda: log_in(f"{victim['name']}' --", "wrong"), lambda: log_in("' OR 1=1 --", "wrong")],
        lambda reply: "expected status 401, and nobody logged in" if reply.status != 401 else "",
    )


@pytest.mark.check(
    points=16, group="sort", cwe="CWE-89", hint="Which columns may a list be sorted by? Write them down."
)
def test_sort_takes_known_columns_only(api, rng):
    """GET /products with anything but a known column as sort answers 400."""
    seller, label = sign_up(api, rng, word(rng)), word(rng)
    lamp = offer(api, seller, f"lamp {label}")

    def honest():
        found = ids(api.get("/products", params={"q": label, "sort": "name", "order": "desc"}))
        expect(found == [lamp], "GET /products: expected the lamp")

    attack(
        honest,
        [
            lambda: api.get("/products", params={"sort": "published"}),
            lambda: api.get("/products", params={"sort": "(SELECT count(*) FROM accounts)"}),
            lambda: api.get("/products", params={"sort": "id; DELETE FROM sessions"}),
        ],
        lambda reply: f"expected status 400, got {reply.status}" if reply.status != 400 else "",
    )
