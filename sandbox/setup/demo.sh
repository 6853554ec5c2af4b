#!/bin/sh
# Grade submissions of three kinds: an API (one that is right, the starter, and two that are wrong in their own ways), a
# database schema, and a security fix. A submission that does not pass (exit code 1) is part of the show; anything else
# that goes wrong ends it.
set -eu
cd "$(dirname "$0")/../.."

show() {
    printf '\n$ grader grade %s\n' "$*"
    status=0
    .venv/bin/grader grade "$@" || status=$?
    [ "$status" -le 1 ] || exit "$status"
}

show todo-api --solution reference-flask
show todo-api challenges/todo-api/starter/python
show todo-api --solution wrong-in-memory
show todo-api --solution wrong-no-validation
show library-schema --solution wrong-float-money
show fix-sql-injection --solution wrong-doubles-quotes
