"""Attempts and errors of every sort, as reports meet them."""

from __future__ import annotations

from dataclasses import replace

from grader.errors import Problem, SubmissionError
from grader.feedback import NO_RESULT, for_learner
from grader.models import Attempt, CheckDetail, FeedbackLevel, Outcome, Restart, Verdict
from tests.builders import make_attempt, make_check, make_detail, make_grade, make_result

CREATE = make_check("create-answers-201", points=2)
UNICODE = make_check(
    "create-keeps-title",
    title="A title is stored exactly as it was sent, spaces and letters of every language included",
)
REFUSE = make_check(
    "create-refuses-empty",
    title="A to-do without a title is refused with 400",
    points=2,
    hint="Check the type of every field before you store anything, and answer 400 with a body that names the field.",
)
READ = make_check("read-unknown", title="GET /todos/{id} of an unknown to-do answers 404", group="read")
PERSIST = make_check(
    "restart-keeps", title="To-dos survive a restart of the app", group="persistence", points=3, cwe="CWE-404"
)
CHECKS = (CREATE, UNICODE, REFUSE, READ, PERSIST)
TRACEBACK = """\
\x1b[31mTraceback (most recent call last):\x1b[0m
  File "/app/app.py", line 3, in <module>
    from flask import Flaks
ImportError: cannot import name 'Flaks' from 'flask' (/usr/lib/python3/dist-packages/flask/__init__.py)
"""


def passed() -> Attempt:
    """Everything passed; the log is of no interest then."""
    return make_attempt(make_grade([make_result(check) for check in CHECKS], app_log="unwanted"))


def small() -> Attempt:
    """Return the attempt of the documentation: two checks, of which one failed."""
    return make_attempt(
        make_grade(
            [
                make_result(CREATE),
                make_result(REFUSE, Outcome.FAILED, feedback="POST /todos: expected status 400, got 500"),
            ],
            app_log="listening on port 8000\n",
        )
    )


def failed() -> Attempt:
    """Some checks failed, one was skipped, the app was restarted."""
    results = [
        make_result(CREATE),
        make_result(
            UNICODE,
            Outcome.FAILED,
            feedback='GET /todos/17: expected "title" to be "  買い物 für Zoë ", got "買い物 für Zoë"',
        ),
        make_result(REFUSE, Outcome.FAILED, feedback="POST /todos: expected status 400, got 500"),
        make_result(READ, Outcome.SKIPPED),
        make_result(PERSIST, Outcome.FAILED, feedback="GET /todos/3: no answer within 3 s"),
    ]
    grade = make_grade(
        results,
        app_log="\n".join(f"line {number}" for number in range(1, 21)),
        restarts=[Restart("restart-keeps", "the check took longer than 10 s")],
        notes=["left out: .git, node_modules, __pycache__"],
    )
    detail = make_detail(
        [CheckDetail("create-refuses-empty", "test_create.py::test_create_refuses_empty", "line 31:\n  CheckFailed")],
        app_log="all that it printed",
        tester_log="2 warnings",
    )
    return make_attempt(grade, detail)


def start_failed() -> Attempt:
    """The app ended before it answered, so no check has a result."""
    results = [make_result(check, Outcome.ERRORED, feedback=NO_RESULT) for check in CHECKS]
    return make_attempt(
        make_grade(
            results,
            verdict=Verdict.START_FAILED,
            message="your app exited with code 1 before it answered GET / on the port in the environment variable PORT",
            app_log=TRACEBACK,
        )
    )


def timed_out() -> Attempt:
    """The suite ended early: the last two checks have no result."""
    results = [
        make_result(CREATE),
        make_result(UNICODE),
        make_result(REFUSE),
        make_result(READ, Outcome.ERRORED, feedback=NO_RESULT),
        make_result(PERSIST, Outcome.ERRORED, feedback=NO_RESULT),
    ]
    message = "the checks together took longer than 60 s"
    return make_attempt(make_grade(results, verdict=Verdict.TIMED_OUT, message=message))


def levels() -> Attempt:
    """Checks of every feedback level, of which some failed."""
    results = [
        make_result(
            replace(REFUSE, id=f"refuse-{level}", feedback_level=level, cwe="CWE-20"),
            Outcome.FAILED,
            feedback="POST /todos: expected status 400, got 500",
        )
        for level in FeedbackLevel
    ]
    silent = [replace(check, feedback_level=FeedbackLevel.SILENT) for check in CHECKS]
    results += [make_result(silent[0]), make_result(silent[3], Outcome.ERRORED, feedback=NO_RESULT)]
    results.append(make_result(silent[4], Outcome.SKIPPED))
    full = make_grade(results, restarts=[Restart("refuse-silent", "it did not answer")])
    return make_attempt(for_learner(full), make_detail(grade=full))


def unreadable() -> SubmissionError:
    """An archive with two bad members."""
    return SubmissionError(
        "the submission cannot be read",
        problems=[
            Problem("todo.zip: ../../etc/passwd", "climbs out of the submission", "a path inside it"),
            Problem("todo.zip: data/link", "is a link", "only regular files and directories"),
        ],
        hint="make the archive again without them: zip -r todo.zip .",
    )


HOSTILE = [
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J",
    "\u202eesrever\u202c \u200b\u2066 \ufeff \U000e0041",
    "::error title=forged::you passed\n::add-mask::secret\n  ::stop-commands::x\n::set-output name=a::b",
    "##[error]forged ##vso[task.complete result=Succeeded]done ##teamcity[testFailed name='x']",
    '<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a> \' " &lt; </pre></style>',
    "]]> --> <!-- <?xml ?> </failure></testcase>",
    "```\n# heading\n~~~\n</details>\n[link](https://example.org) ![i](https://example.org/i.png) <https://example.org>",
    "@everyone #1 www.example.org https://example.org a@example.org *b* _i_ ~~s~~ | cell | $x$ `code` :tada:",
    '=HYPERLINK("https://example.org","x")',
    "+1+1",
    "\uff1d1+1",
    " @SUM(1)",
    "-2",
    "{{ 7 * 7 }} {% raw %} ${x} %0A::error::x %n",
    "\x00\x07\x7f\ud800\uffff",
]


def hostile() -> Attempt:
    """Return an attempt in which every text is hostile, and every hostile text is in every place once."""
    results = [
        make_result(
            make_check(f"check-{number}", title=text, group=text, hint=text, cwe=text),
            Outcome.FAILED if number % 2 else Outcome.ERRORED,
            feedback=text,
        )
        for number, text in enumerate(HOSTILE)
    ]
    everything = "\n".join(HOSTILE)
    grade = make_grade(
        results,
        title=everything,
        message=everything,
        app_log=everything,
        restarts=[Restart("check-0", text) for text in HOSTILE],
        notes=HOSTILE,
    )
    return make_attempt(grade, make_detail(app_log=everything + "2", tester_log=everything))
