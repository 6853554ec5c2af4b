-- Here and in the files that follow, "now" is statement_timestamp(): now() is when the transaction began, and a program
-- that keeps its transaction open would record things as older than they are. For a loan that would even overlap with
-- one that has ended since.
CREATE TABLE members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name filled_text NOT NULL,
    email text NOT NULL,
    joined_at timestamptz NOT NULL DEFAULT statement_timestamp(),
    left_at timestamptz,
    CONSTRAINT members_joined_before_they_left CHECK (left_at >= joined_at)
);

-- Not citext: its operators live in public, so for a program that does not search there it compares like plain text.
CREATE UNIQUE INDEX members_email_is_taken ON members (lower(email)) WHERE left_at IS NULL;
