-- The schema of a school, hardly begun: only students have rules.
-- Apply it to an empty database: psql -v ON_ERROR_STOP=1 -d school -f schema.sql

CREATE TABLE students (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE
);

CREATE TABLE courses (
    id bigint GENERATED ALWAYS AS IDENTITY,
    title text,
    seats integer
);

CREATE TABLE enrolments (
    student_id bigint,
    course_id bigint,
    grade integer
);
