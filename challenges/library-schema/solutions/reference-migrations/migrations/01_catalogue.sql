-- Numbers from plain sequences, tables of words instead of checks, blankness told by a function.

CREATE FUNCTION has_text(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE
RETURN length(replace(value, ' ', '')) > 0;

CREATE TABLE authors (
    id serial PRIMARY KEY,
    name varchar NOT NULL CHECK (has_text(name))
);

CREATE TABLE books (
    id serial PRIMARY KEY,
    title varchar NOT NULL CHECK (has_text(title)),
    isbn text CONSTRAINT isbn_is_taken UNIQUE,
    CONSTRAINT isbn_has_13_digits CHECK (length(isbn) = 13 AND translate(isbn, '0123456789', '') = '')
);

CREATE INDEX books_by_title ON books (lower(title) varchar_pattern_ops, id);

CREATE TABLE book_authors (
    author_id integer NOT NULL REFERENCES authors,
    book_id integer NOT NULL REFERENCES books ON UPDATE CASCADE ON DELETE CASCADE,
    PRIMARY KEY (author_id, book_id)
);

CREATE INDEX authors_of_book ON book_authors (book_id);

CREATE TABLE copy_conditions (name text PRIMARY KEY);
INSERT INTO copy_conditions VALUES ('new'), ('good'), ('worn'), ('lost');

CREATE TABLE copies (
    id serial PRIMARY KEY,
    book_id integer NOT NULL REFERENCES books,
    barcode varchar NOT NULL UNIQUE CHECK (has_text(barcode)),
    condition text NOT NULL DEFAULT 'good' REFERENCES copy_conditions
);

CREATE INDEX copies_of_book ON copies (book_id);
