"""A check for each thing that a suite can ask of an app and its services."""

import pytest
from grader_checks import attempt, canary, expect


@pytest.mark.check(points=1, group="service")
def test_survives_a_restart_of_the_database(api, db, service, rng):
    """What was stored is there after the database was killed and started again."""
    text = canary(rng)
    api.post("/entries", data=text).expect(201)
    service("db").restart()
    expect(text in api.get("/entries").expect(200).text.split("\n"), "GET /entries: expected what was stored")
    expect(db.query("SELECT body FROM public.entries WHERE body = :text", text=text), "expected it in the table")


@pytest.mark.check(points=1, group="service")
def test_answers_503_while_the_database_is_stopped(api, service):
    """The app says that its database is away, and recovers."""
    database = service("db")
    database.stop()
    api.get("/entries").expect(503)
    database.start()
    api.get("/entries").expect(200)


@pytest.mark.check(points=1, group="service")
def test_answers_503_while_the_database_hangs(api, service):
    """The app does not wait for a database that accepts connections and never answers."""
    database = service("db")
    database.pause()
    api.get("/entries", timeout_s=6).expect(503)
    database.unpause()
    api.get("/entries").expect(200)


@pytest.mark.check(points=1, group="service")
def test_leaves_the_database_stopped_and_paused(service):
    """A check may end while a service is away."""
    database = service("db")
    database.stop()
    database.pause()


@pytest.mark.check(points=1, group="service")
def test_finds_the_database_back(api, db):
    """The next check has its services."""
    api.get("/entries").expect(200)
    expect(db.query("SELECT 1 AS one") == [{"one": 1}], "expected the database to answer")


@pytest.mark.check(points=1, group="database")
def test_one_statement_a_request(api, db):
    """A request costs one statement."""
    with db.statements() as seen:
        api.get("/entries").expect(200)
        api.get("/entries").expect(200)
        api.post("/entries", data="x").expect(201)
    expect(seen.count == 3, f"expected 3 statements, saw {seen.count}")
    expect([text.split()[0] for text in seen.texts].count("SELECT") == 2, "expected two SELECT")


@pytest.mark.check(points=1, group="database")
def test_the_table_can_be_written(db):
    """Others may write into the table as well."""
    expect(db.execute("INSERT INTO public.entries (body) VALUES ('x')") == 1, "expected one row")


@pytest.mark.check(points=1, group="app")
def test_command_runs_beside_the_app(app):
    """A command runs as the app's user, in its folder, with its environment."""
    result = app.exec(["sh", "-c", "id -u; pwd; echo $DATABASE_URL; echo oops >&2; exit 3"])
    expect(result.status == 3, f"expected 3, got {result.status}")
    lines = result.output.splitlines()
    expect(sorted(lines[:2]) == ["/app", "10001"] or "oops" in lines, f"got {lines}")
    expect(any("@db:5432/app" in line for line in lines), "expected the URL")


@pytest.mark.check(points=1, group="app")
def test_output_of_a_command_is_bounded(app):
    """A command that prints without end costs its deadline or its limit, no more."""
    result = app.exec(["sh", "-c", "yes | head -c 3000000"])
    expect(result.status == 0, "expected it to end")
    expect(len(result.output) == 64 * 1024, f"expected 64 KiB, got {len(result.output)}")


@pytest.mark.check(points=1, group="app")
def test_files_go_in_and_come_out(api, app, rng):
    """A file that the suite plants is there, and one that the app wrote can be read."""
    marker = canary(rng).encode()
    app.put("/app/deep/er/planted.bin", marker + b"\0\xff\n")
    expect(app.get("/app/deep/er/planted.bin") == marker + b"\0\xff\n", "expected what was planted")
    app.put("/tmp/empty", b"")
    expect(app.get("/tmp/empty") == b"", "expected an empty file")
    app.put("/app/large", b"x" * 512 * 1024)
    expect(len(app.get("/app/large") or b"") == 512 * 1024, "expected all of it")
    api.post("/note", data=marker).expect(201)
    expect(app.get("/app/note.txt") == marker, "expected the note")
    expect(app.get("/app/nothing") is None, "expected no file")


@pytest.mark.check(points=1, group="app")
def test_links_and_pipes_are_no_files(app):
    """Nothing is read or written through a link, and a pipe does not hold the suite up."""
    app.exec(["sh", "-c", "ln -s /etc/passwd /app/link; ln -s /etc /app/folder; mkfifo /app/pipe; ln -s /tmp /app/way"])
    for path in ("/app/link", "/app/folder/passwd", "/app/pipe", "/app/folder", "/app"[:4] + "/way/x"):
        expect(app.get(path) is None, f"{path}: expected nothing")
    for path in ("/app/link", "/app/way/x", "/app/pipe"):
        with pytest.raises(AssertionError):
            app.put(path, b"x")
    expect(app.get("/tmp/x") is None, "expected nothing behind the link")


@pytest.mark.check(points=1, group="app")
def test_usage_and_log_are_told(app):
    """What the app uses and prints is known."""
    usage = app.usage()
    expect(1_000_000 < usage.memory_bytes < 400_000_000, f"got {usage.memory_bytes}")
    expect(0 < usage.cpu_s < 60, f"got {usage.cpu_s}")
    expect("ready to write" in app.logs(), "expected the app's log")


@pytest.mark.check(points=1, group="app")
def test_attack_that_does_nothing(api, db, rng):
    """An attack between two witnesses."""
    marker = canary(rng)
    attempt(
        benign=lambda: api.post("/entries", data="x").expect(201),
        exploit=lambda: api.post("/entries", data=f"'); INSERT INTO entries (body) VALUES ('{marker}') --"),
        harm=lambda: db.query("SELECT 1 AS one FROM public.entries WHERE body = :marker", marker=marker),
    )
