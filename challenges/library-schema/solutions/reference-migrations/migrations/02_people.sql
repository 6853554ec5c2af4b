-- What counts as active is a generated column: it is null, and so no hindrance to UNIQUE, once a row is history.

CREATE TABLE members (
    id serial PRIMARY KEY,
    name varchar NOT NULL CHECK (has_text(name)),
    email text NOT NULL,
    joined_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    left_at timestamp with time zone,
    current_email text GENERATED ALWAYS AS (CASE WHEN left_at IS NULL THEN upper(email) END) STORED UNIQUE,
    CHECK (left_at IS NULL OR joined_at <= left_at)
);

CREATE TABLE reservation_statuses (
    name text PRIMARY KEY
);
INSERT INTO reservation_statuses VALUES ('waiting'), ('ready'), ('fulfilled'), ('cancelled');

CREATE TABLE reservations (
    id serial PRIMARY KEY,
    book_id integer NOT NULL,
    member_id integer NOT NULL,
    status text NOT NULL DEFAULT 'waiting' REFERENCES reservation_statuses,
    placed_at timestamp with time zone NOT NULL DEFAULT clock_timestamp(),
    held_until timestamp with time zone,
    active boolean GENERATED ALWAYS AS (CASE WHEN status IN ('waiting', 'ready') THEN true END) STORED,
    CONSTRAINT reservation_of_book FOREIGN KEY (book_id) REFERENCES books ON DELETE CASCADE,
    CONSTRAINT reservation_by_member FOREIGN KEY (member_id) REFERENCES members ON DELETE CASCADE,
    CONSTRAINT one_active_reservation UNIQUE (member_id, book_id, active),
    CONSTRAINT ready_until CHECK (status != 'ready' OR coalesce(held_until > placed_at, false))
);

CREATE INDEX reservations_of_book ON reservations (book_id);
