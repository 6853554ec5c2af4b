import os
import time

import psycopg

time.sleep(2)
held = []
while True:
    try:
        held.append(psycopg.connect(os.environ["DATABASE_URL"]))
    except psycopg.Error:
        time.sleep(0.5)
