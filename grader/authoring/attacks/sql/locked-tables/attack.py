import os
import time

import psycopg

while True:
    try:
        with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (name,) in names:
                connection.execute(f'LOCK TABLE public."{name}" IN ACCESS EXCLUSIVE MODE')
            time.sleep(3 if names else 0.2)
    except psycopg.Error:
        time.sleep(0.1)
