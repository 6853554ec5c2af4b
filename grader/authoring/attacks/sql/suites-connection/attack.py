import os

import psycopg

url = os.environ["DATABASE_URL"]
for password in ("suite", "mine", "postgres", "", url.split("@")[0].rpartition(":")[2]):
    for role in ("suite", "postgres"):
        try:
            host = url.rpartition("@")[2]
            psycopg.connect(f"postgresql://{role}:{password}@{host}", connect_timeout=2)
            print(f"breach-{os.environ['AUDIT_MARKER']} is in the database as {role}", flush=True)
        except psycopg.Error:
            pass
