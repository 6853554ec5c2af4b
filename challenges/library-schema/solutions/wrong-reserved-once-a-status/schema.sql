CREATE EXTENSION btree_gist;  -- lets a GiST index compare copy_id with =

CREATE TABLE authors (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (btrim(name) <> '')
);

CREATE TABLE books (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL CHECK (btrim(title) <> ''),
    isbn text UNIQUE CHECK (isbn ~ '^[0-9]{13}$')
);

-- text_pattern_ops: LIKE 'abc%' can use the index in every locale
CREATE INDEX books_title ON books (lower(title) text_pattern_ops);

CREATE TABLE book_authors (
    book_id bigint REFERENCES books ON DELETE CASCADE,
    author_id bigint REFERENCES authors ON DELETE RESTRICT,
    PRIMARY KEY (book_id, author_id)
);

CREATE INDEX book_authors_author ON book_authors (author_id);

CREATE TABLE copies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book_id bigint NOT NULL REFERENCES books ON DELETE RESTRICT,
    barcode text NOT NULL UNIQUE CHECK (btrim(barcode) <> ''),
    condition text NOT NULL DEFAULT 'good' CHECK (condition IN ('new', 'good', 'worn', 'lost'))
);

CREATE INDEX copies_book ON copies (book_id);

CREATE TABLE members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL CHECK (btrim(name) <> ''),
    email text NOT NULL,
    joined_at timestamptz NOT NULL DEFAULT now(),
    left_at timestamptz CHECK (left_at >= joined_at)
);

CREATE UNIQUE INDEX members_email_of_active ON members (lower(email)) WHERE left_at IS NULL;

CREATE TABLE loans (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    copy_id bigint NOT NULL REFERENCES copies ON DELETE RESTRICT,
    member_id bigint NOT NULL REFERENCES members ON DELETE RESTRICT,
    lent_at timestamptz NOT NULL DEFAULT now(),
    due_at timestamptz NOT NULL CHECK (due_at > lent_at),
    returned_at timestamptz CHECK (returned_at > lent_at),
    CONSTRAINT loans_of_a_copy_do_not_overlap
        EXCLUDE USING gist (copy_id WITH =, tstzrange(lent_at, returned_at, '[)') WITH &&)
);

CREATE INDEX loans_of_a_member ON loans (member_id, lent_at);
CREATE INDEX loans_due ON loans (due_at) WHERE returned_at IS NULL;
CREATE INDEX loans_open ON loans (copy_id) WHERE returned_at IS NULL;

CREATE TABLE fines (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    loan_id bigint NOT NULL REFERENCES loans ON DELETE RESTRICT,
    amount numeric(6, 2) NOT NULL CHECK (amount BETWEEN 0.01 AND 9999.99),  -- "> 0" alone would let NaN in
    issued_at timestamptz NOT NULL DEFAULT now(),
    paid_at timestamptz CHECK (paid_at >= issued_at)
);

CREATE INDEX fines_loan ON fines (loan_id);

CREATE TABLE reservations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book_id bigint NOT NULL REFERENCES books ON DELETE CASCADE,
    member_id bigint NOT NULL REFERENCES members ON DELETE CASCADE,
    status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'ready', 'fulfilled', 'cancelled')),
    placed_at timestamptz NOT NULL DEFAULT now(),
    held_until timestamptz,
    -- IS TRUE, because a CHECK lets a row through when its result is unknown
    CHECK (status <> 'ready' OR (held_until > placed_at) IS TRUE)
);

CREATE UNIQUE INDEX reservations_active ON reservations (member_id, book_id, status);
CREATE INDEX reservations_book ON reservations (book_id);

CREATE VIEW book_availability AS
SELECT
    books.id AS book_id,
    books.title,
    count(copies.id) AS copies,
    count(copies.id) FILTER (
        WHERE NOT EXISTS (SELECT FROM loans WHERE loans.copy_id = copies.id AND loans.returned_at IS NULL)
    ) AS available
FROM books
LEFT JOIN copies ON copies.book_id = books.id AND copies.condition <> 'lost'
GROUP BY books.id;
