-- The database that every run starts with, and its two roles. Passwords are set for each run, by `serve`.

-- The learner's. It owns the schema `public` and may make others, so migrations of every kind work; it does not own the
-- database, whose settings would reach into the suite's sessions.
CREATE ROLE app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;

-- The suite's. A learner's triggers run with its rights when it writes, so it has none that could change what a check
-- finds: it sees every row and may change it, whatever is revoked from it or hidden from it.
CREATE ROLE suite LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE BYPASSRLS;
GRANT app, pg_read_all_data, pg_write_all_data, pg_read_all_stats, pg_use_reserved_connections TO suite;

CREATE DATABASE app STRATEGY file_copy;
REVOKE ALL ON DATABASE app FROM PUBLIC;
GRANT CREATE, CONNECT, TEMPORARY ON DATABASE app TO app;

\connect app
-- Nobody may create a database, so nobody needs what one would be copied from; each run copies what is here.
UPDATE pg_database SET datistemplate = false;
DROP DATABASE postgres;
DROP DATABASE template0;
DROP DATABASE template1;

ALTER SCHEMA public OWNER TO app;
CREATE SCHEMA statistics;
GRANT USAGE ON SCHEMA statistics TO suite;
CREATE EXTENSION pg_stat_statements SCHEMA statistics;
