CREATE TABLE fines (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    loan_id bigint NOT NULL REFERENCES loans ON DELETE RESTRICT,
    -- The scale rounds to the cent before the check looks, so 0.004 is refused as the 0 that would be stored.
    -- The precision lets NaN pass; the upper bound does not, because NaN sorts above every number.
    amount numeric(6, 2) NOT NULL
        CONSTRAINT fines_amount_is_in_bounds CHECK (amount > 0 AND amount <= 9999.99),
    issued_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    paid_at timestamptz,
    CONSTRAINT fines_are_issued_before_payment CHECK (paid_at >= issued_at)
);

CREATE INDEX fines_by_loan ON fines (loan_id);
