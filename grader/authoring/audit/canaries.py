"""What nobody but a challenge's author should ever read, and where it turned up.

Canaries are the hidden suite's own texts, as far as nobody could know them otherwise, and words that are planted into
the copy of it that an audit grades with. What a learner sends to the app or reads anyway is none: paths, fields, the
examples of the statement, titles, hints, messages.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grader.authoring.suites import DeclaredCheck, SuiteSource, literal, read_suite
from grader.authoring.texts import HOLE, Role, texts_of
from grader.challenge import MANIFEST, STATEMENT, Challenge, load_challenge
from grader.ignore import in_junk, is_junk
from grader.models import Suite
from grader.solutions import starter_folders

MIN_LINE_CHARS = 24
MIN_NAME_CHARS = 10
MIN_PARAMETER_CHARS = 8
_QUOTES = "\"'(),[]{}:= frb"


@dataclass(frozen=True, slots=True)
class Canaries:
    """Texts of which none may be shown to a learner."""

    texts: tuple[str, ...]

    def found_in(self, shown: str) -> tuple[str, ...]:
        """Return those that `shown` holds, without those that are a part of another that it holds."""
        found = sorted((text for text in self.texts if text in shown), key=len, reverse=True)
        return tuple(text for number, text in enumerate(found) if not any(text in longer for longer in found[:number]))

    def unknown_to(self, known: str) -> Canaries:
        """Return those that somebody who has read `known` has not read yet."""
        return Canaries(tuple(text for text in self.texts if text not in known))


def plant(challenge: Challenge, folder: Path) -> tuple[Challenge, Canaries]:
    """Return a copy of the challenge below `folder` with planted words in its hidden suite, and all its canaries."""
    copy = folder / challenge.slug
    shutil.copytree(challenge.folder / "checks", copy / "checks", ignore=_junk)
    for name in (MANIFEST, STATEMENT):
        shutil.copyfile(challenge.folder / name, copy / name)
    hidden, word = copy / "checks" / Suite.HIDDEN.value, f"canary-{secrets.token_hex(8)}"
    (hidden / f"{word}.txt").write_text(f"{word}\n")
    for path in sorted(hidden.rglob("*.py")):
        with path.open("ab") as file:
            file.write(f"\n# {word}\n".encode())
    public = _public(challenge)
    texts = {text for text in _texts(read_suite(challenge.folder, Suite.HIDDEN)) if text not in public}
    return load_challenge(copy), Canaries(tuple(sorted({word, *texts})))


def _junk(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if is_junk(name)]


def text_of(files: Iterable[bytes]) -> str:
    """Return the text of files, one after the other."""
    return "\n".join(content.decode("utf-8", "replace") for content in files)


def _public(challenge: Challenge) -> str:
    """Return all that learners are given, or told on purpose."""
    shown = [text for text in texts_of(read_suite(challenge.folder, Suite.HIDDEN)) if text.role is Role.SHOWN]
    folders = [challenge.folder / "checks" / Suite.PUBLIC.value, *starter_folders(challenge.folder)]
    paths = [challenge.folder / STATEMENT, *(path for folder in folders for path in sorted(folder.rglob("*")))]
    given = text_of(
        path.read_bytes() for path in paths if path.is_file() and not in_junk(path.relative_to(challenge.folder))
    )
    names = "\n".join(path.name for path in paths)
    return "\n".join([given, names, *(text.text for text in shown)])


def _texts(suite: SuiteSource) -> Iterator[str]:
    told = "\n".join(text.text for text in texts_of(suite) if text.role is Role.SHOWN)
    for file in suite.files:
        if len(name := PurePosixPath(file.path).name) >= MIN_NAME_CHARS:
            yield name
        for line in map(str.strip, file.text.splitlines()):
            # a line that is nothing but a title, hint or message looks the same in a report that quotes it
            if len(line) >= MIN_LINE_CHARS and line.strip(_QUOTES) not in told:
                yield line
    for check in suite.checks:
        yield from _texts_of_check(check)
    for text in texts_of(suite):
        if text.role is Role.DATA and text.is_secret and HOLE not in text.text:
            yield text.text


def _texts_of_check(check: DeclaredCheck) -> Iterator[str]:
    if len(check.function.name) >= MIN_NAME_CHARS:
        yield check.function.name
    for mark in check.marks:
        if mark.name == "parametrize":
            yield from _strings(mark.keywords.get("ids"))
    for _, value in check.parameters:
        yield from _strings(literal(value, {}))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str) and len(value) >= MIN_PARAMETER_CHARS:
        yield value
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _strings(inner)
