"""Money."""

from decimal import Decimal, InvalidOperation

import pytest
from grader_checks import expect, fail
from sqlalchemy import text
from support import BAD_VALUE, add_fine, add_loan, answers, insert, refuses_insert


@pytest.mark.check(
    points=4,
    group="fines",
    hint="Binary floating point has no 0.10. Money is counted in numeric, with its two decimals.",
)
def test_amounts_are_exact(db, rng):
    """Amounts of money come back as they were stored, and their sum is right to the cent."""
    dime, any_ = Decimal("0.10"), Decimal(rng.randrange(1, 10**6)).scaleb(-2)
    for amounts in ([dime] * 10, [Decimal("9999.99"), any_, dime, Decimal("0.01")]):
        lent = add_loan(db, rng)
        for amount in amounts:
            add_fine(db, rng, loan_id=lent, amount=str(amount))
        sql = "SELECT CAST(amount AS text) AS amount FROM public.fines WHERE loan_id = :loan"
        stored = sorted(_plain(row["amount"]) for row in db.query(sql, loan=lent))
        expect(stored == sorted(amounts), "fines.amount: expected amounts to be read back as they were stored")
        total = db.query("SELECT CAST(sum(amount) AS text) AS total FROM public.fines WHERE loan_id = :loan", loan=lent)
        found = _plain(total[0]["total"])
        expect(
            found == sum(amounts), f"fines.amount: expected the sum of {len(amounts)} amounts to be exact to the cent"
        )


@pytest.mark.check(
    points=4,
    group="fines",
    hint="The type can set the number of decimals; a CHECK sets the limits. What does numeric do without a scale?",
)
def test_amounts_are_cents_within_limits(db, rng):
    """A fine is from 0.01 to 9999.99 euros, and a fraction of a cent is never stored."""
    good = {"loan_id": add_loan(db, rng), "amount": "0.01"}
    for bad in ("0.00", f"-{rng.randrange(1, 99)}.50", "10000.00", "NaN"):
        refuses_insert(db, "fines", good, {"amount": bad}, BAD_VALUE, f"a fine of {bad}")
    refuses_insert(db, "fines", {**good, "amount": "9999.99"}, {"amount": "-0.01"}, BAD_VALUE, "a fine of -0.01")
    for euros in rng.sample(range(1, 5000), 3):
        with db.engine.connect() as connection:
            values = {**good, "amount": f"{euros}.126"}
            if answers(connection, insert("fines", values), values) is None:
                sql = text("SELECT CAST(max(amount) AS text) FROM public.fines WHERE loan_id = :loan_id")
                stored = _plain(connection.execute(sql, {"loan_id": good["loan_id"]}).scalar())
                what = (
                    f"expected a fine of {euros}.126 to be refused or rounded to the cent, but it was stored as it is"
                )
                expect(stored == Decimal(f"{euros}.13"), what)
            connection.rollback()


def _plain(amount):
    try:
        return Decimal(amount)
    except (InvalidOperation, TypeError):
        fail("fines.amount: expected a plain decimal number when it is cast to text")
