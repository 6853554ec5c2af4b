CREATE TABLE reservations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book_id bigint NOT NULL REFERENCES books ON DELETE CASCADE,
    member_id bigint NOT NULL REFERENCES members ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'waiting'
        CONSTRAINT reservations_status_is_known CHECK (status IN ('waiting', 'ready', 'fulfilled', 'cancelled')),
    placed_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    held_until timestamptz,
    -- A comparison with null is null, and a check lets null pass: IS TRUE does not.
    CONSTRAINT reservations_that_are_ready_are_held
        CHECK (status <> 'ready' OR (held_until > placed_at) IS TRUE)
);

CREATE UNIQUE INDEX reservations_active_once ON reservations (book_id, member_id) WHERE status IN ('waiting', 'ready');

-- The index above knows the active ones only, and both cascades need all of them.
CREATE INDEX reservations_by_book ON reservations (book_id);
CREATE INDEX reservations_by_member ON reservations (member_id);
