CREATE VIEW book_availability (book_id, title, copies, available) AS
SELECT
    books.id,
    books.title,
    (SELECT count(*) FROM copies WHERE copies.book_id = books.id AND copies.condition <> 'lost'),
    (
        SELECT count(*)
        FROM copies
        WHERE copies.book_id = books.id
            AND copies.condition <> 'lost'
            AND copies.id NOT IN (SELECT loans.copy_id FROM loans WHERE loans.returned_at IS NULL)
    )
FROM books;
