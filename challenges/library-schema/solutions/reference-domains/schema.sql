-- UUID keys, domains and an enumerated type for values, tables for words that may grow, a stored range for each loan.

CREATE EXTENSION btree_gist;
CREATE EXTENSION citext;

CREATE DOMAIN label AS text CHECK (VALUE ~ '[^ ]');
CREATE DOMAIN isbn13 AS varchar(13) CHECK (VALUE ~ '\A[0-9]{13}\Z');
CREATE DOMAIN euros AS numeric CHECK (VALUE BETWEEN 0.01 AND 9999.99 AND VALUE = round(VALUE, 2));
CREATE DOMAIN moment AS timestamp with time zone;

CREATE TYPE reservation_status AS ENUM ('waiting', 'ready', 'fulfilled', 'cancelled');

CREATE TABLE conditions (
    word text PRIMARY KEY,
    in_stock boolean NOT NULL
);

INSERT INTO conditions (word, in_stock)
VALUES ('new', true), ('good', true), ('worn', true), ('lost', false);

CREATE TABLE authors (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name label NOT NULL
);

CREATE TABLE books (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    title label NOT NULL,
    isbn isbn13,
    UNIQUE (isbn)
);

CREATE EXTENSION pg_trgm;
CREATE INDEX ON books USING gin (lower(title) gin_trgm_ops);

CREATE TABLE book_authors (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    book_id uuid NOT NULL,
    author_id uuid NOT NULL,
    UNIQUE (author_id, book_id),
    FOREIGN KEY (book_id) REFERENCES books (id) ON DELETE CASCADE,
    FOREIGN KEY (author_id) REFERENCES authors (id)
);

CREATE INDEX ON book_authors (book_id);

CREATE TABLE copies (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    book_id uuid NOT NULL REFERENCES books (id),
    barcode label NOT NULL UNIQUE,
    condition text NOT NULL DEFAULT 'good' REFERENCES conditions (word)
);

CREATE INDEX ON copies (book_id);

CREATE TABLE members (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name label NOT NULL,
    email citext NOT NULL,
    joined_at moment NOT NULL DEFAULT current_timestamp,
    left_at moment,
    CONSTRAINT membership CHECK (left_at >= joined_at),
    CONSTRAINT one_member_an_address EXCLUDE (email WITH =) WHERE (left_at IS NULL)
);

CREATE TABLE loans (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    copy_id uuid NOT NULL REFERENCES copies (id),
    member_id uuid NOT NULL REFERENCES members (id),
    lent_at moment NOT NULL DEFAULT current_timestamp,
    due_at moment NOT NULL,
    returned_at moment,
    -- a range from a later to an earlier moment is an error of its own (22000), an empty one is left to the check
    period tstzrange NOT NULL GENERATED ALWAYS AS (tstzrange(lent_at, returned_at)) STORED,
    CHECK (due_at > lent_at),
    CHECK (NOT isempty(period)),
    EXCLUDE USING gist (copy_id WITH =, period WITH &&)
);

CREATE INDEX ON loans (member_id, lent_at DESC);
CREATE INDEX ON loans (due_at, member_id) WHERE returned_at IS NULL;

CREATE TABLE fines (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    loan_id uuid NOT NULL REFERENCES loans (id),
    amount euros NOT NULL,
    issued_at moment NOT NULL DEFAULT current_timestamp,
    paid_at moment,
    CHECK (paid_at >= issued_at)
);

CREATE INDEX ON fines (loan_id);

CREATE TABLE reservations (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    book_id uuid NOT NULL REFERENCES books (id) ON DELETE CASCADE,
    member_id uuid NOT NULL REFERENCES members (id) ON DELETE CASCADE,
    status reservation_status NOT NULL DEFAULT 'waiting',
    placed_at moment NOT NULL DEFAULT current_timestamp,
    held_until moment,
    CHECK (CASE WHEN status = 'ready' THEN held_until IS NOT NULL AND held_until > placed_at ELSE true END)
);

CREATE UNIQUE INDEX ON reservations (book_id, member_id) WHERE status < 'fulfilled';
CREATE INDEX ON reservations (member_id);

CREATE VIEW book_availability AS
WITH shelf AS (
    SELECT
        copies.book_id,
        count(*) AS copies,
        count(*) - count(loans.id) AS available
    FROM copies
    JOIN conditions ON conditions.word = copies.condition AND conditions.in_stock
    -- at most one loan of a copy is open, or two of them would overlap
    LEFT JOIN loans ON loans.copy_id = copies.id AND loans.returned_at IS NULL
    GROUP BY copies.book_id
)
SELECT
    books.id AS book_id,
    books.title,
    coalesce(shelf.copies, 0) AS copies,
    coalesce(shelf.available, 0) AS available
FROM books
LEFT JOIN shelf ON shelf.book_id = books.id;
