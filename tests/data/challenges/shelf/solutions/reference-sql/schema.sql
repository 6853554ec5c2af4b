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

-- These find their tables by the search path of whoever calls them, as people write it.
CREATE FUNCTION lower_label() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.label := lower(NEW.label);
    PERFORM FROM shelves WHERE label = NEW.label;
    RETURN NEW;
END $$;
CREATE TRIGGER lower_label BEFORE INSERT OR UPDATE ON shelves FOR EACH ROW EXECUTE FUNCTION lower_label();

CREATE FUNCTION all_titles() RETURNS SETOF text LANGUAGE sql STABLE AS 'SELECT title FROM books';
CREATE VIEW titles AS SELECT title FROM all_titles() AS t(title);
