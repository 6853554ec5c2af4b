-- A stub that knows nothing of the challenge: its one table has a name that nobody asks for, and refuses every row.
CREATE TABLE stub_of_the_grader (
    id bigint PRIMARY KEY,
    CHECK (false)
);
