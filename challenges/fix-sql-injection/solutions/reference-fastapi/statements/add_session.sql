INSERT INTO session (token, account) VALUES (%(token)s, %(account)s)
