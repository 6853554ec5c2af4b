"""A small challenge that lint has nothing to say about, for tests that break one thing of it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

MANIFEST = """\
schema_version = 1
slug = "ticks"
version = "1.0.0"
title = "A tick counter"
kind = "api"
difficulty = "easy"
stacks = ["python"]

[app]
dependencies = "registry"
"""

STATEMENT = """\
# A tick counter

- [Endpoints](#endpoints)
- [the starter](starter/python/app.py), [HTTP](https://www.rfc-editor.org/rfc/rfc9110)

## Endpoints

`POST /ticks` counts; a `name` like `O'Brien` is fine. `[no](link.md)`

```sh
[no](link.md)
```
"""

PUBLIC = '''\
import pytest


@pytest.mark.check(points=1, group="count", hint="Count.")
def test_ticks_are_counted(api):
    """POST /ticks answers 201."""
    api.post("/ticks", json={"name": "nothing' OR '1'='1"}).expect(201)
'''

HIDDEN = '''\
import pytest
from grader_checks import attempt, expect
from helpers import refuse_this, tick_once


@pytest.mark.check(points=40, group="count", hint="Count each tick once.")
def test_counts(api, rng):
    """Ticks are counted."""
    first, second = tick_once(api, rng), tick_once(api, rng)
    expect(second == first + 1, "POST /ticks: expected one more")


@pytest.mark.check(points=30, group="count", hint="Say 422 to what is no name.")
@pytest.mark.parametrize("name", [5, None])
def test_refuses_bad_names(api, rng, name):
    """A name that is no text is refused."""
    tick_once(api, rng)
    refuse_this(api, name)


@pytest.mark.check(points=30, group="safety", hint="What does the name become?", cwe="CWE-89")
def test_names_are_never_sql(api, rng):
    """A name is never SQL."""
    table = rng.random()
    attempt(
        benign=lambda: tick_once(api, rng),
        exploit=lambda: api.post("/ticks", json={"name": f"x'; DROP TABLE t{table}; --"}),
        harm=lambda: "",
    )
'''

HELPERS = '''\
"""What the checks share."""

from grader_checks import expect


def tick_once(api, rng):
    return api.post("/ticks", json={"name": str(rng.random())}).expect(201, {"ticks": int}).json()["ticks"]


def refuse_this(api, name):
    reply = api.post("/ticks", json={"name": name})
    expect(reply.status == 422, f"{reply.label} with a name that is no text: expected status 422, got {reply.status}")
'''

FILES = {
    "challenge.toml": MANIFEST,
    "README.md": STATEMENT,
    "starter/python/app.py": "print('begin here')\n",
    "starter/python/requirements.txt": "# what the app needs\nflask==3.1.0\n",
    "checks/public/test_ticks.py": PUBLIC,
    "checks/hidden/test_many_ticks.py": HIDDEN,
    "checks/hidden/helpers.py": HELPERS,
    "solutions/reference-flask/app.py": "print('right')\n",
    "solutions/wrong-forgets/app.py": "print('forgets')\n",
    "solutions/wrong-forgets/expected.toml": (
        'why = "Forgets."\nverdict = "failed"\nfails = ["counts", "refuses-bad-names"]\n'
    ),
    "solutions/wrong-trusts/app.py": "print('trusts')\n",
    "solutions/wrong-trusts/expected.toml": 'why = "Trusts."\nverdict = "failed"\nfails = ["names-are-never-sql"]\n',
}


def write_ticks(parent: Path) -> Path:
    """Write the challenge `ticks` below `parent` and return its folder."""
    folder = parent / "ticks"
    for name, content in FILES.items():
        write(folder, name, content)
    return folder


def write(folder: Path, name: str, content: str | bytes) -> None:
    """Write one file of a challenge."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())


def replace(folder: Path, name: str, old: str, new: str) -> None:
    """Change one place of one file; fails if it is not there."""
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text, f"{name} does not hold {old!r}"
    write(folder, name, text.replace(old, new, 1))
