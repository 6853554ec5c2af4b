-- A stub that never ends.
SELECT pg_sleep(600);
