-- All tables and columns, and no rule at all.

CREATE TABLE students (
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text,
    email text
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
