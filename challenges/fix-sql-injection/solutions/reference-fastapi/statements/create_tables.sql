CREATE TABLE IF NOT EXISTS account (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    email text NOT NULL,
    password_hash text NOT NULL
);
CREATE TABLE IF NOT EXISTS session (
    token text PRIMARY KEY,
    account integer NOT NULL REFERENCES account
);
CREATE TABLE IF NOT EXISTS product (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seller integer NOT NULL REFERENCES account,
    name text NOT NULL,
    description text NOT NULL,
    category text NOT NULL,
    price_cents integer NOT NULL,
    cost_cents integer NOT NULL,
    published boolean NOT NULL
);
CREATE TABLE IF NOT EXISTS purchase (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    buyer integer NOT NULL REFERENCES account,
    product integer NOT NULL REFERENCES product,
    quantity integer NOT NULL,
    total_cents bigint NOT NULL,
    note text NOT NULL
);
CREATE OR REPLACE VIEW shown_product AS
    SELECT product.id, product.name, description, category, price_cents, account.name AS seller
    FROM product JOIN account ON account.id = product.seller;
