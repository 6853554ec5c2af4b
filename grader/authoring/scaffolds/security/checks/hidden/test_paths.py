"""The attacks. Each stands between two requests of members that have to work: see `attempt` in support.py.

For the author: a check for each way in, so that a repair that closes only some of them earns only some of the points.
The starter earns none of these. `cwe` names the weakness (CWE-22, path traversal).
"""

import pytest
from support import WORKING_DIRECTORY, cannot_read, cannot_write, store, word


@pytest.mark.check(points=20, group="paths", cwe="CWE-22", hint="Where does a path lead when all of it is resolved?")
def test_nothing_above_is_read(api, app, rng):
    """No name leads up and out of the folder of documents."""
    folder, file = word(rng), word(rng)
    store(api, f"{folder}/{file}", b"so that the folder is there")
    cannot_read(api, app, rng, f"{WORKING_DIRECTORY}/{file}", f"../{file}")
    cannot_read(api, app, rng, f"/tmp/{file}", f"../../tmp/{file}")
    cannot_read(api, app, rng, f"{WORKING_DIRECTORY}/{folder}/{file}", f"{folder}/../../{folder}/{file}")
    cannot_read(api, app, rng, f"{WORKING_DIRECTORY}/{file}", f"....//{file}")  # for those who remove ../


@pytest.mark.check(
    points=15, group="paths", cwe="CWE-22", hint="What becomes of a folder and a path that begins with /?"
)
def test_nothing_from_the_root_is_read(api, app, rng):
    """A name that begins at the root leads nowhere."""
    path = f"/tmp/{word(rng)}/{word(rng)}.txt"
    cannot_read(api, app, rng, path, path)
    cannot_read(api, app, rng, path, f"/{path}")


@pytest.mark.check(
    points=15, group="paths", cwe="CWE-22", hint="Which other folders have a name that begins like yours?"
)
def test_no_neighbour_is_read(api, app, rng):
    """A folder whose name only begins like that of the documents is another folder."""
    neighbour, file = f"documents{word(rng)}", word(rng)
    cannot_read(api, app, rng, f"{WORKING_DIRECTORY}/{neighbour}/{file}", f"../{neighbour}/{file}")


@pytest.mark.check(points=20, group="paths", cwe="CWE-22", hint="Is what you did for reading done for writing, too?")
def test_nothing_outside_is_written(api, app, rng):
    """No name stores anything outside of the folder of documents."""
    above, absolute = word(rng), f"/tmp/{word(rng)}"
    cannot_write(api, app, rng, f"{WORKING_DIRECTORY}/{above}", f"../{above}")
    cannot_write(api, app, rng, absolute, absolute)
