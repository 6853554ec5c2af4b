-- A copy has at most one open loan, as two that never end would overlap: so the second join repeats no copy.
CREATE VIEW book_availability AS
SELECT
    books.id AS book_id,
    books.title,
    count(copies.id) AS copies,
    count(copies.id) FILTER (WHERE loans.id IS NULL) AS available
FROM books
LEFT JOIN copies ON copies.book_id = books.id AND copies.condition <> 'lost'
LEFT JOIN loans ON loans.copy_id = copies.id AND loans.returned_at IS NULL
GROUP BY books.id;
