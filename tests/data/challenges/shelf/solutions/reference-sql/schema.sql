CREATE TABLE shelves (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    label text NOT NULL
);

CREATE TABLE books (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL CHECK (title <> ''),
    isbn text UNIQUE DEFERRABLE INITIALLY DEFERRED,
    shelf_id bigint NOT NULL REFERENCES shelves
);
CREATE INDEX books_shelf ON books (shelf_id);

-- Finds its table by the search path of whoever calls it, as people write it.
CREATE FUNCTION all_titles() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT title FROM books';
CREATE VIEW titles AS SELECT title FROM all_titles() AS t(title);
