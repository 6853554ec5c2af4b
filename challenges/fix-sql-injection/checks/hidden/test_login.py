"""Attacks on the two fields of the login."""

# ruff: noqa: S608 - an attack is SQL made of text

import pytest
from support import Customer, attack, word


@pytest.mark.check(
    points=6,
    group="login",
    cwe="CWE-89",
    hint="What is written into a statement can end it early, and with it the comparison of the password.",
)
def test_login_name_is_never_sql(api, rng, bait):
    """A name that tries to leave out the comparison of the password logs nobody in."""
    victim, nothing = Customer(api, rng), word(rng)
    attack(
        bait,
        _honest(api, victim, nothing),
        {
            "a quote": _login(api, f"{nothing}'", nothing),
            "a name that ends in a comment over two lines": _login(api, f"{victim.name}'\n--", nothing),
            "a comment from the name to the password": _login(api, f"{victim.name}'/*", "*/--"),
            "a name that ends the statement": _login(api, f"{victim.name}';--", nothing),
            "a condition on the name": _login(api, f"{nothing}' OR name LIKE '{victim.name[:8]}%'--", nothing),
            "a condition without spaces": _login(api, f"{nothing}'/**/oR/**/id={victim.id}/**/--", nothing),
            "a name that matches every account": _login(api, f"{nothing}' IS NOT TRUE ORDER BY id DESC --", nothing),
        },
        _logged_in,
    )


@pytest.mark.check(
    points=5,
    group="login",
    cwe="CWE-89",
    hint="The password is sent by strangers as well, even when it is hashed before it is compared.",
)
def test_login_password_is_never_sql(api, rng, bait):
    """A password that tries to be a condition logs nobody in and runs nothing."""
    victim, nothing = Customer(api, rng), word(rng)
    end = "', 'UTF8')), 'hex')"
    attack(
        bait,
        _honest(api, victim, nothing),
        {
            "a password that adds a condition": _login(api, nothing, f"{end} OR name = '{victim.name}' --"),
            "a password that changes the comparison": _login(api, victim.name, f"{end} IS NOT NULL --"),
            "a password in mixed case": _login(api, victim.name, f"{end}/**/oR/**/1<2/**/lImIt/**/1--"),
            "a password that names an account": _login(api, nothing, f"{end}/**/oR/**/id={victim.id}--"),
            "a function call in the password": _login(api, victim.name, f"'||{bait.use}||'"),
        },
        _logged_in,
    )


@pytest.mark.check(
    points=5,
    group="login",
    cwe="CWE-89",
    hint="Rows that were never in the table of accounts can come out of a statement that somebody else has finished.",
)
def test_login_cannot_forge_an_account(api, rng, bait):
    """A name or a password that tries to make up an account, or to run a statement, logs nobody in."""
    victim, nothing = Customer(api, rng), word(rng)
    end = "', 'UTF8')), 'hex')"
    made_up = f"{victim.id}, '{victim.name}'"
    change = f"UPDATE {bait.table} SET secret = name FROM accounts"
    attack(
        bait,
        _honest(api, victim, nothing),
        {
            "a made-up account": _login(api, f"{nothing}' UNION SELECT {made_up} --", nothing),
            "made-up values": _login(api, f"{nothing}'/**/uNiOn/**/VaLuEs({made_up})--", nothing),
            "a made-up account in the password": _login(api, nothing, f"{end} UNION ALL SELECT {made_up} --"),
            "a second statement": _login(api, f"{nothing}'; {change}; --", nothing),
            "a function call in the name": _login(api, f"{nothing}' OR {bait.use_without_quotes} < 0 --", nothing),
        },
        _logged_in,
    )


def _honest(api, victim, nothing):
    def honest():
        victim.log_in()
        api.post("/login", json={"name": victim.name, "password": nothing}).expect(401)

    return honest


def _login(api, name, password):
    return lambda: api.post("/login", json={"name": name, "password": password})


def _logged_in(reply):
    return "somebody was logged in without the password" if reply.status < 400 or "token" in reply.text else ""
