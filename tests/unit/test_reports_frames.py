"""Stack traces as six languages print them: what is kept of each, and what is folded."""

from __future__ import annotations

from itertools import groupby

import pytest

from grader.models import Audience, Verdict
from grader.reports import get_format
from grader.reports._frames import fold_frames
from grader.reports.html import HtmlReport
from grader.reports.text import TextReport
from tests.builders import make_attempt, make_grade

TRACES = {  # the lines behind a minus are folded
    "node": """
 TypeError: Cannot read properties of undefined (reading 'title')
     at file:///app/server.js:12:16
-    at Layer.handleRequest (/opt/dependencies/node_modules/router/lib/layer.js:169:33)
-    at next (/opt/dependencies/node_modules/router/lib/route.js:163:13)
-    at process.processTimers (node:internal/timers:571:7)
""",
    "ruby": """
 2026-11-26 11:53:35 - NoMethodError - undefined method `upcase' for nil:
 \tapp.rb:18:in `block in <main>'
-\t/usr/share/rubygems-integration/all/gems/sinatra-4.1.1/lib/sinatra/base.rb:1804:in `call'
-\t/usr/share/rubygems-integration/all/gems/sinatra-4.1.1/lib/sinatra/base.rb:1809:in `block in compile!'
-\t/usr/lib/x86_64-linux-gnu/rubygems-integration/3.3.0/gems/puma-6.6.0/lib/puma/server.rb:472:in `process_client'
 10.0.0.2 - - [26/Nov/2026:11:53:35 +0000] "POST /todos HTTP/1.1" 500 30 0.0234
""",
    "python": """
 Traceback (most recent call last):
-  File "/opt/venv/lib/python3.13/site-packages/django/core/handlers/base.py", line 197, in get
-    response = wrapped_callback(request)
-               ~~~~~~~~~~~~~~~~^^^^^^^^^
   File "/app/todos/api.py", line 4, in create
     return 1 / 0
 ZeroDivisionError: division by zero
""",
    "php": """
 [stacktrace]
 #0 /app/routes/api.php(9): find()
-#1 /usr/share/php/Illuminate/Routing/Route.php(211): call()
-#2 /usr/share/php/Illuminate/Routing/Router.php(805): run()
-#3 /usr/share/php/Illuminate/Pipeline/Pipeline.php(144): then()
 #4 {main}
   thrown in /app/routes/api.php on line 9
""",
    "java": """
 java.lang.NumberFormatException: For input string: "x"
 \tat java.base/java.lang.Long.parseLong(Long.java:709)
 \tat com.example.Todos.find(Todos.java:60)
-\tat jdk.httpserver/com.sun.net.httpserver.Filter$Chain.doFilter(Filter.java:98)
-\tat jdk.httpserver/sun.net.httpserver.ServerImpl$Exchange.run(ServerImpl.java:874)
-\tat java.base/java.lang.Thread.run(Thread.java:1474)
""",
    "go": """
 2026/11/26 11:58:54 http: panic serving 10.0.0.2:4: nil pointer dereference
 panic({0x6c5b00?, 0x97aee0?})
 \t/opt/go/src/runtime/panic.go:792 +0x132
 main.main.func1({0x78b3f8, 0xc000000380}, 0xc000076dc0)
 \t/app/main.go:54 +0x12b
-net/http.(*conn).serve(0xc00006e6c0, {0x78b7e8, 0xc000097170})
-\t/opt/go/src/net/http/server.go:2102 +0x625
-created by net/http.(*Server).Serve in goroutine 1
-\t/opt/go/src/net/http/server.go:3454 +0x485
""",
}


def printed_and_shown(trace: str) -> tuple[list[str], list[str]]:
    """Return the lines of a trace of `TRACES`, and what is to be seen of them."""
    lines = trace.strip("\n").split("\n")
    shown: list[str] = []
    for mark, run in groupby(lines, key=lambda line: line[0]):
        kept = [line[1:] for line in run]
        shown += [f"    [{len(kept)} lines of libraries]"] if mark == "-" else kept
    return [line[1:] for line in lines], shown


@pytest.mark.parametrize("language", TRACES)
def test_a_trace_keeps_its_error_and_the_lines_of_the_learner(language: str) -> None:
    """Three or more lines in a row that lead through libraries become one; everything else stays as it is."""
    printed, shown = printed_and_shown(TRACES[language])
    assert fold_frames(printed) == shown


def test_what_only_looks_like_a_trace_stays() -> None:
    """Lists and indented JSON name no file of a library, and two lines are not worth folding."""
    lines = ["  - one", "  - two", "  - three", '    "a": 1', "  /usr/bin/a", "  /usr/bin/b", ""]
    assert fold_frames(lines) == lines


FRAMES = "".join(f"\t/usr/share/gems/rack.rb:{number}:in `call'\n" for number in range(40))
LOG = f"NoMethodError - undefined method `upcase' for nil:\n\tapp.rb:18:in `block'\n{FRAMES}"
LONG_TRACE = make_attempt(make_grade([], verdict=Verdict.START_FAILED, app_log=LOG))


@pytest.mark.parametrize("name", ["text", "html", "markdown", "gradescope", "exercism"])
def test_the_error_of_a_long_trace_is_in_the_report(name: str) -> None:
    """An error above forty lines of a framework is shown."""
    page = get_format(name).render(LONG_TRACE, Audience.LEARNER)
    assert "NoMethodError" in page
    assert "40 lines of libraries" in page


def test_the_whole_log_is_there_for_who_wants_it() -> None:
    """As it was printed: in a verbose report at once, on a page below what is shown of it."""
    assert "rack.rb:39" in TextReport(verbose=True).render(LONG_TRACE, Audience.LEARNER)
    page = HtmlReport().render(LONG_TRACE, Audience.LEARNER)
    assert page.index("40 lines of libraries") < page.index("All 42 lines") < page.index("rack.rb:39")
