"""What learners get, may read and run: `grader grade CHALLENGE SUBMISSION --public`.

For the author: one check of a feature, and the attack that everybody would try first. They give no points in the
end, and must give nothing away that only the hidden suite asks.
"""

import pytest
from grader_checks import attempt, canary


@pytest.mark.check(points=50, group="features", hint="The starter can do this already.")
def test_first_document(api):
    """A document that is stored can be read."""
    api.put("/documents", params={"name": "hello.txt"}, data=b"Hello!").expect(204)
    api.get("/documents", params={"name": "hello.txt"}).expect(200)


@pytest.mark.check(points=50, group="paths", cwe="CWE-22", hint="What do two dots mean at the beginning of a path?")
def test_first_attack(api, app, rng):
    """A file beside the folder of documents cannot be read."""
    secret = canary(rng)
    app.put("/app/members.txt", secret.encode())
    answers = []
    attempt(
        benign=lambda: test_first_document(api),
        exploit=lambda: answers.append(api.get("/documents", params={"name": "../members.txt"}).text),
        harm=lambda: secret in answers[0] and "GET /documents answered with a file that is no document",
    )
