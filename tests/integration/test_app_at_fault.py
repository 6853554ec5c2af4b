"""Apps that misbehave: the verdict that we observe, what the learner is told, and the checks that are not affected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.running import Command, write_challenge

Write = Callable[..., Path]
ALL = {"first": "passed", "second": "passed", "third": "passed", "last": "passed"}
NONE = dict.fromkeys(ALL, "errored")
ONLY_SECOND_FAILS = {**ALL, "second": "failed"}


def test_app_that_cannot_start(run_grader: Command, app: Write) -> None:
    """An app that ends before it answers has failed to start: its exit code and what it printed are shown."""
    done = run_grader.grade(app("def broken(:"))
    assert (done.code, done.report["verdict"]) == (1, "start_failed")
    assert (done.report["score"], done.report["max_score"]) == (0, 10)
    assert done.report["message"] == "your app exited with code 1 before it answered"
    assert "SyntaxError" in done.report["app_log"]
    assert done.outcomes == NONE

    done = run_grader.grade(app("print('nothing to do')"))
    assert done.report["message"] == "your app exited with code 0 before it answered"
    assert done.report["app_log"] == "nothing to do\n"

    done = run_grader.grade(app(Procfile="web: no-such-server app:app"))
    assert done.report["message"] == "your app exited with code 127 before it answered"
    assert "no-such-server: not found" in done.report["app_log"]


def test_app_whose_start_command_finds_nothing_to_start(run_grader: Command, tmp_path: Path) -> None:
    """The report holds npm's word on which script is missing, and tells a Go package that it is no program."""
    said = {
        "node": ("package.json", '{"scripts": {"dev": "node src/app.js"}}', 'Missing script: "start"'),
        "go": ("main.go", "package todo\n", "run-go: a program is expected, so `package main` in the first line"),
    }
    for stack, (name, content, line) in said.items():
        (tmp_path / stack).mkdir()
        (tmp_path / stack / name).write_text(content)
        challenge = write_challenge(tmp_path / f"for-{stack}", stacks=[stack])
        done = run_grader.grade(tmp_path / stack, challenge=challenge)
        assert done.report["verdict"] == "start_failed", done.report
        assert line in done.report["app_log"]


def test_fatal_error_of_php_is_no_success(run_grader: Command, tmp_path: Path) -> None:
    """It answers 500, as in other languages, and each request has the error in the log once."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "index.php").write_text("<?php\nno_such_function();\n")
    challenge = write_challenge(tmp_path / "probe", stacks=["php"])
    done = run_grader.grade(tmp_path / "app", "--public", challenge=challenge)
    assert "expected status 200, got 500" in done.report["checks"][0]["feedback"]
    asked = ("has it started", "the check")
    assert done.report["app_log"].count("Uncaught Error: Call to undefined function") == len(asked)


def test_app_that_does_not_answer(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """An app that never listens, or listens and never answers, has failed to start, with what was seen of it."""
    challenge = write_challenge(tmp_path / "probe", start_s=4)
    unheard = "nothing listened on port 8000 within 4 s (listen on 0.0.0.0, not on localhost, and on the port in PORT)"
    seen = {
        "print('up', flush=True); time.sleep(600)": unheard,
        "s = socket.create_server(('', 8000)); print('up', flush=True); time.sleep(600)": (
            "it accepted a connection, but did not answer GET / within 4 s"
        ),
        "s = socket.create_server(('127.0.0.1', 8000)); print('up', flush=True); time.sleep(600)": unheard,
        "s = socket.create_server(('', 8000)); print('up', flush=True)\nwhile True: raw_answer(s.accept()[0])": (
            "its answer to GET / was not HTTP within 4 s"
        ),
    }
    for code, message in seen.items():
        helper = "def raw_answer(c): c.recv(9999), c.sendall(b'220 mail\\r\\n'), c.close()\n"
        done = run_grader.grade(app(helper + code), challenge=challenge)
        assert done.report["verdict"] == "start_failed"
        assert done.report["message"] == f"your app did not start: {message}"
        assert done.report["app_log"] == "up\n"
        assert done.outcomes == NONE


def test_submission_that_does_not_fit(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """A submission larger than the disk it is given has failed to start, and is told why."""
    challenge = write_challenge(tmp_path / "probe", disk_mib=1)
    done = run_grader.grade(app(data="x" * 9 * 1024**2), challenge=challenge)
    assert done.report["verdict"] == "start_failed"
    assert done.report["message"] == "your app exited with code 125 before it answered"
    assert "No space left on device" in done.report["app_log"]


def test_app_that_dies_in_one_check(run_grader: Command, app: Write) -> None:
    """An app that dies mid-suite is started again: the checks after it are judged on their own."""
    done = run_grader.grade(app("print('booted', flush=True)\nserve(second=lambda request: os._exit(3))"))
    assert (done.code, done.report["verdict"], done.report["score"]) == (1, "failed", 8)
    assert done.outcomes == ONLY_SECOND_FAILS
    assert done.report["restarts"] == [{"after": "second", "reason": "it had stopped"}]
    assert done.feedback["second"] == "GET /second: the app closed the connection before its answer was complete"
    assert done.report["app_log"] == "booted\n"


def test_app_that_hangs_in_one_check(run_grader: Command, app: Write) -> None:
    """A check that gets no answer fails within its time, and the app is started again for the next."""
    done = run_grader.grade(app("serve(second=lambda request: time.sleep(600))"))
    assert done.outcomes == ONLY_SECOND_FAILS
    assert done.feedback["second"] == "no result within 2 s"
    assert done.report["restarts"] == [{"after": "second", "reason": "it did not answer"}]
    assert done.duration_s < 30


def test_app_that_fills_its_disk(run_grader: Command, app: Write) -> None:
    """An app that fills its disk reads "no space left on device", and can be asked on."""
    code = """
    def fill(request):
        try:
            open("big", "wb").write(bytes(64 * 1024**2))
        except OSError as error:
            answer(request, 200 if error.errno == 28 else 500, {"name": "second"})
    serve(second=fill)
    """
    done = run_grader.grade(app(code))
    assert done.report["verdict"] == "passed", done.out


def test_out_of_memory(run_grader: Command, app: Write) -> None:
    """Memory is judged by what the kernel killed, at boot and later, in the app's process or one of its children."""
    hog = "x = [bytearray(1024**2) for _ in range(1000)]"
    done = run_grader.grade(app(hog))
    assert done.report["verdict"] == "out_of_memory"
    assert done.report["message"] == "your app used more than its 128 MiB of memory while starting"
    assert done.outcomes == NONE

    done = run_grader.grade(app(f"def hog(request):\n    {hog}\nserve(second=hog)"))
    assert done.report["verdict"] == "out_of_memory"
    assert done.report["message"] == "your app used more than its 128 MiB of memory and was killed"
    assert done.outcomes == ONLY_SECOND_FAILS
    assert done.report["score"] == 8

    child = f"subprocess.run([sys.executable, '-c', {hog!r}])"
    done = run_grader.grade(app(f"serve(second=lambda request: ({child}, answer(request, 500)))"))
    assert done.report["verdict"] == "out_of_memory"
    assert done.outcomes == ONLY_SECOND_FAILS
    assert done.report["restarts"] == []


def test_exit_code_alone_is_not_out_of_memory(run_grader: Command, app: Write) -> None:
    """An app that ends as if the kernel had killed it for its memory has merely ended."""
    done = run_grader.grade(app("print('Killed', flush=True); os._exit(137)"))
    assert done.report["verdict"] == "start_failed"
    assert done.report["message"] == "your app exited with code 137 before it answered"
    done = run_grader.grade(app("serve(second=lambda request: os.kill(os.getpid(), 9))"))
    assert done.report["verdict"] == "failed"
    assert done.outcomes == ONLY_SECOND_FAILS


def test_memory_is_remembered_over_a_restart(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """An app that was killed for its memory, then started again by its check, was killed for its memory."""
    checks = """
    @pytest.mark.check(points=1, group="g")
    def test_hogs(api, app):
        '''The app survives.'''
        try:
            api.get("/hog")
        except Exception:
            pass
        import time
        time.sleep(0.5)
        app.restart()
        expect(False, "it does not")
    """
    challenge = write_challenge(tmp_path / "probe", checks, check_s=10)
    done = run_grader.grade(app("serve(hog=lambda r: [bytearray(1024**2) for _ in range(1000)])"), challenge=challenge)
    assert done.feedback == {"hogs": "it does not"}
    assert done.report["verdict"] == "out_of_memory"


def test_total_deadline(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """When the checks together take too long, those that have ended keep their points and the rest have no result."""
    challenge = write_challenge(tmp_path / "probe", total_s=3, check_s=10)
    code = "serve(second=lambda r: (time.sleep(1), answer(r)), third=lambda r: time.sleep(600))"
    done = run_grader.grade(app(code), challenge=challenge)
    assert (done.code, done.report["verdict"], done.report["score"]) == (1, "timed_out", 3)
    assert done.outcomes == {"first": "passed", "second": "passed", "third": "errored", "last": "errored"}
    assert done.report["message"] == "the checks together took more than 3 s; no result for 2 of 4 checks"
    assert done.duration_s < 30


def test_check_that_cannot_be_interrupted(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """A check that sits in native code beyond its time is ended from outside; what came before it counts."""
    checks = """
    @pytest.mark.check(points=1, group="g")
    def test_before(api):
        '''It answers.'''
        api.get("/before").expect(200)

    @pytest.mark.check(points=1, group="g")
    def test_stuck():
        '''It never ends.'''
        import signal, time
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        time.sleep(600)

    @pytest.mark.check(points=1, group="g")
    def test_after(api):
        '''It answers.'''
        api.get("/after").expect(200)
    """
    challenge = write_challenge(tmp_path / "probe", checks, check_s=1, start_s=5)
    done = run_grader.grade(app(), challenge=challenge)
    assert done.report["verdict"] == "timed_out"
    assert done.outcomes == {"before": "passed", "stuck": "errored", "after": "errored"}
    assert done.report["message"] == "the check “It never ends.” did not end; no result for 2 of 3 checks"


def test_parameters_share_the_time_of_their_check(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """A check with parameters has one deadline for all of them, and the app is started again once."""
    checks = """
    @pytest.mark.check(points=1, group="g")
    @pytest.mark.parametrize("number", range(20))
    def test_slow(api, number):
        '''It answers.'''
        api.get("/slow").expect(200)

    @pytest.mark.check(points=1, group="g")
    def test_after(api):
        '''It answers.'''
        api.get("/after").expect(200)
    """
    challenge = write_challenge(tmp_path / "probe", checks, check_s=1)
    done = run_grader.grade(app("serve(slow=lambda r: (time.sleep(0.7), answer(r)))"), challenge=challenge)
    assert done.outcomes == {"slow": "failed", "after": "passed"}
    assert done.feedback["slow"] == "no result within 1 s"
    assert len(done.report["restarts"]) == 1
    assert 1 <= done.report["checks"][0]["duration_s"] < 3


def test_cleanup_after_a_check_that_hung(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """Fixtures of several checks that clean up through an app that hangs, or fail there, spoil no later check."""
    cleanups = {
        "failed": "expect(False, 'gone')",
        "errored": "raise RuntimeError",
        "abandoned": "pytest.fail('it is gone')",
        "stuck": "time.sleep(600)",
    }
    checks = "import time\n" + "".join(
        f"""
class Test{name}:
    @pytest.fixture(scope="class")
    def data(self):
        yield
        {cleanup}

    @pytest.mark.check(points=1, group="g")
    @pytest.mark.parametrize("number", [1, 2])
    def test_{name}(self, api, data, number):
        '''It answers.'''
        api.get("/slow").expect(200)
"""
        for name, cleanup in cleanups.items()
    )
    checks += """
made = []

@pytest.fixture
def account():
    made.append(1)
    yield len(made)

@pytest.fixture
def order(account):
    yield
    time.sleep(600)

@pytest.mark.check(points=1, group="g")
def test_ordered(api, order):
    '''It answers.'''
    api.get("/slow").expect(200)

@pytest.mark.check(points=1, group="g")
def test_last(api, account):
    '''It answers.'''
    api.get("/last").expect(200)
    expect(account == 2, "it has the account of the check before it")
"""
    challenge = write_challenge(tmp_path / "probe", checks, check_s=1)
    done = run_grader.grade(app("serve(slow=lambda r: time.sleep(600))"), challenge=challenge)
    hung = {**dict.fromkeys(cleanups, "failed"), "errored": "errored", "abandoned": "errored", "ordered": "failed"}
    assert done.outcomes == {**hung, "last": "passed"}, done.feedback
    assert [restart["after"] for restart in done.report["restarts"]] == list(hung)


def test_hung_last_check_starts_nothing_again(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """No check would ask that app."""
    challenge = write_challenge(tmp_path / "probe", check_s=1)
    done = run_grader.grade(app("serve(last=lambda r: time.sleep(600))"), challenge=challenge)
    assert (done.report["verdict"], done.outcomes["last"]) == ("failed", "failed")
    assert done.report["restarts"] == []


def test_every_death_is_noticed(run_grader: Command, app: Write, tmp_path: Path) -> None:
    """An app that dies in every other check is up again for each check between."""
    checks = "".join(
        f"""
@pytest.mark.check(points=1, group="g")
def test_{name}_{number}(api):
    '''It answers.'''
    api.get("/{name}").expect(200)
"""
        for number in range(8)
        for name in ("dies", "lives")
    )
    challenge = write_challenge(tmp_path / "probe", checks)
    done = run_grader.grade(app("serve(dies=lambda request: os._exit(1))"), challenge=challenge)
    outcomes = done.outcomes
    assert {outcomes[f"dies-{number}"] for number in range(8)} == {"failed"}
    assert [outcomes[f"lives-{number}"] for number in range(8)] == ["passed"] * 8, done.feedback
    assert [restart["reason"] for restart in done.report["restarts"]] == ["it had stopped"] * 8
