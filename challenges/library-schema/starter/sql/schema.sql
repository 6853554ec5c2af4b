-- The schema of a lending library, hardly begun. The statement says what the tables, columns and rules are.
-- Apply it to an empty database: psql -v ON_ERROR_STOP=1 -d library -f schema.sql

CREATE TABLE authors (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text
);

CREATE TABLE books (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text,
    isbn text CHECK (isbn ~ '^[0-9]{13}$')
);

CREATE TABLE members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text,
    email text,
    joined_at timestamptz DEFAULT now(),
    left_at timestamptz
);

-- To do: book_authors, copies, loans, fines, reservations; the view book_availability; indexes; and most of the rules.
