-- Each rule is the constraint that PostgreSQL has for it.

CREATE TABLE students (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL UNIQUE
);

CREATE TABLE courses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    seats integer NOT NULL CHECK (seats >= 1)
);

CREATE TABLE enrolments (
    student_id bigint NOT NULL REFERENCES students,
    course_id bigint NOT NULL REFERENCES courses,
    grade integer CHECK (grade BETWEEN 0 AND 100),
    PRIMARY KEY (student_id, course_id)
);
