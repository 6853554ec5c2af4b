SELECT id, password_hash FROM account WHERE name = %(name)s
