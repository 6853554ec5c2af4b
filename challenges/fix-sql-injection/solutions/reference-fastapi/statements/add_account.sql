INSERT INTO account (name, email, password_hash) VALUES (%(name)s, %(email)s, %(password_hash)s)
ON CONFLICT (name) DO NOTHING RETURNING id, name, email
