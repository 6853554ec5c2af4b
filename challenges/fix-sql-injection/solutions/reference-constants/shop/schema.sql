CREATE TABLE IF NOT EXISTS accounts (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE,
    email text NOT NULL,
    salt text NOT NULL,
    password_hash text NOT NULL
);

CREATE TABLE IF NOT EXISTS sessions (
    token text PRIMARY KEY,
    account_id integer NOT NULL REFERENCES accounts
);

CREATE TABLE IF NOT EXISTS products (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seller_id integer NOT NULL REFERENCES accounts,
    name text NOT NULL,
    description text NOT NULL,
    category text NOT NULL,
    price_cents integer NOT NULL,
    cost_cents integer NOT NULL, -- what the seller paid: nobody else's business
    published boolean NOT NULL
);

CREATE TABLE IF NOT EXISTS orders (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buyer_id integer NOT NULL REFERENCES accounts,
    product_id integer NOT NULL REFERENCES products,
    quantity integer NOT NULL,
    total_cents bigint NOT NULL,
    note text NOT NULL
);

-- Something to look at. The hash is no password's: nobody logs in as these two.
INSERT INTO accounts (name, email, salt, password_hash)
VALUES ('Greta', 'greta@example.org', '', '-'), ('Hassan', 'hassan@example.org', '', '-')
ON CONFLICT (name) DO NOTHING;

INSERT INTO products (seller_id, name, description, category, price_cents, cost_cents, published)
SELECT accounts.id, item.name, item.description, item.category, item.price_cents, item.cost_cents, item.published
FROM (VALUES
    ('Greta', 'Brass lamp', 'Works, needs a new shade.', 'lamps', 4500, 900, true),
    ('Greta', 'Floor lamp', 'Teak and linen, from the sixties.', 'lamps', 12000, 4000, true),
    ('Greta', 'Wedding ring', 'Not sure that I want to sell it.', 'jewels', 30000, 30000, false),
    ('Hassan', 'Union Jack mug', 'One small chip.', 'kitchen', 600, 50, true),
    ('Hassan', 'Drop-leaf table', 'Beech, seats four.', 'furniture', 8900, 3500, true)
) AS item (seller, name, description, category, price_cents, cost_cents, published)
JOIN accounts ON accounts.name = item.seller
WHERE NOT EXISTS (SELECT FROM products)
ORDER BY accounts.id, item.price_cents;
