"""A client of the service `postgres`, run in the tester's image: `URL crud`, `URL write WORD`, `URL read`."""

import sys

import psycopg

url, operation, *words = sys.argv[1:]
with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=3, options="-c statement_timeout=2s") as connection:
    if operation == "crud":
        connection.execute("CREATE TABLE public.things (id int PRIMARY KEY, name text)")
        connection.execute("INSERT INTO public.things VALUES (1, 'one')")
        connection.execute("UPDATE public.things SET name = 'two'")
        rows = connection.execute("DELETE FROM public.things RETURNING name").fetchall()
        connection.execute("DROP TABLE public.things")
        sys.stdout.write(rows[0][0])
    elif operation == "write":
        connection.execute("CREATE TABLE IF NOT EXISTS public.words (word text)")
        connection.execute("INSERT INTO public.words VALUES (%s)", words)
    elif operation == "read":
        found = connection.execute("SELECT to_regclass('public.words')").fetchone()
        if found and found[0]:
            stored = connection.execute("SELECT word FROM public.words ORDER BY word").fetchall()
            sys.stdout.write(" ".join(word for (word,) in stored))
