SELECT id, name, email FROM account JOIN session ON session.account = account.id WHERE token = %(token)s
