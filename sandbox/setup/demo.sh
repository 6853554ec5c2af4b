#!/bin/sh
# Grade submissions of three kinds: an API (one that is right, the starter, and two that are wrong in their own ways), a
# database schema, and a security fix. A submission that does not pass (exit code 1) is part of the show; anything else
# that goes wrong ends it.
set -eu
cd "$(dirname "$0")/../.."

for submission in \
    todo-api/solutions/reference-flask \
    todo-api/starter/python \
    todo-api/solutions/wrong-in-memory \
    todo-api/solutions/wrong-no-validation \
    library-schema/solutions/wrong-float-money \
    fix-sql-injection/solutions/wrong-doubles-quotes; do
    challenge=${submission%%/*}
    printf '\n$ grader grade %s challenges/%s\n' "$challenge" "$submission"
    status=0
    .venv/bin/grader grade "$challenge" "challenges/$submission" || status=$?
    [ "$status" -le 1 ] || exit "$status"
done
