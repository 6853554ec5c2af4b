-- Only U+0020 counts as a space on the page, which is what btrim strips: a title made of tabs is odd, but not blank.
CREATE DOMAIN filled_text AS text
    CONSTRAINT filled_text_is_not_blank CHECK (btrim(VALUE) <> '');

CREATE TABLE authors (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name filled_text NOT NULL
);

CREATE TABLE books (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title filled_text NOT NULL,
    -- Not char(13), which would forget the trailing spaces of a value before any check saw them.
    isbn text CONSTRAINT books_isbn_is_taken UNIQUE
        CONSTRAINT books_isbn_has_13_digits CHECK (isbn ~ '^[0-9]{13}$')
);

-- Under any locale but C, LIKE can use an index only if it compares character by character.
CREATE INDEX books_by_title ON books (lower(title) text_pattern_ops);

CREATE TABLE book_authors (
    book_id bigint NOT NULL REFERENCES books ON DELETE CASCADE,
    author_id bigint NOT NULL REFERENCES authors ON DELETE RESTRICT,
    PRIMARY KEY (book_id, author_id)
);

-- The primary key begins with the book: without this, deleting an author would read all of the table.
CREATE INDEX book_authors_by_author ON book_authors (author_id);

CREATE TABLE copies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    book_id bigint NOT NULL REFERENCES books ON DELETE RESTRICT,
    barcode filled_text NOT NULL CONSTRAINT copies_barcode_is_taken UNIQUE,
    -- Text rather than an enum, so that a program which sends typed text parameters needs no cast.
    condition text NOT NULL DEFAULT 'good'
        CONSTRAINT copies_condition_is_known CHECK (condition IN ('new', 'good', 'worn', 'lost'))
);

CREATE INDEX copies_by_book ON copies (book_id);
