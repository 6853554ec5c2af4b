import os
import time

import psycopg

time.sleep(3)
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    connection.execute("DROP SCHEMA public CASCADE")
