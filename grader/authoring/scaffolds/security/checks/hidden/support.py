"""What the hidden checks share: documents of members, and files that nobody may get at.

For the author: modules of a suite import each other by name, as in `from support import store`. Nothing here knows how
the app is written: it looks at answers, and for files that the suite has put there itself or that must not be there.
"""

from grader_checks import attempt, canary, expect

WORKING_DIRECTORY = "/app"
"""Of the learner's app, in its container."""


def word(rng):
    """Return twelve letters that nothing else holds: `rng` is seeded by the run, so no answer can be hard-coded."""
    return "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=12))


def store(api, name, content):
    """Store a document, as a member does."""
    api.put("/documents", params={"name": name}, data=content).expect(204)


def holds(api, name, content):
    """Fail the check unless the document can be read and is what was stored."""
    answer = api.get("/documents", params={"name": name}).expect(200)
    expect(answer.body == content, "GET /documents: expected the document exactly as it was stored")


def works(api, rng):
    """Store a new document and read it: the witness that the app works, before and after each attack."""
    name, content = f"{word(rng)}.txt", canary(rng).encode()
    store(api, name, content)
    holds(api, name, content)


def cannot_read(api, app, rng, path, name):
    """Fail the check if the document `name` is the file `path`, which is none and is put there for the attack."""
    secret = canary(rng).encode()  # nobody can guess it: who answers with it has read the file
    app.put(path, secret)
    answers = []
    attempt(
        benign=lambda: works(api, rng),
        exploit=lambda: answers.append(api.get("/documents", params={"name": name})),
        harm=lambda: secret in answers[0].body and "GET /documents answered with a file that is no document",
    )


def cannot_write(api, app, rng, path, name):
    """Fail the check if storing the document `name` makes the file `path`, which would be none."""
    attempt(
        benign=lambda: works(api, rng),
        exploit=lambda: api.put("/documents", params={"name": name}, data=canary(rng).encode()),
        harm=lambda: app.get(path) is not None and "PUT /documents wrote a file outside of the folder of documents",
    )
