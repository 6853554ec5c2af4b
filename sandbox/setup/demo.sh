#!/bin/sh
# Grade four submissions of todo-api: one that is right, the starter, and two that are wrong in their own ways.
# A submission that does not pass (exit code 1) is part of the show; anything else that goes wrong ends it.
set -eu
cd "$(dirname "$0")/../.."

challenge=challenges/todo-api
for submission in solutions/reference-flask starter/python solutions/wrong-in-memory solutions/wrong-no-validation; do
    printf '\n$ grader grade todo-api %s\n' "$challenge/$submission"
    status=0
    .venv/bin/grader grade todo-api "$challenge/$submission" || status=$?
    [ "$status" -le 1 ] || exit "$status"
done
