-- Loans that overlap are found by a trigger. It writes to the copy first, so that of two transactions the second waits for
-- the first, and then sees its loan or, at a level of isolation that cannot, ends with a serialization failure.

CREATE TABLE loans (
    id serial PRIMARY KEY,
    copy_id integer NOT NULL REFERENCES copies,
    member_id integer NOT NULL REFERENCES members,
    lent_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    due_at timestamp with time zone NOT NULL,
    returned_at timestamp with time zone,
    CONSTRAINT due_after_lent CHECK (due_at > lent_at),
    CONSTRAINT returned_after_lent CHECK (returned_at > lent_at)
);

CREATE INDEX loans_of_copy ON loans (copy_id, lent_at);
CREATE INDEX loans_of_member ON loans (member_id, lent_at DESC);
CREATE INDEX loans_by_return_and_due ON loans (returned_at NULLS FIRST, due_at);

CREATE FUNCTION keep_loans_apart() RETURNS trigger
LANGUAGE plpgsql
SET search_path = public
AS $$
BEGIN
    UPDATE copies SET barcode = barcode WHERE id = NEW.copy_id;
    IF EXISTS (
        SELECT FROM loans
        WHERE copy_id = NEW.copy_id
            AND id <> NEW.id
            AND lent_at < coalesce(NEW.returned_at, 'infinity')
            AND coalesce(returned_at, 'infinity') > NEW.lent_at
    ) THEN
        RAISE EXCEPTION 'copy % is lent at that time', NEW.copy_id USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER keep_loans_apart
AFTER INSERT OR UPDATE OF copy_id, lent_at, returned_at ON loans
FOR EACH ROW EXECUTE FUNCTION keep_loans_apart();

CREATE TABLE fines (
    id serial PRIMARY KEY,
    loan_id integer NOT NULL REFERENCES loans,
    amount numeric NOT NULL CHECK (amount > 0 AND amount <= 9999.99 AND scale(amount) <= 2),
    issued_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    paid_at timestamp with time zone,
    CHECK (paid_at IS NULL OR issued_at <= paid_at)
);

CREATE INDEX fines_of_loan ON fines (loan_id);
