"""What has to keep working: half of a repair is not to break anything.

For the author: each function is a check. Its docstring is the title that learners read, so it says what is right; its
id is its name without `test_`. Points of the whole suite add up to 100. What a check asks follows from README.md.
"""

import pytest
from grader_checks import expect
from support import WORKING_DIRECTORY, holds, store, word


@pytest.mark.check(points=15, group="features", hint="A document is bytes, and its name is text.")
def test_documents_are_kept(api, app, rng):
    """A document is kept byte by byte as a file of its name, and what was never stored answers 404."""
    name = f"{word(rng)} Übersicht-2031_{word(rng)}..v2.txt"
    api.get("/documents", params={"name": name}).expect(404)
    for content in (rng.randbytes(2000), word(rng).encode()):
        store(api, name, content)
        holds(api, name, content)
    stored = app.get(f"{WORKING_DIRECTORY}/documents/{name}")
    expect(stored == content, "PUT /documents: expected a file of that name in the folder documents")


@pytest.mark.check(points=15, group="features", hint="Two folders may each have a file of the same name.")
def test_folders_keep_documents_apart(api, rng):
    """Documents of one name in different folders are different documents."""
    folders, file = [f"{word(rng)}/{word(rng)}" for _ in range(3)], f"{word(rng)}.txt"
    contents = {f"{folder}/{file}": word(rng).encode() for folder in folders}
    for name, content in contents.items():
        store(api, name, content)
    for name, content in contents.items():
        holds(api, name, content)
