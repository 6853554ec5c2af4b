-- GiST has no operator class of its own for the equality of numbers.
CREATE EXTENSION btree_gist;

CREATE TABLE loans (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    copy_id bigint NOT NULL REFERENCES copies ON DELETE RESTRICT,
    member_id bigint NOT NULL REFERENCES members ON DELETE RESTRICT,
    lent_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    due_at timestamptz NOT NULL,
    returned_at timestamptz,
    CONSTRAINT loans_are_due_after_lending CHECK (due_at > lent_at),
    -- Strictly later also keeps the range below from being empty, and an empty range overlaps with nothing.
    CONSTRAINT loans_are_returned_after_lending CHECK (returned_at > lent_at),
    -- Not deferrable: nobody may put the refusal off to the COMMIT. Its index also finds the loans of a copy, which the
    -- foreign key and book_availability ask for.
    CONSTRAINT loans_of_a_copy_do_not_overlap
        EXCLUDE USING gist (copy_id WITH =, tstzrange(lent_at, returned_at) WITH &&)
);

CREATE INDEX loans_by_member ON loans (member_id, lent_at);

-- Nearly every old loan is past its due date, so the date alone would select nearly all of the table.
CREATE INDEX loans_out_by_due_date ON loans (due_at) WHERE returned_at IS NULL;
