"""What the hidden checks share: customers and their things, something planted to be found, and the attack itself.

An attack fails closed: honest requests work before and after it, each of its own requests gets a proper answer, and one
of 500 or above is a hole too, because it takes SQL that was broken by a value to cause it. Harm is looked for in the
answers and in the database, never in the time that a request took.
"""

# ruff: noqa: S608 - an attack is SQL made of text

from grader_checks import attempt, expect, fail, that

ID = that("a positive integer", lambda value: type(value) is int and value > 0)
TOKEN = that("a text that is not empty", lambda value: isinstance(value, str) and value)
PRODUCT = {"id": ID, "name": str, "description": str, "category": str, "price_cents": int, "seller": str}
ODD = "O'Brien \"x\" 100%_off\\ ; -- /* $$ 'äß🙂 select"


def word(rng):
    """Return twelve letters that nothing else in the shop holds."""
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=12))


def bearer(answer):
    """Return the headers of a request by who got this answer."""
    return {"Authorization": f"Bearer {answer['token']}"}


def answered(reply, shape, values):
    """Return the object that a 201 carries; what its `values` should be is not shown, because it may be an attack."""
    created = reply.expect(201, {**dict.fromkeys(values, ...), **shape}).json()
    for key, value in values.items():
        expect(created[key] == value, f'{reply.label}: expected "{key}" in the answer to be exactly what belongs there')
    return created


class Customer:
    """Somebody with an account."""

    def __init__(self, api, rng, name=None, password=None):
        """Sign up under `name`, which is made up if it is not given."""
        self.api = api
        self.name = name or word(rng)
        self.email = f"{word(rng)}@example.org"
        self.password = password or word(rng)
        account = {"name": self.name, "email": self.email}
        reply = api.post("/accounts", json={**account, "password": self.password})
        created = answered(reply, {"id": ID, "token": TOKEN}, account)
        self.id, self.headers = created["id"], bearer(created)

    def log_in(self):
        """Log in with the right password; return the headers that show it."""
        reply = self.api.post("/login", json={"name": self.name, "password": self.password})
        return bearer(reply.expect(200, {"token": TOKEN}).json())

    def get(self, path, **params):
        """Return the answer to a GET of this customer."""
        return self.api.get(path, params=params, headers=self.headers)

    def offer(self, name, **fields):
        """Put a product on sale and return it as others see it."""
        product = {"name": name, "description": "", "category": "things", "price_cents": 1000, **fields}
        sent = {"cost_cents": 500, **product}
        reply = self.api.post("/products", json=sent, headers=self.headers)
        id_ = answered(reply, {"id": ID}, {"published": True, "seller": self.name, **sent})["id"]
        shown = {key: product[key] for key in ("name", "description", "category", "price_cents")}
        return {"id": id_, **shown, "seller": self.name}

    def buy(self, product, quantity=1, note=""):
        """Order a product and return the order."""
        sent = {"product_id": product["id"], "quantity": quantity, "note": note}
        total = {"total_cents": quantity * product["price_cents"], "product": product["name"]}
        reply = self.api.post("/orders", json=sent, headers=self.headers)
        return answered(reply, {"id": ID}, {**sent, **total})


def items(reply):
    """Return the items of a list that was answered as it should be."""
    return reply.expect(200, {"items": [dict]}).json()["items"]


def lists(reply, wanted, what):
    """Fail the check unless a list holds exactly these products (or orders), in this order."""
    listed = items(reply)
    if listed == wanted:
        return
    found, expected = [item.get("id") for item in listed], [item["id"] for item in wanted]
    if found == expected:
        fail(f"{reply.label} {what}: the right items, but their fields or values differ from those expected")
    if sorted(map(str, found)) == sorted(map(str, expected)):
        fail(f"{reply.label} {what}: the right items, but in another order")
    if len(found) == len(expected):
        fail(f"{reply.label} {what}: got other items than expected")
    fail(f"{reply.label} {what}: expected {len(expected)} items, got {len(found)}")


def reports(seller, sold):
    """Fail the check unless the seller's sales report holds exactly these pairs of a product and a quantity."""
    wanted = [
        {"product": product["name"], "quantity": quantity, "total_cents": quantity * product["price_cents"]}
        for product, quantity in sold
    ]
    reply = seller.get("/reports/sales")
    message = f"{reply.label}: expected one item for each product that was sold by the one who asks, and nothing else"
    expect(items(reply) == wanted, message)
    reply.expect(200, {"total_cents": sum(item["total_cents"] for item in wanted)})


class Bait:
    """A table with a secret and a sequence, which no honest request reads, changes or uses.

    They are in the schema `public` under a name of their own, so what is sent does not depend on the app's own tables.
    """

    def __init__(self, connection, rng):
        """Plant the bait, open to every role, over a connection of SQLAlchemy that commits each statement."""
        self._run = connection.exec_driver_sql
        self.name, self.secret = word(rng), word(rng)
        self.table, self.sequence = f"public.{self.name}", f"public.{self.name}_seq"
        self._run(f"CREATE TABLE {self.table} AS SELECT '{self.secret}' AS secret")
        self._run(f"CREATE SEQUENCE {self.sequence}")
        self._run(f"GRANT ALL ON TABLE {self.table} TO PUBLIC")
        self._run(f"GRANT ALL ON SEQUENCE {self.sequence} TO PUBLIC")

    @property
    def use(self):
        """SQL that leaves a trace when it is run, anywhere that takes an expression."""
        return f"nextval($${self.sequence}$$)"

    @property
    def use_without_quotes(self):
        """The same without any quote, for places where a number or a name is expected."""
        return f"nextval(concat({','.join(f'chr({ord(letter)})' for letter in self.sequence)}))"

    def changed(self):
        """Tell what SQL that was sent has done to the bait, in words for the learner; empty when nothing."""
        if self._run(f"SELECT is_called FROM {self.sequence}").scalar_one():
            return "SQL that was sent has been run"
        if self._run(f"SELECT secret FROM {self.table}").scalars().all() != [self.secret]:
            return "SQL that was sent has changed a row of another table"
        return ""


def attack(bait, benign, exploits, harm):
    """Send every exploit between two rounds of honest requests, and fail the check if one of them worked.

    `exploits` maps words for the learner ("a condition that is always true") to a callable that sends the request and
    returns the reply; `harm(reply)` says in words what it did, or nothing.
    """

    def send_all():
        for what, send in exploits.items():
            reply = send()
            message = f"{reply.label} with {what}: answered with {reply.status}, so it has reached the database as SQL"
            expect(reply.status < 500, message)
            done = harm(reply) or bait.changed()
            expect(not done, f"{reply.label} with {what}: {done}")

    attempt(benign=benign, exploit=send_all, harm=bait.changed)
