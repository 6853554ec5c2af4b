INSERT INTO product (seller, name, description, category, price_cents, cost_cents, published)
VALUES (%(seller)s, %(name)s, %(description)s, %(category)s, %(price_cents)s, %(cost_cents)s, %(published)s)
RETURNING id
