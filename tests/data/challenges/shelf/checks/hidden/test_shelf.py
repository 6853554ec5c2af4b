"""A check for each thing that a suite can ask of a schema."""

import pytest
from grader_checks import expect

BOOK = "INSERT INTO public.books (title, isbn, shelf_id) VALUES (:title, :isbn, :shelf)"


@pytest.fixture
def shelf(db):
    """The id of a new shelf."""
    return db.query("INSERT INTO public.shelves (label) VALUES ('a') RETURNING id")[0]["id"]


@pytest.fixture
def book(rng, shelf):
    """The values of a valid book."""
    return {"title": f"title {rng.random()}", "isbn": str(rng.randrange(10**13)), "shelf": shelf}


@pytest.mark.check(points=1, group="constraints")
def test_title_is_not_empty(db, book):
    """A book has a title."""
    db.rejects(BOOK, "check", (BOOK, book), message="a book without a title", **{**book, "title": ""})
    db.rejects(BOOK, "not_null", (BOOK, book), message="a book without a title", **{**book, "title": None})


@pytest.mark.check(points=1, group="constraints")
def test_title_is_never_empty(db, book):
    """A book has a title, whoever asks how often."""
    for _ in range(12):
        db.rejects(BOOK, "check", (BOOK, book), message="a book without a title", **{**book, "title": ""})


@pytest.mark.check(points=1, group="constraints")
def test_isbn_is_unique(db, book):
    """No two books have one ISBN, even where that is checked at the end of a transaction only."""
    db.execute(BOOK, **{**book, "isbn": "1"})
    db.rejects(BOOK, "unique", (BOOK, book), message="a second book of one ISBN", **{**book, "isbn": "1"})


@pytest.mark.check(points=1, group="constraints")
def test_full_shelf_stays(db, book, shelf):
    """A shelf with books on it cannot be deleted."""
    empty = db.query("INSERT INTO public.shelves (label) VALUES ('b') RETURNING id")[0]["id"]
    db.execute(BOOK, **book)
    delete = "DELETE FROM public.shelves WHERE id = :id"
    db.rejects(delete, ("foreign_key", "restrict"), (delete, {"id": empty}), message="a full shelf's end", id=shelf)
    expect(db.query("SELECT count(*) AS n FROM public.shelves WHERE id = :id", id=shelf)[0]["n"] == 1, "it is gone")


@pytest.mark.check(points=1, group="constraints")
def test_labels_are_in_lower_case(db, rng):
    """A label is stored in lower case."""
    label = f"Label{rng.randrange(10**9)}"
    db.execute("INSERT INTO public.shelves (label) VALUES (:label)", label=label)
    sql = "SELECT label FROM public.shelves WHERE lower(label) = lower(:label) AND label = lower(label)"
    expect(db.query(sql, label=label), "shelves: expected the label in lower case")


@pytest.mark.check(points=1, group="use")
def test_view_shows_titles(db, book):
    """The view shows every title."""
    db.execute(BOOK, **book)
    rows = db.query("SELECT count(*) AS n FROM public.titles WHERE title = :title", title=book["title"])
    expect(rows[0]["n"] == 1, "titles: expected a stored book in it")


@pytest.mark.check(points=1, group="use")
def test_books_of_a_shelf_are_found_by_an_index(db, shelf):
    """The books of one shelf are found without reading the others."""
    db.execute(
        "INSERT INTO public.books (title, shelf_id) SELECT 'x', :shelf FROM generate_series(1, 3000)", shelf=shelf
    )
    other = db.query("INSERT INTO public.shelves (label) VALUES ('b') RETURNING id")[0]["id"]
    db.execute("INSERT INTO public.books (title, shelf_id) VALUES ('x', :shelf)", shelf=other)
    db.execute("ANALYZE public.books")
    plan = db.plan("SELECT title FROM public.books WHERE shelf_id = :shelf", shelf=other)
    expect(plan.uses_index(), "expected an index for the books of a shelf")
    expect(plan.rows_read() <= 10, "expected no other books to be read")
    expect(len(plan.index_names) == 1, "expected one index")


@pytest.mark.check(points=1, group="use")
def test_columns_are_there(db):
    """The tables have the columns that they should."""
    names = {column["name"] for column in db.inspect().get_columns("books")}
    expect(names >= {"id", "title", "isbn", "shelf_id"}, "books: expected the columns id, title, isbn, shelf_id")
