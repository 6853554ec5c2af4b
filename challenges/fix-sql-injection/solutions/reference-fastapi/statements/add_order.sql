INSERT INTO purchase (buyer, product, quantity, total_cents, note)
VALUES (%(buyer)s, %(product_id)s, %(quantity)s, %(total_cents)s, %(note)s)
RETURNING id, product AS product_id, quantity, total_cents, note
